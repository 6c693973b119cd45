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
import type { Act, Check, Part, Scene } from '../../../demo/scene.ts';
import { CLUSTER, CLUSTER_CIDR } from './cluster.ts';
import { createEmptyScaleSet, scale } from './operator.ts';
import { type AzureStage, deliver, openAzureStage, request, takeMessages, WORDING } from './stage.ts';

const SCALE_SET = 'workers';
const NAMES = ['node-0', 'node-1', 'node-2', 'node-3', 'node-4'];
const STAYING = NAMES.slice(0, 2);

interface GroupStage extends AzureStage {
  readonly built: URL;
  readonly scaleSet: string;
  readonly group: Group;
}

async function openGroupStage(built: URL): Promise<GroupStage> {
  const stage = await openAzureStage(built, { PODROUTES_ALLOCATE: '/24' });
  const scaleSet = createEmptyScaleSet(stage.operator, SCALE_SET);
  stage.sandbox.takeEvents();
  return { ...stage, built, scaleSet, group: { held: {}, written: {} } };
}

/** Acts, and reads who holds which block after that. */
async function handle(stage: GroupStage, act: () => Promise<Act>): Promise<Act> {
  const acted = await act();
  stage.group.held = await readHeld({ path: stage.ledger, cluster: CLUSTER }, stage.nameOf);
  return acted;
}

/** What its own metadata service answers to each machine. */
async function runScripts(
  { built, sandbox, group }: GroupStage,
  machines: ReadonlyMap<string, string>,
): Promise<string[]> {
  const lines = [...machines].map(async ([id, name]) => {
    const settings = {
      PODCIDR_CLOUD: 'azure',
      PODCIDR_CLUSTER_CIDRS: CLUSTER_CIDR,
      AZURE_POD_IDENTITY_AUTHORITY_HOST: metadataEndpoint(sandbox.endpoint, id),
    };
    return [name, await runNodeScript(built, settings)] as const;
  });
  group.written = Object.fromEntries(await Promise.all(lines));
  return Object.entries(group.written).map(([name, line]) => `${name}  ${line}`);
}

/** The table leads to these machines, to each with its block, and nowhere else. */
function expectRouted({ after }: Scene, { held }: Group, names: readonly string[], what: string): Check {
  const found = after.map(({ destination, detail }) => `${detail} ${destination}`);
  return { what, expected: names.map((name) => `${name} ${held[name]}`).sort(), found: found.sort() };
}

/** The story of a flexible scale set whose machines nobody gives a pod CIDR. */
export const AZURE_GROUP: Part<GroupStage> = {
  cloud: 'Azure',
  introduction:
    'A flexible scale set on Azure: its machines come from one template, so that no machine can bring a pod CIDR of its own. PODROUTES_ALLOCATE=/24 hands the blocks out.',
  wording: WORDING,
  open: openGroupStage,
  steps: [
    {
      title: 'a scale set without machines',
      why: 'A full run enters all pod CIDRs and routes of the cluster in the ledger, here none. Nothing is handed out before.',
      shows: 'changes',
      act: (stage) => handle(stage, async () => ({ handled: await request(stage, 'POST'), notes: [] })),
      checks: (scene, { group }) => [
        expectRouted(scene, group, [], 'the table has no routes'),
        expectHolders(group, [], 'nobody holds a block'),
      ],
    },
    {
      title: 'the scale set goes from 0 to 5',
      why: 'Five machines are created at once. One transaction in the ledger gives each a block; then each gets its tag, and one PUT makes all routes. On each machine, infra/node/podroutes-node reads the tag from the metadata service.',
      shows: 'all',
      act: (stage) =>
        handle(stage, async () => {
          const machines = scale(stage.operator, stage.scaleSet, NAMES.length);
          const handled = await deliver(stage, takeMessages(stage));
          return { handled, notes: await runScripts(stage, machines) };
        }),
      checks: (scene, { group }) => [
        expectHolders(group, NAMES, 'each machine holds a block'),
        expectDistinct(group, 'no two machines have the same block'),
        expectRouted(scene, group, NAMES, 'each block is routed to its machine'),
        expectWritten(group, 'the script wrote the own block of each machine'),
      ],
    },
    {
      title: 'the scale set goes back to 2',
      why: 'Three machines are deleted, and with them their interfaces. Their blocks are not free yet: a run that still takes the machines for alive may be under way.',
      shows: 'changes',
      act: (stage) =>
        handle(stage, async () => {
          scale(stage.operator, stage.scaleSet, STAYING.length);
          return { handled: await deliver(stage, takeMessages(stage)), notes: [] };
        }),
      checks: (scene, { group }) => [
        expectHolders(group, NAMES, 'all five blocks are still held'),
        expectRouted(scene, group, STAYING, 'two machines have kept their routes'),
      ],
    },
    {
      title: 'the blocks come back',
      why: 'A full run finds that the three holders are gone. One that finds the same at least 40 minutes later frees their blocks. The demo lets this time pass in the ledger.',
      shows: 'changes',
      act: (stage) =>
        handle(stage, async () => {
          await request(stage, 'POST');
          passTime(stage.ledger, LONG_ENOUGH_MS);
          return { handled: await request(stage, 'POST'), notes: [] };
        }),
      checks: (scene, { group }) => [
        expectHolders(group, STAYING, 'only the two machines hold a block'),
        expectRouted(scene, group, STAYING, 'their routes are as before'),
      ],
    },
  ],
};
