// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import { cidr, hopOf, node, settings } from '../core/builders.ts';
import { type MemoryCloud, memoryCloud } from '../core/memory-cloud.ts';
import { memoryLedger } from '../core/memory-ledger.ts';

const MINUTE = 60_000;
const TICK = 10 * MINUTE;
const CLUSTER = [cidr('10.192.0.0/12'), cidr('fd00:200::/48')];
const START = Date.UTC(2026, 10, 21);

/** Claims of the nth node: so many of each family. */
function claimsOf(i: number, each: number, families: readonly (4 | 6)[]): string[] {
  return families.flatMap((family) =>
    Array.from({ length: each }, (_, n) =>
      family === 4 ? `10.${192 + n}.${i}.0/24` : `fd00:200:0:${((n + 1) * 256 + i).toString(16)}::/64`,
    ),
  );
}

/** Full runs of the schedule, one after another. */
function startSchedule(cloud: MemoryCloud) {
  const ledger = memoryLedger(START);
  return async (ticks: number) => {
    const codes = new Set<string>();
    for (let i = 0; i < ticks; i += 1) {
      ledger.now += TICK;
      const { findings } = await reconcile(cloud, {
        scope: { kind: 'all', ids: [] },
        dryRun: false,
        ledger: async () => ledger,
        signal: new AbortController().signal,
        settings: settings({ clusterCidrs: CLUSTER, maxClaims: 16 }),
      });
      for (const { code } of findings) codes.add(code);
    }
    return codes;
  };
}

/** Ids of nodes that a route of the family leads to. */
function served(cloud: MemoryCloud, family: 4 | 6): Set<string> {
  const routes = [...(cloud.tables.get('rtb-1')?.values() ?? [])];
  return new Set(
    routes.filter(({ destination }) => destination.family === family).map(({ nextHop }) => nextHop.shown),
  );
}

describe('Of a hundred nodes, by the core, in a day and a half', () => {
  it.each([
    ['with a claim each', 1, [4] as const],
    ['of both families', 1, [4, 6] as const],
    ['with eight claims each', 8, [4] as const],
  ])('the tags are removed one by one, under the bound of each tick: %s', async (_, each, families) => {
    const cloud = memoryCloud(
      Array.from({ length: 100 }, (_, i) => node(`n${i}`, claimsOf(i, each, families))),
    );
    cloud.limit = 2000;
    const pass = startSchedule(cloud);
    await pass(2);
    const seen = new Set<string>();
    for (let i = 0; i < 100; i += 1) {
      cloud.nodes.set(`n${i}`, node(`n${i}`));
      for (const code of await pass(1)) seen.add(code);
      // Until the day is over: ticks of ten minutes.
      if (i >= 90) continue;
      for (const family of families) expect(served(cloud, family).size).toBeGreaterThanOrEqual(70);
    }
    expect(seen).toContain('deletion-breaker');
  });

  it('180 dead routes stand beside 20 living ones, and all of these are given up', async () => {
    const living = Array.from({ length: 20 }, (_, i) => node(`n${i}`, claimsOf(i, 1, [4])));
    const cloud = memoryCloud(living);
    cloud.hops = 'addresses';
    cloud.isAtomic = true;
    const pass = startSchedule(cloud);
    await pass(2);
    for (let i = 20; i < 200; i += 1) cloud.put('rtb-1', cidr(`10.192.${i}.0/24`), hopOf(`dead${i}`));
    for (const { id } of living) cloud.nodes.set(id, node(id));
    await pass(12);
    const left = cloud.routes();
    expect(left).toHaveLength(20);
    expect(served(cloud, 4).size).toBe(20);
  });

  it('a node of another network claims the block of one that is replaced', async () => {
    const cloud = memoryCloud(
      [node('old', ['10.200.0.0/24']), node('there', ['10.200.0.0/24'], { network: 'vpc-2' })],
      ['rtb-1', 'rtb-2'],
    );
    cloud.domains.set('rtb-2', 'vpc-2');
    const pass = startSchedule(cloud);
    await pass(2);
    cloud.nodes.delete('old');
    cloud.nodes.set('new', node('new', ['10.200.0.0/24'], { launchedAt: START }));
    const codes = await pass(1);
    expect(cloud.routes('rtb-1')).toEqual(['10.200.0.0/24 new']);
    expect(cloud.routes('rtb-2')).toEqual(['10.200.0.0/24 there']);
    expect([...codes]).toEqual([]);
  });
});
