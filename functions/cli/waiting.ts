import type { WaitReason } from '../../shared/core/model.ts';

/** What a report says of a change that waits; times are ISO 8601. */
interface Waiting {
  readonly since?: string | null | undefined;
  readonly notBefore?: string | null | undefined;
  readonly waitsFor?: string | undefined;
}

/** What brings a change about that has no time of its own. */
const UNTIMED: Readonly<Record<Exclude<WaitReason, 'second-look'>, string>> = {
  'no-ledger':
    'only --force makes it: without a ledger (PODROUTES_LEDGER), podroutes cannot know since when it is so',
  'never-recorded': 'only --force makes it: no full run ever saw its node claim it',
  'reads-disagree': 'only --force makes it: the cloud contradicts itself about who has its next hop',
  'ledger-not-read': 'a full run that can read the ledger decides',
  'ledger-not-written': 'a full run that can write the ledger makes it',
  'left-to-schedule': 'the scheduled run decides',
};
const SENTENCES: ReadonlyMap<string, string> = new Map(Object.entries(UNTIMED));

/**
 * Since when a change waits, and from when on or by what it is made: what follows the word `waits`.
 *
 * @param say how a time is written
 */
export function describeWait(
  { since, notBefore, waitsFor = '' }: Waiting,
  say: (iso: string) => string = toSeconds,
): string {
  const what =
    notBefore === null || notBefore === undefined
      ? (SENTENCES.get(waitsFor) ?? waitsFor)
      : `a full run makes it from ${say(notBefore)} on`;
  return since === null || since === undefined ? `: ${what}` : ` since ${say(since)}; ${what}`;
}

/** @example toSeconds('2026-11-21T03:00:00.123Z') //=> '2026-11-21T03:00:00Z' */
function toSeconds(iso: string): string {
  return iso.replace(/\.\d+Z$/, 'Z');
}

/** A node as reports know it. */
interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * The command by which a person makes a change at once that waits. It lifts waiting for the routes of the node alone
 * where that is known, by its id where the name says too little.
 *
 * @param nodes all that are called by names
 */
export function commandNow({ nodeId }: { readonly nodeId: string | null }, nodes: readonly Named[]): string {
  if (nodeId === null) return 'podroutes reconcile --force';
  const called = nodes.find(({ id }) => id === nodeId)?.name ?? '';
  const isPlain = /^\w[\w.-]*$/.test(called);
  const isOnly = nodes.filter(({ id, name }) => name === called || id === called).length === 1;
  return `podroutes reconcile ${isPlain && isOnly ? called : quote(nodeId)} --force`;
}

/** A word that a shell takes as it is: names are whatever their nodes chose. */
function quote(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
