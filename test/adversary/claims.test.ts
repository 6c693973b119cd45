import { describe, expect, it } from '@jest/globals';
import { CLOUDS, codesOf, launchAndReconcile, routesOf, workers } from './cluster.ts';

const TEN = workers(10);

describe.each(CLOUDS)('On $cloud, what is done to claims', ({ withCluster }) => {
  it("a script replaces each node's tag by delete, then create with host bits; only events run", () =>
    withCluster({}, async (cluster) => {
      const { world, deliverEvents, routes, reconcile } = cluster;
      await launchAndReconcile(cluster, TEN);
      for (const [i, { name }] of TEN.entries()) {
        await world.retag(name, null);
        await deliverEvents();
        await world.retag(name, `10.200.${i}.7/24`);
        await deliverEvents();
      }
      expect(await routes()).toEqual(routesOf(TEN));
      await cluster.pass(60);
      const { findings } = await reconcile();
      const malformed = findings.filter(({ code }) => code === 'malformed-claim').map(({ node }) => node);
      expect(malformed.sort()).toEqual(TEN.map(({ name }) => name).sort());
      expect(await routes()).toEqual(routesOf(TEN));
    }));

  it("a script replaces each node's tag by delete, then create with the right value", () =>
    withCluster({}, async (cluster) => {
      const { world, deliverEvents, routes, reconcile } = cluster;
      await launchAndReconcile(cluster, TEN);
      for (const { name, podCidr } of TEN) {
        await world.retag(name, null);
        await deliverEvents();
        await reconcile();
        expect(await routes()).toEqual(routesOf(TEN));
        await world.retag(name, podCidr);
        await deliverEvents();
      }
      const { changes } = await reconcile();
      expect(changes).toEqual([]);
    }));

  it.each([3, 5])('the name of the tag is misspelt in the settings of a cluster of %i', (count) =>
    withCluster({}, async (cluster) => {
      const nodes = workers(count);
      await launchAndReconcile(cluster, nodes);
      await cluster.restart({ PODROUTES_POD_CIDR_TAG: 'pod-cdir' });
      const reports = await cluster.pass(120);
      expect(await cluster.routes()).toEqual(routesOf(nodes));
      const errors = reports.flatMap(({ findings }) => findings.filter(({ code }) => code === 'no-claims'));
      expect(errors).toHaveLength(reports.length);
      expect(errors[0]).toMatchObject({ severity: 'error' });
      expect(cluster.takeLogs()).toContainEqual(
        expect.objectContaining({ reason: 'no-claims', level: expect.stringMatching(/error/i) }),
      );
    }),
  );

  it('the tags of all nodes are removed one by one', () =>
    withCluster({}, async (cluster) => {
      const nodes = workers(20);
      await launchAndReconcile(cluster, nodes);
      const codes = new Set<string>();
      for (const { name } of nodes) {
        await cluster.world.retag(name, null);
        await cluster.deliverEvents();
        for (const report of await cluster.pass(10)) for (const code of codesOf(report)) codes.add(code);
      }
      await cluster.pass(120);
      // 30 % of twenty may go at most.
      const left = (await cluster.routes()).length;
      expect(left).toBeGreaterThanOrEqual(14);
      expect(left).toBeLessThan(20);
      expect([...codes]).toContain('deletion-breaker');
      const [breaker] = (await cluster.reconcile()).findings.filter(
        ({ code }) => code === 'deletion-breaker',
      );
      expect(breaker?.severity).toBe('error');
      expect(breaker?.message).toContain('w19');
    }));

  it('every node loses its IPv6 claim and keeps that of IPv4', () =>
    withCluster({ clusterCidrs: ['10.200.0.0/16', 'fd00:200::/48'] }, async (cluster) => {
      const dual = TEN.map((each, i) => ({ ...each, podCidr: `${each.podCidr},fd00:200:0:${i + 1}::/64` }));
      await launchAndReconcile(cluster, dual);
      const before = await cluster.routes();
      expect(before).toHaveLength(20);
      for (const { name, podCidr } of TEN) await cluster.world.retag(name, podCidr);
      await cluster.deliverEvents();
      const reports = await cluster.pass(90);
      expect(await cluster.routes()).toEqual(before);
      expect(codesOf(reports.at(-1) ?? (await cluster.reconcile()))).toContain('deletion-breaker');
    }));

  it('every node moves to another block', () =>
    withCluster({ env: { PODROUTES_SCHEDULE_INTERVAL: '1h' } }, async (cluster) => {
      const nodes = workers(20);
      const moved = nodes.map(({ name }, i) => ({ name, podCidr: `10.200.${100 + i}.0/24` }));
      await launchAndReconcile(cluster, nodes);
      for (const { name, podCidr } of moved) await cluster.world.retag(name, podCidr);
      await cluster.deliverEvents();
      await cluster.reconcile();
      expect(await cluster.routes()).toEqual([...routesOf(nodes), ...routesOf(moved)].sort());
      await cluster.pass(23 * 60, 60);
      expect(await cluster.routes()).toHaveLength(40);
      await cluster.pass(2 * 60, 60);
      expect(await cluster.routes()).toEqual(routesOf(moved));
    }));
});
