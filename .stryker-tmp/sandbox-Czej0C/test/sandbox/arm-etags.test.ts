// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import { putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { deleteRoute, putRoute } from '../../shared/sandbox/arm/route-tables.ts';
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

describe('Entity tags of the sandbox ARM', () => {
  it('change with every write of the table or a route, and of nothing else', () =>
    withArm({}, async (world) => {
      const { arm, network } = world;
      const seen: unknown[] = [];
      const note = async () => {
        const table = await network.routeTables.get(GROUP, TABLE);
        expect(table.routes?.every(({ etag }) => etag === table.etag)).toBe(true);
        seen.push(table.etag);
      };
      const id = idOf(await putTable(world, [route(0)]));
      await note();
      await putTable(world, [route(0)]);
      await note();
      await network.routes.createOrUpdate(GROUP, TABLE, route(1).name, route(1));
      await note();
      putRoute(arm, id, route(2));
      await note();
      deleteRoute(arm, id, route(2).name);
      await note();
      expect(new Set(seen).size).toBe(5);
      deleteRoute(arm, id, route(2).name);
      await note();
      expect(seen[5]).toBe(seen[4]);
    }));

  it('guard a PUT of the table against writes that its sender has not seen', () =>
    withArm({}, async (world) => {
      const { etag = '' } = await putTable(world, [route(0)]);
      await putTable(world, [route(0), route(1)], { 'If-Match': etag });
      const stale = await refusal(putTable(world, [], { 'If-Match': etag }));
      expect(stale).toMatchObject({ status: 412, code: 'PreconditionFailed' });
      expect(world.sandbox.calls.at(-1)).toMatchObject({
        ifMatch: etag,
        outcome: 'PreconditionFailedEtagMismatch',
      });
      const { routes } = await world.network.routeTables.get(GROUP, TABLE);
      expect(routes).toMatchObject([route(0), route(1)]);
    }));

  it('are refused with the body that Azure was recorded to send', () =>
    withArm({}, async (world) => {
      const { etag, id } = await putTable(world, []);
      const answer = await send(world.sandbox, 'PUT', tablePath(world), {
        headers: { 'if-match': 'invalid' },
        body: { location: LOCATION },
      });
      expect(answer.status).toBe(412);
      expect(answer.json).toEqual({
        error: {
          code: 'PreconditionFailed',
          message: 'Precondition failed.',
          details: [
            {
              code: 'PreconditionFailedEtagMismatch',
              message: `Etag provided in if-match header W/"invalid" does not match etag ${etag} of resource ${id} in NRP data store.`,
            },
          ],
        },
      });
    }));

  it.each([
    ['If-Match with the tag', 'present', (etag: string) => ({ 'If-Match': etag }), 200],
    ['If-Match without the quotes', 'present', (etag: string) => ({ 'If-Match': etag.slice(3, -1) }), 200],
    ['If-Match: *', 'present', () => ({ 'If-Match': '*' }), 200],
    ['If-Match: *', 'absent', () => ({ 'If-Match': '*' }), 412],
    ['If-None-Match: *', 'present', () => ({ 'If-None-Match': '*' }), 412],
    ['If-None-Match: *', 'absent', () => ({ 'If-None-Match': '*' }), 201],
  ] as const)('let %s through to a table that is %s as they should', (_case, state, headersFor, status) =>
    withArm({}, async (world) => {
      const { etag = '' } = state === 'present' ? await putTable(world, []) : {};
      await putTable(world, [], { ...headersFor(etag) }).catch(() => {});
      expect(world.sandbox.calls.at(-1)?.status).toBe(status);
    }),
  );

  it('guard single routes and deletions too', () =>
    withArm({}, async (world) => {
      const { network } = world;
      const { etag: old = '' } = await putTable(world, [route(0)]);
      const { etag = '' } = await putTable(world, [route(0)]);
      const when = (value: string) => ({ requestOptions: { headers: { 'If-Match': value } } });
      const put = (value: string) =>
        network.routes.createOrUpdate(GROUP, TABLE, route(0).name, route(0), when(value));
      expect(await refusal(put(old))).toMatchObject({ status: 412 });
      const stale = network.routes.delete(GROUP, TABLE, route(0).name, when(old));
      expect(await refusal(stale)).toMatchObject({ status: 412 });
      expect(await refusal(network.routeTables.delete(GROUP, TABLE, when(old)))).toMatchObject({
        status: 412,
      });
      const { etag: next = '' } = await put(etag);
      await network.routes.delete(GROUP, TABLE, route(0).name, when(next));
    }));
});

describe('A burst on the sandbox ARM', () => {
  it('of 300 machines takes one GET and one PUT of their table', () =>
    withArm({}, async (world) => {
      const { arm, network, sandbox, subnet } = world;
      const vnet = subnet.id.split('/subnets/')[0] ?? '';
      const wide = putSubnet(arm, { network: vnet, name: 'wide', addressPrefixes: ['10.240.64.0/18'] });
      for (let index = 0; index < 300; index += 1) {
        createMachine(arm, { group: GROUP, name: `worker-${index}`, subnet: wide.id });
      }
      await putTable(world, []);
      const nics = await collect(network.networkInterfaces.list(GROUP));
      const routes = nics.map(({ ipConfigurations }, index) => ({
        name: `r${index}`,
        addressPrefix: `10.20${Math.floor(index / 200)}.${index % 200}.0/24`,
        nextHopIpAddress: ipConfigurations?.[0]?.privateIPAddress ?? '',
      }));
      sandbox.clearCalls();
      const { etag = '' } = await network.routeTables.get(GROUP, TABLE);
      await putTable(world, routes, { 'If-Match': etag });
      expect(sandbox.countCalls()).toEqual({ RouteTables_Get: 1, RouteTables_CreateOrUpdate: 1 });
      expect(await collect(network.routes.list(GROUP, TABLE))).toMatchObject(routes);
    }));
});
