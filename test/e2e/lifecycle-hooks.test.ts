import { describe, expect, it } from '@jest/globals';
import { type Deployment, isRunning, withFunction } from './deployment.ts';

const GROUP = 'workers';

describe('A lifecycle hook', () => {
  it.each([
    { what: 'of the default name', hook: 'podroutes', env: {} },
    { what: 'of the configured name', hook: 'routes', env: { PODROUTES_LIFECYCLE_HOOK: 'routes' } },
  ])('$what is completed once the route of the launched instance is in place', ({ hook, env }) =>
    withFunction('node-events', { env }, async ({ world, sandbox, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      start(sandbox, world, { hook, transition: 'launching' });
      const { calls } = await settle();
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
    withFunction('node-events', { env }, async ({ world, sandbox, queue, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      sandbox.takeEvents();
      start(sandbox, world, { hook, transition: 'launching' });
      expect((await settle()).calls['CompleteLifecycleAction']).toBe(undefined);
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

  it('that is over already counts as done', () =>
    withFunction('node-events', {}, async ({ world, sandbox, queue, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      start(sandbox, world, { hook: 'podroutes', transition: 'launching' });
      const { events } = await settle();
      const { calls } = await settle(events);
      expect(calls['CompleteLifecycleAction']).toBe(1);
      expect(sandbox.autoScaling.completed.length).toBe(1);
      expect(queue.deadLetters).toEqual([]);
    }));

  it('that Auto Scaling fails to complete is tried again', () =>
    withFunction('node-events', {}, async ({ world, sandbox, queue, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      start(sandbox, world, { hook: 'podroutes', transition: 'launching' });
      sandbox.failNext('CompleteLifecycleAction', { code: 'ResourceContention', status: 500, times: 4 });
      await settle();
      expect(sandbox.autoScaling.completed.length).toBe(1);
      expect(queue.deadLetters).toEqual([]);
    }));

  it.each([
    { what: 'a death', destination: 'EC2' },
    { what: 'a move to the warm pool', destination: 'WarmPool' },
  ] as const)('of $what is completed while the instance keeps its route until its end', ({ destination }) =>
    withFunction('node-events', {}, async ({ world, sandbox, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      await settle();
      start(sandbox, world, { hook: 'podroutes', transition: 'terminating', destination });
      const { writes } = await settle();
      expect(writes).toEqual(['CompleteLifecycleAction']);
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
    }),
  );

  it('is completed for an instance that is no node of ours', () =>
    withFunction('node-events', {}, async ({ world, sandbox, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: null, isNode: false });
      start(sandbox, world, { hook: 'podroutes', transition: 'launching' });
      await settle(sandbox.takeEvents().filter((event) => !isRunning(event)));
      expect(sandbox.autoScaling.completed.length).toBe(1);
    }));
});

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
