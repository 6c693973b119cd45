import { type CloudFailure, isRetryable } from '../errors.ts';
import type { AllEvent, NodesEvent } from '../events/node-event.ts';
import type { ChangeResult, Node } from '../model.ts';
import type { Run } from './run.ts';

/** A cloud shows a new node within seconds. An event older than this is about one that has come and gone. */
export const VISIBLE_WITHIN_MS = 15 * 60_000;

/**
 * Why the event is worth another try after this run, or null when nothing is left to do for it. A change that
 * is undone without hope (a refused claim, a missing permission) counts as done: it is reported, and the
 * scheduled run tries it again. An event whose node or table could not be read at all stays in the queue,
 * and so ends where somebody looks.
 *
 * @param now milliseconds since the epoch
 */
export function whyRetry(run: Run, event: NodesEvent, now: number): string | null {
  const ids = new Set(event.nodes);
  const unread = run.observation.failures.find(
    ({ what, id }) => (what !== 'claims' && id === null) || (what !== 'table' && ids.has(id ?? '')),
  );
  if (unread !== undefined) return unread.failure.code;
  const age = event.occurredAt === null ? 0 : now - event.occurredAt;
  const missing = run.observation.missing.some((id) => ids.has(id));
  if (event.expects === 'present' && missing && age < VISIBLE_WITHIN_MS) return 'node-not-visible-yet';
  if (age < VISIBLE_WITHIN_MS && lagsBehind(run, event)) return 'node-state-not-visible-yet';
  if (age < VISIBLE_WITHIN_MS && awaitsBlock(run, event)) return BLOCK_AWAITED;
  // A route that is nobody's may be the one that this death has left.
  const concerns = ({ change }: ChangeResult): boolean =>
    change.node === null ? event.expects === 'gone' : ids.has(change.node);
  return (
    findRetryable(run.results.filter(concerns)) ??
    findRetryable(run.forwarding.filter(({ node }) => ids.has(node.id))) ??
    findRetryable((run.announcements ?? []).filter(({ node }) => ids.has(node.id)))
  );
}

/** The code of the first failure that may be gone on another try, or null. */
function findRetryable(results: readonly { readonly failure: CloudFailure | null }[]): string | null {
  return results.find(({ failure }) => failure !== null && isRetryable(failure))?.failure?.code ?? null;
}

/** A machine has its Node object, or that its block, only a while after its launch. */
export const BLOCK_AWAITED = 'pod-cidr-not-known-yet';

function awaits({ awaits: ofKubernetes, awaitsBlock: ofLedger }: Node): boolean {
  return ofKubernetes !== undefined || ofLedger !== undefined;
}

function awaitsBlock({ observation }: Run, { nodes, expects }: NodesEvent): boolean {
  if (expects !== 'present') return false;
  return observation.nodes.some((node) => nodes.includes(node.id) && node.state !== 'gone' && awaits(node));
}

/**
 * Why an event for which nothing else is left to do comes again for its Node's condition alone, or null. Nothing waits
 * for that, and later on the schedule sees to it.
 *
 * @param now milliseconds since the epoch
 */
export function whyRetryCondition(
  { kubernetes }: Run,
  { nodes, expects, occurredAt }: NodesEvent,
  now: number,
): string | null {
  const isLate = occurredAt !== null && now - occurredAt >= VISIBLE_WITHIN_MS;
  if (kubernetes === undefined || expects === 'gone' || isLate) return null;
  const results = kubernetes.conditions.filter(({ node }) => nodes.includes(node.id));
  const code = findRetryable([kubernetes, ...results]);
  if (code !== null) return code;
  // What runs on it may read its block from there alone, and does not start without it.
  const isUnregistered = expects === 'present' && kubernetes.unregistered?.some((id) => nodes.includes(id));
  return isUnregistered ? BLOCK_AWAITED : null;
}

/** Between what a cloud stamps on an event and on a machine. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * Whether a node was read as it was before the event. A hook at the end of a node's life tells of one that
 * rightly still runs.
 */
function lagsBehind({ observation }: Run, event: NodesEvent): boolean {
  const nodes = observation.nodes.filter(({ id }) => event.nodes.includes(id));
  if (event.expects === 'present') return nodes.some(({ state }) => state === 'pending');
  if (event.expects !== 'gone' || event.hook !== undefined) return false;
  // Azure gives the id of a machine that is gone to the next of its name, which is younger than that death.
  const died = (event.occurredAt ?? Number.POSITIVE_INFINITY) - CLOCKS_DIFFER_MS;
  return nodes.some(({ state, launchedAt }) => state !== 'gone' && launchedAt < died);
}

/**
 * Why a full run is worth another try, or null. A scale set tells of its new nodes before they run, and does not
 * say which they are.
 *
 * @param now milliseconds since the epoch
 */
export function whyRetryFull(run: Run, event: AllEvent, now: number): string | null {
  const age = event.occurredAt === null ? 0 : now - event.occurredAt;
  const isEarly = event.cause === 'scale-set' && age < VISIBLE_WITHIN_MS;
  const starts = ({ state, claims }: Node): boolean => state === 'pending' && claims.length > 0;
  if (isEarly && run.observation.nodes.some(starts)) return 'node-state-not-visible-yet';
  const isNew = ({ launchedAt }: Node): boolean => now - launchedAt < VISIBLE_WITHIN_MS;
  if (isEarly && run.observation.nodes.some((node) => awaits(node) && isNew(node))) return BLOCK_AWAITED;
  const { kubernetes } = run;
  return findRetryable([
    ...run.observation.failures,
    ...run.results,
    ...run.forwarding,
    ...(run.announcements ?? []),
    ...(kubernetes === undefined ? [] : [kubernetes, ...kubernetes.conditions]),
  ]);
}

/**
 * Whether every route that the node claims is there. A node that is none of ours, or is gone, waits for
 * nothing; one that is not running yet, or claims nothing yet, is not done.
 */
export function isInPlace(run: Run, id: string): boolean {
  const node = run.observation.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return !run.observation.missing.includes(id);
  if (node.state === 'gone') return true;
  // What it gives up waits for its own time; what it gets does not.
  const applied = run.results.every(
    ({ change, outcome }) => change.node !== id || change.action === 'delete' || outcome === 'applied',
  );
  const forwarding = run.forwarding.every(
    ({ node: { id: other }, failure }) => other !== id || failure === null,
  );
  const isAnnounced = (run.announcements ?? []).every(
    ({ node: { id: other }, failure }) => other !== id || failure === null,
  );
  return (
    isAnnounced &&
    node.state === 'running' &&
    node.claims.length > 0 &&
    !run.unmet.has(id) &&
    applied &&
    forwarding
  );
}
