import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { isRunning, withFunction } from './deployment.ts';

describe('Many launches at once', () => {
  it('have at most eight writes of a kind and 20 reads of user data under way', () =>
    withFunction('node-events', { tables: 2 }, async ({ world, sandbox, proxy, queue, deliverEvents }) => {
      for (let i = 0; i < 60; i += 1) {
        await world.launch({ name: `n${i}`, podCidr: `10.200.${i}.0/24`, via: 'user-data' });
      }
      // Held for a moment, so that whatever does not wait for its turn meets here.
      proxy.setGate(() => sleep(20));
      const { calls } = await deliverEvents(sandbox.takeEvents().filter(isRunning));
      expect(calls).toMatchObject({
        DescribeInstanceAttribute: 60,
        CreateRoute: 120,
        ModifyNetworkInterfaceAttribute: 60,
      });
      expect(queue.deadLetters).toEqual([]);
      const reads = proxy.peakOf(/^DescribeInstanceAttribute$/);
      expect(reads).toBeGreaterThan(1);
      expect(reads).toBeLessThanOrEqual(20);
      expect(proxy.peakOf(/^CreateRoute$/)).toBe(8);
      expect(proxy.peakOf(/^ModifyNetworkInterfaceAttribute$/)).toBe(8);
    }));
});

describe('The answer of an invocation', () => {
  it.each([
    { what: 'reads', held: /^Describe/ },
    { what: 'writes', held: /^CreateRoute/ },
    { what: 'hooks', held: /^CompleteLifecycleAction/ },
  ])('is there before its time is over, though the $what hang', ({ held }) => {
    const timeoutMs = 4_000;
    return withFunction('node-events', {}, async ({ world, sandbox, proxy, host }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      const instance = world.idOf('worker-0');
      sandbox.autoScaling.startHook({ group: 'g', hook: 'podroutes', instance, transition: 'launching' });
      const [event] = sandbox.takeEvents().slice(-1);
      proxy.setGate((action) => (held.test(action) ? new Promise(() => undefined) : Promise.resolve()));
      const invocation = host.invoke(
        { Records: [{ messageId: 'launch', body: JSON.stringify(event) }] },
        timeoutMs,
      );
      // Lambda would end the function here, and with it its logs and its metrics.
      const killed = sleep(timeoutMs, 'killed', { ref: false });
      expect(await Promise.race([invocation, killed])).toEqual({
        ok: true,
        value: { batchItemFailures: [{ itemIdentifier: 'launch' }] },
      });
    });
  });
});
