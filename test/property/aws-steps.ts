import { changeInstances, completeTransitions } from '../../shared/sandbox/ec2/instances.ts';
import { createRoute, deleteRoute, replaceRoute } from '../../shared/sandbox/ec2/routes.ts';
import { removeTags, setTags } from '../../shared/sandbox/ec2/tags.ts';
import { ApiError } from '../../shared/sandbox/query.ts';
import { cidr } from '../core/builders.ts';
import { type Step, WRITES } from './aws-story.ts';
import { CLUSTER_TAG, readTruth, USER_AGENT, type World } from './aws-world.ts';
import { type Play as Common, force, pass, watch } from './play.ts';
import { fail } from './rules.ts';
import { shuffle } from './story.ts';
import { isInBounds } from './truth.ts';

/** One story under way: the world, and what waits in the queue. */
export interface Play extends Common {
  readonly world: World;
  queue: string[];
}

/** Lets one step of a story happen. */
export async function perform(play: Play, step: Step): Promise<void> {
  const { world, ids } = play;
  switch (step.op) {
    case 'launch':
      ids.push(world.launch(step));
      break;
    case 'complete':
      completeTransitions(world.sandbox.ec2);
      break;
    case 'fault':
    case 'crash':
    case 'stale':
    case 'ledger':
      disturb(play, step);
      break;
    case 'deliver':
      await deliver(play, step);
      break;
    case 'reconcile':
      await watched(play, () => watch(play, { kind: 'full' }, () => world.reconcile()));
      break;
    case 'pass':
      await watched(play, () => pass(play, step));
      break;
    case 'force':
      await watched(play, () => force(play, step.isNamed ? ids.slice(step.pick % 9).slice(0, 1) : []));
      break;
    default: {
      const chosen = ids[step.pick % Math.max(1, ids.length)];
      if (chosen !== undefined) refusable(() => change(play, step, chosen));
    }
  }
  noteView(play);
  play.queue.push(...world.sandbox.takeEvents().map((event) => JSON.stringify(event)));
}

type Change = Exclude<Extract<Step, { pick: number }>, { op: 'force' }>;

/** Somebody changes an instance, or a route of podroutes. */
function change(play: Play, step: Change, id: string): void {
  const { world, ids } = play;
  switch (step.op) {
    case 'stop':
    case 'start':
    case 'terminate':
      changeInstances(world.sandbox.ec2, step.op, [id]);
      break;
    case 'retag':
      retagClaim(play, id, step);
      break;
    case 'swap':
      swap(play, id, ids[step.other % ids.length] ?? id);
      break;
    case 'untag':
      for (const each of ids.slice(step.pick % 4).slice(0, step.count)) retagSeen(play, each, null);
      break;
    case 'select':
      retag(world, id, CLUSTER_TAG, step.on ? 'owned' : null);
      break;
    case 'remove':
    case 'misroute':
    case 'intrude':
      meddle(play, step, id);
      break;
  }
}

/** Reads lag behind by four writes at most, and most steps write something. */
const MOST_VIEWS = 12;

/** What reads that lag behind may show later. */
function noteView(play: Play): void {
  if (play.past.length > 0) play.past = [readTruth(play.world), ...play.past].slice(0, MOST_VIEWS);
}

type Disturbance = Extract<Step, { op: 'fault' | 'crash' | 'stale' | 'ledger' }>;

/** What goes wrong in the next run. */
function disturb(play: Play, step: Disturbance): void {
  const { sandbox } = play.world;
  switch (step.op) {
    case 'fault':
      sandbox.failNext(step.action, { ...step, where: () => true });
      play.isDisturbed = true;
      break;
    case 'crash': {
      // The function dies between two writes: from then on none of its calls has an answer.
      let calls = 0;
      const where = (): boolean => {
        calls += 1;
        return calls > step.after;
      };
      for (const action of WRITES) {
        sandbox.failNext(action, { answer: 'reset', when: 'before', times: 50, where });
      }
      play.isDisturbed = true;
      break;
    }
    case 'stale':
      play.past = [readTruth(play.world)];
      sandbox.staleReads({ writes: step.writes });
      break;
    case 'ledger':
      play.ledger.fault = step.fault;
      break;
  }
}

