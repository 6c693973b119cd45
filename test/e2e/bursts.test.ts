import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { isRunning, withFunction } from './deployment.ts';
import { gateWaves } from './proxy.ts';

/** Lets four routes through beside the default route that the table is built with. */
const FOUR_ROUTES = { throttling: { CreateRoute: { capacity: 5, refill: 0.001 } } };

const CIDRS = Array.from({ length: 6 }, (_, i) => `10.200.${i}.0/24`);
/** Two of its five seconds are for the answer. */
const timeoutMs = () => 5_000;

describe('When EC2 lets few routes through', () => {
  it('the checks, which have a bucket of their own, do not wait for them', () =>
    withFunction('node-events', { sandbox: FOUR_ROUTES, timeoutMs }, async (deployment) => {
      const { world, sandbox, queue } = deployment;
      for (const [i, podCidr] of CIDRS.entries()) await world.launch({ name: `n${i}`, podCidr });
      for (const event of sandbox.takeEvents().filter(isRunning)) queue.send(event);
      await queue.deliver();
      const forwarding = await Promise.all(CIDRS.map((_, i) => world.forwards(`n${i}`)));
      expect(forwarding.flat()).toEqual(CIDRS.map(() => true));
      expect(await world.routes()).toHaveLength(world.given.length + 4);
    }));

  it('nodes get all of their routes one after the other, and those that have them are done', () =>
    withFunction('node-events', { tables: 2, timeoutMs }, async ({ world, sandbox, proxy, queue }) => {
      for (const [i, podCidr] of CIDRS.entries()) {
        await world.launch({ name: `n${i}`, podCidr, forwarding: 'on' });
      }
      for (const event of sandbox.takeEvents().filter(isRunning)) queue.send(event);
      // The two reads, and as many writes as are under way at once: which of them arrives first is left to chance.
      proxy.setGate(gateWaves([2, 8]));
      await queue.deliver();
      const [first, second] = await Promise.all(world.tables.map((table) => world.routes(table)));
      expect(first).toHaveLength(world.given.length + 4);
      expect(second).toEqual(first);
      expect(queue.waiting()).toBe(CIDRS.length - 4);
    }));
});

describe('R8 idempotent: reads that lag behind', () => {
  it('do not make the function ask again for what EC2 has refused, and the message comes again', () =>
    withFunction('node-events', { tables: 2 }, async ({ world, sandbox, queue, deliverEvents }) => {
      for (const [i, podCidr] of CIDRS.entries()) {
        await world.launch({ name: `n${i}`, podCidr, forwarding: 'on' });
      }
      const events = sandbox.takeEvents().filter(isRunning);
      sandbox.staleReads({ writes: 2 * CIDRS.length });
      await deliverEvents(events);
      for (const event of events) queue.send(event);
      sandbox.clearCalls();
      await queue.deliver();
      expect(sandbox.countCalls()['CreateRoute']).toBe(2 * CIDRS.length);
      expect(queue.waiting()).toBe(CIDRS.length);
      sandbox.staleReads(null);
      sandbox.clearCalls();
      await queue.drain();
      expect(sandbox.calls.filter(({ mutating }) => mutating)).toEqual([]);
      expect(queue.deadLetters).toEqual([]);
    }));

  it('for three seconds are outlasted by the run', () =>
    withFunction('node-events', { tables: 2 }, async ({ world, sandbox, queue }) => {
      for (const [i, podCidr] of CIDRS.entries()) {
        await world.launch({ name: `n${i}`, podCidr, forwarding: 'on' });
      }
      const events = sandbox.takeEvents().filter(isRunning);
      sandbox.staleReads({ ms: 3_000 });
      await sleep(3_000);
      for (const event of events) queue.send(event);
      await queue.deliver();
      for (const event of events) queue.send(event);
      sandbox.clearCalls();
      await queue.deliver();
      expect(sandbox.countCalls()['CreateRoute'] ?? 0).toBeLessThanOrEqual(2 * CIDRS.length);
      expect(queue.waiting()).toBe(0);
    }));
});

describe('R9 isolation: of a batch', () => {
  it('only the message comes again whose node cannot be read, though another has died', () =>
    withFunction('node-events', {}, async ({ world, sandbox, queue, deliverEvents }) => {
      await world.launch({ name: 'old', podCidr: '10.200.100.0/24' });
      await deliverEvents();
      await world.terminate('old');
      for (let i = 0; i < 19; i += 1) await world.launch({ name: `n${i}`, podCidr: `10.200.${i}.0/24` });
      await world.launch({ name: 'unread', podCidr: '10.200.50.0/24', via: 'user-data' });
      sandbox.failNext('DescribeInstanceAttribute', { code: 'UnauthorizedOperation', times: 99 });
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect(await world.routes()).toHaveLength(world.given.length + 19);
      expect(queue.waiting()).toBe(1);
      sandbox.clearFaults();
      await queue.drain();
      expect(await world.routes()).toContain('10.200.50.0/24 unread active');
    }));
});
