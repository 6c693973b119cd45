import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { metadataEndpoint } from '../../../../../shared/sandbox/instance-metadata.ts';
import { passTime } from '../../../../../shared/sandbox/passing-time.ts';
import {
  expectDistinct,
  expectHolders,
  expectWritten,
  type Group,
  LONG_ENOUGH_MS,
  readHeld,
} from '../../../demo/group.ts';
import { runNodeScript } from '../../../demo/node-script.ts';
import type { Act, Part } from '../../../demo/scene.ts';
import { expectRoutes, expectWriteCounts } from './expectations.ts';
import { deliverEvents } from './life.ts';
import { addSubnet, CLUSTER, CLUSTER_CIDR, createNetwork, idOf, launchGroup } from './operator.ts';
import { type AwsStage, invokeSchedule, openAwsStage, WORDING } from './stage.ts';

/** The metadata service tells no tag of a machine that has one with a slash in its key, as the cluster's own. */
const NODE_TAG = 'podroutes-pool';
const NAMES = ['node-0', 'node-1', 'node-2', 'node-3', 'node-4'];
const STAYING = NAMES.slice(0, 2);
const OTHERS = { 'table-a': ['10.0.0.0/16 local active', '0.0.0.0/0 internet gateway active'] };

interface GroupStage extends AwsStage {
  readonly built: URL;
  readonly group: Group;
}

async function openGroupStage(built: URL): Promise<GroupStage> {
  const stage = await openAwsStage(built, { PODROUTES_ALLOCATE: '/24', PODROUTES_NODE_TAG: NODE_TAG });
  return { ...stage, built, group: { held: {}, written: {} } };
}

/** Acts, and reads who holds which block after that. */
async function handle(stage: GroupStage, act: () => Promise<Act>): Promise<Act> {
  const acted = await act();
  stage.group.held = await readHeld({ path: stage.ledger, cluster: CLUSTER }, stage.nameOf);
  return acted;
}

/** What its own metadata service answers to each machine. */
async function runScripts({ built, sandbox, operator, group }: GroupStage): Promise<string[]> {
  const lines = NAMES.map(async (name) => {
    const settings = {
      PODCIDR_CLOUD: 'aws',
      PODCIDR_CLUSTER_CIDRS: CLUSTER_CIDR,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataEndpoint(sandbox.endpoint, idOf(operator, name)),
    };
    return [name, await runNodeScript(built, settings)] as const;
  });
  group.written = Object.fromEntries(await Promise.all(lines));
  return Object.entries(group.written).map(([name, line]) => `${name}  ${line}`);
}

/** The story of an Auto Scaling group whose machines nobody gives a pod CIDR. */
export const AWS_GROUP: Part<GroupStage> = {
  cloud: 'AWS',
  introduction:
    'An Auto Scaling group on AWS: its machines come from one template, so that no machine can bring a pod CIDR of its own. PODROUTES_ALLOCATE=/24 hands the blocks out.',
  wording: WORDING,
  open: openGroupStage,
  steps: [
    {
      title: 'a group without machines',
      why: 'A scheduled run enters all pod CIDRs and routes of the cluster in the ledger, here none. Nothing is handed out before.',
      shows: 'changes',
      act: (stage) =>
        handle(stage, async () => {
          await createNetwork(stage.operator, '10.0.0.0/16');
          await addSubnet(stage.operator, { subnet: 'subnet-a', table: 'table-a', cidr: '10.0.1.0/24' });
          stage.sandbox.takeEvents();
          return { handled: await invokeSchedule(stage), notes: [] };
        }),
      checks: (scene, { group }) => [
        expectRoutes(scene, {}, OTHERS, 'the table has no route to a machine'),
        expectHolders(group, [], 'nobody holds a block'),
      ],
    },
    {
      title: 'the group goes from 0 to 5',
      why: 'Five machines launch at once. One transaction in the ledger gives each a block; then each gets its tag and its routes. On each machine, infra/node/podroutes-node reads the tag from the metadata service.',
      shows: 'all',
      act: (stage) =>
        handle(stage, async () => {
          await launchGroup(stage.operator, NAMES, NODE_TAG);
          const { handled } = await deliverEvents(stage);
          return { handled, notes: await runScripts(stage) };
        }),
      checks: (scene, { group }) => [
        expectHolders(group, NAMES, 'each machine holds a block'),
        expectDistinct(group, 'no two machines have the same block'),
        expectRoutes(scene, group.held, OTHERS, 'each block is routed to its machine'),
        expectWritten(group, 'the script wrote the own block of each machine'),
        expectWriteCounts(
          scene,
          { CreateTags: 5, CreateRoute: 5, ModifyNetworkInterfaceAttribute: 5 },
          'for each machine one call wrote its tag, one its route, and one enabled forwarding',
        ),
      ],
    },
    {
      title: 'the group goes back to 2',
      why: 'Three machines are terminated, and their routes are deleted. Their blocks are not free yet: a run that still takes the machines for alive may be under way.',
      shows: 'changes',
      act: (stage) =>
        handle(stage, async () => {
          const InstanceIds = NAMES.slice(2).map((name) => idOf(stage.operator, name));
          await stage.operator.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
          return deliverEvents(stage);
        }),
      checks: (scene, { group }) => [
        expectHolders(group, NAMES, 'all five blocks are still held'),
        expectRoutes(scene, pick(group.held, STAYING), OTHERS, 'two machines have kept their routes'),
      ],
    },
    {
      title: 'the blocks come back',
      why: 'A scheduled run finds that the three holders are gone. One that finds the same at least 40 minutes later frees their blocks. The demo lets this time pass in the ledger.',
      shows: 'changes',
      act: (stage) =>
        handle(stage, async () => {
          await invokeSchedule(stage);
          passTime(stage.ledger, LONG_ENOUGH_MS);
          return { handled: await invokeSchedule(stage), notes: [] };
        }),
      checks: (scene, { group }) => [
        expectHolders(group, STAYING, 'only the two machines hold a block'),
        expectRoutes(scene, group.held, OTHERS, 'their routes are as before'),
      ],
    },
  ],
};

function pick(held: Group['held'], names: readonly string[]): Group['held'] {
  return Object.fromEntries(Object.entries(held).filter(([name]) => names.includes(name)));
}
