import { describe, expect, it } from '@jest/globals';
import { CLOUDS, changesOf, codesOf, launchAndReconcile, routesOf, workers } from './cluster.ts';

const TEN = workers(10);

describe.each(CLOUDS)('On $cloud, what a node claims of others', ({ withCluster }) => {
  it.each([
    ['the whole block', '10.200.0.0/24'],
    ['one half of it', '10.200.0.0/25'],
  ])('a node loses its tag for a moment while another claims %s', (_, claim) =>
    withCluster({}, async (cluster) => {
      const { world, deliverEvents, routes } = cluster;
      await launchAndReconcile(cluster, TEN);
      await world.retag('w0', null);
      await world.launch({ name: 'rival', podCidr: claim, forwarding: 'on' });
      await deliverEvents();
      await cluster.reconcile();
      expect(await routes()).toEqual(routesOf(TEN));
      await world.retag('w0', '10.200.0.0/24');
      await deliverEvents();
      await cluster.pass(60);
      expect(await routes()).toEqual(routesOf(TEN));
      expect(codesOf(await cluster.reconcile())).toContain('conflicting-claim');
    }),
  );

  it('two nodes swap their blocks', () =>
    withCluster({}, async (cluster) => {
      await launchAndReconcile(cluster, TEN);
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
      const { world, deliverEvents, routes } = cluster;
      await launchAndReconcile(cluster, TEN);
      await world.stop('w0');
      await deliverEvents();
      await world.launch({ name: 'rival', podCidr: '10.200.0.0/25,10.200.0.128/25', forwarding: 'on' });
      await deliverEvents();
      await cluster.pass(60);
      await world.start('w0');
      await deliverEvents();
      await cluster.reconcile();
      expect(await routes()).toEqual(routesOf(TEN));
    }));

  it.each([
    ['a gateway', { gateway: 'peering' } as const],
    ['an appliance', { machine: 'firewall' } as const],
  ])("a node claims the two halves of a block that somebody else's route has, to %s", (_, target) =>
    withCluster({}, async (cluster) => {
      const { world, deliverEvents, routes } = cluster;
      await launchAndReconcile(cluster, TEN.slice(0, 3));
      await world.launch({ name: 'firewall', podCidr: null, isNode: false });
      await world.addRoute('10.200.64.0/24', target);
      const before = await routes();
      await world.launch({ name: 'rogue', podCidr: '10.200.64.0/25,10.200.64.128/25' });
      await deliverEvents();
      const { findings } = await cluster.reconcile();
      expect(await routes()).toEqual(before);
      const foreign = findings.filter(({ code }) => code === 'foreign-route');
      expect(foreign.map(({ node, severity }) => `${node} ${severity}`)).toEqual(['rogue error']);
    }),
  );

  it("somebody else's route is as wide as the cluster, or the default one", () =>
    withCluster({}, async (cluster) => {
      await cluster.world.addRoute('10.200.0.0/16', { gateway: 'peering' });
      await launchAndReconcile(cluster, TEN);
      expect(await cluster.routes()).toEqual(['10.200.0.0/16 peering active', ...routesOf(TEN)].sort());
    }));

  it('one node claims the two halves of the cluster before there are others', () =>
    withCluster({}, async (cluster) => {
      const { world, deliverEvents, routes } = cluster;
      await world.launch({ name: 'greedy', podCidr: '10.200.0.0/17,10.200.128.0/17', forwarding: 'on' });
      await deliverEvents();
      await cluster.reconcile();
      await launchAndReconcile(cluster, workers(5));
      for (const line of routesOf(workers(5))) expect(await routes()).toContain(line);
      expect(codesOf(await cluster.reconcile())).toContain('claim-covers-nodes');
    }));

  it('a node claims what is reserved', () =>
    withCluster({ env: { PODROUTES_RESERVED_CIDRS: '10.200.240.0/20' } }, async (cluster) => {
      await launchAndReconcile(cluster, [
        ...TEN,
        { name: 'rogue', podCidr: '10.200.241.0/24', forwarding: 'on' },
      ]);
      expect(await cluster.routes()).toEqual(routesOf(TEN));
      expect(codesOf(await cluster.reconcile())).toEqual(['claim-reserved']);
    }));

  it('a node squats on fifteen blocks that later ones need', () =>
    withCluster({}, async (cluster) => {
      const blocks = Array.from({ length: 15 }, (_, i) => `10.200.${100 + i}.0/24`);
      await launchAndReconcile(cluster, [{ name: 'rogue', podCidr: blocks.join(','), forwarding: 'on' }]);
      const later = workers(15, 100);
      await launchAndReconcile(cluster, later);
      const own = (await cluster.routes()).filter((line) => line.includes('rogue'));
      expect(own).toHaveLength(8);
      expect((await cluster.routes()).filter((line) => !line.includes('rogue'))).toHaveLength(7);
      expect(codesOf(await cluster.reconcile())).toEqual(['conflicting-claim', 'too-many-claims']);
    }));

  it('the user data of the controller, which starts first, names the range of all pods', () =>
    withCluster({ clusterCidrs: ['10.192.0.0/12'] }, async (cluster) => {
      const { world, deliverEvents, routes } = cluster;
      const userData =
        '#cloud-config\nwrite_files:\n- path: /etc/k0s.yaml\n  content: |\n    spec:\n      network:\n        podCIDR: 10.200.0.0/16\n';
      await world.launch({ name: 'controller', podCidr: null, userData, forwarding: 'on' });
      await deliverEvents();
      await cluster.reconcile();
      const nodes = workers(4);
      for (const node of nodes) {
        await world.launch(node);
        await deliverEvents();
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
      const { world, deliverEvents, routes } = cluster;
      await launchAndReconcile(cluster, [{ name: 'controller', podCidr: '10.200.0.0/16', forwarding: 'on' }]);
      expect(await routes()).toEqual(['10.200.0.0/16 controller active']);
      for (const node of workers(2)) {
        await world.launch(node);
        await deliverEvents();
      }
      const report = await cluster.reconcile();
      for (const line of routesOf(workers(2))) expect(await routes()).toContain(line);
      expect(codesOf(report)).toContain('claim-covers-nodes');
      expect(changesOf(report)).toContain('delete 10.200.0.0/16 waiting');
      await cluster.pass(40);
      expect(await routes()).toEqual(routesOf(workers(2)));
    }));
});
