// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import { ARM_BUCKETS, createThrottle, type RequestKind } from '../../shared/sandbox/arm/throttling.ts';
import type { Fault } from '../../shared/sandbox/faults.ts';
import { createClients, GROUP, refusal, route, send, TABLE, withArm } from './arm-setup.ts';
import { createClock } from './setup.ts';

const LOCATION = 'westeurope';
const TABLE_REQUEST = { group: GROUP, name: TABLE, location: LOCATION };

/** Calls until the first refusal and gives how many were accepted. */
function countAccepted(call: () => void): number {
  for (let accepted = 0; ; accepted += 1) {
    try {
      call();
    } catch {
      return accepted;
    }
  }
}

describe('Throttling of the sandbox ARM', () => {
  const kinds: [RequestKind, number, number][] = [
    ['reads', 250, 25],
    ['writes', 200, 10],
    ['deletes', 200, 10],
  ];
  it.each(kinds)('lets %s through %d times at once and %d times a second', (kind, capacity, refill) => {
    const clock = createClock();
    const throttle = createThrottle(ARM_BUCKETS, 'sub', clock.now);
    expect(countAccepted(() => throttle(kind))).toBe(capacity);
    clock.advance(1000);
    expect(countAccepted(() => throttle(kind))).toBe(refill);
    clock.advance(3_600_000);
    expect(countAccepted(() => throttle(kind))).toBe(capacity);
  });

  it('tells what is left, and refuses with the time to wait when nothing is', () => {
    const clock = createClock();
    const throttling = { reads: { capacity: 2, refill: 0.25 }, writes: { capacity: 5, refill: 1 } };
    return withArm({ now: clock.now, throttling }, async ({ arm, sandbox }) => {
      const { id } = putRouteTable(arm, TABLE_REQUEST);
      const read = () => send(sandbox, 'GET', `${id}?api-version=2026-01-01`);
      const left = async () => (await read()).headers.get('x-ms-ratelimit-remaining-subscription-reads');
      expect([await left(), await left()]).toEqual(['1', '0']);
      const refused = await read();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '4']);
      expect(refused.json).toEqual({
        error: {
          code: 'SubscriptionRequestsThrottled',
          message: `Number of 'read' requests for subscription '${sandbox.subscription}' exceeded. Please try again after '4' seconds.`,
        },
      });
      const body = { location: LOCATION };
      const write = await send(sandbox, 'PUT', `${id}?api-version=2026-01-01`, { body });
      expect(write.headers.get('x-ms-ratelimit-remaining-subscription-writes')).toBe('4');
      clock.advance(4000);
      expect((await read()).status).toBe(200);
    });
  });

  it('is waited out by the retries of the SDK', () =>
    withArm({ retryAfterSeconds: 0 }, async ({ arm, sandbox }) => {
      putRouteTable(arm, TABLE_REQUEST);
      const { network } = createClients(sandbox, 3);
      sandbox.failNext('RouteTables_Get', { code: 'SubscriptionRequestsThrottled', times: 2 });
      await network.routeTables.get(GROUP, TABLE);
      expect(sandbox.calls.map(({ status }) => status)).toEqual([429, 429, 200]);
    }));
});

