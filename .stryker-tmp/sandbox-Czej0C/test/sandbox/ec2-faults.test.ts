// @ts-nocheck
import {
  CreateRouteCommand,
  DescribeInstancesCommand,
  DescribeVpcsCommand,
  EC2Client,
  ReplaceRouteCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { createThrottle, EC2_BUCKETS, scaleBuckets } from '../../shared/sandbox/ec2/throttling.ts';
import type { Fault } from '../../shared/sandbox/faults.ts';
import { ApiError, type Params } from '../../shared/sandbox/query.ts';
import {
  clientConfig,
  createClock,
  createNetwork,
  launch,
  readRoutes,
  refusal,
  withSandbox,
} from './setup.ts';

const POD = '10.200.0.0/24';

/** Calls until the first refusal and gives how many were accepted. */
function countAccepted(call: () => void, most = 5000): number {
  for (let accepted = 0; accepted < most; accepted += 1) {
    try {
      call();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'RequestLimitExceeded') return accepted;
      throw error;
    }
  }
  return most;
}

const params = (values: Record<string, string>): Params => new Map(Object.entries(values));

describe('Throttling of the sandbox EC2', () => {
  it.each([
    ['DescribeInstances', {}, 50, 10],
    ['DescribeInstances', { MaxResults: '5' }, 100, 20],
    ['DescribeInstances', { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': 'x' }, 100, 20],
    ['DescribeNetworkInterfaces', {}, 50, 10],
    ['DescribeRouteTables', {}, 100, 20],
    ['CreateRoute', {}, 50, 5],
    ['ReplaceRoute', {}, 50, 5],
    ['DeleteRoute', {}, 50, 5],
    ['ModifyInstanceAttribute', {}, 50, 5],
    ['ModifyNetworkInterfaceAttribute', {}, 100, 5],
    ['CreateTags', {}, 100, 10],
    ['RunInstances', { MaxCount: '1' }, 5, 2],
    ['RunInstances', { MaxCount: '600' }, 1, 0],
    ['TerminateInstances', {}, 100, 5],
  ])('lets %s %j through %d times at once and %d times a second', (action, values, capacity, refill) => {
    const clock = createClock();
    const throttle = createThrottle(EC2_BUCKETS, clock.now);
    const call = () => throttle(action, params(values));
    expect(countAccepted(call)).toBe(capacity);
    clock.advance(1000);
    expect(countAccepted(call)).toBe(refill);
    clock.advance(3_600_000);
    expect(countAccepted(call)).toBe(capacity);
  });

  it('has a bucket of its own for every action, and runs faster when scaled', () => {
    const clock = createClock();
    const throttle = createThrottle(scaleBuckets(EC2_BUCKETS, 10), clock.now);
    expect(countAccepted(() => throttle('CreateRoute', params({})))).toBe(50);
    expect(countAccepted(() => throttle('DeleteRoute', params({})))).toBe(50);
    clock.advance(200);
    expect(countAccepted(() => throttle('CreateRoute', params({})))).toBe(10);
  });

  it('takes no token for a refused call', () => {
    const clock = createClock();
    const throttle = createThrottle({ '*': { capacity: 1, refill: 1 } }, clock.now);
    const call = () => throttle('CreateRoute', params({}));
    expect(countAccepted(call)).toBe(1);
    for (let i = 0; i < 10; i += 1) expect(call).toThrow('Request limit exceeded.');
    clock.advance(1000);
    expect(countAccepted(call)).toBe(1);
  });

  it('refuses with RequestLimitExceeded, which leaves no trace in the state', () => {
    const throttling = { CreateRoute: { capacity: 1, refill: 1 } };
    const clock = createClock();
    return withSandbox({ now: clock.now, throttling }, async ({ ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const route = { RouteTableId: table, InstanceId: await launch(ec2, subnet) };
      await ec2.send(new CreateRouteCommand({ ...route, DestinationCidrBlock: POD }));
      const second = new CreateRouteCommand({ ...route, DestinationCidrBlock: '10.200.1.0/24' });
      expect(await refusal(ec2.send(second))).toEqual({
        code: 'RequestLimitExceeded',
        status: 503,
        message: 'Request limit exceeded.',
      });
      expect((await readRoutes(ec2, table)).has('10.200.1.0/24')).toBe(false);
      clock.advance(1000);
      await ec2.send(second);
      expect((await readRoutes(ec2, table)).has('10.200.1.0/24')).toBe(true);
    });
  });
});

describe('Faults of the sandbox', () => {
  const faults: [string, Fault, string, boolean][] = [
    ['an error before the effect', { code: 'InternalError' }, 'InternalError', false],
    ['an error after the effect', { code: 'InternalError', when: 'after' }, 'InternalError', true],
    ['a refusal', { code: 'UnauthorizedOperation' }, 'UnauthorizedOperation', false],
    ['a broken connection before the effect', { answer: 'reset' }, 'reset', false],
    ['a broken connection after the effect', { answer: 'reset', when: 'after' }, 'reset', true],
  ];
  it.each(faults)('make one call suffer %s', (_case, fault, outcome, hasEffect) =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const InstanceId = await launch(ec2, subnet);
      sandbox.failNext('CreateRoute', fault);
      const route = { RouteTableId: table, InstanceId, DestinationCidrBlock: POD };
      await refusal(ec2.send(new CreateRouteCommand(route)));
      expect(sandbox.calls.at(-1)).toMatchObject({ action: 'CreateRoute', outcome });
      expect((await readRoutes(ec2, table)).has(POD)).toBe(hasEffect);
      await ec2.send(new CreateRouteCommand({ ...route, DestinationCidrBlock: '10.200.1.0/24' }));
    }),
  );

  it.each([
    ['InternalError', 500],
    ['Unavailable', 503],
    ['UnauthorizedOperation', 403],
    ['IncorrectInstanceState', 400],
  ])('answer %s with HTTP %d', (code, status) =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      sandbox.failNext('*', { code, message: 'as told' });
      const refused = await refusal(ec2.send(new DescribeVpcsCommand({})));
      expect(refused).toEqual({ code, status, message: 'as told' });
    }),
  );

  it('strike as often as told, only the action and parameters meant, until cleared', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const InstanceId = await launch(ec2, subnet);
      const where = (sent: Params) => sent.get('DestinationCidrBlock') === POD;
      sandbox.failNext('CreateRoute', { times: 2, where });
      const create = (DestinationCidrBlock: string) =>
        ec2.send(new CreateRouteCommand({ RouteTableId: table, InstanceId, DestinationCidrBlock }));
      await create('10.200.1.0/24');
      await refusal(create(POD));
      await refusal(create(POD));
      await create(POD);
      sandbox.failNext('CreateRoute', {});
      sandbox.clearFaults();
      await create('10.200.2.0/24');
    }));

  it('are overcome by the retries of the SDK', () =>
    withSandbox({}, async ({ sandbox }) => {
      const patient = new EC2Client(clientConfig(sandbox, 3));
      sandbox.failNext('DescribeVpcs', { code: 'RequestLimitExceeded' });
      sandbox.failNext('DescribeVpcs', { answer: 'reset' });
      expect((await patient.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
      const outcomes = sandbox.calls.map(({ outcome }) => outcome);
      expect(outcomes).toEqual(['RequestLimitExceeded', 'reset', 'ok']);
      patient.destroy();
    }));

  it('include slowness, which lets later calls overtake', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      await ec2.send(new DescribeVpcsCommand({}));
      sandbox.setLatency(500);
      const slow = ec2.send(new DescribeVpcsCommand({}));
      await new Promise((resolve) => setTimeout(resolve, 250));
      sandbox.setLatency(0);
      sandbox.clearCalls();
      await ec2.send(new DescribeInstancesCommand({}));
      await slow;
      expect(sandbox.calls.map(({ action }) => action)).toEqual(['DescribeInstances', 'DescribeVpcs']);
    }));
});

