// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import type { ArmClient } from '../../shared/azure/arm-client.ts';
import {
  associateSubnet,
  createTable,
  readSubnet,
  readTable,
  type Subnet,
} from '../../shared/azure/provision.ts';
import { findSubnet, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { CLUSTER_TAG, withAzure } from './azure-world.ts';

const signal = AbortSignal.timeout(60_000);
const PROPERTIES = {
  networkSecurityGroup: {
    id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n',
  },
  delegations: [{ name: 'd', properties: { serviceName: 'Microsoft.Web/serverFarms' } }],
  serviceEndpoints: [{ service: 'Microsoft.Storage' }],
  privateEndpointNetworkPolicies: 'Disabled',
  privateLinkServiceNetworkPolicies: 'Disabled',
};

async function read(arm: ArmClient, id: string): Promise<Subnet> {
  const reading = await readSubnet(arm, id, signal);
  if (!reading.ok) throw new Error(reading.failure.message);
  return reading.value;
}

describe('A missing route table', () => {
  it('is created with its tags, and once only', () =>
    withAzure({}, async ({ arm, sandbox, table }) => {
      const id = table.replace('kubernetes-routes', 'new-routes');
      const request = { id, location: sandbox.arm.location, tags: CLUSTER_TAG };
      expect(await readTable(arm, id, signal)).toEqual({ ok: true, value: null });
      expect(await createTable(arm, request, signal)).toEqual({ outcome: 'created' });
      expect(await readTable(arm, id, signal)).toEqual({
        ok: true,
        value: { location: 'westeurope', tags: new Map(Object.entries(CLUSTER_TAG)), routes: 0 },
      });
      expect(await createTable(arm, request, signal)).toEqual({ outcome: 'unchanged' });
      expect(await arm.get('network', id, signal)).toMatchObject({ tags: CLUSTER_TAG });
    }));

  it('is not created over one that has routes', () =>
    withAzure({}, async ({ arm, sandbox, table, putTable, routes }) => {
      putTable([{ name: 'theirs', addressPrefix: '0.0.0.0/0', nextHopType: 'Internet' }]);
      const request = { id: table, location: sandbox.arm.location, tags: {} };
      expect(await createTable(arm, request, signal)).toEqual({ outcome: 'unchanged' });
      expect(routes()).toEqual(['theirs 0.0.0.0/0 Internet']);
    }));
});

describe('A subnet', () => {
  it('keeps everything else that it has when it is associated', () =>
    withAzure({}, async ({ arm, sandbox, table, subnet }) => {
      const network = subnet.replace(/\/subnets\/.*/, '');
      const place = { network, name: 'plain', addressPrefixes: ['10.240.8.0/24'] };
      const { id } = putSubnet(sandbox.arm, { ...place, properties: PROPERTIES });
      const before = await read(arm, id);
      expect(before.table).toBeNull();
      expect(await associateSubnet(arm, before, table, signal)).toEqual({ outcome: 'associated' });
      const after = findSubnet(sandbox.arm, id);
      expect(after?.properties).toEqual(PROPERTIES);
      expect(after).toMatchObject({ addressPrefixes: ['10.240.8.0/24'], routeTable: table });
      const again = await read(arm, id);
      expect(await associateSubnet(arm, again, table.toUpperCase(), signal)).toEqual({
        outcome: 'unchanged',
      });
    }));

  it('is read again when somebody has written it since, and keeps what they wrote', () =>
    withAzure({}, async ({ arm, sandbox, table, subnet }) => {
      const network = subnet.replace(/\/subnets\/.*/, '');
      const place = { network, name: 'plain', addressPrefixes: ['10.240.8.0/24'] };
      const { id } = putSubnet(sandbox.arm, place);
      const before = await read(arm, id);
      putSubnet(sandbox.arm, { ...place, properties: PROPERTIES });
      sandbox.clearCalls();
      expect(await associateSubnet(arm, before, table, signal)).toEqual({ outcome: 'associated' });
      expect(findSubnet(sandbox.arm, id)).toMatchObject({ properties: PROPERTIES, routeTable: table });
      expect(sandbox.countCalls()).toMatchObject({ Subnets_Get: 1, Subnets_CreateOrUpdate: 2 });
    }));

  it('that was given another table since it was read is left alone', () =>
    withAzure({}, async ({ arm, sandbox, table, subnet }) => {
      const network = subnet.replace(/\/subnets\/.*/, '');
      const place = { network, name: 'plain', addressPrefixes: ['10.240.8.0/24'] };
      const { id } = putSubnet(sandbox.arm, place);
      const before = await read(arm, id);
      putSubnet(sandbox.arm, { ...place, routeTable: table });
      const other = table.replace('kubernetes-routes', 'other');
      expect(await associateSubnet(arm, before, other, signal)).toMatchObject({
        outcome: 'failed',
        failure: { code: 'subnet-has-other-table', message: expect.stringContaining(table) },
      });
      expect(findSubnet(sandbox.arm, id)?.routeTable).toBe(table);
    }));

  it('that is written again and again is given up', () =>
    withAzure({}, async ({ arm, sandbox, table, subnet }) => {
      const network = subnet.replace(/\/subnets\/.*/, '');
      const { id } = putSubnet(sandbox.arm, { network, name: 'plain', addressPrefixes: ['10.240.8.0/24'] });
      const before = await read(arm, id);
      sandbox.failNext('Subnets_CreateOrUpdate', { code: 'PreconditionFailedEtagMismatch', times: 9 });
      expect(await associateSubnet(arm, before, table, signal)).toMatchObject({
        outcome: 'failed',
        failure: { kind: 'stale' },
      });
      expect(sandbox.countCalls()).toMatchObject({ Subnets_CreateOrUpdate: 3 });
    }));

  it('that uses another table is left alone', () =>
    withAzure({}, async ({ arm, sandbox, table, subnet }) => {
      const other = table.replace('kubernetes-routes', 'other');
      expect(await associateSubnet(arm, await read(arm, subnet), other, signal)).toMatchObject({
        outcome: 'failed',
        failure: { code: 'subnet-has-other-table', message: expect.stringContaining(table) },
      });
      expect(sandbox.calls.filter(({ mutating }) => mutating)).toEqual([]);
    }));

  it.each([
    ['AuthorizationFailed', 403],
    ['ResourceNotFound', 404],
  ])('whose read ends in %s is none that was read', (code, status) =>
    withAzure({}, async ({ arm, sandbox, subnet }) => {
      sandbox.failNext('Subnets_Get', { code, status });
      expect(await readSubnet(arm, subnet, signal)).toMatchObject({
        ok: false,
        failure: { code, kind: 'permanent' },
      });
    }),
  );
});

it('A route table that may not be read is not taken for missing', () =>
  withAzure({}, async ({ arm, sandbox, table }) => {
    sandbox.failNext('RouteTables_Get', { code: 'AuthorizationFailed', status: 403 });
    expect(await readTable(arm, table, signal)).toMatchObject({
      ok: false,
      failure: { code: 'AuthorizationFailed' },
    });
  }));
