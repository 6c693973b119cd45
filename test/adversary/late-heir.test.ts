import { describe, expect, it } from '@jest/globals';
import { cidr, hopOf, node } from '../core/builders.ts';
import { memoryCloud } from '../core/memory-cloud.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { alter, fullRun, MINUTE, START, type Stage } from './stage.ts';

const BLOCK = '10.200.0.0/24';

/** A node whose block two others wait for, at the run in which it is due to go to the older of them. */
async function due(): Promise<Stage> {
  const others = Array.from({ length: 4 }, (_, i) => node(`other${i}`, [`10.200.${10 + i}.0/24`]));
  const heirs = [node('heir', [BLOCK], { launchedAt: 1 }), node('next', [BLOCK], { launchedAt: 2 })];
  const cloud = memoryCloud([node('holder', [BLOCK]), ...others]);
  const stage = { cloud, ledger: memoryLedger(START) };
  await fullRun(stage);
  await fullRun(stage);
  alter(stage, 'holder', { claims: [] });
  for (const heir of heirs) cloud.nodes.set(heir.id, heir);
  for (let i = 0; i < 2; i += 1) {
    stage.ledger.now += 10 * MINUTE;
    await fullRun(stage);
  }
  expect(cloud.routes()).toContain(`${BLOCK} holder`);
  stage.ledger.now += 10 * MINUTE;
  return stage;
}

describe('R4 a block that is due, whose heir changes between the two looks of the run', () => {
  it.each<[string, (stage: Stage) => void]>([
    ['has ended', ({ cloud }) => cloud.nodes.delete('heir')],
    ['claims it no more', (stage) => alter(stage, 'heir', { claims: [] })],
    ['has another interface', (stage) => alter(stage, 'heir', { nextHops: { 4: hopOf('new'), 6: null } })],
  ])('goes to whoever claims it in the end, where the first %s', async (what, change) => {
    const stage = await due();
    const { cloud } = stage;
    const first = cloud.looks.length + 1;
    cloud.beforeLook = (look) => {
      if (look === first + 1) change(stage);
    };
    await fullRun(stage);
    const heir = what === 'has another interface' ? 'new' : 'next';
    expect(cloud.tables.get('rtb-1')?.get(cidr(BLOCK).text)?.nextHop.shown).toBe(heir);
  });
});
