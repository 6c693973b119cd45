import { describe, expect, it } from '@jest/globals';
import { cidr, hopOf, node } from '../core/builders.ts';
import { memoryCloud } from '../core/memory-cloud.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { alter, eventRun, fullRun, MINUTE, START, type Stage, schedule } from './stage.ts';

const COUNT = 6;

/** Machines at fixed addresses, with ids that come back, as on Azure. */
function cluster(): Stage {
  const nodes = Array.from({ length: COUNT }, (_, i) =>
    node(`w${i}`, [`10.200.${i}.0/24`], { incarnation: 'first' }),
  );
  const cloud = memoryCloud(nodes);
  cloud.hops = 'addresses';
  for (const [i, { id }] of nodes.entries()) cloud.put('rtb-1', cidr(`10.200.${i}.0/24`), hopOf(id));
  return { cloud, ledger: memoryLedger(START) };
}

describe('R4 machines that were made anew under their names, addresses and claims', () => {
  it('keep their routes by budget where a script removes all tags before a full run has seen them', async () => {
    const stage = cluster();
    await fullRun(stage);
    const ids = Array.from({ length: COUNT }, (_, i) => `w${i}`);
    for (const id of ids) alter(stage, id, { incarnation: 'second' });
    await eventRun(stage, ids);
    for (const id of ids) alter(stage, id, { claims: [] });
    stage.ledger.now += 10 * MINUTE;
    await schedule(stage, 4);
    // By budget, at most max(1, 30 %) of six: one.
    expect(stage.cloud.routes().length).toBeGreaterThanOrEqual(COUNT - 1);
  });
});
