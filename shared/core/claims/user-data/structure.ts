import { decodeBase64, decodeText } from './decode.ts';
import { hintOfType } from './mime.ts';
import { type Hint, type Search, TOO_MUCH } from './reader.ts';
import type { Setting } from './setting.ts';
import type { TreeNode } from './tree.ts';
import { STEPS_OF_VALUE, spend } from './work.ts';

/** Keys of cloud-config and of Cluster API below which strings are commands of a shell. */
const COMMANDS = /^(?:runcmd|bootcmd|(?:pre|post)kubeadmcommands|commands|command|script|run)$/i;
/** Where Ignition and cloud-init fetch a content from. */
const REMOTE = /^(?:https?|s3|gs|tftp|arn):/i;
/** Shorter strings that do not mention the key cannot be base64 of something that does. */
const MIN_NESTED = 16;

/** Gives the settings in a tree: pairs, `name` and `value`, arguments in lists, and contents of strings. */
export function* findInTree(
  node: TreeNode,
  search: Search,
  depth: number,
  hint: Hint = null,
): Generator<Setting> {
  switch (node.kind) {
    // Its target is read where it stands.
    case 'alias':
      return;
    case 'scalar':
      return yield* findInScalar(node, search, depth, hint);
    case 'list':
      return yield* findInList(node.items, search, depth, hint);
    case 'map':
      return yield* findInMap(node.pairs, search, depth, hint);
  }
}

type Scalar = Extract<TreeNode, { kind: 'scalar' }>;
type Pairs = Extract<TreeNode, { kind: 'map' }>['pairs'];

function* findInScalar({ text, tag }: Scalar, search: Search, depth: number, hint: Hint): Generator<Setting> {
  if (tag === '!!binary') {
    const bytes = decodeBase64(text);
    if (bytes !== null) yield* search.nested(bytes, depth + 1, hint);
  } else if (search.key.mentions(text) || text.length >= MIN_NESTED) {
    yield* search.nested(text, depth + 1, hint);
  }
}

/** A flag may have its value in the next element. */
function* findInList(
  items: readonly TreeNode[],
  search: Search,
  depth: number,
  hint: Hint,
): Generator<Setting> {
  let isValue = false;
  for (const item of items) {
    const isFlag: boolean =
      !isValue && item.kind === 'scalar' && item.text.startsWith('-') && search.key.isNamedBy(item.text);
    if (isValue) yield* settingOf(item, search);
    else if (!isFlag) yield* findInTree(item, search, depth, hint);
    isValue = isFlag;
  }
}

function* findInMap(pairs: Pairs, search: Search, depth: number, outer: Hint): Generator<Setting> {
  const isNamed = search.key.isNamedBy(wordOf(find(pairs, /^(?:name|key)$/i)));
  const value = find(pairs, /^value$/i);
  if (isNamed && value !== null) yield* settingOf(value, search);
  // A pod reads it from its node.
  if (isNamed && find(pairs, /^valueFrom$/i) !== null) yield { kind: 'own-variable' };
  const own = hintOfType(wordOf(find(pairs, /^type$/i)));
  for (const [key, content] of pairs) {
    const name = wordOf(key);
    if (search.key.isNamedBy(name)) yield* settingOf(content, search);
    else {
      if (/^source$/i.test(name) && REMOTE.test(wordOf(content))) search.unsearched ??= 'include';
      yield* findInTree(key, search, depth);
      if (content !== value || !isNamed) {
        yield* findInTree(content, search, depth, COMMANDS.test(name) ? 'shell' : (own ?? outer));
      }
    }
  }
}

/** What a value of the key says; nothing where it is empty. */
function* settingOf(node: TreeNode, search: Search): Generator<Setting> {
  if (!spend(search.work, STEPS_OF_VALUE)) return yield TOO_MUCH;
  const value = node.kind === 'alias' ? node.target : node;
  if (value === null) return;
  if (value.kind === 'map') return yield* settingOfMap(value.pairs);
  if (value.tag !== '' && !value.tag.startsWith('!!')) return yield { kind: 'computed' };
  const elements = value.kind === 'list' ? value.items : [value];
  const texts = elements.map((element) => textOf(element)?.trim() ?? null);
  if (texts.includes(null)) return yield UNREADABLE;
  const list = texts.filter((text) => text !== '' && text !== '~' && text !== 'null').join(',');
  if (list !== '') yield search.key.classify(list);
}

const UNREADABLE: Setting = {
  kind: 'unreadable',
  problem: 'is not written as one value or a list of values',
};

/** A schema may describe the key; but where networks are in it, or a template's function, a claim was meant. */
function* settingOfMap(pairs: Pairs): Generator<Setting> {
  for (const [key, value] of pairs) {
    if (/^(?:Ref|Fn::)/.test(wordOf(key))) return yield { kind: 'computed' };
    const words = value.kind === 'list' ? value.items.map(wordOf) : [wordOf(value)];
    if (words.some((word) => /\d\/\d/.test(word))) return yield UNREADABLE;
  }
}

function find(pairs: Pairs, name: RegExp): TreeNode | null {
  return pairs.find(([key]) => name.test(wordOf(key)))?.[1] ?? null;
}

/** Its text, which is empty where it has none. */
function wordOf(node: TreeNode | null): string {
  return textOf(node) ?? '';
}

function textOf(node: TreeNode | null): string | null {
  const value = node?.kind === 'alias' ? node.target : node;
  if (value?.kind !== 'scalar') return null;
  const bytes = value.tag === '!!binary' ? decodeBase64(value.text) : null;
  return bytes === null ? value.text : decodeText(bytes);
}
