import { DeleteRouteCommand, ReplaceRouteCommand } from '@aws-sdk/client-ec2';
import { expectChanges, expectFindings, expectRoute, expectWrites } from '../../../demo/expectations.ts';
import type { Step } from '../../../demo/scene.ts';
import { CLAIMS, INTRUDER, OTHERS } from './cluster.ts';
import { expectOthers, expectRoutes, expectWriteCounts } from './expectations.ts';
import { deliverEvents } from './life.ts';
import { idOf, launch, type Operator, tagPodCidr } from './operator.ts';
import { type AwsStage, invokeReconcile, invokeSchedule } from './stage.ts';

async function deleteByHand(operator: Operator, table: string, destination: string): Promise<void> {
  const RouteTableId = idOf(operator, table);
  await operator.ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: destination }));
}

/** The steps in which somebody makes a mistake. */
export const TROUBLE: readonly Step<AwsStage>[] = [
  {
    title: 'two nodes claim the same block',
    why: 'A new worker-8 is tagged with the block of worker-0. The node that has the route keeps it, whatever the order of events, and a finding says what to do.',
    shows: 'changes',
    act: async (stage) => {
      await launch(stage.operator, INTRUDER);
      return deliverEvents(stage);
    },
    checks: (scene) => [
      expectRoutes(scene, CLAIMS.retagged, OTHERS.twoTables, 'worker-0 has kept its routes'),
      expectWrites(scene, [], 'no call changed anything'),
      expectFindings(scene, ['conflicting-claim'], 'the conflict was reported, once'),
    ],
  },
  {
    title: 'the conflict is resolved',
    why: 'worker-8 is tagged with a free block instead, and gets its routes.',
    shows: 'changes',
    act: async (stage) => {
      await tagPodCidr(stage.operator, 'worker-8', '10.200.8.0/24');
      return deliverEvents(stage);
    },
    checks: (scene) => [
      expectRoutes(scene, CLAIMS.resolved, OTHERS.twoTables, 'both tables lead to worker-8'),
      expectFindings(scene, [], 'nothing is left to report'),
    ],
  },
  {
    title: 'drift, routes changed by hand',
    why: 'In table-a, somebody deletes the route of worker-2 and points that of worker-0 to worker-3. CloudTrail reports both calls, and the function repairs both routes: it creates one and replaces the other in place.',
    shows: 'changes',
    act: async (stage) => {
      const { operator } = stage;
      await deleteByHand(operator, 'table-a', '10.200.2.0/24');
      await operator.ec2.send(
        new ReplaceRouteCommand({
          RouteTableId: idOf(operator, 'table-a'),
          DestinationCidrBlock: '10.200.0.0/24',
          InstanceId: idOf(operator, 'worker-3'),
        }),
      );
      return deliverEvents(stage);
    },
    checks: (scene) => [
      expectRoutes(scene, CLAIMS.resolved, OTHERS.twoTables, 'the routes are as before the drift'),
      expectWriteCounts(scene, { CreateRoute: 1, ReplaceRoute: 1 }, 'one route was created, one replaced'),
    ],
  },
  {
    title: 'a lost event, and a dry run',
    why: 'The route of worker-4 is deleted by hand from table-b, and this time the event is lost. A dry run of the reconcile function shows what it would do and changes nothing.',
    shows: 'changes',
    act: async (stage) => {
      await deleteByHand(stage.operator, 'table-b', '10.200.4.0/24');
      stage.sandbox.takeEvents();
      return { handled: await invokeReconcile(stage, { dryRun: true }), notes: [] };
    },
    checks: (scene) => [
      expectWrites(scene, [], 'no call changed anything'),
      expectChanges(scene, ['create 10.200.4.0/24 planned'], 'the plan is the one missing route'),
      expectRoute(scene, 'table-b', '10.200.4.0/24', null, 'the route is still missing'),
    ],
  },
  {
    title: 'the scheduled run',
    why: 'Every few minutes the schedule invokes the same function without dry run, and it repairs whatever events missed. Routes that podroutes does not manage are unchanged.',
    shows: 'all',
    act: async (stage) => ({ handled: await invokeSchedule(stage), notes: [] }),
    checks: (scene) => [
      expectWrites(scene, ['CreateRoute'], 'one call created the missing route'),
      expectRoutes(scene, CLAIMS.resolved, OTHERS.twoTables, 'both tables lead to all eight nodes'),
      expectOthers(scene, OTHERS.twoTables),
    ],
  },
];
