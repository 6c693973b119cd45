import { setTimeout as wait } from 'node:timers/promises';
import {
  expectChanges,
  expectNothingLost,
  expectRoute,
  expectWaits,
  expectWrites,
} from '../../../demo/expectations.ts';
import { type Act, GRACE_SECONDS, type Step } from '../../../demo/scene.ts';
import { node, worker } from './cluster.ts';
import { expectListing, expectRoutes, expectTableCalls, GET, PUT } from './expectations.ts';
import { launch, launchScaleSet, readClaimLines, remove } from './operator.ts';
import { type AzureStage, deliver, request, takeMessages } from './stage.ts';

/** Delivers what Azure has to say since the last step. */
export async function deliverEvents(stage: AzureStage): Promise<Act> {
  return { handled: await deliver(stage, takeMessages(stage)), notes: [] };
}

/** Leads to the block that node-2 had before it was made again. */
const LEFT_BEHIND = '10.200.12.0/24 10.240.0.102 node-2';

/** Blocks from 10.200.`first`.0/24 on. */
function podCidrs(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `10.200.${first + i}.0/24`);
}

/** The steps in which everybody behaves. */
export const LIFE: readonly Step<AzureStage>[] = [
  {
    title: 'three workers, an empty route table',
    why: 'The manual procedure again, on Azure: three workers, each tagged with the block of addresses for its pods, and a route table without routes.',
    shows: 'all',
    act: async ({ operator }) => {
      for (const i of [0, 1, 2]) launch(operator, worker(i));
      return { handled: null, notes: ['ADDRESS     POD CIDR', ...readClaimLines(operator)] };
    },
    checks: ({ notes }, stage) => [
      {
        what: 'addresses and pod CIDRs are those of the manual procedure',
        expected: ['10.240.0.20 10.200.0.0/24', '10.240.0.21 10.200.1.0/24', '10.240.0.22 10.200.2.0/24'],
        found: notes.slice(1),
      },
      expectListing(stage, [], 'the table has no routes'),
    ],
  },
  {
    title: 'the events of the launch arrive',
    why: 'Event Grid reports the three machines. Azure locks a table for every write, so all their routes go into one write: a PUT of the whole table, conditional on its ETag.',
    shows: 'all',
    act: deliverEvents,
    checks: (scene, stage) => [
      expectListing(
        stage,
        [
          '10.200.0.0/24 kubernetes-route-10-200-0-0-24 10.240.0.20 VirtualAppliance Succeeded',
          '10.200.1.0/24 kubernetes-route-10-200-1-0-24 10.240.0.21 VirtualAppliance Succeeded',
          '10.200.2.0/24 kubernetes-route-10-200-2-0-24 10.240.0.22 VirtualAppliance Succeeded',
        ],
        'the table is the final one of the manual procedure, with its names',
      ),
      expectTableCalls(scene, [GET, PUT], 'one GET and one PUT of the table'),
    ],
  },
  {
    title: 'the same events again',
    why: 'Service Bus can deliver a message twice, and Event Grid reports the writes that podroutes itself makes. Nothing is out of step, so nothing is written: a PUT would lock the table without need.',
    shows: 'changes',
    act: async (stage) => ({
      handled: await deliver(stage, [...stage.delivered, ...takeMessages(stage)]),
      notes: [],
    }),
    checks: (scene, stage) => [
      expectWrites(scene, [], 'no call changed anything'),
      expectRoutes(scene, stage, [], 'the routes are the same'),
    ],
  },
  {
    title: 'a burst of twenty nodes',
    why: 'Ten virtual machines and two flexible scale sets, whose machines are tagged after they are created. Service Bus delivers all their events as one batch of the session.',
    shows: 'changes',
    act: async (stage) => {
      for (let i = 1; i <= 10; i += 1) launch(stage.operator, node(i));
      launchScaleSet(stage.operator, 'pool-a', podCidrs(21, 6));
      launchScaleSet(stage.operator, 'pool-b', podCidrs(27, 4));
      return deliverEvents(stage);
    },
    checks: (scene, stage) => [
      expectRoutes(scene, stage, [], 'the table leads to all 23 nodes'),
      expectTableCalls(scene, [GET, PUT], 'one GET and one PUT of the table'),
    ],
  },
  {
    title: 'the timer runs a full reconcile',
    why: 'Every ten minutes a run repairs what lost events missed; an HTTP request does the same. Here it only records in the ledger for which machine each route was created.',
    shows: 'changes',
    act: async (stage) => ({ handled: await request(stage, 'POST'), notes: [] }),
    checks: (scene, stage) => [
      expectWrites(scene, [], 'no call changed anything'),
      expectRoutes(scene, stage, [], 'the routes are the same'),
    ],
  },
  {
    title: 'node-1 is deleted, node-10 stays',
    why: 'The name of node-10 begins with that of node-1. Its route stays: podroutes identifies a route by its next hop, not by how a name begins. This time Event Grid sends the CloudEvents 1.0 schema.',
    shows: 'changes',
    act: async (stage) => {
      remove(stage.operator, 'node-1');
      const messages = takeMessages(stage, 'CloudEventSchemaV1_0');
      return { handled: await deliver(stage, messages), notes: [] };
    },
    checks: (scene, stage) => [
      expectRoutes(scene, stage, [], 'the route of node-1 is gone, and no other'),
      expectRoute(
        scene,
        'kubernetes-route-10-200-20-0-24',
        '10.200.20.0/24',
        '10.200.20.0/24 10.240.0.110 node-10',
        'node-10 has kept its route',
      ),
      expectWrites(scene, [PUT], 'one PUT of the table'),
    ],
  },
  {
    title: 'a node is recreated with another pod CIDR',
    why: 'node-2 is deleted and created again: the same name, the same address, another block. It gets its new route at once. The old route leads to it as well, and one event is not enough to delete it.',
    shows: 'changes',
    act: async (stage) => {
      remove(stage.operator, 'node-2');
      launch(stage.operator, { ...node(2), podCidr: '10.200.77.0/24' });
      return deliverEvents(stage);
    },
    checks: (scene, stage) => [
      expectRoutes(scene, stage, [LEFT_BEHIND], 'the new route is there beside the old one'),
      expectWrites(scene, [PUT], 'one PUT of the table'),
      expectNothingLost(scene, 'the batch was completed, though the deleted node exists again'),
    ],
  },
  {
    title: 'the first look',
    why: 'The ledger tells a full run that the old route was created for another machine of the same name, which is gone. The route can be deleted once it has been seen so for PODROUTES_GRACE: 15 minutes, or a second in this demo.',
    shows: 'changes',
    act: async (stage) => ({ handled: await request(stage, 'POST'), notes: [] }),
    checks: (scene) => [
      expectChanges(scene, ['delete 10.200.12.0/24 waiting'], 'the old route waits'),
      expectWaits(scene, GRACE_SECONDS, 'for the time that PODROUTES_GRACE says'),
      expectWrites(scene, [], 'no call changed anything'),
    ],
  },
  {
    title: 'the second look',
    why: 'A later run still finds it so and deletes the route.',
    shows: 'changes',
    act: async (stage) => {
      await wait(GRACE_SECONDS * 1000);
      return { handled: await request(stage, 'POST'), notes: [] };
    },
    checks: (scene, stage) => [
      expectRoutes(scene, stage, [], 'the old route is gone, and no other'),
      expectWrites(scene, [PUT], 'one PUT of the table'),
    ],
  },
];
