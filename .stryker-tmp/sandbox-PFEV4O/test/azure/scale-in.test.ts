// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { createScaleSet, membersOf, scaleTo } from '../../shared/sandbox/arm/scale-sets.ts';
import { type AzureWorld, CLUSTER_TAG, GROUP } from './azure-world.ts';
import { route, targetsOf, withLook } from './look.ts';

const [MANY, FEW] = [40, 4];
const MODES = ['Uniform', 'Flexible'] as const;

/** A set, and a route to each of its instances: those of a uniform one can claim nothing for themselves. */
function growPool({ sandbox: { arm }, subnet, putTable }: AzureWorld, mode: (typeof MODES)[number]) {
  const place = { group: GROUP, name: 'pool', mode, subnet, tags: CLUSTER_TAG, enableIPForwarding: true };
  const set = createScaleSet(arm, { ...place, instances: MANY });
  const nics = membersOf(arm, set).flatMap(({ interfaces }) => interfaces.map((id) => addressOf(arm, id)));
  putTable(nics.map((address, index) => route(index, address)));
  return set;
}

function addressOf(arm: AzureWorld['sandbox']['arm'], id: string): string {
  const nic = arm.resources.get(id.toLowerCase());
  if (nic === undefined || !('ipConfigurations' in nic)) throw new Error(`${id} is no interface.`);
  return nic.ipConfigurations[0]?.address ?? '';
}

function countKinds(targets: Readonly<Record<string, string>>): Record<string, number> {
  const groups = Map.groupBy(Object.values(targets), (kind) => kind);
  return Object.fromEntries([...groups].map(([kind, all]) => [kind, all.length]));
}

describe.each(MODES)('A %s set that shrinks from 40 to 4 without an event', (mode) => {
  it('leaves routes that lead to nobody, as all reads agree', () =>
    withLook(async (look, world) => {
      const set = growPool(world, mode);
      scaleTo(world.sandbox.arm, set.id, FEW, 'autoscale');
      expect(countKinds(targetsOf(await look()))).toEqual({ node: FEW, vacant: MANY - FEW });
    }));

  it('leaves routes to nodes where freed addresses are taken by new ones', () =>
    withLook(async (look, world) => {
      const set = growPool(world, mode);
      scaleTo(world.sandbox.arm, set.id, FEW, 'autoscale');
      scaleTo(world.sandbox.arm, set.id, 2 * FEW, 'autoscale');
      const { nodes, ...rest } = await look();
      expect(countKinds(targetsOf({ nodes, ...rest }))).toEqual({ node: 2 * FEW, vacant: MANY - 2 * FEW });
      expect(nodes).toHaveLength(2 * FEW);
    }));

  it('leaves routes all of which go by themselves once they have waited', () =>
    withLook(async (_look, world) => {
      const set = growPool(world, mode);
      scaleTo(world.sandbox.arm, set.id, FEW, 'autoscale');
      const { results } = await world.run();
      const vacant = results.filter(({ change }) => change.evidence === 'vacant');
      expect(vacant.map(({ outcome }) => outcome)).toEqual(Array(MANY - FEW).fill('waiting'));
    }));
});
