import { describe, expect, it } from '@jest/globals';
import { isRunning, startFunction, withFunction } from './deployment.ts';

describe('Domain events', () => {
  const withBus = { env: { PODROUTES_EVENT_BUS: 'routes' } };

  it('tell the bus of each changed route and each finding', () =>
    withFunction('node-events', withBus, async ({ world, sandbox, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'twin', podCidr: '10.200.0.0/24' });
      await deliverEvents();
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
        [
          'Pod Route Finding',
          expect.objectContaining({
            code: 'conflicting-claim',
            cidr: '10.200.0.0/24',
            node: 'twin',
            nodeId: world.idOf('twin'),
          }),
        ],
      ]);
    }));

  it('go in batches where there are many', () =>
    withFunction('node-events', withBus, async ({ world, sandbox, deliverEvents }) => {
      for (let i = 0; i < 25; i += 1) {
        await world.launch({ name: `n${i}`, podCidr: `10.200.${i}.0/24`, forwarding: 'on' });
      }
      const { calls } = await deliverEvents();
      expect(calls['PutEvents']).toBe(3);
      expect(sandbox.eventBridge.entries.length).toBe(25);
    }));

  it('that the bus refuses are an error in the log, and the batch is done', () =>
    withFunction('node-events', withBus, async ({ world, sandbox, host, queue, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      sandbox.eventBridge.failEntries(1);
      await deliverEvents();
      expect(queue.deadLetters).toEqual([]);
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
      expect(host.takeLogs()).toContainEqual(
        expect.objectContaining({ level: 'ERROR', action: 'publish', reason: 'InternalFailure' }),
      );
    }));

  it('that may not be sent name the permission that is missing', () =>
    withFunction('node-events', withBus, async ({ world, sandbox, host, queue, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      sandbox.failNext('PutEvents', { code: 'AccessDeniedException', times: 99 });
      await deliverEvents();
      expect(queue.deadLetters).toEqual([]);
      const problem = host.takeLogs().find(({ action }) => action === 'publish');
      expect(problem?.['message']).toContain('events:PutEvents');
    }));

  it('are not sent without a bus, nor where nothing changed', () =>
    withFunction('node-events', {}, async ({ world, sandbox, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      const { events, calls } = await deliverEvents();
      expect(calls['PutEvents']).toBe(undefined);
      const env = { ...world.env, ...withBus.env, AWS_ENDPOINT_URL: sandbox.endpoint };
      const host = await startFunction('node-events', sandbox, env);
      const Records = events.map((event, i) => ({ messageId: String(i), body: JSON.stringify(event) }));
      expect(await host.invoke({ Records })).toEqual({ ok: true, value: { batchItemFailures: [] } });
      await host.close();
      expect(sandbox.countCalls()['PutEvents']).toBe(undefined);
    }));

  it('tell of the changes that were made where the time ran out for others', () =>
    withFunction(
      'node-events',
      { ...withBus, timeoutMs: () => 3_500 },
      async ({ world, sandbox, proxy, queue }) => {
        for (const i of [0, 1]) {
          await world.launch({ name: `n${i}`, podCidr: `10.200.${i}.0/24`, forwarding: 'on' });
        }
        for (const event of sandbox.takeEvents().filter(isRunning)) queue.send(event);
        let creations = 0;
        proxy.setGate((action) => {
          creations += action === 'CreateRoute' ? 1 : 0;
          return creations > 1 && action === 'CreateRoute' ? new Promise(() => undefined) : Promise.resolve();
        });
        await queue.deliver();
        const routes = (await world.routes()).filter((line) => line.startsWith('10.200.'));
        expect(routes.length).toBe(1);
        const told = sandbox.eventBridge.entries.map(({ Detail = '' }) => JSON.parse(Detail));
        expect(told).toEqual([expect.objectContaining({ action: 'create', outcome: 'applied' })]);
        expect(routes[0]?.startsWith(`${told[0].destination} `)).toBe(true);
        expect(queue.waiting()).toBe(1);
      },
    ));

  it('to a bus that never answers do not keep the function from its answer', () =>
    withFunction('node-events', withBus, async ({ world, proxy, host, queue, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      proxy.setGate((action) => (action === 'PutEvents' ? new Promise(() => undefined) : Promise.resolve()));
      await deliverEvents();
      expect(queue.deadLetters).toEqual([]);
      expect(host.takeLogs()).toContainEqual(
        expect.objectContaining({ level: 'ERROR', action: 'publish', reason: 'deadline' }),
      );
    }));
});
