import { describe, expect, it } from '@jest/globals';
import { claim, node } from '../core/builders.ts';
import { failure, memoryCloud } from '../core/memory-cloud.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { alter, fullRun, MINUTE, START, type Stage } from './stage.ts';

const BLOCK = '10.200.0.0/24';

function cluster(): Stage {
  const ids = ['worker', 'other1', 'other2', 'other3', 'other4'];
  const cloud = memoryCloud(ids.map((id, i) => node(id, [`10.200.${i}.0/24`])));
  return { cloud, ledger: memoryLedger(START) };
}

const untag = (stage: Stage): void => alter(stage, 'worker', { claims: [] });
const retag = (stage: Stage): void => alter(stage, 'worker', { claims: [claim(BLOCK)] });

describe('R4 a route that the second look of a run sees claimed', () => {
  it.each([
    ['when it is due', 2],
    ['when it waits still, and another is launched', 1],
  ])('%s begins to wait anew when its tag is lost for a moment at the next run', async (_, seen) => {
    const stage = cluster();
    const { cloud, ledger } = stage;
    await fullRun(stage);
    await fullRun(stage);
    untag(stage);
    for (let i = 0; i < seen; i += 1) {
      ledger.now += 10 * MINUTE;
      await fullRun(stage);
    }
    cloud.nodes.set('late', node('late', ['10.200.9.0/24']));
    cloud.failing.set('rtb-1 10.200.9.0/24', [failure('stale')]);
    ledger.now += 10 * MINUTE;
    const first = cloud.looks.length + 1;
    cloud.beforeLook = (look) => {
      if (look === first + 1) retag(stage);
    };
    await fullRun(stage);
    expect(cloud.looks.length).toBeGreaterThan(first);
    expect(cloud.routes()).toContain(`${BLOCK} worker`);
    cloud.beforeLook = () => {};
    untag(stage);
    ledger.now += 10 * MINUTE;
    await fullRun(stage);
    expect(cloud.routes()).toContain(`${BLOCK} worker`);
  });
});
