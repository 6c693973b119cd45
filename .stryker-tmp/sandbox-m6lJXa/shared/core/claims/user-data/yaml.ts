// @ts-nocheck
import { type Reader, type Search, TOO_MUCH } from './reader.ts';
import { EXPRESSION, type Setting } from './setting.ts';
import { findInTree } from './structure.ts';
import { readText } from './text.ts';
import { type Parsed, parseTree } from './tree.ts';

/** Reads what says of itself that it is YAML; what is not all the same is read as text. */
export const readYaml: Reader = function* (text, search, depth) {
  const parsed = parse(text, search);
  if (parsed.ok) yield* findInDocuments(parsed.documents, search, depth);
  else if (parsed.reason === 'bound') yield TOO_MUCH;
  else yield* readText(text, search, depth);
};

/** Reads what looks like YAML or JSON. Comments that JSON does not have may be in it. */
export const readLikelyYaml: Reader = function* (text, search, depth) {
  const parsed = parse(text, search);
  if (parsed.ok && parsed.documents.some(({ kind }) => kind !== 'scalar')) {
    yield* findInDocuments(parsed.documents, search, depth);
  } else if (!parsed.ok && parsed.reason === 'bound' && /^\s*[{[]/.test(text)) yield TOO_MUCH;
  else yield* readText(text, search, depth);
};

function parse(text: string, { work }: Search): Parsed {
  return parseTree(text.replace(/\{\{[^{}\n]{0,200}\}\}/g, EXPRESSION), work);
}

function* findInDocuments(
  documents: Extract<Parsed, { ok: true }>['documents'],
  search: Search,
  depth: number,
): Generator<Setting> {
  for (const document of documents) yield* findInTree(document, search, depth);
}
