// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { ArmError } from '../../shared/sandbox/arm/errors.ts';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import { putRoute, putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import type { ArmSandboxOptions } from '../../shared/sandbox/arm-server.ts';
import { GROUP, idOf, refusal, route, send, TABLE, type World, withArm } from './arm-setup.ts';
import { createClock } from './setup.ts';

const LOCATION = 'westeurope';
const QUICK = { updateIntervalInMs: 1 };

/** A world whose operations last until its clock is told. */
function withSlowWrites(
  options: ArmSandboxOptions,
  use: (world: World, finish: () => void) => Promise<void>,
): Promise<void> {
  const clock = createClock();
  const slow = { now: clock.now, operationMs: 4000, retryAfterSeconds: null, ...options };
  return withArm(slow, (world) => use(world, () => clock.advance(4000)));
}

function startPut({ network }: World, routes: readonly object[]) {
  const body = { location: LOCATION, routes: routes.map((each) => ({ ...route(0), ...each })) };
  return network.routeTables.createOrUpdate(GROUP, TABLE, body, QUICK);
}

describe('Long-running operations of the sandbox ARM', () => {
  it('are polled to their end, and show what was written as Updating until then', () =>
    withSlowWrites({}, async (world, finish) => {
      const { network, sandbox } = world;
      const poller = startPut(world, [route(0)]);
      await poller.submitted();
      await poller.poll();
      const during = await network.routeTables.get(GROUP, TABLE);
      expect(during).toMatchObject({ provisioningState: 'Updating' });
      expect(during.routes).toMatchObject([{ ...route(0), provisioningState: 'Updating' }]);
      expect(poller.operationState?.status).toBe('running');
      finish();
      const done = await poller.pollUntilDone();
      expect(done).toMatchObject({ provisioningState: 'Succeeded', routes: [route(0)] });
      expect(done.etag).not.toBe(during.etag);
      expect(sandbox.countCalls()).toEqual({
        RouteTables_CreateOrUpdate: 1,
        AsyncOperations_Get: 2,
        RouteTables_Get: 2,
      });
    }));

  it('are named in the headers that Azure was recorded to send', () =>
    withSlowWrites({ retryAfterSeconds: 10 }, async ({ sandbox }, finish) => {
      const group = `/subscriptions/${sandbox.subscription}/resourceGroups/${GROUP}`;
      const path = `${group}/providers/Microsoft.Network/routeTables/${TABLE}?api-version=2026-01-01`;
      const put = await send(sandbox, 'PUT', path, { body: { location: LOCATION } });
      expect(put.status).toBe(201);
      expect(put.headers.get('retry-after')).toBe('10');
      const url = put.headers.get('azure-asyncoperation') ?? '';
      expect(url).toContain('/providers/Microsoft.Network/locations/westeurope/operations/');
      const operation = url.slice(sandbox.endpoint.length);
      const running = await send(sandbox, 'GET', operation);
      expect([running.json, running.headers.get('retry-after')]).toEqual([{ status: 'InProgress' }, '10']);
      finish();
      const done = await send(sandbox, 'GET', operation);
      expect([done.json, done.headers.get('retry-after')]).toEqual([{ status: 'Succeeded' }, null]);
      const removal = await send(sandbox, 'DELETE', path);
      expect([removal.status, removal.json]).toEqual([202, undefined]);
      const location = (removal.headers.get('location') ?? '').slice(sandbox.endpoint.length);
      expect((await send(sandbox, 'GET', location)).status).toBe(202);
      finish();
      expect((await send(sandbox, 'GET', location)).status).toBe(204);
      expect((await send(sandbox, 'GET', path)).status).toBe(404);
    }));

  it('are named even when done with the call, where that is asked for', () =>
    withArm({ pollFinished: true }, async (world) => {
      await startPut(world, []);
      expect(world.sandbox.countCalls()).toEqual({
        RouteTables_CreateOrUpdate: 1,
        AsyncOperations_Get: 1,
        RouteTables_Get: 1,
      });
    }));

  it.each([
    ['before', [route(0)]],
    ['after', [route(1)]],
  ] as const)('fail as told, %s they have their effect', (when, routes) =>
    withArm({}, async (world) => {
      const { network, sandbox } = world;
      await startPut(world, [route(0)]);
      const fault = { code: 'NetworkingInternalOperationError', message: 'An unexpected error.', when };
      sandbox.failOperation('RouteTables_CreateOrUpdate', fault);
      const { message } = await refusal(startPut(world, [route(1)]));
      expect(message).toContain('NetworkingInternalOperationError. An unexpected error.');
      expect(sandbox.calls.at(-2)).toMatchObject({ operation: 'RouteTables_CreateOrUpdate', status: 200 });
      const table = await network.routeTables.get(GROUP, TABLE);
      expect(table).toMatchObject({ provisioningState: 'Failed', routes });
      const [, failed] = sandbox.takeEvents();
      expect(failed).toMatchObject({ eventType: 'Microsoft.Resources.ResourceWriteFailure' });
      await startPut(world, [route(2)]);
    }),
  );

  it('leave a resource behind whose deletion failed', () =>
    withArm({}, async (world) => {
      const { network, sandbox } = world;
      await startPut(world, [route(0)]);
      sandbox.failOperation('RouteTables_Delete', {});
      const { message } = await refusal(network.routeTables.delete(GROUP, TABLE, QUICK));
      expect(message).toContain('InternalServerError');
      expect(await network.routeTables.get(GROUP, TABLE)).toMatchObject({ routes: [route(0)] });
    }));

  it('keep tags that were set meanwhile', () =>
    withSlowWrites({}, async (world, finish) => {
      const poller = startPut(world, [route(0)]);
      await poller.submitted();
      const scope = (await world.network.routeTables.get(GROUP, TABLE)).id;
      await send(
        world.sandbox,
        'PUT',
        `${scope}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`,
        {
          body: { properties: { tags: { team: 'net' } } },
        },
      );
      expect((await world.network.routeTables.get(GROUP, TABLE)).provisioningState).toBe('Updating');
      finish();
      expect((await poller).tags).toEqual({ team: 'net' });
    }));
});

