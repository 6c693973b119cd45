// @ts-nocheck
import type { NetworkInterface, Subnet } from '@azure/arm-network';
import { describe, expect, it } from '@jest/globals';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import {
  clearAddresses,
  createInterface,
  removeInterface,
  setForwarding,
} from '../../shared/sandbox/arm/interfaces.ts';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import { collect, GROUP, idOf, refusal, TABLE, type World, withArm } from './arm-setup.ts';

const VNET = 'kubernetes-vnet';
const SUBNET = 'kubernetes-subnet';

function putBack({ network }: World, subnet: Subnet, headers: Record<string, string> = {}) {
  return network.subnets.createOrUpdate(GROUP, VNET, SUBNET, subnet, { requestOptions: { headers } });
}

describe('Subnets and virtual networks of the sandbox ARM', () => {
  it('are read with their address spaces', () =>
    withArm({}, async ({ arm, network, subnet }) => {
      createGroup(arm, 'other');
      createNetwork(arm, { group: 'other', name: 'v2', addressPrefixes: ['10.9.0.0/16', 'fd00:9::/48'] });
      const found = await network.virtualNetworks.get(GROUP, VNET);
      expect(found).toMatchObject({
        addressSpace: { addressPrefixes: ['10.240.0.0/16'] },
        subnets: [{ id: subnet.id, addressPrefix: '10.240.0.0/24' }],
      });
      expect(await collect(network.virtualNetworks.list(GROUP))).toHaveLength(1);
      const [, second] = await collect(network.virtualNetworks.listAll());
      expect(second?.addressSpace?.addressPrefixes).toEqual(['10.9.0.0/16', 'fd00:9::/48']);
    }));

  it('take a route table without losing anything else when they are read and put back', () =>
    withArm({}, async (world) => {
      const { arm, network, subnet } = world;
      const table = putRouteTable(arm, { group: GROUP, name: TABLE, location: 'westeurope' });
      putSubnet(arm, {
        network: subnet.id.split('/subnets/')[0] ?? '',
        name: SUBNET,
        addressPrefixes: ['10.240.0.0/24', 'fd00:240::/64'],
        properties: {
          networkSecurityGroup: { id: `${table.id}-nsg` },
          serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['*'] }],
          delegations: [{ name: 'd', properties: { serviceName: 'Microsoft.Web/serverFarms' } }],
          privateEndpointNetworkPolicies: 'Disabled',
        },
      });
      const before = await network.subnets.get(GROUP, VNET, SUBNET);
      const after = await putBack(
        world,
        { ...before, routeTable: { id: table.id } },
        {
          'If-Match': before.etag ?? '',
        },
      );
      expect(after).toEqual({
        ...before,
        etag: after.etag,
        routeTable: expect.objectContaining({ id: table.id }),
      });
      expect(after.etag).not.toBe(before.etag);
      expect(after).toMatchObject({
        networkSecurityGroup: { id: `${table.id}-nsg` },
        delegations: [{ name: 'd', serviceName: 'Microsoft.Web/serverFarms' }],
      });
      expect((await network.routeTables.get(GROUP, TABLE)).subnets).toEqual([{ id: subnet.id }]);
    }));

  it('lose the association when they are put without it', () =>
    withArm({}, async (world) => {
      const { arm, network } = world;
      const table = putRouteTable(arm, { group: GROUP, name: TABLE, location: 'westeurope' });
      const read = await network.subnets.get(GROUP, VNET, SUBNET);
      const routed = await putBack(world, { ...read, routeTable: { id: table.id.toUpperCase() } });
      expect(routed.routeTable?.id).toBe(table.id.toUpperCase());
      const { routeTable: _dropped, ...bare } = routed;
      expect((await putBack(world, bare)).routeTable).toBeUndefined();
      expect((await network.routeTables.get(GROUP, TABLE)).subnets).toBeUndefined();
    }));

  it('are guarded by the entity tag of their network', () =>
    withArm({}, async (world) => {
      const { arm, network, subnet } = world;
      const read = await network.subnets.get(GROUP, VNET, SUBNET);
      const [listed] = await collect(network.subnets.list(GROUP, VNET));
      expect(listed?.etag).toBe(read.etag);
      const vnet = subnet.id.split('/subnets/')[0] ?? '';
      putSubnet(arm, { network: vnet, name: 'second', addressPrefixes: ['10.240.1.0/24'] });
      const stale = putBack(world, read, { 'If-Match': read.etag ?? '' });
      expect(await refusal(stale)).toMatchObject({ status: 412, code: 'PreconditionFailed' });
    }));

  it.each([
    ['that is not there', 'westeurope', 'nothing'],
    ['of another region', 'eastus', TABLE],
  ])('refuse a route table %s', (_case, location, name) =>
    withArm({}, async (world) => {
      const table = putRouteTable(world.arm, { group: GROUP, name: TABLE, location });
      const read = await world.network.subnets.get(GROUP, VNET, SUBNET);
      const id = table.id.replace(TABLE, name);
      const refused = await refusal(putBack(world, { ...read, routeTable: { id } }));
      expect(refused).toMatchObject({ status: 400, code: 'InvalidResourceReference' });
    }),
  );

  it('that are missing are not found', () =>
    withArm({}, async ({ network }) => {
      const refused = await refusal(network.subnets.get(GROUP, VNET, 'none'));
      expect(refused).toMatchObject({ status: 404, code: 'NotFound' });
    }));
});

