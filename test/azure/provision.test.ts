import { describe, expect, it } from '@jest/globals';
import { associateSubnet, createTable } from '../../shared/azure/provision.ts';
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
};

describe('A missing route table', () => {
  it('is created with its tags, and once only', () =>
    withAzure({}, async ({ arm, sandbox, table }) => {
      const id = table.replace('kubernetes-routes', 'new-routes');
      const request = { id, location: sandbox.arm.location, tags: CLUSTER_TAG };
      expect(await createTable(arm, request, signal)).toEqual({ outcome: 'created' });
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
      expect(await associateSubnet(arm, id, table, signal)).toEqual({ outcome: 'associated' });
      const after = findSubnet(sandbox.arm, id);
      expect(after?.properties).toEqual(PROPERTIES);
      expect(after).toMatchObject({ addressPrefixes: ['10.240.8.0/24'], routeTable: table });
      expect(await associateSubnet(arm, id, table.toUpperCase(), signal)).toEqual({ outcome: 'unchanged' });
    }));

  it('is read again when somebody writes it in between', () =>
    withAzure({}, async ({ arm, sandbox, table, subnet }) => {
      const network = subnet.replace(/\/subnets\/.*/, '');
      const place = { network, name: 'plain', addressPrefixes: ['10.240.8.0/24'] };
      const { id } = putSubnet(sandbox.arm, place);
      sandbox.failNext('Subnets_CreateOrUpdate', { code: 'PreconditionFailedEtagMismatch' });
      expect(await associateSubnet(arm, id, table, signal)).toEqual({ outcome: 'associated' });
      expect(sandbox.countCalls()).toMatchObject({ Subnets_Get: 2, Subnets_CreateOrUpdate: 2 });
    }));

  it('that uses another table is left alone', () =>
    withAzure({}, async ({ arm, sandbox, table, subnet }) => {
      const other = table.replace('kubernetes-routes', 'other');
      sandbox.clearCalls();
      expect(await associateSubnet(arm, subnet, other, signal)).toMatchObject({
        outcome: 'failed',
        failure: { code: 'subnet-has-other-table', message: expect.stringContaining(table) },
      });
      expect(sandbox.calls.filter(({ mutating }) => mutating)).toEqual([]);
    }));
});
