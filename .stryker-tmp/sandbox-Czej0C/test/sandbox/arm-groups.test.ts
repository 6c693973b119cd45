// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { GROUP, refusal, send, withArm } from './arm-setup.ts';

describe('What clients ask the sandbox ARM for first', () => {
  it.each([
    [
      '2015-01-01',
      { portalEndpoint: expect.any(String), authentication: { audiences: [expect.any(String)] } },
    ],
    ['2019-05-01', [{ name: 'Sandbox', authentication: { identityProvider: 'AAD' } }]],
    ['2022-09-01', { name: 'Sandbox', suffixes: {} }],
  ])('is the endpoints of the cloud, without a token, in version %s', (version, expected) =>
    withArm({}, async ({ sandbox }) => {
      const response = await fetch(`${sandbox.endpoint}/metadata/endpoints?api-version=${version}`);
      expect(response.status).toBe(200);
      const body: unknown = await response.json();
      expect(body).toMatchObject(expected);
      expect(JSON.stringify(body)).toContain(sandbox.endpoint);
    }),
  );

  it('is which tenant they are to sign in to', () =>
    withArm({ tenant: '00000000-0000-0000-0000-00000000000a' }, async ({ sandbox }) => {
      const response = await fetch(`${sandbox.endpoint}/subscriptions?api-version=2022-12-01`);
      expect(response.status).toBe(401);
      const challenge = response.headers.get('www-authenticate');
      expect(challenge).toMatch(/^Bearer authorization_uri="[^"]+\/00000000-0000-0000-0000-00000000000a"/);
      const { json } = await send(sandbox, 'GET', '/tenants?api-version=2022-12-01');
      expect(json).toMatchObject({ value: [{ tenantId: '00000000-0000-0000-0000-00000000000a' }] });
    }));

  it('comes with the ids by which a call is found again', () =>
    withArm({}, async ({ sandbox }) => {
      const path = '/subscriptions?api-version=2022-12-01';
      const plain = await send(sandbox, 'GET', path);
      const id = plain.headers.get('x-ms-request-id');
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(plain.headers.get('x-ms-correlation-request-id')).toBe(id);
      expect(plain.headers.get('x-ms-client-request-id')).toBeNull();
      const headers = {
        'x-ms-correlation-request-id': 'ours',
        'x-ms-client-request-id': 'mine',
        'x-ms-return-client-request-id': 'true',
      };
      const asked = await send(sandbox, 'GET', path, { headers });
      expect(asked.headers.get('x-ms-correlation-request-id')).toBe('ours');
      expect(asked.headers.get('x-ms-client-request-id')).toBe('mine');
    }));

  it('is the subscription and its groups, whatever their case', () =>
    withArm({}, async ({ sandbox }) => {
      const path = `/subscriptions/${sandbox.subscription}`;
      const read = async (rest: string) =>
        (await send(sandbox, 'GET', `${path}${rest}?api-version=2021-04-01`)).json;
      expect(await read('')).toMatchObject({ subscriptionId: sandbox.subscription, state: 'Enabled' });
      const group = {
        id: `${path}/resourceGroups/${GROUP}`,
        name: GROUP,
        type: 'Microsoft.Resources/resourceGroups',
        location: 'westeurope',
        properties: { provisioningState: 'Succeeded' },
      };
      expect(await read(`/resourcegroups/${GROUP.toUpperCase()}`)).toEqual(group);
      expect(await read('/resourcegroups')).toEqual({ value: [group] });
      expect(await read('/resourcegroups/none')).toMatchObject({ error: { code: 'ResourceGroupNotFound' } });
    }));

  it('is a new group', () =>
    withArm({}, async ({ sandbox, network }) => {
      const path = `/subscriptions/${sandbox.subscription}/resourcegroups/other?api-version=2021-04-01`;
      const body = { location: 'eastus', tags: { a: 'b' } };
      const made = await send(sandbox, 'PUT', path, { body });
      expect(made).toMatchObject({ status: 201, json: { name: 'other', ...body } });
      expect((await send(sandbox, 'PUT', path, { body })).status).toBe(200);
      const table = await network.routeTables.createOrUpdate('other', 't', { location: 'eastus' });
      expect(table.id).toContain('/resourceGroups/other/');
    }));
});

describe('Networks that clients make on the sandbox ARM', () => {
  const body = {
    location: 'westeurope',
    tags: { a: 'b' },
    addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
    subnets: [
      { name: 'nodes', addressPrefix: '10.1.0.0/24' },
      { name: 'empty', addressPrefix: '10.1.1.0/24' },
    ],
  };

  it('have the subnets of their body, and lose those that a later one leaves out', () =>
    withArm({}, async ({ network }) => {
      const { virtualNetworks } = network;
      const made = await virtualNetworks.createOrUpdate(GROUP, 'vnet1', body);
      expect(made).toMatchObject(body);
      const { subnets = [] } = made;
      await virtualNetworks.createOrUpdate(GROUP, 'vnet1', { ...made, subnets: subnets.slice(0, 1) });
      const after = await virtualNetworks.get(GROUP, 'vnet1');
      expect(after.subnets?.map(({ name }) => name)).toEqual(['nodes']);
      expect(after.resourceGuid).toBe(made.resourceGuid);
    }));

  it('and their subnets cannot be deleted while an interface is in them', () =>
    withArm({}, async ({ network }) => {
      const { subnets = [] } = await network.virtualNetworks.createOrUpdate(GROUP, 'vnet1', body);
      const ipConfigurations = [{ name: 'first', subnet: { id: subnets[0]?.id ?? '' } }];
      await network.networkInterfaces.createOrUpdate(GROUP, 'nic', {
        location: 'westeurope',
        ipConfigurations,
      });
      for (const call of [
        network.subnets.delete(GROUP, 'vnet1', 'nodes'),
        network.virtualNetworks.delete(GROUP, 'vnet1'),
        network.virtualNetworks.createOrUpdate(GROUP, 'vnet1', { ...body, subnets: [] }),
      ]) {
        expect(await refusal(call)).toMatchObject({ status: 400, code: 'InUseSubnetCannotBeDeleted' });
      }
      await network.networkInterfaces.delete(GROUP, 'nic');
      await network.subnets.delete(GROUP, 'vnet1', 'nodes');
      await network.virtualNetworks.delete(GROUP, 'vnet1');
      expect(await refusal(network.virtualNetworks.get(GROUP, 'vnet1'))).toMatchObject({ status: 404 });
    }));
});
