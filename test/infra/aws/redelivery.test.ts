import { describe, expect, it } from '@jest/globals';
import { comeAgainAfter } from '../../../functions/aws/hasten.ts';
import { redeliveryOf } from '../../../infra/aws/redelivery.ts';
import { VISIBLE_WITHIN_MS } from '../../../shared/core/run/retry.ts';
import { EC2_BUCKETS } from '../../../shared/sandbox/ec2/throttling.ts';

/** How long EC2 takes for the creations of a burst, in seconds. */
function floorOf(nodes: number, tables: number): number {
  const { capacity, refill } = EC2_BUCKETS['*'] ?? { capacity: 0, refill: 1 };
  return (nodes * tables - capacity) / refill;
}

describe('Launches that wait for a block', () => {
  it.each([10, 60, 900])('are not given up within a quarter of an hour with a limit of %s s', (timeout) => {
    let receives = 0;
    for (let age = 0; age < VISIBLE_WITHIN_MS; age += 1_000 * comeAgainAfter(age)) receives += 1;
    expect(receives).toBeLessThan(redeliveryOf(timeout, true).maxReceives);
  });

  it('come again within seconds at first, and within two minutes at last', () => {
    expect([0, 30_000, 60_000, VISIBLE_WITHIN_MS].map(comeAgainAfter)).toEqual([5, 5, 8, 113]);
  });
});

describe.each([10, 30, 60, 120, 300, 900])('With a time limit of %s s', (timeout) => {
  const { visibilitySeconds, maxReceives } = redeliveryOf(timeout);

  it('a message does not come again while the function may still work on it', () => {
    // A second passes while a batch gathers.
    expect(visibilitySeconds).toBeGreaterThan(timeout + 1);
  });

  it('the pause between two deliveries is shorter than what EC2 saves up', () => {
    const { capacity, refill } = EC2_BUCKETS['*'] ?? { capacity: 0, refill: 1 };
    const keptBack = 2;
    expect(visibilitySeconds - timeout + keptBack).toBeLessThan(capacity / refill);
  });

  it('1,000 nodes and 5 tables take at most a third of the deliveries that there are', () => {
    const deliveries = Math.ceil(floorOf(1_000, 5) / visibilitySeconds);
    expect(deliveries).toBeLessThanOrEqual(Math.ceil(maxReceives / 3));
  });
});
