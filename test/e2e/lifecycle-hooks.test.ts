import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { launchMachine, required } from '../contract/aws-network.ts';
import { type Deployment, isRunning, metricsOf, SCHEDULED, withFunction } from './deployment.ts';

const GROUP = 'workers';

describe('A lifecycle hook', () => {
  it.each([
    { what: 'of the default name', hook: 'podroutes', env: {} },
    { what: 'of the configured name', hook: 'routes', env: { PODROUTES_LIFECYCLE_HOOK: 'routes' } },
  ])('$what is completed once the route of the launched instance is in place', ({ hook, env }) =>
    withFunction('node-events', { env }, async ({ world, sandbox, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      start(sandbox, world, { hook, transition: 'launching' });
      const { calls } = await deliverEvents();
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
      expect(calls['CompleteLifecycleAction']).toBe(1);
      expect(actionsOf(sandbox).indexOf('CreateRoute')).toBeLessThan(
        actionsOf(sandbox).indexOf('CompleteLifecycleAction'),
      );
      expect(sandbox.autoScaling.completed).toMatchObject([{ group: GROUP, hook, result: 'CONTINUE' }]);
    }),
  );

  it.each([
    { what: 'beside the default', hook: 'drain', env: {} },
    { what: 'beside the configured name', hook: 'podroutes', env: { PODROUTES_LIFECYCLE_HOOK: 'routes' } },
  ])('of somebody else ($what) is left alone, and the route is made all the same', ({ hook, env }) =>
    withFunction('node-events', { env }, async ({ world, sandbox, queue, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      sandbox.takeEvents();
      start(sandbox, world, { hook, transition: 'launching' });
      expect((await deliverEvents()).calls['CompleteLifecycleAction']).toBe(undefined);
      expect(sandbox.autoScaling.pending.size).toBe(1);
      expect(queue.deadLetters).toEqual([]);
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
    }),
  );

  it('waits while the route cannot be made, and is completed by the delivery that makes it', () =>
    withFunction('node-events', {}, async ({ world, sandbox, queue }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      sandbox.takeEvents();
      start(sandbox, world, { hook: 'podroutes', transition: 'launching' });
      sandbox.failNext('CreateRoute', { code: 'IncorrectInstanceState' });
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect(sandbox.autoScaling.completed).toEqual([]);
      await queue.deliver();
      expect(sandbox.autoScaling.completed.length).toBe(1);
      expect(queue.waiting()).toBe(0);
    }));

  it('is not completed by the page of a proxy, and its message comes again', () =>
    withFunction('node-events', {}, async ({ world, sandbox, proxy, queue, host }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      sandbox.takeEvents();
      start(sandbox, world, { hook: 'podroutes', transition: 'launching' });
      proxy.answerWith('CompleteLifecycleAction', '<html><body>Please sign in.</body></html>');
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect(queue.waiting()).toBe(1);
      expect(sandbox.autoScaling.pending.size).toBe(1);
      expect(JSON.stringify(host.takeLogs())).toContain('expected an answer that confirms it');
    }));

  it('that is over already counts as done', () =>
    withFunction('node-events', {}, async ({ world, sandbox, queue, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      start(sandbox, world, { hook: 'podroutes', transition: 'launching' });
      const { events } = await deliverEvents();
      const { calls } = await deliverEvents(events);
      expect(calls['CompleteLifecycleAction']).toBe(1);
      expect(sandbox.autoScaling.completed.length).toBe(1);
      expect(queue.deadLetters).toEqual([]);
    }));

  it('that Auto Scaling fails to complete is tried again', () =>
    withFunction('node-events', {}, async ({ world, sandbox, queue, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      start(sandbox, world, { hook: 'podroutes', transition: 'launching' });
      sandbox.failNext('CompleteLifecycleAction', { code: 'ResourceContention', status: 500, times: 4 });
      await deliverEvents();
      expect(sandbox.autoScaling.completed.length).toBe(1);
      expect(queue.deadLetters).toEqual([]);
    }));

  it.each([
    { what: 'a death', destination: 'EC2' },
    { what: 'a move to the warm pool', destination: 'WarmPool' },
  ] as const)('of $what is completed while the instance keeps its route until its end', ({ destination }) =>
    withFunction('node-events', {}, async ({ world, sandbox, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      await deliverEvents();
      start(sandbox, world, { hook: 'podroutes', transition: 'terminating', destination });
      const { writes } = await deliverEvents();
      expect(writes).toEqual(['CompleteLifecycleAction']);
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
    }),
  );

  it('is completed for an instance that is no node of ours', () =>
    withFunction('node-events', {}, async ({ world, sandbox, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: null, isNode: false });
      start(sandbox, world, { hook: 'podroutes', transition: 'launching' });
      await deliverEvents(sandbox.takeEvents().filter((event) => !isRunning(event)));
      expect(sandbox.autoScaling.completed.length).toBe(1);
    }));
});

describe('A lifecycle hook that Auto Scaling refuses to complete', () => {
  it.each([
    {
      what: 'for want of a permission, which it names',
      fault: { code: 'AccessDenied', status: 403 },
      said: 'autoscaling:CompleteLifecycleAction',
    },
    {
      what: 'for another reason than that it is over',
      fault: { code: 'ValidationError', message: 'AutoScalingGroup name not found' },
      said: 'AutoScalingGroup name not found',
    },
  ])('$what, counts as a failure, and is not tried again', ({ fault, said }) =>
    withFunction('node-events', {}, async ({ world, sandbox, host, queue, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      sandbox.takeEvents();
      start(sandbox, world, { hook: 'podroutes', transition: 'launching' });
      sandbox.failNext('CompleteLifecycleAction', { ...fault, times: 99 });
      const { calls } = await deliverEvents();
      expect(calls['CompleteLifecycleAction']).toBe(1);
      expect(sandbox.autoScaling.pending.size).toBe(1);
      expect(queue.deadLetters).toEqual([]);
      const lines = host.takeLogs();
      expect(lines).toContainEqual(
        expect.objectContaining({
          level: 'ERROR',
          action: 'complete-hook',
          node: world.idOf('worker-0'),
          reason: fault.code,
          message: expect.stringContaining(said),
        }),
      );
      const failures = metricsOf(lines).filter(({ name }) => name === 'ApplyFailures');
      expect(failures.flatMap(({ value }) => value)).toEqual([0, 1]);
    }),
  );
});

describe('Many lifecycle hooks', () => {
  it('are completed at most ten at once, by one client', () =>
    withFunction('node-events', {}, async ({ world, sandbox, proxy, queue, deliverEvents }) => {
      for (let i = 0; i < 60; i += 1) {
        const name = `n${i}`;
        await world.launch({ name, podCidr: `10.200.${i}.0/24`, forwarding: 'on' });
        sandbox.autoScaling.startHook({
          group: GROUP,
          hook: 'podroutes',
          instance: world.idOf(name),
          transition: 'launching',
        });
      }
      // Held for a moment, so that whatever does not wait for its turn meets here.
      proxy.setGate(() => new Promise((resolve) => setTimeout(resolve, 20)));
      const { calls } = await deliverEvents(sandbox.takeEvents().filter((event) => !isRunning(event)));
      expect(calls['CompleteLifecycleAction']).toBe(60);
      expect(sandbox.autoScaling.completed.length).toBe(60);
      expect(queue.deadLetters).toEqual([]);
      expect(proxy.peakOf(/^CompleteLifecycleAction$/)).toBeGreaterThan(1);
      expect(proxy.peakOf(/^CompleteLifecycleAction$/)).toBeLessThanOrEqual(10);
      // A client of its own for each hook would bring connections of its own.
      expect(proxy.connectionsOf('CompleteLifecycleAction')).toBeLessThanOrEqual(10);
    }));
});

describe('A launching hook of an instance that has to be given a block', () => {
  it('is completed once ledger, tag and route have the block, and not before', () =>
    withBlocks({}, async ({ world, sandbox, deliverEvents }) => {
      await deliverEvents([SCHEDULED]);
      await launchHooked(sandbox, world);
      await deliverEvents();
      expect((await world.routes()).filter(leadsToWorker)).toHaveLength(1);
      const order = actionsOf(sandbox).filter((action) => ENDS.includes(action));
      expect(order.slice(0, 2).sort()).toEqual(['CreateRoute', 'CreateTags']);
      expect(order.slice(2)).toEqual(['CompleteLifecycleAction']);
      expect(sandbox.autoScaling.completed).toMatchObject([{ hook: 'podroutes', result: 'CONTINUE' }]);
    }));

  it('waits while nothing may be handed out, and is completed by the delivery after the schedule', () =>
    withBlocks({}, async ({ world, sandbox, queue, deliverEvents }) => {
      await launchHooked(sandbox, world);
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect(sandbox.autoScaling.completed).toEqual([]);
      await deliverEvents([SCHEDULED]);
      expect(sandbox.autoScaling.completed.length).toBe(1);
      expect(queue.waiting()).toBe(0);
    }));

  it.each([
    { what: 'fails for now', fault: { code: 'InternalError', status: 500 } },
    { what: 'is not allowed', fault: { code: 'UnauthorizedOperation', status: 403 } },
  ])('waits while writing the tag $what, though the route is there', ({ fault }) =>
    withBlocks({}, async ({ world, sandbox, queue, deliverEvents }) => {
      await deliverEvents([SCHEDULED]);
      await launchHooked(sandbox, world);
      sandbox.failNext('CreateTags', { ...fault, times: 99 });
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect((await world.routes()).filter(leadsToWorker)).toHaveLength(1);
      expect(sandbox.autoScaling.completed).toEqual([]);
      sandbox.clearFaults();
      await queue.drain();
      expect(sandbox.autoScaling.completed.length).toBe(1);
    }),
  );

  it.each([
    { what: 'no block is free', allocate: '/24', cidrs: '10.200.0.0/23' },
    { what: 'one of two families is exhausted', allocate: '/24,/64', cidrs: '10.200.0.0/23,fd00:200::/48' },
  ])('waits while $what', ({ allocate, cidrs }) =>
    withBlocks(
      { PODROUTES_ALLOCATE: allocate, PODROUTES_CLUSTER_CIDRS: cidrs },
      async ({ world, sandbox, host, queue, deliverEvents }) => {
        for (const [i, name] of ['holder-0', 'holder-1'].entries()) {
          await world.launch({ name, podCidr: `10.200.${i}.0/24` });
        }
        await deliverEvents([...sandbox.takeEvents(), SCHEDULED]);
        await launchHooked(sandbox, world);
        for (const event of sandbox.takeEvents()) queue.send(event);
        await queue.deliver();
        expect(sandbox.autoScaling.completed).toEqual([]);
        const reasons = host.takeLogs().map(({ reason }) => reason);
        expect(reasons).toEqual(expect.arrayContaining(['no-free-cidr', 'routes-not-in-place']));
      },
    ),
  );
});

/** Whether a route is one of a block to the hooked machine. */
function leadsToWorker(route: string): boolean {
  return /^10\.200\.\d+\.0\/24 worker-0 active$/.test(route);
}

/** What lets a machine know its block, and into service. */
const ENDS = ['CreateRoute', 'CreateTags', 'CompleteLifecycleAction'];

/** A deployed function that hands out blocks. */
async function withBlocks(
  env: Readonly<Record<string, string>>,
  use: (deployment: Deployment) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-hooks-'));
  const PODROUTES_LEDGER = `file:${join(folder, 'ledger')}`;
  try {
    await withFunction('node-events', { env: { PODROUTES_ALLOCATE: '/24', PODROUTES_LEDGER, ...env } }, use);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Launches a machine of a group's template, and lets its hook begin. */
async function launchHooked(sandbox: Deployment['sandbox'], world: Deployment['world']): Promise<void> {
  await world.launch({ name: 'worker-0', podCidr: null, forwarding: 'on' });
  sandbox.takeEvents();
  start(sandbox, world, { hook: 'podroutes', transition: 'launching' });
}

describe('A launched instance in a network without a managed table', () => {
  it('is a finding, its hook is not completed, and its check stays on', () =>
    withFunction('node-events', {}, async ({ world, sandbox, host, deliverEvents }) => {
      const id = await launchElsewhere(world);
      sandbox.autoScaling.startHook({
        group: GROUP,
        hook: 'podroutes',
        instance: id,
        transition: 'launching',
      });
      const { writes } = await deliverEvents();
      expect(writes).toEqual([]);
      expect(sandbox.autoScaling.completed).toEqual([]);
      const lines = host.takeLogs();
      expect(lines).toContainEqual(
        expect.objectContaining({
          reason: 'subnet-not-routed',
          message: expect.stringContaining('where no route table is managed'),
        }),
      );
      expect(lines).toContainEqual(
        expect.objectContaining({ message: 'messages left in the queue', reason: 'routes-not-in-place' }),
      );
    }));
});

/** Launches a node of the cluster in a VPC of its own. */
async function launchElsewhere({ ec2, env }: Deployment['world']): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.50.0.0/16' }));
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId: required(Vpc?.VpcId), CidrBlock: '10.50.0.0/20' }),
  );
  const clusterTag = `kubernetes.io/cluster/${env['PODROUTES_CLUSTER']}`;
  const place = { subnet: required(Subnet?.SubnetId), clusterTag };
  const { InstanceId } = await launchMachine(ec2, { name: 'elsewhere', podCidr: '10.200.9.0/24' }, place);
  return required(InstanceId);
}

type HookStart = Pick<
  Parameters<Deployment['sandbox']['autoScaling']['startHook']>[0],
  'hook' | 'transition' | 'destination'
>;

function start({ autoScaling }: Deployment['sandbox'], world: Deployment['world'], hook: HookStart): void {
  autoScaling.startHook({ group: GROUP, instance: world.idOf('worker-0'), ...hook });
}

function actionsOf({ calls }: Deployment['sandbox']): string[] {
  return calls.map(({ action }) => action);
}
