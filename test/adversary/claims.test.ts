import { describe, expect, it } from '@jest/globals';
import { CLOUDS, changesOf, codesOf, routesOf, settled, workers } from './cluster.ts';

const TEN = workers(10);

describe.each(CLOUDS)('On $cloud, what is done to claims', ({ withCluster }) => {
  it("a script replaces each node's tag by delete, then create with host bits; only events run", () =>
    withCluster({}, async (cluster) => {
      const { world, settle, routes, reconcile } = cluster;
      await settled(cluster, TEN);
      for (const [i, { name }] of TEN.entries()) {
        await world.retag(name, null);
        await settle();
        await world.retag(name, `10.200.${i}.7/24`);
        await settle();
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
      const { world, settle, routes, reconcile } = cluster;
      await settled(cluster, TEN);
      for (const { name, podCidr } of TEN) {
        await world.retag(name, null);
        await settle();
        await reconcile();
        expect(await routes()).toEqual(routesOf(TEN));
        await world.retag(name, podCidr);
        await settle();
      }
      const { changes } = await reconcile();
      expect(changes).toEqual([]);
    }));

  it.each([3, 5])('the name of the tag is misspelt in the settings of a cluster of %i', (count) =>
    withCluster({}, async (cluster) => {
      const nodes = workers(count);
      await settled(cluster, nodes);
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
      await settled(cluster, nodes);
      const codes = new Set<string>();
      for (const { name } of nodes) {
        await cluster.world.retag(name, null);
        await cluster.settle();
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
      await settled(cluster, dual);
      const before = await cluster.routes();
      expect(before).toHaveLength(20);
      for (const { name, podCidr } of TEN) await cluster.world.retag(name, podCidr);
      await cluster.settle();
      const reports = await cluster.pass(90);
      expect(await cluster.routes()).toEqual(before);
      expect(codesOf(reports.at(-1) ?? (await cluster.reconcile()))).toContain('deletion-breaker');
    }));

  it('every node moves to another block', () =>
    withCluster({ env: { PODROUTES_SCHEDULE_INTERVAL: '1h' } }, async (cluster) => {
      const nodes = workers(20);
      const moved = nodes.map(({ name }, i) => ({ name, podCidr: `10.200.${100 + i}.0/24` }));
      await settled(cluster, nodes);
      for (const { name, podCidr } of moved) await cluster.world.retag(name, podCidr);
      await cluster.settle();
      await cluster.reconcile();
      expect(await cluster.routes()).toEqual([...routesOf(nodes), ...routesOf(moved)].sort());
      await cluster.pass(23 * 60, 60);
      expect(await cluster.routes()).toHaveLength(40);
      await cluster.pass(2 * 60, 60);
      expect(await cluster.routes()).toEqual(routesOf(moved));
    }));
});

describe.each(CLOUDS)('On $cloud, what a node claims of others', ({ withCluster }) => {
  it.each([
    ['the whole block', '10.200.0.0/24'],
    ['one half of it', '10.200.0.0/25'],
  ])('a node loses its tag for a moment while another claims %s', (_, claim) =>
    withCluster({}, async (cluster) => {
      const { world, settle, routes } = cluster;
      await settled(cluster, TEN);
      await world.retag('w0', null);
      await world.launch({ name: 'rival', podCidr: claim, forwarding: 'on' });
      await settle();
      await cluster.reconcile();
      expect(await routes()).toEqual(routesOf(TEN));
      await world.retag('w0', '10.200.0.0/24');
      await settle();
      await cluster.pass(60);
      expect(await routes()).toEqual(routesOf(TEN));
      expect(codesOf(await cluster.reconcile())).toContain('conflicting-claim');
    }),
  );

  it('two nodes swap their blocks', () =>
    withCluster({}, async (cluster) => {
      await settled(cluster, TEN);
      await cluster.world.retag('w0', '10.200.1.0/24');
      await cluster.world.retag('w1', '10.200.0.0/24');
      await cluster.reconcile();
      expect((await cluster.routes()).slice(0, 2)).toEqual([
        '10.200.0.0/24 w1 active',
        '10.200.1.0/24 w0 active',
      ]);
    }));

  it('a worker is stopped and started while another claims the two halves of its block', () =>
    withCluster({}, async (cluster) => {
      const { world, settle, routes } = cluster;
      await settled(cluster, TEN);
      await world.stop('w0');
      await settle();
      await world.launch({ name: 'rival', podCidr: '10.200.0.0/25,10.200.0.128/25', forwarding: 'on' });
      await settle();
      await cluster.pass(60);
      await world.start('w0');
      await settle();
      await cluster.reconcile();
      expect(await routes()).toEqual(routesOf(TEN));
    }));

  it.each([
    ['a gateway', { gateway: 'peering' } as const],
    ['an appliance', { machine: 'firewall' } as const],
  ])("a node claims the two halves of a block that somebody else's route has, to %s", (_, target) =>
    withCluster({}, async (cluster) => {
      const { world, settle, routes } = cluster;
      await settled(cluster, TEN.slice(0, 3));
      await world.launch({ name: 'firewall', podCidr: null, isNode: false });
      await world.addRoute('10.200.64.0/24', target);
      const before = await routes();
      await world.launch({ name: 'rogue', podCidr: '10.200.64.0/25,10.200.64.128/25' });
      await settle();
      const { findings } = await cluster.reconcile();
      expect(await routes()).toEqual(before);
      const foreign = findings.filter(({ code }) => code === 'foreign-route');
      expect(foreign.map(({ node, severity }) => `${node} ${severity}`)).toEqual([
        'rogue error',
        'rogue error',
      ]);
    }),
  );

  it("somebody else's route is as wide as the cluster, or the default one", () =>
    withCluster({}, async (cluster) => {
      await cluster.world.addRoute('10.200.0.0/16', { gateway: 'peering' });
      await settled(cluster, TEN);
      expect(await cluster.routes()).toEqual(['10.200.0.0/16 peering active', ...routesOf(TEN)].sort());
    }));

  it('one node claims the two halves of the cluster before there are others', () =>
    withCluster({}, async (cluster) => {
      const { world, settle, routes } = cluster;
      await world.launch({ name: 'greedy', podCidr: '10.200.0.0/17,10.200.128.0/17', forwarding: 'on' });
      await settle();
      await cluster.reconcile();
      await settled(cluster, workers(5));
      for (const line of routesOf(workers(5))) expect(await routes()).toContain(line);
      expect(codesOf(await cluster.reconcile())).toContain('claim-covers-nodes');
    }));

  it('a node claims what is reserved', () =>
    withCluster({ env: { PODROUTES_RESERVED_CIDRS: '10.200.240.0/20' } }, async (cluster) => {
      await settled(cluster, [...TEN, { name: 'rogue', podCidr: '10.200.241.0/24', forwarding: 'on' }]);
      expect(await cluster.routes()).toEqual(routesOf(TEN));
      expect(codesOf(await cluster.reconcile())).toEqual(['claim-reserved']);
    }));

  it('a node squats on fifteen blocks that later ones need', () =>
    withCluster({}, async (cluster) => {
      const blocks = Array.from({ length: 15 }, (_, i) => `10.200.${100 + i}.0/24`);
      await settled(cluster, [{ name: 'rogue', podCidr: blocks.join(','), forwarding: 'on' }]);
      const later = workers(15, 100);
      await settled(cluster, later);
      const own = (await cluster.routes()).filter((line) => line.includes('rogue'));
      expect(own).toHaveLength(8);
      expect((await cluster.routes()).filter((line) => !line.includes('rogue'))).toHaveLength(7);
      expect(codesOf(await cluster.reconcile())).toEqual(['conflicting-claim', 'too-many-claims']);
    }));

  it('the user data of the controller, which starts first, names the range of all pods', () =>
    withCluster({ clusterCidrs: ['10.192.0.0/12'] }, async (cluster) => {
      const { world, settle, routes } = cluster;
      const userData =
        '#cloud-config\nwrite_files:\n- path: /etc/k0s.yaml\n  content: |\n    spec:\n      network:\n        podCIDR: 10.200.0.0/16\n';
      await world.launch({ name: 'controller', podCidr: null, userData, forwarding: 'on' });
      await settle();
      await cluster.reconcile();
      const nodes = workers(4);
      for (const node of nodes) {
        await world.launch(node);
        await settle();
      }
      await cluster.reconcile();
      for (const line of routesOf(nodes)) expect(await routes()).toContain(line);
      const { findings } = await cluster.reconcile();
      expect(findings.filter(({ code }) => code === 'conflicting-claim')).toEqual([]);
      await cluster.pass(60);
      expect(await routes()).toEqual(routesOf(nodes));
      expect((await cluster.reconcile()).changes).toEqual([]);
    }));

  it('a wide claim of the controller by its tag, before two workers start', () =>
    withCluster({ clusterCidrs: ['10.192.0.0/12'] }, async (cluster) => {
      const { world, settle, routes } = cluster;
      await settled(cluster, [{ name: 'controller', podCidr: '10.200.0.0/16', forwarding: 'on' }]);
      expect(await routes()).toEqual(['10.200.0.0/16 controller active']);
      for (const node of workers(2)) {
        await world.launch(node);
        await settle();
      }
      const report = await cluster.reconcile();
      for (const line of routesOf(workers(2))) expect(await routes()).toContain(line);
      expect(codesOf(report)).toContain('claim-covers-nodes');
      expect(changesOf(report)).toContain('delete 10.200.0.0/16 waiting');
      await cluster.pass(40);
      expect(await routes()).toEqual(routesOf(workers(2)));
    }));
});
