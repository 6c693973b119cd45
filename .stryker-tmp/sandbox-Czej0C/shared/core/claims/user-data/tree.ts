// @ts-nocheck
import { EVENT_ID, type Event, getScalarValue, parseEvents, YAMLException } from 'js-yaml';
import { canSpend, spend, type Work } from './work.ts';

/** A node of YAML or JSON. An alias is the node that it names; `tag` is as written. */
export type TreeNode =
  | { readonly kind: 'scalar'; readonly text: string; readonly tag: string }
  | { readonly kind: 'list'; readonly tag: string; readonly items: readonly TreeNode[] }
  | { readonly kind: 'map'; readonly tag: string; readonly pairs: readonly (readonly [TreeNode, TreeNode])[] }
  | { readonly kind: 'alias'; readonly target: TreeNode | null };

/** What came of parsing: documents, or whether it is no YAML or costs more than it may. */
export type Parsed =
  | { readonly ok: true; readonly documents: readonly TreeNode[] }
  | { readonly ok: false; readonly reason: 'syntax' | 'bound' };

const MAX_NESTING = 100;
/** Steps that a character is worth where an element, a line or a pair begins or ends. */
const STEPS = 4;

/** Parses YAML, and JSON as a part of it. Nothing is constructed, merged or expanded. */
export function parseTree(source: string, work: Work): Parsed {
  const cost = STEPS * countMarks(source);
  if (!canSpend(work, cost)) return { ok: false, reason: 'bound' };
  spend(work, cost);
  try {
    const builder: Builder = { source, events: parseEvents(source, { maxDepth: MAX_NESTING }), at: 0 };
    return { ok: true, documents: buildDocuments(builder) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { ok: false, reason: error.message.includes('maxDepth') ? 'bound' : 'syntax' };
  }
}

function countMarks(source: string): number {
  let count = 0;
  for (let at = 0; at < source.length; at += 1) {
    if (MARKS.has(source.charCodeAt(at))) count += 1;
  }
  return count;
}

const MARKS = new Set(Array.from(',\n:-?&*', (sign) => sign.charCodeAt(0)));

interface Builder {
  readonly source: string;
  readonly events: readonly Event[];
  at: number;
}

function buildDocuments(builder: Builder): TreeNode[] {
  const documents: TreeNode[] = [];
  while (builder.at < builder.events.length) {
    // The event that opens the document; what follows is its one node, and the event that closes it.
    builder.at += 1;
    documents.push(...buildUntilPop(builder, new Map()));
  }
  return documents;
}

function buildUntilPop(builder: Builder, anchors: Map<string, TreeNode>): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (;;) {
    const event = builder.events[builder.at];
    if (event === undefined) return nodes;
    if (event.type === EVENT_ID.POP) {
      builder.at += 1;
      return nodes;
    }
    nodes.push(build(builder, event, anchors));
  }
}

function build(builder: Builder, event: Event, anchors: Map<string, TreeNode>): TreeNode {
  builder.at += 1;
  if (event.type === EVENT_ID.ALIAS) {
    const name = builder.source.slice(event.anchorStart, event.anchorEnd);
    return { kind: 'alias', target: anchors.get(name) ?? null };
  }
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return { kind: 'alias', target: null };
  const tag = event.tagStart < 0 ? '' : builder.source.slice(event.tagStart, event.tagEnd);
  const node = buildTagged(builder, event, tag, anchors);
  if (event.anchorStart >= 0) anchors.set(builder.source.slice(event.anchorStart, event.anchorEnd), node);
  return node;
}

function buildTagged(
  builder: Builder,
  event: Extract<Event, { tagStart: number }>,
  tag: string,
  anchors: Map<string, TreeNode>,
): TreeNode {
  if (event.type === EVENT_ID.SCALAR) {
    return { kind: 'scalar', tag, text: getScalarValue(builder.source, event) };
  }
  const nodes = buildUntilPop(builder, anchors);
  if (event.type === EVENT_ID.SEQUENCE) return { kind: 'list', tag, items: nodes };
  const pairs: [TreeNode, TreeNode][] = [];
  for (let i = 0; i + 1 < nodes.length; i += 2) {
    const [key, value] = [nodes[i], nodes[i + 1]];
    if (key !== undefined && value !== undefined) pairs.push([key, value]);
  }
  return { kind: 'map', tag, pairs };
}