/** What EC2 refuses in the state that things are in simply does not happen. */
function refusable(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

function retag({ sandbox: { ec2 } }: World, id: string, key: string, value: string | null): void {
  if (value === null) removeTags(ec2, [id], new Map([[key, null]]));
  else setTags(ec2, [id], new Map([[key, value]]));
}

function retagClaim({ world, later }: Play, id: string, step: Extract<Step, { op: 'retag' }>): void {
  const write = (): void => refusable(() => retag(world, id, 'pod-cidr', step.claim));
  if (step.inTwo) {
    refusable(() => retag(world, id, 'pod-cidr', null));
    later.push(write);
  } else write();
}

/** Two nodes exchange what they claim. */
function swap(play: Play, a: string, b: string): void {
  const { nodes } = readTruth(play.world);
  const [ofA, ofB] = [nodes.get(a)?.claim ?? null, nodes.get(b)?.claim ?? null];
  retagSeen(play, a, ofB);
  retagSeen(play, b, ofA);
}

/** One of several writes, between which podroutes may look. */
function retagSeen(play: Play, id: string, claim: string | null): void {
  refusable(() => retag(play.world, id, 'pod-cidr', claim));
  noteView(play);
}

/** Somebody else changes routes by hand. */
function meddle(
  { world: { sandbox, managed, stranger } }: Play,
  step: { readonly op: 'remove' | 'misroute' | 'intrude'; readonly pick: number; readonly claim: string },
  node: string,
): void {
  const table = managed[step.pick % managed.length] ?? '';
  const destination = cidr(step.claim);
  if (step.op === 'remove') deleteRoute(sandbox.ec2, table, destination);
  if (step.op === 'intrude') createRoute(sandbox.ec2, table, destination, { kind: 'instance', id: stranger });
  if (step.op === 'misroute') {
    const target = { kind: 'instance', id: node } as const;
    const isThere = sandbox.ec2.state.routeTables.get(table)?.routes.has(destination.text);
    if (isThere) replaceRoute(sandbox.ec2, table, destination, target);
    else createRoute(sandbox.ec2, table, destination, target);
  }
}

/** Delivers some of what waits, in another order, one of them twice, one of them never. */
async function deliver(play: Play, step: Parameters<typeof shuffle>[1]): Promise<void> {
  play.queue = shuffle(play.queue, step);
  const batch = play.queue.slice(0, 8);
  if (batch.length === 0) return;
  const bodies = [...batch, ...batch.slice(0, 1)];
  const { nodes } = readTruth(play.world);
  const deathsTold = [...nodes.values()].filter(
    ({ id, state }) => state === 'gone' && batch.some((body) => body.includes(id)),
  ).length;
  await watched(play, () =>
    watch(play, { kind: 'events', deathsTold }, async () => {
      const failed = await play.world.handle(bodies);
      const done = new Set(batch.filter((_, i) => !failed.has(i)));
      play.queue = play.queue.filter((body) => !done.has(body));
    }),
  );
}

/** R7 holds for what is tried, not only for what EC2 lets through. */
async function watched<T>({ world: { sandbox } }: Play, runs: () => Promise<T>): Promise<void> {
  sandbox.clearCalls();
  await runs();
  for (const { action, params, userAgent } of sandbox.calls) {
    if (!userAgent.includes(USER_AGENT) || (action !== 'CreateRoute' && action !== 'ReplaceRoute')) continue;
    const destination = cidr(params['DestinationCidrBlock'] ?? '');
    if (!isInBounds(destination)) fail('R7: tried', action, destination);
  }
}
