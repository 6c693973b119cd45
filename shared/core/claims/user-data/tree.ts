import { EVENT_ID, type Event, getScalarValue, parseEvents, YAMLException } from 'js-yaml';
import { canSpend, spend, type Work } from './work.ts';

/** A node of YAML or JSON that is written out; `tag` is as written. */
type WrittenNode =
  | { readonly kind: 'scalar'; readonly text: string; readonly tag: string }
  | { readonly kind: 'list'; readonly tag: string; readonly items: readonly TreeNode[] }
  | {
      readonly kind: 'map';
      readonly tag: string;
      readonly pairs: readonly (readonly [TreeNode, TreeNode])[];
    };

/** An alias is the node that it names. */
export type TreeNode = WrittenNode | { readonly kind: 'alias'; readonly target: WrittenNode | null };

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
    const events = parseEvents(source, { maxDepth: MAX_NESTING }).values();
    return { ok: true, documents: buildDocuments({ source, events }) };
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

/** Events are taken in turn, by whoever builds the node that they belong to. */
interface Builder {
  readonly source: string;
  readonly events: ArrayIterator<Event>;
}

type NodeEvent = Extract<Event, { anchorStart: number }>;

function buildDocuments(builder: Builder): TreeNode[] {
  const documents: TreeNode[] = [];
  // The event that opens the document; what follows is its one node, and the event that closes it.
  while (!builder.events.next().done) documents.push(...buildUntilPop(builder, new Map()));
  return documents;
}

function buildUntilPop(builder: Builder, anchors: Map<string, WrittenNode>): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (const event of builder.events) {
    // What is no node closes the one around it.
    if (!('anchorStart' in event)) break;
    nodes.push(build(builder, event, anchors));
  }
  return nodes;
}

function build(builder: Builder, event: NodeEvent, anchors: Map<string, WrittenNode>): TreeNode {
  const name = builder.source.slice(event.anchorStart, event.anchorEnd);
  if (event.type === EVENT_ID.ALIAS) return { kind: 'alias', target: anchors.get(name) ?? null };
  const node = buildTagged(builder, event, anchors);
  // With no anchor the name is empty, as that of no alias is.
  anchors.set(name, node);
  return node;
}

function buildTagged(
  builder: Builder,
  event: Extract<Event, { tagStart: number }>,
  anchors: Map<string, WrittenNode>,
): WrittenNode {
  // Where there is none, both ends are -1.
  const tag = builder.source.slice(event.tagStart, event.tagEnd);
  if (event.type === EVENT_ID.SCALAR) {
    return { kind: 'scalar', tag, text: getScalarValue(builder.source, event) };
  }
  const nodes = buildUntilPop(builder, anchors);
  return event.type === EVENT_ID.SEQUENCE
    ? { kind: 'list', tag, items: nodes }
    : { kind: 'map', tag, pairs: pairUp(nodes) };
}

/** Keys and values come in turn. */
function pairUp(nodes: readonly TreeNode[]): [TreeNode, TreeNode][] {
  const pairs: [TreeNode, TreeNode][] = [];
  let key: TreeNode | null = null;
  for (const node of nodes) {
    if (key !== null) pairs.push([key, node]);
    key = key === null ? node : null;
  }
  return pairs;
}
