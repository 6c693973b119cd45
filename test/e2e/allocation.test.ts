import { describe, expect, it } from '@jest/globals';
import { CLOUDS, type Cluster, codesOf, withAws } from '../adversary/cluster.ts';
import { gateWaves } from './proxy.ts';

const ALLOCATING = { PODROUTES_ALLOCATE: '/24' };
const NAMES = ['w0', 'w1', 'w2', 'w3', 'w4'];

async function launch({ world }: Pick<Cluster, 'world'>, names: readonly string[]): Promise<void> {
  for (const name of names) await world.launch({ name, podCidr: null });
}

/** What the tags of running nodes say, by name. */
async function tagsOf({ world }: Pick<Cluster, 'world'>): Promise<ReadonlyMap<string, string>> {
  const { run } = await world.reconcile({ dryRun: true });
  const living = run.observation.nodes.filter(({ state }) => state === 'running');
  return new Map(
    living.map(({ name, claims }) => {
      expect(claims.every(({ source }) => source === 'tag')).toBe(true);
      return [name, claims.map(({ cidr }) => cidr.text).join()];
    }),
  );
}

function routesTo(tags: ReadonlyMap<string, string>): readonly string[] {
  return [...tags].map(([name, block]) => `${block} ${name} active`).sort();
}

describe.each(CLOUDS)('The built functions of $cloud, which hand out blocks', ({ withCluster }) => {
  it('give five machines of one template distinct blocks, tags and routes in every table', () =>
    withCluster({ env: ALLOCATING, tables: 2 }, async (cluster) => {
      await cluster.reconcile();
      await launch(cluster, NAMES);
      await cluster.deliverEvents();
      const tags = await tagsOf(cluster);
      expect([...tags.keys()].sort()).toEqual(NAMES);
      expect(new Set(tags.values()).size).toBe(5);
      for (const table of cluster.world.tables) expect(await cluster.routes(table)).toEqual(routesTo(tags));
      for (const name of NAMES) expect(await cluster.world.forwards(name)).toEqual([true]);
      const { findings, summary, nodes } = await cluster.reconcile();
      expect(findings).toEqual([]);
      expect(summary).toMatchObject({ unchanged: 10, created: 0, failed: 0 });
      expect(nodes.flatMap(({ claims }) => claims.map(({ source }) => source))).toEqual(
        NAMES.map(() => 'ledger'),
      );
    }));

  it('take the blocks of machines that have ended back, and no other', () =>
    withCluster({ env: { ...ALLOCATING, PODROUTES_CLUSTER_CIDRS: '10.200.0.0/22' } }, async (cluster) => {
      await cluster.reconcile();
      await launch(cluster, NAMES);
      await cluster.deliverEvents();
      expect(codesOf(await cluster.reconcile())).toContain('no-free-cidr');
      const before = await tagsOf(cluster);
      const holders = NAMES.filter((name) => before.get(name) !== '');
      const waiting = NAMES.find((name) => before.get(name) === '') ?? '';
      expect(holders).toHaveLength(4);
      await cluster.world.terminate(holders[0] ?? '');
      await cluster.deliverEvents();
      await cluster.pass(60);
      const after = await tagsOf(cluster);
      expect(after.get(waiting)).toBe(before.get(holders[0] ?? ''));
      for (const name of holders.slice(1)) expect(after.get(name)).toBe(before.get(name));
      expect(await cluster.routes()).toEqual(routesTo(after));
    }));

  it('respect what a person claims, and write a tag again that somebody removes from a holder', () =>
    withCluster({ env: ALLOCATING }, async (cluster) => {
      await cluster.world.launch({ name: 'given', podCidr: '10.200.7.0/24', forwarding: 'on' });
      await cluster.deliverEvents();
      await cluster.reconcile();
      await launch(cluster, ['w0']);
      await cluster.deliverEvents();
      const tags = await tagsOf(cluster);
      expect(tags.get('given')).toBe('10.200.7.0/24');
      await cluster.world.retag('w0', null);
      await cluster.deliverEvents();
      expect(await tagsOf(cluster)).toEqual(tags);
      expect(await cluster.routes()).toEqual(routesTo(tags));
    }));

  it('hand nothing out before a scheduled run has entered what there is', () =>
    withCluster({ env: ALLOCATING }, async (cluster) => {
      await launch(cluster, ['w0']);
      await cluster.deliverEvents();
      expect((await tagsOf(cluster)).get('w0')).toBe('');
      await cluster.reconcile();
      const tags = await tagsOf(cluster);
      expect(tags.get('w0')).not.toBe('');
      expect(await cluster.routes()).toEqual(routesTo(tags));
    }));
});

describe('A launch on AWS that has to have a block', () => {
  it('takes one call more for each node than with a given claim', () =>
    withAws({ env: ALLOCATING, tables: 2 }, async (cluster) => {
      const { sandbox } = cluster;
      await cluster.reconcile();
      await launch(cluster, NAMES);
      sandbox.clearCalls();
      const launched = cluster.takeEvents();
      await cluster.deliverEvents(launched);
      expect(sandbox.countCalls()).toEqual({
        DescribeInstances: 1,
        DescribeRouteTables: 1,
        DescribeInstanceAttribute: 5,
        CreateTags: 5,
        CreateRoute: 10,
        ModifyNetworkInterfaceAttribute: 5,
      });
    }));

  it('takes three round trips in sequence beside those of the ledger', () =>
    withAws({ env: ALLOCATING, tables: 2 }, async (cluster) => {
      await cluster.reconcile();
      await launch(cluster, ['w0']);
      // Node and tables; user data, which may have a claim; the tag, a route in each table, the check.
      cluster.proxy.setGate(gateWaves([2, 1, 4]));
      await cluster.deliverEvents();
      cluster.proxy.setGate(null);
      const tags = await tagsOf(cluster);
      expect(tags.get('w0')).not.toBe('');
      for (const table of cluster.world.tables) expect(await cluster.routes(table)).toEqual(routesTo(tags));
    }));
});