describe('Network interfaces of the sandbox ARM', () => {
  it('tell their machine, addresses and forwarding', () =>
    withArm({}, async ({ arm, network, subnet }) => {
      const addresses = ['10.240.0.20', 'fd00:240::20'];
      const machine = createMachine(arm, { group: GROUP, name: 'worker-0', subnet: subnet.id, addresses });
      const nic = await network.networkInterfaces.get(GROUP, 'worker-0-nic');
      expect(nic).toMatchObject({
        primary: true,
        enableIPForwarding: false,
        virtualMachine: { id: machine.id },
        ipConfigurations: [
          { primary: true, privateIPAddress: '10.240.0.20', privateIPAddressVersion: 'IPv4' },
          { primary: false, privateIPAddress: 'fd00:240::20', privateIPAddressVersion: 'IPv6' },
        ],
      });
      expect(nic.ipConfigurations?.[0]?.subnet?.id).toBe(subnet.id);
    }));

  it('get the next free address where none is asked for', () =>
    withArm({}, async ({ arm, network, subnet }) => {
      for (const name of ['a', 'b']) createInterface(arm, { group: GROUP, name, subnet: subnet.id });
      createInterface(arm, { group: GROUP, name: 'c', subnet: subnet.id, addresses: ['10.240.0.6'] });
      createInterface(arm, { group: GROUP, name: 'd', subnet: subnet.id });
      createInterface(arm, { group: GROUP, name: 'e', subnet: subnet.id, addresses: [] });
      const nics = await collect(network.networkInterfaces.list(GROUP));
      const addresses = nics.map(({ ipConfigurations }) => ipConfigurations?.[0]?.privateIPAddress);
      expect(addresses).toEqual(['10.240.0.4', '10.240.0.5', '10.240.0.6', '10.240.0.7', undefined]);
    }));

  it('can be read and put back with forwarding switched on, and keep the rest', () =>
    withArm({}, async ({ arm, network, subnet }) => {
      createMachine(arm, { group: GROUP, name: 'worker-0', subnet: subnet.id, tags: { a: 'b' } });
      const before = await network.networkInterfaces.get(GROUP, 'worker-0-nic');
      const put = (nic: NetworkInterface, etag = '') =>
        network.networkInterfaces.createOrUpdate(GROUP, 'worker-0-nic', nic, {
          requestOptions: { headers: { 'If-Match': etag } },
        });
      const after = await put({ ...before, enableIPForwarding: true }, before.etag);
      const withoutTags = ({ etag: _, ipConfigurations, ...rest }: NetworkInterface) => ({
        ...rest,
        ipConfigurations: ipConfigurations?.map(({ etag: _tag, ...each }) => each),
      });
      expect(withoutTags(after)).toEqual({ ...withoutTags(before), enableIPForwarding: true });
      expect(await refusal(put(before, before.etag))).toMatchObject({ status: 412 });
      setForwarding(arm, idOf(after), false);
      const last = await network.networkInterfaces.get(GROUP, 'worker-0-nic');
      expect([last.enableIPForwarding, last.etag === after.etag]).toEqual([false, false]);
    }));

  it('lose what a PUT leaves out', () =>
    withArm({}, async ({ network, subnet }) => {
      const ipConfigurations = [{ name: 'first', subnet: { id: subnet.id } }];
      const nic = { location: 'westeurope', ipConfigurations };
      const made = await network.networkInterfaces.createOrUpdate(GROUP, 'n', {
        ...nic,
        tags: { a: 'b' },
        enableIPForwarding: true,
        dnsSettings: { dnsServers: ['10.0.0.1'] },
      });
      expect(made).toMatchObject({ dnsSettings: { dnsServers: ['10.0.0.1'] }, tags: { a: 'b' } });
      expect(made.ipConfigurations).toMatchObject([{ privateIPAddress: '10.240.0.4', primary: true }]);
      const bare = await network.networkInterfaces.createOrUpdate(GROUP, 'n', nic);
      const { tags, dnsSettings, enableIPForwarding } = bare;
      expect([tags, dnsSettings?.dnsServers, enableIPForwarding]).toEqual([undefined, [], false]);
      expect(bare.ipConfigurations).toMatchObject([{ privateIPAddress: '10.240.0.4' }]);
    }));

  it('take new tags by a PATCH, which changes nothing else', () =>
    withArm({}, async ({ arm, network, subnet }) => {
      createInterface(arm, { group: GROUP, name: 'n', subnet: subnet.id, enableIPForwarding: true });
      const nic = await network.networkInterfaces.updateTags(GROUP, 'n', { tags: { a: 'b' } });
      expect(nic).toMatchObject({ tags: { a: 'b' }, enableIPForwarding: true });
    }));

  it('may be gone, or without an address, while their machine lives', () =>
    withArm({}, async ({ arm, network, compute, subnet }) => {
      const { interfaces } = createMachine(arm, { group: GROUP, name: 'worker-0', subnet: subnet.id });
      const [nic = ''] = interfaces;
      clearAddresses(arm, nic);
      const { ipConfigurations } = await network.networkInterfaces.get(GROUP, 'worker-0-nic');
      expect(ipConfigurations?.[0]?.privateIPAddress).toBeUndefined();
      removeInterface(arm, nic);
      expect(await refusal(network.networkInterfaces.get(GROUP, 'worker-0-nic'))).toMatchObject({
        status: 404,
        code: 'ResourceNotFound',
      });
      const machine = await compute.virtualMachines.get(GROUP, 'worker-0');
      expect(machine.networkProfile?.networkInterfaces).toMatchObject([{ id: nic }]);
    }));

  it('are listed for the whole subscription, page by page', () =>
    withArm({ pageSize: 2 }, async ({ arm, network, sandbox, subnet }) => {
      createGroup(arm, 'other');
      for (const group of [GROUP, 'other']) {
        for (const name of ['a', 'b', 'c']) createInterface(arm, { group, name, subnet: subnet.id });
      }
      expect(await collect(network.networkInterfaces.listAll())).toHaveLength(6);
      expect(await collect(network.networkInterfaces.list('OTHER'))).toHaveLength(3);
      expect(sandbox.countCalls()).toEqual({ NetworkInterfaces_ListAll: 3, NetworkInterfaces_List: 2 });
    }));
});
