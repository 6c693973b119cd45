import { describe, expect, it } from '@jest/globals';
import { type Deployment, isRunning, metricsOf, SCHEDULED, withFunction } from './deployment.ts';

const SECRET = 'hunter2-hunter2';
/** A bootstrap token of kubeadm, which looks a little like an address. */
const TOKEN = '07401b.f395accd246ae52d';
const SECRETS = /hunter2|f395accd246ae52d/;

describe('What the functions write', () => {
  it('has the metrics of the design, with the cluster and at most a table or a code as dimensions', () =>
    withFunction('node-events', {}, async ({ world, host, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'twin', podCidr: '10.200.0.0/24' });
      await deliverEvents();
      const Cluster = world.env['PODROUTES_CLUSTER'];
      const RouteTable = world.tables[0];
      const metrics = metricsOf(host.takeLogs());
      const ofRun = { namespace: 'PodRoutes', dimensions: { Cluster } };
      const ofTable = { namespace: 'PodRoutes', dimensions: { Cluster, RouteTable } };
      expect(metrics).toContainEqual({ ...ofTable, name: 'RoutesCreated', unit: 'Count', value: 1 });
      expect(metrics).toContainEqual({
        ...ofTable,
        name: 'RouteTableUtilization',
        unit: 'Percent',
        value: expect.any(Number),
      });
      expect(metrics).toContainEqual({ ...ofRun, name: 'ApplyFailures', unit: 'Count', value: 0 });
      expect(metrics).toContainEqual({
        ...ofRun,
        name: 'ReconcileSeconds',
        unit: 'Seconds',
        value: expect.any(Number),
      });
      expect(metrics).toContainEqual(
        expect.objectContaining({ ...ofRun, name: 'EventToRouteSeconds', unit: 'Seconds' }),
      );
      expect(metrics).toContainEqual({
        namespace: 'PodRoutes',
        dimensions: { Cluster, Code: 'conflicting-claim' },
        name: 'Findings',
        unit: 'Count',
        value: 1,
      });
      for (const { dimensions } of metrics) {
        expect(['Cluster', 'RouteTable', 'Code']).toEqual(expect.arrayContaining(Object.keys(dimensions)));
      }
    }));

  it('counts replaced and deleted routes by table', () =>
    withFunction('node-events', {}, async ({ world, host, deliverEvents }) => {
      for (const i of [0, 1]) await world.launch({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` });
      await deliverEvents();
      await world.terminate('worker-0');
      await world.terminate('worker-1');
      await world.launch({ name: 'heir', podCidr: '10.200.0.0/24' });
      host.takeLogs();
      await deliverEvents();
      const counts = metricsOf(host.takeLogs()).map(({ name, value }) => [name, value]);
      expect(counts).toContainEqual(['RoutesReplaced', 1]);
      expect(counts).toContainEqual(['RoutesDeleted', 1]);
    }));

  it('has one line for each decision, with the stable keys', () =>
    withFunction('node-events', {}, async ({ world, sandbox, host, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      const events = sandbox.takeEvents().filter(isRunning);
      await deliverEvents(events);
      const lines = host.takeLogs();
      expect(lines).toContainEqual(
        expect.objectContaining({
          cluster: world.env['PODROUTES_CLUSTER'],
          node: world.idOf('worker-0'),
          routeTable: world.tables[0],
          cidr: '10.200.0.0/24',
          action: 'create',
          outcome: 'applied',
          reason: 'claimed',
        }),
      );
      expect(lines).toContainEqual(
        expect.objectContaining({
          message: 'event done',
          eventId: events[0]?.id,
          eventAgeMs: expect.any(Number),
        }),
      );
    }));

  it('has no time from event to route where the change failed', () =>
    withFunction('node-events', {}, async ({ world, sandbox, host, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24', forwarding: 'on' });
      sandbox.failNext('CreateRoute', { code: 'UnauthorizedOperation', times: 99 });
      const events = sandbox.takeEvents().filter(isRunning);
      await deliverEvents(events);
      const failed = valuesOf(host);
      expect(failed('ApplyFailures')).toEqual([1]);
      expect(failed('EventToRouteSeconds')).toEqual([]);
      sandbox.clearFaults();
      await deliverEvents(events);
      expect(valuesOf(host)('EventToRouteSeconds')).toEqual([expect.any(Number)]);
    }));

  it('counts what a scheduled event in the queue repairs as drift, and what other events bring as none', () =>
    withFunction('node-events', {}, async ({ world, host, deliverEvents }) => {
      for (const i of [0, 1]) await world.launch({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` });
      await deliverEvents();
      expect(valuesOf(host)('DriftRepaired')).toEqual([]);
      await world.removeRoute('10.200.0.0/24');
      await deliverEvents([SCHEDULED]);
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
      expect(valuesOf(host)('DriftRepaired')).toEqual([1]);
    }));
});