describe('Faults of the sandbox ARM', () => {
  it.each([
    ['AuthorizationFailed', 403, "action 'Microsoft.Network/routeTables/write' over scope"],
    ['ScopeLocked', 409, 'cannot perform write operation because following scope(s) are locked'],
    ['RequestDisallowedByPolicy', 403, 'was disallowed by policy'],
    ['AnotherOperationInProgress', 409, 'Another operation on this or dependent resource is in progress'],
    ['InternalServerError', 500, 'Injected InternalServerError'],
    ['SomethingElse', 400, 'Injected SomethingElse'],
  ])('answer %s with status %d and text of their own', (code, status, text) =>
    withArm({}, async ({ network, sandbox }) => {
      sandbox.failNext('RouteTables_CreateOrUpdate', { code });
      const refused = await refusal(network.routeTables.createOrUpdate(GROUP, TABLE, { location: LOCATION }));
      expect(refused).toMatchObject({ status, code, message: expect.stringContaining(text) });
      await network.routeTables.createOrUpdate(GROUP, TABLE, { location: LOCATION });
    }),
  );

  it.each([
    ['RetryableErrorDueToAnotherOperation', 429, 'RetryableError'],
    ['PreconditionFailedEtagMismatch', 412, 'PreconditionFailed'],
  ])('put %s into the details of status %d', (code, status, outer) =>
    withArm({}, async ({ network, sandbox }) => {
      sandbox.failNext('RouteTables_CreateOrUpdate', { code });
      const refused = await refusal(network.routeTables.createOrUpdate(GROUP, TABLE, { location: LOCATION }));
      expect(refused).toMatchObject({ status, code: outer });
      expect(sandbox.calls.at(-1)?.outcome).toBe(code);
    }),
  );

  const effects: [string, Fault, string, boolean][] = [
    ['an error before the effect', { code: 'ServiceUnavailable' }, 'ServiceUnavailable', false],
    ['an error after the effect', { code: 'ServiceUnavailable', when: 'after' }, 'ServiceUnavailable', true],
    ['a broken connection before the effect', { answer: 'reset' }, 'reset', false],
    ['a broken connection after the effect', { answer: 'reset', when: 'after' }, 'reset', true],
  ];
  it.each(effects)('make one call suffer %s', (_case, fault, outcome, hasEffect) =>
    withArm({}, async ({ arm, network, sandbox }) => {
      const table = putRouteTable(arm, TABLE_REQUEST);
      sandbox.failNext('Routes_CreateOrUpdate', fault);
      await refusal(network.routes.createOrUpdate(GROUP, TABLE, route(0).name, route(0)));
      expect(sandbox.calls.at(-1)).toMatchObject({ outcome, mutating: true });
      expect((await network.routeTables.get(GROUP, TABLE)).routes).toHaveLength(hasEffect ? 1 : 0);
      await network.routes.createOrUpdate(GROUP, table.name, route(1).name, route(1));
    }),
  );

  it('strike as often as told, only the names meant, until cleared', () =>
    withArm({}, async ({ arm, network, sandbox }) => {
      putRouteTable(arm, TABLE_REQUEST);
      putRouteTable(arm, { ...TABLE_REQUEST, name: 'other' });
      sandbox.failNext('RouteTables_Get', { times: 2, where: (params) => params.get('table') === TABLE });
      await network.routeTables.get(GROUP, 'other');
      await refusal(network.routeTables.get(GROUP, TABLE));
      await refusal(network.routeTables.get(GROUP, TABLE));
      await network.routeTables.get(GROUP, TABLE);
      sandbox.failNext('*', {});
      sandbox.failOperation('*', {});
      sandbox.clearFaults();
      await network.routeTables.createOrUpdate(GROUP, TABLE, { location: LOCATION });
    }));

  it('include slowness, which lets later calls overtake', () =>
    withArm({}, async ({ arm, network, sandbox }) => {
      putRouteTable(arm, TABLE_REQUEST);
      await network.routeTables.get(GROUP, TABLE);
      sandbox.setLatency(500);
      const slow = network.routeTables.get(GROUP, TABLE);
      await new Promise((resolve) => setTimeout(resolve, 250));
      sandbox.setLatency(0);
      sandbox.clearCalls();
      await network.virtualNetworks.get(GROUP, 'kubernetes-vnet');
      await slow;
      const operations = sandbox.calls.map(({ operation }) => operation);
      expect(operations).toEqual(['VirtualNetworks_Get', 'RouteTables_Get']);
    }));
});

describe('What the sandbox ARM demands of every call', () => {
  const path = '/subscriptions/SUB/resourceGroups/kubernetes/providers/Microsoft.Network/routeTables';
  it.each([
    ['a token', `${path}?api-version=2026-01-01`, { authorization: '' }, 401, 'AuthenticationFailed'],
    ['a version', path, {}, 400, 'MissingApiVersionParameter'],
    ['a version that is a date', `${path}?api-version=new`, {}, 400, 'InvalidApiVersionParameter'],
    [
      'its own subscription',
      `${path.replace('SUB', 'another')}?api-version=2026-01-01`,
      {},
      404,
      'SubscriptionNotFound',
    ],
    [
      'a path that it models',
      `${path.replace('routeTables', 'natGateways')}?api-version=2026-01-01`,
      {},
      501,
      'NotImplemented',
    ],
  ])('is %s', (_case, template, headers, status, code) =>
    withArm({}, async ({ sandbox }) => {
      const answer = await send(sandbox, 'GET', template.replace('SUB', sandbox.subscription), { headers });
      expect(answer.status).toBe(status);
      expect(answer.json).toEqual({ error: { code, message: expect.any(String) } });
    }),
  );

  it('is a body that it can read', () =>
    withArm({}, async ({ sandbox }) => {
      const url = `${path.replace('SUB', sandbox.subscription)}/a?api-version=2026-01-01`;
      const answer = await send(sandbox, 'PUT', url, { body: { properties: { routes: [{}] } } });
      expect(answer).toMatchObject({ status: 400, json: { error: { code: 'InvalidRequestFormat' } } });
    }));
});