describe('Stale reads of the sandbox EC2', () => {
  it('answer from the state before the last writes', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const InstanceId = await launch(ec2, subnet);
      const route = { RouteTableId: table, InstanceId };
      sandbox.staleReads({ writes: 1 });
      const seen = async () =>
        [...(await readRoutes(ec2, table)).keys()].filter((key) => key !== '10.0.0.0/16');
      await ec2.send(new CreateRouteCommand({ ...route, DestinationCidrBlock: POD }));
      expect(await seen()).toEqual([]);
      await ec2.send(new CreateRouteCommand({ ...route, DestinationCidrBlock: '10.200.1.0/24' }));
      expect(await seen()).toEqual([POD]);
      const again = ec2.send(new CreateRouteCommand({ ...route, DestinationCidrBlock: '10.200.1.0/24' }));
      expect(await refusal(again)).toMatchObject({ code: 'RouteAlreadyExists' });
      sandbox.staleReads(null);
      expect(await seen()).toEqual([POD, '10.200.1.0/24']);
    }));

  it('answer from the state of some time ago', () => {
    const clock = createClock();
    return withSandbox({ now: clock.now }, async ({ sandbox, ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      sandbox.staleReads({ ms: 1000 });
      const id = await launch(ec2, subnet);
      const byId = new DescribeInstancesCommand({ InstanceIds: [id] });
      expect(await refusal(ec2.send(byId))).toMatchObject({ code: 'InvalidInstanceID.NotFound' });
      clock.advance(999);
      expect(await refusal(ec2.send(byId))).toMatchObject({ code: 'InvalidInstanceID.NotFound' });
      clock.advance(1);
      expect((await ec2.send(byId)).Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('running');
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
      const stale = await ec2.send(byId);
      expect(stale.Reservations?.[0]?.Instances?.[0]).toMatchObject({ VpcId: expect.any(String) });
    });
  });

  it('show routes of an instance that has stopped meanwhile as they were', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const [first, second] = [await launch(ec2, subnet), await launch(ec2, subnet)];
      const route = { RouteTableId: table, DestinationCidrBlock: POD };
      await ec2.send(new CreateRouteCommand({ ...route, InstanceId: first }));
      sandbox.staleReads({ writes: 10 });
      await ec2.send(new StopInstancesCommand({ InstanceIds: [first] }));
      await ec2.send(new ReplaceRouteCommand({ ...route, InstanceId: second }));
      expect((await readRoutes(ec2, table)).get(POD)).toMatchObject({ InstanceId: first, State: 'active' });
    }));
});
