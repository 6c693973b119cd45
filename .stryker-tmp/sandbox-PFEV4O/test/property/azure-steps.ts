// @ts-nocheck
import { deleteMachine, setPower } from '../../shared/sandbox/arm/machines.ts';
import { deleteRoute, putRoute } from '../../shared/sandbox/arm/route-tables.ts';
import type { Arm } from '../../shared/sandbox/arm/state.ts';
import { tagResource, untagResource } from '../../shared/sandbox/arm/tags.ts';
import { type Step, WRITES } from './azure-story.ts';
import { addressOf, CLUSTER_TAG, ownName, readTruth } from './azure-truth.ts';
import { deliver, type Play, refusable, runBlind, runSplit, watched } from './azure-watch.ts';
import type { World } from './azure-world.ts';
import { force, pass } from './play.ts';

/** Lets one step of a story happen. */
export async function perform(play: Play, step: Step): Promise<void> {
  const { world, ids } = play;
  const { sandbox } = world;
  switch (step.op) {
    case 'launch':
      launch(play, step);
      break;
    case 'fault':
    case 'late-fault':
    case 'crash':
    case 'ledger':
      disturb(play, step);
      break;
    case 'blind':
      await runBlind(play, step.list);
      break;
    case 'split':
      await runSplit(play, step.pick);
      break;
    case 'exodus':
      for (const id of ids) refusable(() => leave(play, step.how, id));
      break;
    case 'deliver':
      await deliver(play, step);
      break;
    case 'reconcile':
      await watched(
        play,
        { kind: 'full', others: step.others },
        Array.from({ length: step.instances }, () => () => world.reconcile()),
      );
      break;
    case 'pass':
      await pass(play, step);
      break;
    case 'force':
      await force(play, step.isNamed ? ids.slice(step.pick % 9).slice(0, 1) : []);
      break;
    default: {
      const chosen = ids[step.pick % Math.max(1, ids.length)];
      if (chosen !== undefined) refusable(() => change(play, step, chosen));
    }
  }
  play.queue = [...play.queue, ...sandbox.takeEvents().map((event) => JSON.stringify(event))];
}

/** An id that comes back is one machine's at a time. */
function launch({ world, ids }: Play, step: Extract<Step, { op: 'launch' }>): void {
  const id = world.launch(step);
  if (!ids.includes(id)) ids.push(id);
}

type Change = Exclude<Extract<Step, { pick: number }>, { op: 'split' | 'force' }>;

/** Somebody changes a machine, or a route of podroutes. */
function change({ world, later, ids }: Play, step: Change, id: string): void {
  const { sandbox, managed, stranger } = world;
  const { arm } = sandbox;
  const table = managed[step.pick % managed.length] ?? '';
  const half = step.pick % 2 === 0;
  switch (step.op) {
    case 'stop':
      setPower(arm, id, half ? 'deallocate' : 'powerOff');
      break;
    case 'start':
      setPower(arm, id, 'start');
      break;
    case 'terminate':
      deleteMachine(arm, id, { keepInterfaces: half });
      break;
    case 'retag':
      if (step.inTwo) later.push(() => refusable(() => setTag(arm, id, 'pod-cidr', step.claim)));
      setTag(arm, id, 'pod-cidr', step.inTwo ? null : step.claim);
      break;
    case 'untag':
      for (const each of ids.slice(step.pick % 4).slice(0, step.count))
        refusable(() => setTag(arm, each, 'pod-cidr', null));
      break;
    case 'swap':
      swap(world, id, ids[step.other % ids.length] ?? id);
      break;
    case 'select':
      setTag(arm, id, CLUSTER_TAG, step.on ? 'owned' : null);
      break;
    case 'remove':
      deleteRoute(arm, table, ownName(step.claim));
      break;
    case 'misroute':
    case 'intrude': {
      const nextHopIpAddress = step.op === 'intrude' ? stranger : addressOf(arm, id);
      putRoute(arm, table, { name: ownName(step.claim), addressPrefix: step.claim, nextHopIpAddress });
      break;
    }
  }
}

/** What a wrong filter, a mass untagging or the end of a cluster looks like. */
function leave({ world: { sandbox } }: Play, how: 'untag' | 'delete', id: string): void {
  if (how === 'delete') deleteMachine(sandbox.arm, id);
  else setTag(sandbox.arm, id, 'pod-cidr', null);
}

function setTag(arm: Arm, id: string, key: string, value: string | null): void {
  if (value === null) untagResource(arm, id, [key]);
  else tagResource(arm, id, { [key]: value });
}

/** Two nodes exchange what they claim. */
function swap({ sandbox }: World, a: string, b: string): void {
  const { nodes } = readTruth(sandbox.arm);
  const [ofA, ofB] = [nodes.get(a)?.claim ?? null, nodes.get(b)?.claim ?? null];
  refusable(() => setTag(sandbox.arm, a, 'pod-cidr', ofB));
  refusable(() => setTag(sandbox.arm, b, 'pod-cidr', ofA));
}

type Disturbance = Extract<Step, { op: 'fault' | 'late-fault' | 'crash' | 'ledger' }>;

/** What goes wrong in the next run. */
function disturb(play: Play, step: Disturbance): void {
  const { sandbox } = play.world;
  switch (step.op) {
    case 'ledger':
      play.ledger.fault = step.fault;
      return;
    case 'fault':
      sandbox.failNext(step.operation, step);
      break;
    case 'late-fault':
      sandbox.failOperation(step.operation, step);
      break;
    case 'crash': {
      // The function dies between two writes: from then on none of them has an answer.
      let calls = 0;
      const where = (): boolean => {
        calls += 1;
        return calls > step.after;
      };
      for (const operation of WRITES)
        sandbox.failNext(operation, { answer: 'reset', when: 'before', times: 50, where });
      break;
    }
  }
  play.isDisturbed = true;
}
