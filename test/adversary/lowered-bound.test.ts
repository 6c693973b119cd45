import { describe, expect, it } from '@jest/globals';
import { node, settings } from '../core/builders.ts';
import { memoryCloud } from '../core/memory-cloud.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { fullRun, MINUTE, START } from './stage.ts';

const DAY_RUNS = (25 * 60) / 10;

describe('R2 a setting that lets fewer claims of a node count than its nodes have', () => {
  it('takes no route that its node still claims', async () => {
    const nodes = Array.from({ length: 4 }, (_, i) =>
      node(`w${i}`, [`10.200.${i}.0/24`, `10.200.10${i}.0/24`]),
    );
    const stage = { cloud: memoryCloud(nodes), ledger: memoryLedger(START) };
    await fullRun(stage);
    await fullRun(stage);
    expect(stage.cloud.routes()).toHaveLength(8);
    for (let i = 0; i < DAY_RUNS; i += 1) {
      stage.ledger.now += 10 * MINUTE;
      await fullRun(stage, { settings: settings({ maxClaims: 1 }) });
    }
    expect(stage.cloud.routes()).toHaveLength(8);
  });
});
