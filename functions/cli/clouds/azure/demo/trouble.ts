import { deleteRoute, putRoute } from '../../../../../shared/sandbox/arm/route-tables.ts';
import type { ArmSandbox } from '../../../../../shared/sandbox/arm-server.ts';
import {
  expectChanges,
  expectFindings,
  expectNothingLost,
  expectRoute,
  expectWrites,
} from '../../../demo/expectations.ts';
import type { Step } from '../../../demo/scene.ts';
import { FOREIGN_ROUTES, worker } from './cluster.ts';
import { expectRoutes, expectTableCalls, expectUntouched, GET, OTHERS, PUT } from './expectations.ts';
import { deliverEvents } from './life.ts';
import { addRoute, launch, letForward } from './operator.ts';
import { type AzureStage, deliver, request, takeMessages } from './stage.ts';

/** Does something when podroutes' next write of a table has arrived and was not looked at yet. */
function beforeNextWrite(sandbox: ArmSandbox, act: () => void): void {
  let isDone = false;
  const where = () => {
    if (!isDone) act();
    isDone = true;
    return false;
  };
  sandbox.failNext(PUT, { where });
}

/** The steps in which others write too, and things fail. */
export const TROUBLE: readonly Step<AzureStage>[] = [
  {
    title: 'somebody else writes first',
    why: "worker-3 joins. Between podroutes' read and its write, the network team adds three routes of its own. Azure refuses the write, because the ETag has changed. podroutes reads the table again and adds its route to theirs.",
    shows: 'changes',
    act: async (stage) => {
      const { sandbox, operator } = stage;
      launch(operator, worker(3));
      beforeNextWrite(sandbox, () => {
        for (const route of FOREIGN_ROUTES) addRoute(operator, route);
      });
      const act = await deliverEvents(stage);
      sandbox.clearFaults();
      return act;
    },
    checks: (scene, stage) => [
      expectRoutes(
        scene,
        stage,
        OTHERS,
        'both changes are there: the route of worker-3 and the three others',
      ),
      expectTableCalls(
        scene,
        [GET, GET, `${PUT} (412 PreconditionFailedEtagMismatch)`, PUT],
        'the refused write was followed by a fresh read and one more write',
      ),
    ],
  },
  {
    title: 'the table is locked by another operation',
    why: 'worker-4 joins while Azure is busy with the table for somebody else and answers 429, twice. podroutes waits for as long as Azure asks and tries again.',
    shows: 'changes',
    act: async (stage) => {
      launch(stage.operator, worker(4));
      stage.sandbox.failNext(PUT, { code: 'RetryableErrorDueToAnotherOperation', times: 2 });
      return deliverEvents(stage);
    },
    checks: (scene, stage) => [
      expectRoutes(scene, stage, OTHERS, 'worker-4 has its route'),
      expectWrites(
        scene,
        [...Array(2).fill(`${PUT} (429 RetryableErrorDueToAnotherOperation)`), PUT],
        'two refusals were retried within the same delivery',
      ),
    ],
  },
  {
    title: 'an accepted write fails',
    why: 'worker-5 joins. Azure accepts the write, but the operation fails later. podroutes polls the operation until it ends, reports the failed change, and returns the batch to the queue; the next delivery creates the route.',
    shows: 'changes',
    act: async (stage) => {
      launch(stage.operator, worker(5));
      stage.sandbox.failOperation(PUT, { code: 'InternalServerError', message: 'An error occurred.' });
      return deliverEvents(stage);
    },
    checks: (scene, stage) => [
      {
        what: 'of the two writes that Azure accepted, the first failed',
        expected: ['Failed', 'Succeeded'],
        found: [...stage.sandbox.arm.operations.values()].slice(-2).map(({ status }) => status),
      },
      {
        what: 'the failure was reported, then the created route',
        expected: ['failed', 'applied'],
        found: scene.handled?.log.filter(({ action }) => action === 'create').map(({ outcome }) => outcome),
      },
      expectRoutes(scene, stage, OTHERS, 'worker-5 has its route'),
    ],
  },
  {
    title: 'a node that does not forward',
    why: 'worker-6 joins, with IP forwarding disabled on its interface, so Azure would drop what its pods send. The route is created, and a finding names what is missing. With PODROUTES_FORWARDING=ensure, podroutes would enable it.',
    shows: 'changes',
    act: async (stage) => {
      launch(stage.operator, { ...worker(6), forwarding: false });
      return deliverEvents(stage);
    },
    checks: (scene, stage) => [
      expectRoutes(scene, stage, OTHERS, 'worker-6 has its route'),
      expectFindings(scene, ['forwarding-disabled'], 'the missing forwarding was reported, once'),
    ],
  },
  {
    title: 'a message that cannot be read',
    why: 'A truncated event arrives in one batch with the event of worker-7. It is moved unchanged to a separate queue, and the rest of the batch proceeds.',
    shows: 'changes',
    act: async (stage) => {
      launch(stage.operator, worker(7));
      return { handled: await deliver(stage, ['{"half', ...takeMessages(stage)]), notes: [] };
    },
    checks: (scene, stage) => [
      {
        what: 'only that message was moved, as it was sent',
        expected: ['{"half'],
        found: stage.setAside,
      },
      expectRoutes(scene, stage, OTHERS, 'worker-7 has its route'),
    ],
  },
  {
    title: 'drift, and a dry run over HTTP',
    why: 'Somebody deletes the route of worker-2 and points that of worker-0 to worker-3, and the events are lost. IP forwarding of worker-6 has been enabled meanwhile. GET shows what podroutes would do and changes nothing.',
    shows: 'changes',
    act: async (stage) => {
      const { operator } = stage;
      const { arm, table } = operator;
      deleteRoute(arm, table, 'kubernetes-route-10-200-2-0-24');
      putRoute(arm, table, {
        name: 'kubernetes-route-10-200-0-0-24',
        addressPrefix: '10.200.0.0/24',
        nextHopIpAddress: '10.240.0.23',
      });
      letForward(operator, 'worker-6');
      takeMessages(stage);
      return { handled: await request(stage, 'GET'), notes: [] };
    },
    checks: (scene) => [
      expectWrites(scene, [], 'no call changed anything'),
      expectChanges(
        scene,
        ['create 10.200.2.0/24 planned', 'replace 10.200.0.0/24 planned'],
        'the plan is the missing route and the wrong one',
      ),
      expectFindings(scene, [], 'nothing is left to report'),
      expectRoute(
        scene,
        'kubernetes-route-10-200-2-0-24',
        '10.200.2.0/24',
        null,
        'the route is still missing',
      ),
    ],
  },
  {
    title: 'the repair',
    why: 'POST makes these changes, as the timer does every ten minutes.',
    shows: 'changes',
    act: async (stage) => ({ handled: await request(stage, 'POST'), notes: [] }),
    checks: (scene, stage) => [
      expectRoutes(scene, stage, OTHERS, `the table leads to all ${stage.operator.nodes.size} nodes`),
      expectWrites(scene, [PUT], 'one PUT repaired both'),
      expectUntouched(stage),
      expectNothingLost(scene, 'no event was lost in any step'),
    ],
  },
];
