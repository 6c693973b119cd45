// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import { collect, GROUP, idOf, refusal, route, send, TABLE, type World, withArm } from './arm-setup.ts';

const LOCATION = 'westeurope';

/** A PUT of the whole table under conditions. */
function putTable({ network }: World, routes: readonly object[], headers: Record<string, string> = {}) {
  const body = { location: LOCATION, routes: routes.map((each) => ({ ...route(0), ...each })) };
  return network.routeTables.createOrUpdate(GROUP, TABLE, body, { requestOptions: { headers } });
}

function tablePath({ sandbox }: World): string {
  const group = `/subscriptions/${sandbox.subscription}/resourceGroups/${GROUP}`;
  return `${group}/providers/Microsoft.Network/routeTables/${TABLE}?api-version=2026-01-01`;
}

describe('Route tables of the sandbox ARM', () => {
  it('are made by a PUT, and replaced whole by the next', () =>
    withArm({}, async (world) => {
      const { network, sandbox } = world;
      const made = await putTable(world, [route(0), route(1)]);
      expect(made).toMatchObject({
        name: TABLE,
        type: 'Microsoft.Network/routeTables',
        location: LOCATION,
        provisioningState: 'Succeeded',
        disableBgpRoutePropagation: false,
        routes: [route(0), route(1)],
      });
      await putTable(world, [route(1), route(2)]);
      const table = await network.routeTables.get(GROUP, TABLE);
      expect(table.routes).toMatchObject([route(1), route(2)]);
      expect(sandbox.calls.map(({ operation, status }) => [operation, status])).toEqual([
        ['RouteTables_CreateOrUpdate', 201],
        ['RouteTables_CreateOrUpdate', 200],
        ['RouteTables_Get', 200],
      ]);
    }));

  it('answer in the shape that Azure was recorded to answer in', () =>
    withArm({ seed: 7 }, async (world) => {
      await putTable(world, [route(0)]);
      const { status, headers, json } = await send(world.sandbox, 'GET', tablePath(world));
      const id = tablePath(world).split('?')[0];
      const etag = headers.get('etag');
      expect(etag).toMatch(/^W\/"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"$/);
      expect(status).toBe(200);
      expect(json).toEqual({
        name: TABLE,
        id,
        etag,
        type: 'Microsoft.Network/routeTables',
        location: LOCATION,
        properties: {
          provisioningState: 'Succeeded',
          resourceGuid: expect.any(String),
          disableBgpRoutePropagation: false,
          routes: [
            {
              name: route(0).name,
              id: `${id}/routes/${route(0).name}`,
              etag,
              type: 'Microsoft.Network/routeTables/routes',
              properties: {
                provisioningState: 'Succeeded',
                addressPrefix: '10.200.0.0/24',
                nextHopType: 'VirtualAppliance',
                nextHopIpAddress: '10.240.0.20',
                hasBgpOverride: false,
              },
            },
          ],
        },
      });
    }));

  it('keep tags and the propagation flag only where the PUT carries them', () =>
    withArm({}, async ({ network }) => {
      const body = { location: LOCATION, disableBgpRoutePropagation: true, tags: { team: 'net' } };
      const kept = await network.routeTables.createOrUpdate(GROUP, TABLE, body);
      expect(kept).toMatchObject({ disableBgpRoutePropagation: true, tags: { team: 'net' } });
      const bare = await network.routeTables.createOrUpdate(GROUP, TABLE, { location: LOCATION });
      expect(bare).toMatchObject({ disableBgpRoutePropagation: false });
      expect(bare.tags).toBeUndefined();
      const tagged = await network.routeTables.updateTags(GROUP, TABLE, { tags: { team: 'pods' } });
      expect(tagged).toEqual(await network.routeTables.get(GROUP, TABLE));
      expect(tagged.tags).toEqual({ team: 'pods' });
      expect(tagged.etag).not.toBe(bare.etag);
    }));

  it('are listed by group and by subscription, a page at a time', () =>
    withArm({ pageSize: 2 }, async ({ arm, network, sandbox }) => {
      createGroup(arm, 'other');
      for (const name of ['a', 'b', 'c']) putRouteTable(arm, { group: GROUP, name, location: LOCATION });
      putRouteTable(arm, { group: 'other', name: 'd', location: LOCATION });
      const names = async (list: AsyncIterable<{ name?: string }>) =>
        (await collect(list)).map(({ name }) => name);
      expect(await names(network.routeTables.list(GROUP))).toEqual(['a', 'b', 'c']);
      expect(await names(network.routeTables.listAll())).toEqual(['a', 'b', 'c', 'd']);
      expect(sandbox.countCalls()).toEqual({ RouteTables_List: 2, RouteTables_ListAll: 2 });
      expect(sandbox.calls[1]?.path).toContain('%24skiptoken=2');
    }));

  it('are found whatever the case, and answer in the case of their creation', () =>
    withArm({}, async (world) => {
      const made = await putTable(world, [route(0)]);
      const { network } = world;
      const table = await network.routeTables.get('KUBERNETES', 'Kubernetes-Routes');
      expect(table.id).toBe(idOf(made));
      const name = route(0).name.toUpperCase();
      await network.routes.createOrUpdate('KUBERNETES', TABLE, name, route(5));
      const after = await network.routeTables.createOrUpdate('KUBERNETES', TABLE.toUpperCase(), {
        location: 'West Europe',
        routes: [route(0)],
      });
      expect([after.id, after.name]).toEqual([idOf(made), TABLE]);
      expect((await collect(network.routes.list(GROUP, TABLE))).map((each) => each.name)).toEqual([
        route(0).name,
      ]);
    }));

  it('cannot be deleted while a subnet uses them', () =>
    withArm({}, async (world) => {
      const { arm, network, subnet } = world;
      const table = await putTable(world, []);
      const place = { network: subnet.id.split('/subnets/')[0] ?? '', name: subnet.name };
      const prefixes = { addressPrefixes: subnet.addressPrefixes };
      putSubnet(arm, { ...place, ...prefixes, routeTable: idOf(table) });
      expect((await network.routeTables.get(GROUP, TABLE)).subnets).toEqual([{ id: subnet.id }]);
      const refused = await refusal(network.routeTables.delete(GROUP, TABLE));
      expect(refused).toMatchObject({ status: 400, code: 'InUseRouteTableCannotBeDeleted' });
      putSubnet(arm, { ...place, ...prefixes });
      await network.routeTables.delete(GROUP, TABLE);
      expect(await refusal(network.routeTables.get(GROUP, TABLE))).toMatchObject({ status: 404 });
      await network.routeTables.delete(GROUP, TABLE);
      expect(world.sandbox.calls.at(-1)).toMatchObject({ status: 204 });
    }));
});

