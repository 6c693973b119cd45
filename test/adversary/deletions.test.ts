import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  DetachNetworkInterfaceCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import type { Report } from '../../shared/core/run/report.ts';
import { required } from '../contract/aws-network.ts';
import { nameOfRoute } from '../contract/azure-network.ts';
import {
  type AzureCluster,
  CLOUDS,
  changesOf,
  codesOf,
  launchAndReconcile,
  routesOf,
  withAws,
  withAzure,
  workers,
} from './cluster.ts';

describe.each(CLOUDS)('On $cloud, what looks like a reason to delete', ({ withCluster }) => {
  it.each([
    ['machines that were never nodes are deleted', false],
    ['events about invented ids arrive', true],
  ])('all tags are removed by mistake, then %s', (_, isInvented) =>
    withCluster({}, async (cluster) => {
      const { world, deliverEvents, routes, takeEvents } = cluster;
      const nodes = workers(15);
      const others = Array.from({ length: 15 }, (_, i) => `other-${i}`);
      for (const name of others) await world.launch({ name, podCidr: null, isNode: false });
      await launchAndReconcile(cluster, nodes);
      for (const { name } of nodes) await world.retag(name, null);
      await deliverEvents();
      for (const name of others) await world.terminate(name);
      const events = takeEvents();
      await deliverEvents(isInvented ? events.map(invent) : events);
      expect(await routes()).toEqual(routesOf(nodes));
    }),
  );

  it('twelve of forty claims are given up at once', () =>
    withCluster({}, async (cluster) => {
      const nodes = workers(40);
      await launchAndReconcile(cluster, nodes);
      for (const { name } of nodes.slice(0, 12)) await cluster.world.retag(name, null);
      const reports: Report[] = [];
      const late = workers(6, 40);
      // Each run makes a route besides, and looks again before it deletes.
      for (const node of late) {
        await cluster.world.launch(node);
        reports.push(...(await cluster.pass(10)));
      }
      expect(await cluster.routes()).toEqual([...routesOf(nodes.slice(12)), ...routesOf(late)].sort());
      expect(reports.flatMap(codesOf)).not.toContain('deletion-breaker');
    }));

  it('a node gives up eight small blocks at once, and four others lose their tags', () =>
    withCluster({}, async (cluster) => {
      const { world, routes } = cluster;
      const nodes = workers(13);
      const small = Array.from({ length: 8 }, (_, i) => `10.200.200.${i}/32`);
      await launchAndReconcile(cluster, [
        ...nodes,
        { name: 'rogue', podCidr: small.join(','), forwarding: 'on' },
      ]);
      expect(await routes()).toHaveLength(21);
      // Five of fourteen nodes are one too many, though five of twenty-one routes were not.
      for (const { name } of nodes.slice(0, 4)) await world.retag(name, null);
      await world.retag('rogue', null);
      await cluster.pass(60);
      expect(await routes()).toHaveLength(21);
    }));

  it('claims come and go while a worker dies', () =>
    withCluster({}, async (cluster) => {
      const { world, deliverEvents, routes } = cluster;
      await launchAndReconcile(cluster, workers(3));
      await world.launch({ name: 'rogue', podCidr: '10.200.100.0/24', forwarding: 'on' });
      for (let round = 0; round < 6; round += 1) {
        const claims = Array.from({ length: 5 }, (_, i) => `10.200.${100 + 5 * round + i}.0/24`);
        await world.retag('rogue', claims.join(','));
        await deliverEvents();
        await cluster.pass(10);
      }
      // As many as count may be left behind, beside as many that are claimed.
      expect((await routes()).filter((line) => line.includes('rogue')).length).toBeLessThanOrEqual(16);
      await world.terminate('w0');
      await deliverEvents();
      expect((await routes()).filter((line) => line.includes('w0'))).toEqual([]);
    }));

  it('a cluster with hand-made routes gets podroutes, which does not understand what its nodes claim', () =>
    withCluster({ env: { PODROUTES_SCHEDULE_INTERVAL: '1h' } }, async (cluster) => {
      const { world, routes } = cluster;
      const nodes = workers(12);
      for (const [i, { name, podCidr }] of nodes.entries()) {
        await world.launch({ name, podCidr: i < 3 ? null : 'see-the-wiki', forwarding: 'on' });
        await world.addRoute(podCidr, { machine: name });
      }
      await cluster.reconcile();
      await cluster.pass(30 * 60, 60);
      expect(await routes()).toEqual(routesOf(nodes));
      const forced = await cluster.reconcile({ force: true });
      expect(changesOf(forced).filter((line) => line.endsWith('applied'))).toHaveLength(3);
    }));
});

