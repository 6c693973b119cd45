// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { createNetwork } from '../../shared/sandbox/arm/networks.ts';
import { putPeering } from '../../shared/sandbox/arm/peerings.ts';
import { collect, GROUP, idOf, refusal, type World, withArm } from './arm-setup.ts';

const [VNET, OTHER] = ['kubernetes-vnet', 'other-vnet'];

async function twoNetworks({ arm, network }: World) {
  const other = createNetwork(arm, { group: GROUP, name: OTHER, addressPrefixes: ['10.250.0.0/16'] });
  return { here: idOf(await network.virtualNetworks.get(GROUP, VNET)), there: other.id };
}

async function stateOf({ network }: World, name: string) {
  const { virtualNetworkPeerings = [] } = await network.virtualNetworks.get(GROUP, name);
  return virtualNetworkPeerings.map(({ peeringState, remoteVirtualNetwork }) => [
    peeringState,
    remoteVirtualNetwork?.id,
  ]);
}

describe('Peerings of virtual networks of the sandbox ARM', () => {
  it('are initiated by one side and connected by the other', () =>
    withArm({}, async (world) => {
      const { here, there } = await twoNetworks(world);
      const { virtualNetworkPeerings: peerings } = world.network;
      const made = await peerings.createOrUpdate(GROUP, VNET, 'to-other', {
        remoteVirtualNetwork: { id: there },
        allowForwardedTraffic: true,
      });
      expect(made).toMatchObject({
        name: 'to-other',
        peeringState: 'Initiated',
        allowForwardedTraffic: true,
      });
      await peerings.createOrUpdate(GROUP, OTHER, 'back', {
        remoteVirtualNetwork: { id: here.toUpperCase() },
      });
      expect(await stateOf(world, VNET)).toEqual([['Connected', there]]);
      expect(await stateOf(world, OTHER)).toEqual([['Connected', here.toUpperCase()]]);
      expect(await collect(peerings.list(GROUP, VNET))).toEqual([
        await peerings.get(GROUP, VNET, 'to-other'),
      ]);
    }));

  it('are disconnected once the other side is deleted', () =>
    withArm({}, async (world) => {
      const { here, there } = await twoNetworks(world);
      putPeering(world.arm, { network: here, name: 'to-other', remote: there });
      putPeering(world.arm, { network: there, name: 'back', remote: here });
      await world.network.virtualNetworkPeerings.delete(GROUP, OTHER, 'back');
      expect(await stateOf(world, VNET)).toEqual([['Disconnected', there]]);
      expect(await stateOf(world, OTHER)).toEqual([]);
      const gone = world.network.virtualNetworkPeerings.get(GROUP, OTHER, 'back');
      expect(await refusal(gone)).toMatchObject({ status: 404, code: 'NotFound' });
    }));

  it('are in the state that a test sets, also with a network that the sandbox does not know', () =>
    withArm({}, async (world) => {
      const { here } = await twoNetworks(world);
      const remote = here.replace(world.sandbox.subscription, '00000000-0000-0000-0000-000000000001');
      for (const state of ['Initiated', 'Connected', 'Disconnected'] as const) {
        putPeering(world.arm, { network: here, name: 'abroad', remote, state });
        expect(await stateOf(world, VNET)).toEqual([[state, remote]]);
      }
    }));

  it('are one for each pair of networks', () =>
    withArm({}, async (world) => {
      const { here, there } = await twoNetworks(world);
      putPeering(world.arm, { network: here, name: 'first', remote: there });
      const second = world.network.virtualNetworkPeerings.createOrUpdate(GROUP, VNET, 'second', {
        remoteVirtualNetwork: { id: there },
      });
      expect(await refusal(second)).toMatchObject({ status: 400 });
    }));
});