describe('The lock on a route table of the sandbox ARM', () => {
  it.each([
    ['the table', (world: World) => startPut(world, [])],
    ['a route', ({ network }: World) => network.routes.createOrUpdate(GROUP, TABLE, 'r', route(3))],
    ['the removal of a route', ({ network }: World) => network.routes.delete(GROUP, TABLE, route(0).name)],
    ['the removal of the table', ({ network }: World) => network.routeTables.delete(GROUP, TABLE)],
  ] as const)('refuses %s while another operation runs', (_case, write) =>
    withSlowWrites({ retryAfterSeconds: 5 }, async (world, finish) => {
      const { network, sandbox } = world;
      const first = startPut(world, [route(0)]);
      await first.submitted();
      const events = sandbox.takeEvents();
      expect(await refusal(write(world).submitted())).toEqual({
        status: 429,
        code: 'RetryableError',
        message: 'A retryable error occurred.',
      });
      expect(sandbox.calls.at(-1)).toMatchObject({ outcome: 'RetryableErrorDueToAnotherOperation' });
      finish();
      expect(await network.routeTables.get(GROUP, TABLE)).toMatchObject({ routes: [route(0)] });
      expect([events, sandbox.takeEvents()]).toMatchObject([[], [{ subject: expect.stringMatching(TABLE) }]]);
    }),
  );

  it('tells which operation holds the table, and when to come back', () =>
    withSlowWrites({ retryAfterSeconds: 5 }, async (world) => {
      const poller = startPut(world, []);
      await poller.submitted();
      const { id } = await world.network.routeTables.get(GROUP, TABLE);
      const body = { properties: { addressPrefix: '10.200.0.0/24', nextHopType: 'None' } };
      const answer = await send(world.sandbox, 'PUT', `${id}/routes/r?api-version=2026-01-01`, { body });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '5']);
      expect(answer.json).toEqual({
        error: {
          code: 'RetryableError',
          message: 'A retryable error occurred.',
          details: [
            {
              code: 'RetryableErrorDueToAnotherOperation',
              message: `Operation PutRouteTableOperation is updating resource ${id}. The call can be retried in 4 seconds.`,
            },
          ],
        },
      });
    }));

  it('can refuse with a conflict instead', () =>
    withSlowWrites({ lockAnswer: 'another-operation-in-progress' }, async (world) => {
      await startPut(world, []).submitted();
      const refused = await refusal(startPut(world, [route(1)]).submitted());
      expect(refused).toMatchObject({ status: 409, code: 'AnotherOperationInProgress' });
    }));

  it('holds one table alone, and refuses writers inside the process too', () =>
    withSlowWrites({}, async (world) => {
      const { arm, subnet } = world;
      await startPut(world, []).submitted();
      const { id } = await world.network.routeTables.get(GROUP, TABLE);
      expect(() => putRoute(arm, idOf({ id }), route(1))).toThrow(ArmError);
      putRouteTable(arm, { group: GROUP, name: 'other', location: LOCATION, routes: [route(1)] });
      createMachine(arm, { group: GROUP, name: 'worker-0', subnet: subnet.id });
    }));

  it('lets several writers through one after the other, and loses no route', () =>
    withArm({ operationMs: 20, retryAfterSeconds: 0 }, async (world) => {
      const { network, sandbox } = world;
      await startPut(world, []);
      const routes = [0, 1, 2, 3, 4].map((index) => route(index));
      const put = async (each: (typeof routes)[number]): Promise<void> => {
        for (;;) {
          const call = network.routes.createOrUpdate(GROUP, TABLE, each.name, each, {
            updateIntervalInMs: 5,
          });
          const done = await Promise.resolve(call).then(
            () => true,
            () => false,
          );
          if (done) return;
        }
      };
      await Promise.all(routes.map(put));
      const table = await network.routeTables.get(GROUP, TABLE);
      expect(new Set(table.routes?.map(({ name }) => name))).toEqual(new Set(routes.map(({ name }) => name)));
      expect(sandbox.calls.some(({ status }) => status === 429)).toBe(true);
    }));
});
