import {
  CreateRouteCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { parseCidr } from '../../../../../shared/core/cidr.ts';
import { propagateRoute } from '../../../../../shared/sandbox/ec2/routes.ts';
import {
  expectChanges,
  expectFindings,
  expectRoute,
  expectWaits,
  expectWrites,
} from '../../../demo/expectations.ts';
import type { Act, Step } from '../../../demo/scene.ts';
import { CLAIMS, MORE_WORKERS, OTHERS, VPN_APPLIANCE, WORKERS } from './cluster.ts';
import { expectRoutes, expectWriteCounts } from './expectations.ts';
import { addSubnet, createNetwork, idOf, launch, readClaimLines, remember, tagPodCidr } from './operator.ts';
import { type AwsStage, deliver, invokeReconcile, invokeSchedule } from './stage.ts';

/** Delivers what the cloud has to say since the last step. */
export async function deliverEvents(stage: AwsStage): Promise<Act> {
  return { handled: await deliver(stage, stage.sandbox.takeEvents()), notes: [] };
}

async function launchWorkers({ sandbox, operator }: AwsStage): Promise<Act> {
  await createNetwork(operator, '10.0.0.0/16');
  await addSubnet(operator, { subnet: 'subnet-a', table: 'table-a', cidr: '10.0.1.0/24' });
  // The network was there before podroutes was: its events are nobody's concern.
  sandbox.takeEvents();
  for (const worker of WORKERS) await launch(operator, worker);
  const lines = await readClaimLines(
    operator,
    WORKERS.map(({ name }) => name),
  );
  return { handled: null, notes: ['ADDRESS   POD CIDR', ...lines] };
}

async function addForeignRoutes(stage: AwsStage): Promise<Act> {
  const { sandbox, operator } = stage;
  const RouteTableId = idOf(operator, 'table-a');
  const peering = remember(operator, 'peering', 'pcx-0a1b2c3d4e5f60718');
  const gateway = remember(operator, 'vpn gateway', 'vgw-0a1b2c3d4e5f60718');
  await launch(operator, VPN_APPLIANCE);
  const targets = [
    { DestinationCidrBlock: '172.31.0.0/16', VpcPeeringConnectionId: peering },
    { DestinationCidrBlock: '10.200.250.0/24', InstanceId: idOf(operator, 'vpn-appliance') },
  ];
  for (const target of targets) await operator.ec2.send(new CreateRouteCommand({ RouteTableId, ...target }));
  const propagated = parseCidr('192.168.0.0/16');
  if (propagated.ok) propagateRoute(sandbox.ec2, RouteTableId, propagated.cidr, gateway);
  return deliverEvents(stage);
}

/** The steps in which everybody behaves. */
export const LIFE: readonly Step<AwsStage>[] = [
  {
    title: 'three workers, no routes',
    why: 'The three workers of "Kubernetes The Hard Way" have been launched, each with a block of addresses for its pods in its user data. The network has no routes to these blocks, so pods on different workers cannot reach each other.',
    shows: 'all',
    act: launchWorkers,
    checks: (scene) => [
      {
        what: 'addresses and pod CIDRs are those of the manual procedure',
        expected: ['10.0.1.20 10.200.0.0/24', '10.0.1.21 10.200.1.0/24', '10.0.1.22 10.200.2.0/24'],
        found: scene.notes.slice(1),
      },
      expectRoutes(scene, CLAIMS.none, OTHERS.atFirst, 'only the local and the internet route are there'),
    ],
  },
  {
    title: 'the events of the launch arrive',
    why: 'EC2 reports that the workers are running. The function reads the pod CIDR that each one claims, creates the missing routes, and lets the workers forward packets that are not their own.',
    shows: 'all',
    act: deliverEvents,
    checks: (scene) => [
      expectRoutes(
        scene,
        CLAIMS.launched,
        OTHERS.atFirst,
        'the table has the final route list of the manual procedure',
      ),
      expectWriteCounts(
        scene,
        { CreateRoute: 3, ModifyNetworkInterfaceAttribute: 3 },
        'one call created each route, and one enabled forwarding on each worker',
      ),
    ],
  },
  {
    title: 'the same events again',
    why: 'A queue can deliver a message twice, and CloudTrail reports the calls that podroutes itself makes. The function finds everything in place and changes nothing.',
    shows: 'changes',
    act: async (stage) => ({
      handled: await deliver(stage, [...stage.delivered, ...stage.sandbox.takeEvents()]),
      notes: [],
    }),
    checks: (scene) => [
      expectWrites(scene, [], 'no call changed anything'),
      expectRoutes(scene, CLAIMS.launched, OTHERS.atFirst, 'the routes are the same'),
    ],
  },
  {
    title: 'routes that podroutes does not manage',
    why: 'The network team adds a peering, a VPN gateway that propagates its route, and a VPN appliance that takes a block inside the cluster CIDR 10.200.0.0/16. None of their routes leads to a node, so podroutes leaves them alone.',
    shows: 'changes',
    act: addForeignRoutes,
    checks: (scene) => [
      expectWrites(scene, [], 'no call changed anything'),
      expectRoutes(scene, CLAIMS.launched, OTHERS.added, 'the new routes are there beside the old ones'),
    ],
  },
  {
    title: 'scale-out, five nodes and a second subnet',
    why: 'Five nodes join, three of them in a new subnet with a route table of its own. They claim their pod CIDRs in the tag "pod-cidr", so their user data is not read. Every table needs the routes of all eight nodes.',
    shows: 'changes',
    act: async (stage) => {
      await addSubnet(stage.operator, { subnet: 'subnet-b', table: 'table-b', cidr: '10.0.2.0/24' });
      for (const worker of MORE_WORKERS) await launch(stage.operator, worker);
      return deliverEvents(stage);
    },
    checks: (scene) => [
      expectRoutes(scene, CLAIMS.scaledOut, OTHERS.twoTables, 'both tables lead to all eight nodes'),
      expectWriteCounts(
        scene,
        { CreateRoute: 13, ModifyNetworkInterfaceAttribute: 5 },
        'the five new routes in table-a and all eight in table-b took one call each',
      ),
    ],
  },
  {
    title: 'a node is terminated',
    why: 'worker-7 is terminated. A read of its id confirms that, so its routes are deleted at once.',
    shows: 'changes',
    act: async (stage) => {
      const InstanceIds = [idOf(stage.operator, 'worker-7')];
      await stage.operator.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
      return deliverEvents(stage);
    },
    checks: (scene) => [
      expectRoutes(scene, CLAIMS.terminated, OTHERS.twoTables, 'the routes of worker-7 are gone, no others'),
      expectWrites(scene, ['DeleteRoute', 'DeleteRoute'], 'each table took one call'),
    ],
  },
  {
    title: 'a node is given another pod CIDR',
    why: 'Somebody tags worker-1 with a new block, and the tag counts before user data. The new routes are created at once, and the old ones stay for now: a claim that is missing in one read may be a mistake.',
    shows: 'changes',
    act: async (stage) => {
      await tagPodCidr(stage.operator, 'worker-1', '10.200.77.0/24');
      return deliverEvents(stage);
    },
    checks: (scene) => [
      expectRoutes(
        scene,
        CLAIMS.retagged,
        OTHERS.leftBehind,
        'both tables also have routes to the new block',
      ),
      expectWrites(scene, ['CreateRoute', 'CreateRoute'], 'an event takes no route from a node that lives'),
    ],
  },
  {
    title: 'the schedule sees what was left behind',
    why: 'The scheduled run finds the old routes of worker-1 unclaimed and records that in the ledger. As the new routes are in force, a scheduled run deletes the old ones after 24 hours.',
    shows: 'changes',
    act: async (stage) => ({ handled: await invokeSchedule(stage), notes: [] }),
    checks: (scene) => [
      expectChanges(
        scene,
        ['delete 10.200.1.0/24 waiting', 'delete 10.200.1.0/24 waiting'],
        'the old route waits in both tables',
      ),
      expectWaits(scene, 24 * 3600, 'for 24 hours'),
      expectFindings(scene, [], 'no finding needs attention'),
      expectWrites(scene, [], 'no call changed anything'),
    ],
  },
  {
    title: 'a person does not have to wait',
    why: 'Somebody who knows that worker-1 has a new block deletes its old routes at once, with force, for this node only.',
    shows: 'changes',
    act: async (stage) => ({
      handled: await invokeReconcile(stage, { force: true, nodes: [idOf(stage.operator, 'worker-1')] }),
      notes: [],
    }),
    checks: (scene) => [
      expectRoutes(scene, CLAIMS.retagged, OTHERS.twoTables, 'both tables have routes to the new block only'),
      expectWrites(scene, ['DeleteRoute', 'DeleteRoute'], 'each table took one call'),
    ],
  },
  {
    title: 'a node is stopped',
    why: 'EC2 turns the routes of a stopped worker-2 into blackholes. It may come back with the same address and the same pods, so its routes are kept.',
    shows: 'changes',
    act: async (stage) => {
      const InstanceIds = [idOf(stage.operator, 'worker-2')];
      await stage.operator.ec2.send(new StopInstancesCommand({ InstanceIds }));
      return deliverEvents(stage);
    },
    checks: (scene) => [
      ...['table-a', 'table-b'].map((table) =>
        expectRoute(
          scene,
          table,
          '10.200.2.0/24',
          '10.200.2.0/24 worker-2 blackhole',
          `${table} keeps the blackhole`,
        ),
      ),
      expectWrites(scene, [], 'no call changed anything'),
    ],
  },
  {
    title: 'the stopped node starts again',
    why: 'worker-2 runs again, and EC2 makes its routes active again. The function checks them and has nothing to change.',
    shows: 'changes',
    act: async (stage) => {
      const InstanceIds = [idOf(stage.operator, 'worker-2')];
      await stage.operator.ec2.send(new StartInstancesCommand({ InstanceIds }));
      return deliverEvents(stage);
    },
    checks: (scene) => [
      expectRoutes(scene, CLAIMS.retagged, OTHERS.twoTables, 'the routes of worker-2 are active again'),
      expectWrites(scene, [], 'no call changed anything'),
    ],
  },
];