/** The same event about a machine that never was. */
function invent(event: object, i: number): object {
  const text = JSON.stringify(event)
    .replaceAll(/i-[0-9a-f]{17}/g, `i-${String(i).padStart(17, '0')}`)
    .replaceAll(/other-\d+/g, `invented-${i}`);
  return JSON.parse(text);
}

describe('On AWS', () => {
  it("an interface of another team's, to which a route inside the cluster CIDR leads, is detached for a failover", () =>
    withAws({}, async (cluster) => {
      const { world, deliverEvents, routes } = cluster;
      const { ec2, network } = world;
      await launchAndReconcile(cluster, workers(3));
      await world.launch({ name: 'firewall', podCidr: null, isNode: false });
      const { NetworkInterface } = await ec2.send(
        new CreateNetworkInterfaceCommand({ SubnetId: network.subnet }),
      );
      const NetworkInterfaceId = required(NetworkInterface?.NetworkInterfaceId);
      const attach = { InstanceId: world.idOf('firewall'), NetworkInterfaceId, DeviceIndex: 1 };
      const { AttachmentId } = await ec2.send(new AttachNetworkInterfaceCommand(attach));
      for (let i = 0; i < 10; i += 1) {
        const DestinationCidrBlock = `10.200.${100 + i}.0/24`;
        await ec2.send(
          new CreateRouteCommand({
            RouteTableId: required(network.tables[0]),
            DestinationCidrBlock,
            NetworkInterfaceId,
          }),
        );
      }
      await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: required(AttachmentId) }));
      expect(await routes()).toHaveLength(13);
      await cluster.pass(60);
      await world.terminate('w0');
      await deliverEvents();
      await cluster.pass(60);
      expect(await routes()).toHaveLength(12);
    }));
});

describe('On Azure', () => {
  const putRoute = ({ world }: AzureCluster, destination: string, nextHopIpAddress: string) =>
    world.network.routes.createOrUpdate('contract', 'table-0', nameOfRoute(destination), {
      addressPrefix: destination,
      nextHopType: 'VirtualAppliance',
      nextHopIpAddress,
    });

  it('a route is left that leads to an address in no subnet any more, while a worker dies', () =>
    withAzure({}, async (cluster) => {
      const { world, deliverEvents, routes } = cluster;
      const nodes = workers(3);
      await launchAndReconcile(cluster, nodes);
      await putRoute(cluster, '10.200.77.0/24', '10.0.200.9');
      await world.terminate('w0');
      await deliverEvents();
      await cluster.pass(40);
      expect(await routes()).toEqual(routesOf(nodes.slice(1)));
      expect(codesOf(await cluster.reconcile())).toEqual([]);
    }));

  it("a route of ours leads to an address that the platform's own services hold, and that Azure calls available", () =>
    withAzure({}, async (cluster) => {
      await launchAndReconcile(cluster, workers(2));
      await putRoute(cluster, '10.200.77.0/24', '10.0.15.250');
      const report = await cluster.reconcile();
      expect(changesOf(report)).toEqual(['delete 10.200.77.0/24 waiting']);
      await cluster.pass(10);
      expect(await cluster.routes()).toHaveLength(3);
    }));

  it('a deleted machine leaves its interface behind, and another claims its block', () =>
    withAzure({}, async (cluster) => {
      const { world, deliverEvents, routes } = cluster;
      await launchAndReconcile(cluster, workers(2));
      await world.terminate('w0');
      await world.launch({ name: 'heir', podCidr: '10.200.0.0/24', forwarding: 'on' });
      await deliverEvents();
      expect(await routes()).toEqual(['10.200.0.0/24 heir active', '10.200.1.0/24 w1 active']);
    }));

  it('a deleted machine leaves its interface behind, and nobody claims its block', () =>
    withAzure({}, async (cluster) => {
      const { world, routes } = cluster;
      await launchAndReconcile(cluster, workers(2));
      await world.terminate('w0');
      expect(changesOf(await cluster.reconcile())).toEqual(['delete 10.200.0.0/24 waiting']);
      await cluster.pass(20);
      expect(await routes()).toEqual(routesOf(workers(1, 1)));
    }));
});
