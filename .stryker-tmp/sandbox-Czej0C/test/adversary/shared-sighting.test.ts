// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { cidr, claim, hopOf, node } from '../core/builders.ts';
import { memoryCloud } from '../core/memory-cloud.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { alter, fullRun, MINUTE, START, type Stage, schedule } from './stage.ts';

function cluster(claims: boolean): Stage {
  const nodes = Array.from({ length: 4 }, (_, i) => node(`n${i}`, claims ? [`10.200.${i}.0/24`] : []));
  const cloud = memoryCloud(nodes);
  for (const [i, { id }] of nodes.entries()) cloud.put('rtb-1', cidr(`10.200.${i}.0/24`), hopOf(id));
  return { cloud, ledger: memoryLedger(START) };
}

describe('R4 one wait, told from another', () => {
  it('gives 24 hours to the routes of a first deployment, from when a script has tagged all nodes wrongly', async () => {
    const stage = cluster(false);
    // Routes by hand and no tags: they wait for ever, and every run renews the sightings.
    await schedule(stage, 6 * 25);
    expect(stage.cloud.routes()).toHaveLength(4);
    for (let i = 0; i < 4; i += 1) alter(stage, `n${i}`, { claims: [claim(`10.200.${100 + i}.0/24`)] });
    stage.ledger.now += 10 * MINUTE;
    await fullRun(stage);
    expect(stage.cloud.routes()).toEqual(
      expect.arrayContaining([0, 1, 2, 3].map((i) => `10.200.${i}.0/24 n${i}`)),
    );
  });

  it('gives the grace to a route from when its node has no other claim in force', async () => {
    const stage = cluster(true);
    await fullRun(stage);
    alter(stage, 'n0', { claims: [claim('10.200.9.0/24')] });
    await schedule(stage, 4);
    expect(stage.cloud.routes()).toContain('10.200.0.0/24 n0');
    // A person takes the wrong tag away, and has not yet written the right one.
    alter(stage, 'n0', { claims: [] });
    stage.ledger.now += 10 * MINUTE;
    await fullRun(stage);
    expect(stage.cloud.routes()).toContain('10.200.0.0/24 n0');
  });

  it('gives the grace to a route from when the reads agree that its next hop is nobody’s', async () => {
    const stage = cluster(true);
    stage.cloud.hops = 'addresses';
    stage.cloud.nodes.delete('n0');
    const { observe } = stage.cloud;
    let agreed = false;
    const look: typeof observe = async (...asked) => {
      const seen = await observe(...asked);
      const tables = seen.tables.map((each) => ({
        ...each,
        routes: each.routes.map((route) =>
          route.target.kind === 'vacant' ? { ...route, target: { kind: 'vacant' as const, agreed } } : route,
        ),
      }));
      return { ...seen, tables };
    };
    stage.cloud.observe = look;
    await schedule(stage, 4);
    agreed = true;
    stage.ledger.now += 10 * MINUTE;
    await fullRun(stage);
    expect(stage.cloud.routes()).toContain('10.200.0.0/24 n0');
  });
});
