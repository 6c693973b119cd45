import { describe, expect, it } from '@jest/globals';
import { createMachine, deleteMachine } from '../../shared/sandbox/arm/machines.ts';
import { groupId } from '../../shared/sandbox/arm/resource-ids.ts';
import { CLOUDS, codesOf, launchAndReconcile, routesOf, withAws, withAzure, workers } from './cluster.ts';

const ATTRIBUTE = 'DescribeInstanceAttribute';
const ANSWERS: readonly (readonly [string, string])[] = [
  [
    'without the element that was asked for',
    '<DescribeInstanceAttributeResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><instanceId>i-0</instanceId></DescribeInstanceAttributeResponse>',
  ],
  ['with an empty body', ''],
  ['with a page of HTML', '<html><body>Sign in</body></html>'],
];
const NO_INSTANCES =
  '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><reservationSet/></DescribeInstancesResponse>';

describe('On AWS, what is read', () => {
  it.each(ANSWERS)('user data is answered %s', (_, body) =>
    withAws({}, async (cluster) => {
      const { world, deliverEvents, proxy, routes } = cluster;
      const nodes = workers(5);
      for (const node of nodes) await world.launch({ ...node, via: 'user-data' });
      await deliverEvents();
      await cluster.reconcile();
      proxy.answerWith(ATTRIBUTE, body);
      const reports = await cluster.pass(60);
      expect(await routes()).toEqual(routesOf(nodes));
      expect(new Set(reports.flatMap(codesOf))).toEqual(new Set(['read-incomplete']));
    }),
  );

  it('a complete-looking answer lacks the stopped nodes, whose routes are blackholes', () =>
    withAws({}, async (cluster) => {
      const { world, deliverEvents, proxy, routes } = cluster;
      await launchAndReconcile(cluster, workers(5));
      for (const { name } of workers(5)) await world.stop(name);
      await deliverEvents();
      const before = await routes();
      proxy.answerWith('DescribeInstances', NO_INSTANCES, (question) => question.includes('Filter.1'));
      await cluster.pass(60);
      expect(await routes()).toEqual(before);
    }));

  it('the user data of one node cannot be read for good, and another dies', () =>
    withAws({}, async (cluster) => {
      const { world, deliverEvents, sandbox, routes } = cluster;
      await launchAndReconcile(cluster, workers(3));
      await world.launch({ name: 'locked', podCidr: null });
      const locked = world.idOf('locked');
      sandbox.failNext(ATTRIBUTE, {
        code: 'UnauthorizedOperation',
        times: 10_000,
        where: (params) => params.get('InstanceId') === locked,
      });
      cluster.takeEvents();
      await world.terminate('w0');
      cluster.takeEvents();
      const report = await cluster.reconcile();
      expect(codesOf(report)).toContain('read-incomplete');
      expect(await routes()).toEqual(routesOf(workers(2, 1)));
      await deliverEvents();
    }));
});

describe('On Azure, what is read', () => {
  it("machines are replaced under the same address and claim between a schedule's read and its write", () =>
    withAzure({}, async (cluster) => {
      const { world, routes } = cluster;
      const { arm } = world.sandbox;
      const group = 'contract';
      const tags = { 'kubernetes.io_cluster_contract': 'owned', 'pod-cidr': '10.200.50.0/24' };
      const subnet = `${groupId(world.sandbox.subscription, group)}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes`;
      const launch = (name: string) =>
        createMachine(arm, { group, name, subnet, addresses: ['10.0.9.9'], tags, enableIPForwarding: true });
      await launchAndReconcile(cluster, workers(3));
      const { id } = launch('old');
      await cluster.deliverEvents();
      await cluster.reconcile();
      deleteMachine(arm, id);
      cluster.takeEvents();
      await cluster.pass(20);
      expect(await routes()).toHaveLength(4);
      let isReplaced = false;
      world.sandbox.failNext('RouteTables_CreateOrUpdate', {
        where: () => {
          if (!isReplaced) launch('new');
          isReplaced = true;
          return false;
        },
      });
      await cluster.pass(10);
      expect(isReplaced).toBe(true);
      expect(await routes()).toContain('10.200.50.0/24 10.0.9.9 active');
    }));
});

describe.each(CLOUDS)('On $cloud, what is read', ({ withCluster }) => {
  it('one node cannot be read as one, and no claim of others is lost', () =>
    withCluster({}, async (cluster) => {
      await launchAndReconcile(cluster, workers(3));
      await cluster.world.launch({ name: 'odd', podCidr: '10.200.0.0/8', forwarding: 'on' });
      await cluster.deliverEvents();
      await cluster.pass(30);
      expect(await cluster.routes()).toEqual(routesOf(workers(3)));
    }));
});
