import { describe, expect, it } from '@jest/globals';
import { createMachine, deleteMachine } from '../../shared/sandbox/arm/machines.ts';
import type { Machine } from '../../shared/sandbox/arm/model.ts';
import { groupId } from '../../shared/sandbox/arm/resource-ids.ts';
import { createScaleSet, deleteInstances, membersOf, scaleTo } from '../../shared/sandbox/arm/scale-sets.ts';
import {
  type AzureCluster,
  type Cluster,
  launchAndReconcile,
  withAws,
  withAzure,
  workers,
} from './cluster.ts';

const GROUP = 'contract';
const TAGS = { 'kubernetes.io_cluster_contract': 'owned' };
const COUNT = 200;
const LEFT = 20;

/** The destinations that the table has, beside those that it always has. */
async function destinations({ routes }: Cluster): Promise<readonly string[]> {
  return (await routes()).map((line) => line.split(' ')[0] ?? '').sort();
}

const block = (i: number): string => `10.200.${i}.0/24`;
const blocks = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, i) => block(from + i)).sort();

/** Half of the events arrive; after 45 minutes only what lives has routes, and that has had them all the time. */
async function expectCleared(
  cluster: Cluster,
  surviving: readonly string[],
  arrived: readonly string[],
): Promise<void> {
  await cluster.deliverEvents(cluster.takeEvents().filter((_, i) => i % 2 === 0));
  for (let minutes = 0; minutes < 45; minutes += 10) {
    const reports = await cluster.pass(10);
    expect(reports.every(({ force }) => !force)).toBe(true);
    expect(await destinations(cluster)).toEqual(expect.arrayContaining([...surviving]));
  }
  expect(await destinations(cluster)).toEqual([...surviving, ...arrived].sort());
}

function subnetOf({ world: { sandbox } }: AzureCluster): string {
  return `${groupId(sandbox.subscription, GROUP)}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes`;
}

describe('A cluster shrinks from 200 to 20 nodes, half of the events are lost, and new nodes get freed addresses', () => {
  it('on AWS', () =>
    withAws({}, async (cluster) => {
      const { world } = cluster;
      await launchAndReconcile(cluster, workers(COUNT));
      for (const { name } of workers(COUNT - LEFT)) await world.terminate(name);
      for (const worker of workers(LEFT, COUNT)) await world.launch(worker);
      await expectCleared(cluster, blocks(COUNT - LEFT, COUNT), blocks(COUNT, COUNT + LEFT));
    }));

  it('on Azure, of virtual machines', () =>
    withAzure({}, async (cluster) => {
      const { arm } = cluster.world.sandbox;
      const subnet = subnetOf(cluster);
      const launch = (i: number): string =>
        createMachine(arm, {
          group: GROUP,
          name: `node-${i}`,
          subnet,
          enableIPForwarding: true,
          tags: { ...TAGS, 'pod-cidr': block(i) },
        }).id;
      const ids = Array.from({ length: COUNT }, (_, i) => launch(i));
      await launchAndReconcile(cluster, []);
      await cluster.reconcile();
      expect(await destinations(cluster)).toHaveLength(COUNT);
      for (const id of ids.slice(0, COUNT - LEFT)) deleteMachine(arm, id);
      for (let i = 0; i < LEFT; i += 1) launch(COUNT + i);
      await expectCleared(cluster, blocks(COUNT - LEFT, COUNT), blocks(COUNT, COUNT + LEFT));
    }));

  it('on Azure, of a uniform scale set', () =>
    withAzure({}, async (cluster) => {
      const { arm } = cluster.world.sandbox;
      const name = 'pool';
      const set = createScaleSet(arm, {
        group: GROUP,
        name,
        mode: 'Uniform',
        subnet: subnetOf(cluster),
        enableIPForwarding: true,
        tags: TAGS,
      });
      let claimed = 0;
      const grow = (capacity: number): readonly Machine[] => {
        const before = new Set(membersOf(arm, set).map(({ id }) => id));
        scaleTo(arm, set.id, capacity, 'autoscale');
        const added = membersOf(arm, set).filter(({ id }) => !before.has(id));
        for (const member of added) {
          // As an instance has that was given its own when it was made.
          const userData = btoa(`name=x|pod-cidr=${block(claimed)}`);
          arm.resources.set(member.id.toLowerCase(), { ...member, userData });
          claimed += 1;
        }
        return added;
      };
      const members = grow(COUNT);
      await launchAndReconcile(cluster, []);
      await cluster.reconcile();
      await cluster.reconcile();
      expect(await destinations(cluster)).toHaveLength(COUNT);
      const dead = members.slice(0, COUNT - LEFT).map(({ id }) => id.split('/').at(-1) ?? '');
      deleteInstances(arm, set.id, dead);
      grow(2 * LEFT);
      await expectCleared(cluster, blocks(COUNT - LEFT, COUNT), blocks(COUNT, COUNT + LEFT));
    }));
});
