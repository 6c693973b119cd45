import { describe, expect, it } from '@jest/globals';
import { isRunning, metricsOf, startFunction, withFunction } from './deployment.ts';

const SECRET = 'hunter2-hunter2';

describe('What the functions write', () => {
  it('has the metrics of the design, with the cluster and at most a table or a code as dimensions', () =>
    withFunction('node-events', {}, async ({ world, host, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'twin', podCidr: '10.200.0.0/24' });
      await settle();
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
    withFunction('node-events', {}, async ({ world, host, settle }) => {
      for (const i of [0, 1]) await world.launch({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` });
      await settle();
      await world.terminate('worker-0');
      await world.terminate('worker-1');
      await world.launch({ name: 'heir', podCidr: '10.200.0.0/24' });
      host.takeLogs();
      await settle();
      const counts = metricsOf(host.takeLogs()).map(({ name, value }) => [name, value]);
      expect(counts).toContainEqual(['RoutesReplaced', 1]);
      expect(counts).toContainEqual(['RoutesDeleted', 1]);
    }));

  it('has one line for each decision, with the stable keys', () =>
    withFunction('node-events', {}, async ({ world, sandbox, host, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      const events = sandbox.takeEvents().filter(isRunning);
      await settle(events);
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

  it.each(['node-events', 'reconcile'] as const)('of %s never has user data or event content', (name) =>
    withFunction(
      name,
      { env: { PODROUTES_EVENT_BUS: 'routes', POWERTOOLS_LOG_LEVEL: 'DEBUG' } },
      async ({ world, sandbox, host, queue }) => {
        const secret = `|password=${SECRET}`;
        await world.launch({ name: 'good', podCidr: `10.200.0.0/24${secret}`, via: 'user-data' });
        await world.launch({ name: 'bad', podCidr: `10.200.1.7/24${secret}`, via: 'user-data' });
        await world.launch({ name: 'worse', podCidr: SECRET, via: 'user-data' });
        const events = sandbox.takeEvents();
        if (name === 'reconcile') {
          expect(JSON.stringify(await host.invoke({}))).not.toContain(SECRET);
        } else {
          for (const event of events) queue.send({ ...event, note: SECRET });
          queue.send(SECRET);
          queue.send({ password: SECRET });
          await queue.drain();
        }
        expect(await world.routes()).toContain('10.200.0.0/24 good active');
        const lines = host.takeLogs();
        expect(lines.length).toBeGreaterThan(5);
        expect(JSON.stringify(lines)).not.toContain(SECRET);
        expect(sandbox.eventBridge.entries.length).toBeGreaterThan(2);
        expect(JSON.stringify(sandbox.eventBridge.entries)).not.toContain(SECRET);
      },
    ),
  );
});

describe('Domain events', () => {
  const withBus = { env: { PODROUTES_EVENT_BUS: 'routes' } };

  it('tell the bus of each changed route and each finding', () =>
    withFunction('node-events', withBus, async ({ world, sandbox, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'twin', podCidr: '10.200.0.0/24' });
      await settle();
      const { entries } = sandbox.eventBridge;
      expect(entries.map(({ Source, EventBusName }) => `${Source} ${EventBusName}`)).toEqual([
        'podroutes routes',
        'podroutes routes',
      ]);
      expect(entries.map(({ DetailType, Detail = '' }) => [DetailType, JSON.parse(Detail)])).toEqual([
        [
          'Pod Route Changed',
          expect.objectContaining({
            cluster: world.env['PODROUTES_CLUSTER'],
            cloud: 'aws',
            table: world.tables[0],
            action: 'create',
            destination: '10.200.0.0/24',
            outcome: 'applied',
          }),
        ],
        ['Pod Route Finding', expect.objectContaining({ code: 'conflicting-claim', cidr: '10.200.0.0/24' })],
      ]);
    }));

  it('go in batches where there are many', () =>
    withFunction('node-events', withBus, async ({ world, sandbox, settle }) => {
      for (let i = 0; i < 25; i += 1) {
        await world.launch({ name: `n${i}`, podCidr: `10.200.${i}.0/24`, forwarding: 'on' });
      }
      const { calls } = await settle();
      expect(calls['PutEvents']).toBe(3);
      expect(sandbox.eventBridge.entries.length).toBe(25);
    }));

  it('that the bus refuses are an error in the log, and the batch is done', () =>
    withFunction('node-events', withBus, async ({ world, sandbox, host, queue, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      sandbox.eventBridge.failEntries(1);
      await settle();
      expect(queue.deadLetters).toEqual([]);
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
      expect(host.takeLogs()).toContainEqual(
        expect.objectContaining({ level: 'ERROR', action: 'publish', reason: 'InternalFailure' }),
      );
    }));

  it('that may not be sent name the permission that is missing', () =>
    withFunction('node-events', withBus, async ({ world, sandbox, host, queue, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      sandbox.failNext('PutEvents', { code: 'AccessDeniedException', times: 99 });
      await settle();
      expect(queue.deadLetters).toEqual([]);
      const problem = host.takeLogs().find(({ action }) => action === 'publish');
      expect(problem?.['message']).toContain('events:PutEvents');
    }));

  it('are not sent without a bus, nor where nothing changed', () =>
    withFunction('node-events', {}, async ({ world, sandbox, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      const { events, calls } = await settle();
      expect(calls['PutEvents']).toBe(undefined);
      const env = { ...world.env, ...withBus.env, AWS_ENDPOINT_URL: sandbox.endpoint };
      const host = await startFunction('node-events', sandbox, env);
      const Records = events.map((event, i) => ({ messageId: String(i), body: JSON.stringify(event) }));
      expect(await host.invoke({ Records })).toEqual({ ok: true, value: { batchItemFailures: [] } });
      await host.close();
      expect(sandbox.countCalls()['PutEvents']).toBe(undefined);
    }));
});

describe('A dry run', () => {
  it('set in the environment plans, writes nothing, tells no bus and acknowledges the events', () =>
    withFunction(
      'node-events',
      { env: { PODROUTES_DRY_RUN: 'true', PODROUTES_EVENT_BUS: 'routes' } },
      async ({ world, host, queue, settle }) => {
        await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
        expect((await settle()).writes).toEqual([]);
        expect(await world.routes()).toEqual([...world.given].sort());
        expect(queue.deadLetters).toEqual([]);
        expect(host.takeLogs()).toContainEqual(
          expect.objectContaining({ action: 'create', outcome: 'planned', cidr: '10.200.0.0/24' }),
        );
      },
    ));
});
