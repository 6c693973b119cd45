import { CreateTagsCommand, DeleteRouteCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { functionAgent, USER_AGENT } from '../../shared/aws/user-agent.ts';
import { type Deployment, isRunning, withFunction } from './deployment.ts';
import { gateWaves } from './proxy.ts';

const WORKERS = [0, 1, 2].map((i) => ({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` }));
const WORKER_ROUTES = WORKERS.map(({ name, podCidr }) => `${podCidr} ${name} active`);

describe('The built node-events function', () => {
  it.each(['tag', 'user-data'] as const)(
    'brings the routes of three launched workers, whose claims are in %s, and then rests',
    (via) =>
      withFunction('node-events', {}, async ({ world, queue, deliverEvents }) => {
        for (const worker of WORKERS) await world.launch({ ...worker, via });
        const { events } = await deliverEvents();
        expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
        expect((await deliverEvents(events)).writes).toEqual([]);
        expect(queue.deadLetters).toEqual([]);
      }),
  );

  it('takes 300 CreateRoute calls and 2 reads for 100 launches and 3 tables', () =>
    withFunction('node-events', { tables: 3 }, async ({ world, sandbox, deliverEvents }) => {
      for (let i = 0; i < 100; i += 1) {
        await world.launch({ name: `n${i}`, podCidr: `10.200.${i}.0/24`, forwarding: 'on' });
      }
      const { calls } = await deliverEvents(sandbox.takeEvents().filter(isRunning));
      expect(calls).toEqual({ DescribeInstances: 1, DescribeRouteTables: 1, CreateRoute: 300 });
      for (const table of world.tables) {
        expect((await world.routes(table)).filter((line) => line.endsWith('active')).length).toBe(
          100 + world.given.length,
        );
      }
    }));

  it('takes two round trips for a launch: the reads together, then the writes together', () =>
    withFunction('node-events', { tables: 3 }, async ({ world, sandbox, proxy, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      // The interface's check is on, so there is one write more than the three tables need.
      proxy.setGate(gateWaves([2, 4]));
      await deliverEvents(sandbox.takeEvents().filter(isRunning));
      expect(proxy.takeActions().slice(0, 2).toSorted()).toEqual([
        'DescribeInstances',
        'DescribeRouteTables',
      ]);
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
    }));

  it('takes away the routes of a terminated worker', () =>
    withFunction('node-events', { tables: 2 }, async ({ world, deliverEvents }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await deliverEvents();
      await world.terminate('worker-1');
      expect((await deliverEvents()).writes).toEqual(['DeleteRoute', 'DeleteRoute']);
      const left = WORKER_ROUTES.filter((line) => !line.includes('worker-1'));
      for (const table of world.tables) expect(await world.routes(table)).toEqual(withGiven(world, left));
    }));

  it('makes the new route after a retag, and leaves the old one to the schedule', () =>
    withFunction('node-events', {}, async ({ world, deliverEvents }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await deliverEvents();
      await world.retag('worker-1', '10.200.77.0/24');
      expect((await deliverEvents()).writes).toEqual(['CreateRoute']);
      expect(await world.routes()).toEqual(
        withGiven(world, [...WORKER_ROUTES, '10.200.77.0/24 worker-1 active']),
      );
    }));

  it('keeps the route of a stopped worker, and finds nothing to do after its start', () =>
    withFunction('node-events', {}, async ({ world, deliverEvents }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await deliverEvents();
      await world.stop('worker-1');
      expect((await deliverEvents()).writes).toEqual([]);
      expect(await world.routes()).toContain('10.200.1.0/24 worker-1 blackhole');
      await world.start('worker-1');
      expect((await deliverEvents()).writes).toEqual([]);
      expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
    }));

  it('leaves routes outside the cluster CIDRs, propagated routes and gateway routes alone', () =>
    withFunction('node-events', {}, async ({ world, deliverEvents }) => {
      await world.launch({ name: 'vpn', podCidr: null, isNode: false });
      await world.addRoute('192.168.0.0/16', { machine: 'vpn' });
      await world.addRoute('172.30.0.0/16', { gateway: 'peering' });
      await world.addRoute('10.200.251.0/24', { gateway: 'internet' });
      await world.propagateRoute('10.200.252.0/24');
      const before = await world.routes();
      for (const worker of WORKERS) await world.launch(worker);
      await deliverEvents();
      await world.terminate('worker-0');
      await deliverEvents();
      expect(await world.routes()).toEqual([...before, ...WORKER_ROUTES.slice(1)].sort());
    }));

  it('makes the route of a claim to which one is propagated, and again where it was deleted by hand', () =>
    withFunction('node-events', {}, async ({ world, deliverEvents }) => {
      await world.propagateRoute('10.200.0.0/24');
      const withPropagated = [...(await world.routes()), ...WORKER_ROUTES].sort();
      for (const worker of WORKERS) await world.launch(worker);
      await deliverEvents();
      expect(await world.routes()).toEqual(withPropagated);
      await world.removeRoute('10.200.0.0/24');
      expect((await deliverEvents()).writes).toEqual(['CreateRoute']);
      expect(await world.routes()).toEqual(withPropagated);
      await world.terminate('worker-0');
      expect((await deliverEvents()).writes).toEqual(['DeleteRoute']);
      expect(await world.routes()).toEqual(withPropagated.filter((line) => !line.includes('worker-0')));
    }));

  it('repairs a route that somebody else changed', () =>
    withFunction('node-events', {}, async ({ world, deliverEvents }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await deliverEvents();
      await world.removeRoute('10.200.0.0/24');
      await world.addRoute('10.200.0.0/24', { machine: 'worker-2' });
      await world.removeRoute('10.200.1.0/24');
      expect([...(await deliverEvents()).writes].sort()).toEqual(['CreateRoute', 'ReplaceRoute']);
      expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
    }));

  it('does not answer its own calls', () =>
    withFunction('node-events', {}, async ({ world, sandbox, deliverEvents }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await deliverEvents();
      const own = sandbox.takeEvents();
      expect(own.length).toBe(6);
      expect((await deliverEvents(own)).calls).toEqual({});
    }));

  it.each([
    ["another cluster's podroutes", functionAgent({ cluster: 'other', routeTables: [] })],
    ['the command line', USER_AGENT],
  ])('makes a route again that %s has deleted', (_, customUserAgent) =>
    withFunction('node-events', {}, async ({ world, sandbox, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24', forwarding: 'on' });
      await deliverEvents();
      sandbox.takeEvents();
      const { endpoint, region } = sandbox;
      const credentials = { accessKeyId: 'AKIAOTHER', secretAccessKey: 'secret' };
      const somebody = new EC2Client({ endpoint, region, credentials, customUserAgent });
      const [RouteTableId] = world.tables;
      await somebody.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: '10.200.0.0/24' }));
      somebody.destroy();
      expect((await deliverEvents()).writes).toEqual(['CreateRoute']);
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
    }),
  );

  it(
    'gets 60 launches through the request limits of EC2',
    () =>
      withFunction(
        'node-events',
        { sandbox: { throttling: 'ec2' } },
        async ({ world, queue, deliverEvents }) => {
          await world.launchMany('n', 60);
          for (let i = 0; i < 60; i += 1) {
            const Tags = [{ Key: 'pod-cidr', Value: `10.200.${i}.0/24` }];
            await world.ec2.send(new CreateTagsCommand({ Resources: [world.idOf(`n-${i}`)], Tags }));
          }
          const { calls } = await deliverEvents();
          expect((await world.routes()).length).toBe(60 + world.given.length);
          expect(calls['CreateRoute']).toBeGreaterThanOrEqual(60);
          expect(queue.deadLetters).toEqual([]);
        },
      ),
    180_000,
  );
});

function withGiven({ given }: Deployment['world'], lines: readonly string[]): readonly string[] {
  return [...given, ...lines].sort();
}