describe('Routes of the sandbox ARM', () => {
  it('are made, replaced and deleted one by one', () =>
    withArm({}, async (world) => {
      await putTable(world, [route(0)]);
      const { network, sandbox } = world;
      sandbox.clearCalls();
      await network.routes.createOrUpdate(GROUP, TABLE, route(1).name, route(1));
      const moved = { ...route(1), nextHopIpAddress: '10.240.0.99' };
      await network.routes.createOrUpdate(GROUP, TABLE, route(1).name, moved);
      await network.routes.delete(GROUP, TABLE, route(0).name);
      await network.routes.delete(GROUP, TABLE, route(0).name);
      expect(sandbox.calls.map(({ status }) => status)).toEqual([201, 200, 200, 204]);
      expect(await collect(network.routes.list(GROUP, TABLE))).toMatchObject([moved]);
      expect(await network.routes.get(GROUP, TABLE, route(1).name)).toMatchObject(moved);
      const missing = await refusal(network.routes.get(GROUP, TABLE, route(0).name));
      expect(missing).toMatchObject({ status: 404, code: 'NotFound' });
    }));

  it.each([
    ['a prefix with host bits', { addressPrefix: '10.200.0.1/24' }, 400, 'InvalidCIDRNotation'],
    ['no prefix', { addressPrefix: '' }, 400, 'InvalidCIDRNotation'],
    ['an appliance without an address', { nextHopIpAddress: '' }, 400, 'InvalidNextHopIpAddress'],
    ['an address without an appliance', { nextHopType: 'Internet' }, 400, 'InvalidNextHopIpAddress'],
    ['an unknown next hop type', { nextHopType: 'Instance' }, 400, 'InvalidRequestFormat'],
    ['the prefix of another route', { addressPrefix: '10.200.1.0/24' }, 400, 'RouteConflict'],
  ])('are refused with %s', (_case, wrong, status, code) =>
    withArm({}, async (world) => {
      await putTable(world, [route(1)]);
      const { network, sandbox } = world;
      const { etag } = await network.routeTables.get(GROUP, TABLE);
      const put = network.routes.createOrUpdate(GROUP, TABLE, route(0).name, { ...route(0), ...wrong });
      expect(await refusal(put)).toMatchObject({ status, code });
      expect(await refusal(putTable(world, [route(1), wrong]))).toMatchObject({ status, code });
      expect(await network.routeTables.get(GROUP, TABLE)).toMatchObject({ etag, routes: [route(1)] });
      expect(sandbox.takeEvents()).toHaveLength(1);
    }),
  );

  it('may lead to service tags and to other next hops', () =>
    withArm({}, async ({ network }) => {
      const routes = [
        { name: 'tag', addressPrefix: 'ApiManagement', nextHopType: 'Internet' },
        { name: 'drop', addressPrefix: 'fd00:1::/64', nextHopType: 'None' },
      ];
      const table = await network.routeTables.createOrUpdate(GROUP, TABLE, { location: LOCATION, routes });
      expect(table.routes).toMatchObject(routes);
    }));

  it('are limited in number, by table', () =>
    withArm({ routeLimit: 3 }, async (world) => {
      await putTable(world, [route(0), route(1), route(2)]);
      const { network } = world;
      const fourth = network.routes.createOrUpdate(GROUP, TABLE, route(3).name, route(3));
      expect(await refusal(fourth)).toEqual({
        status: 400,
        code: 'RouteCountLimitReached',
        message: `Cannot create more than 3 routes for route table ${TABLE}.`,
      });
      const replaced = { ...route(2), nextHopIpAddress: '10.240.0.50' };
      await network.routes.createOrUpdate(GROUP, TABLE, route(2).name, replaced);
    }));
});

describe('What surrounds the route tables of the sandbox ARM', () => {
  it.each([
    [
      'a missing table',
      (world: World) => world.network.routeTables.get(GROUP, 'none'),
      404,
      'ResourceNotFound',
    ],
    [
      'a missing group',
      (world: World) => world.network.routeTables.get('none', TABLE),
      404,
      'ResourceGroupNotFound',
    ],
    [
      'a table of another region',
      (world: World) => world.network.routeTables.createOrUpdate(GROUP, TABLE, { location: 'eastus' }),
      409,
      'InvalidResourceLocation',
    ],
    [
      'a name that Azure does not allow',
      (world: World) => world.network.routeTables.createOrUpdate(GROUP, '-a', { location: LOCATION }),
      400,
      'InvalidResourceName',
    ],
    [
      'a table without a region',
      (world: World) => world.network.routeTables.createOrUpdate(GROUP, 'b', {}),
      400,
      'LocationRequired',
    ],
  ] as const)('refuses %s as Azure does', (_case, call, status, code) =>
    withArm({}, async (world) => {
      await putTable(world, []);
      expect(await refusal(call(world))).toMatchObject({ status, code });
    }),
  );
});
