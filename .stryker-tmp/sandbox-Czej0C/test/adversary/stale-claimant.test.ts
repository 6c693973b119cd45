// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { cidr, hopOf, node } from '../core/builders.ts';
import { memoryCloud } from '../core/memory-cloud.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { alter, eventRun, fullRun, MINUTE, outcomes, START, type Stage, schedule } from './stage.ts';

function cluster(): Stage {
  const nodes = Array.from({ length: 6 }, (_, i) => node(`old${i}`, [`10.200.${i}.0/24`]));
  const cloud = memoryCloud(nodes);
  for (const [i, { id }] of nodes.entries()) cloud.put('rtb-1', cidr(`10.200.${i}.0/24`), hopOf(id));
  return { cloud, ledger: memoryLedger(START) };
}

/** The node is terminated, and another with the same claim takes its place, as an instance refresh does it. */
async function renew(stage: Stage, i: number): Promise<void> {
  stage.cloud.nodes.delete(`old${i}`);
  stage.cloud.nodes.set(`new${i}`, node(`new${i}`, [`10.200.${i}.0/24`], { launchedAt: 1 }));
  await eventRun(stage, [`new${i}`]);
}

describe('R4 a record of the node that had the route before', () => {
  it('does not let a script that removes all tags take every renewed node’s route, without budget', async () => {
    const stage = cluster();
    await fullRun(stage);
    for (let i = 0; i < 6; i += 1) await renew(stage, i);
    expect(stage.cloud.routes()).toHaveLength(6);
    for (let i = 0; i < 6; i += 1) alter(stage, `new${i}`, { claims: [] });
    stage.ledger.now += 10 * MINUTE;
    await schedule(stage, 4);
    // By budget, at most max(1, 30 %) of six: one.
    expect(stage.cloud.routes().length).toBeGreaterThanOrEqual(5);
  });

  it('does not take a route that a person has made by hand to a new node', async () => {
    const stage = cluster();
    await fullRun(stage);
    stage.cloud.nodes.delete('old0');
    stage.cloud.nodes.set('new0', node('new0'));
    stage.cloud.put('rtb-1', cidr('10.200.0.0/24'), hopOf('new0'));
    stage.ledger.now += 10 * MINUTE;
    expect(outcomes(await schedule(stage, 4))).toEqual([
      'waiting never-recorded: delete 10.200.0.0/24 new0 (claim-withdrawn)',
    ]);
  });
});