describe('R11 secrets stay secret', () => {
  it.each(['node-events', 'reconcile'] as const)('of %s never has user data or event content', (name) =>
    withFunction(
      name,
      { env: { PODROUTES_EVENT_BUS: 'routes', POWERTOOLS_LOG_LEVEL: 'DEBUG' } },
      async ({ world, sandbox, host, queue }) => {
        const secret = `|password=${SECRET}`;
        await world.launch({ name: 'good', podCidr: `10.200.0.0/24${secret}`, via: 'user-data' });
        await world.launch({ name: 'bad', podCidr: `10.200.1.7/24${secret}`, via: 'user-data' });
        await world.launch({ name: 'worse', podCidr: SECRET, via: 'user-data' });
        await world.launch({ name: 'joined', podCidr: TOKEN, via: 'user-data' });
        const events = sandbox.takeEvents();
        if (name === 'reconcile') {
          expect(JSON.stringify(await host.invoke({}))).not.toMatch(SECRETS);
        } else {
          for (const event of events) queue.send({ ...event, note: SECRET });
          queue.send(SECRET);
          queue.send({ password: SECRET });
          await queue.drain();
        }
        expect(await world.routes()).toContain('10.200.0.0/24 good active');
        const lines = host.takeLogs();
        expect(lines.length).toBeGreaterThan(5);
        expect(JSON.stringify(lines)).not.toMatch(SECRETS);
        expect(sandbox.eventBridge.entries.length).toBeGreaterThan(2);
        expect(JSON.stringify(sandbox.eventBridge.entries)).not.toMatch(SECRETS);
      },
    ),
  );

  it.each([
    { what: 'is cut short', xml: `<DescribeInstanceAttributeResponse><userData><value>${SECRET}` },
    { what: 'is no XML', xml: `${SECRET} is not XML` },
    { what: 'has tags that do not match', xml: `<a><userData><value>${SECRET}&${SECRET}</value></b>` },
    { what: 'closes a tag that is none of its own', xml: `<a><userData><value>x</${SECRET}></userData></a>` },
  ])('also where the answer with the user data $what', ({ xml }) =>
    withFunction(
      'node-events',
      { env: { PODROUTES_EVENT_BUS: 'routes', POWERTOOLS_LOG_LEVEL: 'DEBUG' } },
      async ({ world, sandbox, proxy, host, queue }) => {
        await world.launch({ name: 'worker-0', podCidr: null });
        proxy.answerWith('DescribeInstanceAttribute', xml);
        for (const event of sandbox.takeEvents().filter(isRunning)) queue.send(event);
        await queue.deliver();
        expect(proxy.takeActions()).toContain('DescribeInstanceAttribute');
        expect(await world.routes()).toEqual([...world.given].sort());
        const written = JSON.stringify([host.takeLogs(), sandbox.eventBridge.entries]);
        expect(written).toContain('unreadable-answer');
        expect(written).not.toMatch(SECRETS);
      },
    ),
  );
});

describe('A dry run', () => {
  it('set in the environment plans, writes nothing, tells no bus and acknowledges the events', () =>
    withFunction(
      'node-events',
      { env: { PODROUTES_DRY_RUN: 'true', PODROUTES_EVENT_BUS: 'routes' } },
      async ({ world, host, queue, deliverEvents }) => {
        await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
        expect((await deliverEvents()).writes).toEqual([]);
        expect(await world.routes()).toEqual([...world.given].sort());
        expect(queue.deadLetters).toEqual([]);
        const lines = host.takeLogs();
        expect(lines).toContainEqual(
          expect.objectContaining({ action: 'create', outcome: 'planned', cidr: '10.200.0.0/24' }),
        );
        expect(lines).toContainEqual(
          expect.objectContaining({
            message: 'forwarding of worker-0 would be switched on',
            action: 'enable-forwarding',
            outcome: 'planned',
          }),
        );
      },
    ));
});

/** The values of a metric in what the function wrote since last asked. */
function valuesOf(host: Deployment['host']): (metric: string) => unknown[] {
  const metrics = metricsOf(host.takeLogs());
  return (metric) => metrics.filter(({ name }) => name === metric).flatMap(({ value }) => value);
}
