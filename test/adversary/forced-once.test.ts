import { describe, expect, it } from '@jest/globals';
import { node, settings } from '../core/builders.ts';
import { memoryCloud } from '../core/memory-cloud.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { alter, fullRun, START } from './stage.ts';

describe('R4 a run by force', () => {
  it('takes no route that was claimed when it decided, whatever its later looks see', async () => {
    const ids = ['leaver', 'worker1', 'worker2', 'worker3'];
    const cloud = memoryCloud(ids.map((id, i) => node(id, [`10.200.${i}.0/24`])));
    const stage = { cloud, ledger: memoryLedger(START) };
    await fullRun(stage);
    await fullRun(stage);
    alter(stage, 'leaver', { claims: [] });
    const first = cloud.looks.length + 1;
    // A script that sets each tag anew has just taken them away.
    cloud.beforeLook = (look) => {
      if (look > first) for (const id of ids) alter(stage, id, { claims: [] });
    };
    await fullRun(stage, { settings: settings({ force: true }) });
    expect(cloud.looks.length).toBeGreaterThan(first);
    expect(cloud.routes()).toEqual([
      '10.200.1.0/24 worker1',
      '10.200.2.0/24 worker2',
      '10.200.3.0/24 worker3',
    ]);
  });
});
