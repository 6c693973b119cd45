import { readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { createArmClient } from '../../shared/azure/arm-client.ts';
import { requestMarkOf } from '../../shared/azure/request-ids.ts';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { deleteMachine } from '../../shared/sandbox/arm/machines.ts';
import { tagResource } from '../../shared/sandbox/arm/tags.ts';
import type { FunctionsHost } from '../../shared/sandbox/functions-host.ts';
import { startWarmFunctions } from '../e2e/warm-hosts.ts';
import { ANYBODY, type AzureWorld, withAzure } from './azure-world.ts';

const APP = new URL('../../dist/azure/', import.meta.url);
const BUNDLE = new URL('index.mjs', APP);
const MOST_BYTES = 700 * 1024;

async function withApp(
  use: (host: FunctionsHost, world: AzureWorld) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await withAzure({ retryAfterSeconds: 0 }, async (world) => {
    const host = await startWarmFunctions(BUNDLE, { ...world.env, ...more });
    try {
      await use(host, world);
    } finally {
      await host.close();
    }
  });
}

/** The events that Azure sent since last asked, one to a message. */
function takeMessages({ sandbox }: AzureWorld): string[] {
  return sandbox.takeEvents().map((event) => JSON.stringify(event));
}

function batch(messages: readonly string[]) {
  return { collectionString: { string: messages } };
}

function http(method: string, { body = '', query = {} as Record<string, string> } = {}) {
  const url = `https://podroutes.azurewebsites.net/api/reconcile?${new URLSearchParams(query)}`;
  return { http: { method, url, query, headers: {}, params: {}, body: { string: body } } };
}

/** Status and body of an HTTP answer. */
function answerOf(result: Awaited<ReturnType<FunctionsHost['invoke']>>) {
  const data = result.ok ? (Object.values(result.outputs)[0] ?? result.value) : null;
  const { statusCode, body } = Object(data?.['http']);
  return {
    status: Number(statusCode),
    body: JSON.parse(Buffer.from(body?.bytes ?? []).toString() || 'null'),
  };
}

const ELSEWHERE =
  '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/edge/providers/Microsoft.Compute/virtualMachines/worker-0';

describe('The built function app', () => {
  it('loads at most 700 KB at start', async () => {
    const { size } = await stat(BUNDLE);
    expect(size).toBeGreaterThan(50 * 1024);
    expect(size).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('loads what reads Kubernetes only when a run needs it', async () => {
    const [start, apart] = await Promise.all(
      [BUNDLE, new URL('open-kubernetes.mjs', APP)].map((file) => readFile(file, 'utf8')),
    );
    expect(start).not.toContain('strategic-merge-patch+json');
    expect(apart).toContain('strategic-merge-patch+json');
    expect(start).not.toMatch(/(?:from|import)\s*["']\.\/open-kubernetes/);
  });

  it('has the host settings that sessions and metrics in traces need', async () => {
    const settings = JSON.parse(await readFile(new URL('host.json', APP), 'utf8'));
    expect(settings).toMatchObject({
      version: '2.0',
      functionTimeout: '00:10:00',
      extensions: {
        serviceBus: {
          autoCompleteMessages: true,
          maxMessageBatchSize: 1000,
          // The lock of a session is not renewed for batches: it must be let go soon.
          sessionIdleTimeout: '00:00:05',
        },
      },
      logging: { applicationInsights: { samplingSettings: { excludedTypes: 'Trace;Exception;Request' } } },
    });
    expect(JSON.parse(await readFile(new URL('package.json', APP), 'utf8'))).toMatchObject({
      main: 'index.mjs',
      type: 'module',
    });
  });

  it('registers its functions with their bindings', () =>
    withApp(async ({ functions }) => {
      const bindings = Object.fromEntries(
        functions.map(({ name, bindings }) => [name, Object.values(bindings)]),
      );
      expect(bindings).toEqual({
        'node-events': [
          expect.objectContaining({
            type: 'serviceBusTrigger',
            direction: 'in',
            connection: 'ServiceBus',
            queueName: 'node-events',
            cardinality: 'many',
            isSessionsEnabled: true,
          }),
          expect.objectContaining({
            type: 'serviceBus',
            direction: 'out',
            connection: 'ServiceBus',
            queueName: 'node-events-unreadable',
          }),
        ],
        'reconcile-schedule': [expect.objectContaining({ type: 'timerTrigger', schedule: '0 */10 * * * *' })],
        reconcile: [
          expect.objectContaining({
            type: 'httpTrigger',
            authLevel: 'function',
            methods: ['GET', 'POST'],
          }),
          expect.objectContaining({ type: 'http', direction: 'out' }),
        ],
      });
    }));

  it('routes the nodes of a batch of events by one read and one write of the table', () =>
    withApp(async (host, world) => {
      for (const octet of [20, 21, 22]) world.launch(octet);
      world.sandbox.clearCalls();
      const result = await host.invoke('node-events', batch(takeMessages(world)));
      expect(result).toMatchObject({ ok: true });
      expect(world.routes()).toEqual([
        'kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20',
        'kubernetes-route-10-200-1-0-24 10.200.1.0/24 10.240.0.21',
        'kubernetes-route-10-200-2-0-24 10.200.2.0/24 10.240.0.22',
      ]);
      expect(world.sandbox.countCalls()).toMatchObject({ RouteTables_Get: 1, RouteTables_CreateOrUpdate: 1 });
      const metrics = host.takeLogs().filter((line) => line['metric'] === 'RoutesCreated');
      expect(metrics).toEqual([expect.objectContaining({ value: 3, unit: 'Count', cluster: 'kthw' })]);
    }));

  it('removes the route of a machine whose deletion is told of', () =>
    withApp(async (host, world) => {
      const id = world.launch(20);
      world.launch(21);
      await host.invoke('node-events', batch(takeMessages(world)));
      deleteMachine(world.sandbox.arm, id);
      expect(await host.invoke('node-events', batch(takeMessages(world)))).toMatchObject({ ok: true });
      expect(world.routes()).toEqual(['kubernetes-route-10-200-1-0-24 10.200.1.0/24 10.240.0.21']);
    }));

  it.each([
    ['in one batch', (died: string[], born: string[]) => [[...died, ...born]]],
    ['the death being told of late', (died: string[], born: string[]) => [born, died]],
  ])(
    'routes a machine that was made anew under its name, and leaves its old route to the schedule: %s',
    (_, batches) =>
      withApp(async (host, world) => {
        const id = world.launch(20);
        await host.invoke('node-events', batch(takeMessages(world)));
        deleteMachine(world.sandbox.arm, id);
        const died = takeMessages(world);
        world.launch(40, '10.200.9.0/24', { name: 'worker-0' });
        for (const messages of batches(died, takeMessages(world))) {
          expect(await host.invoke('node-events', batch(messages))).toMatchObject({ ok: true });
        }
        expect(world.routes()).toEqual([
          'kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20',
          'kubernetes-route-10-200-9-0-24 10.200.9.0/24 10.240.0.40',
        ]);
      }),
  );

  it('leaves to others what lives in the group of a table alone, so that no schedule takes it back', () =>
    withApp(
      async (host, world) => {
        createGroup(world.sandbox.arm, 'empty');
        world.launch(20);
        await host.invoke('node-events', batch(takeMessages(world)));
        await host.invoke('reconcile-schedule', { json: '{}' });
        expect(world.routes()).toEqual([]);
      },
      { PODROUTES_AZURE_RESOURCE_GROUPS: 'empty' },
    ));

  it('does not wait for a machine that came and went within a batch', () =>
    withApp(async (host, world) => {
      deleteMachine(world.sandbox.arm, world.launch(20));
      expect(await host.invoke('node-events', batch(takeMessages(world)))).toMatchObject({ ok: true });
    }));

  it.each([
    ['with the event of the new one', (world: AzureWorld) => takeMessages(world)],
    ['alone, late', (world: AzureWorld) => takeMessages(world).slice(0, 1)],
  ])('is done with a deletion when a machine of the same name is there again: %s', (_, select) =>
    withApp(async (host, world) => {
      const id = world.launch(20);
      await host.invoke('node-events', batch(takeMessages(world)));
      takeMessages(world);
      deleteMachine(world.sandbox.arm, id);
      world.launch(20, '10.200.9.0/24');
      expect(await host.invoke('node-events', batch(select(world)))).toMatchObject({ ok: true });
      expect(world.routes()).toEqual([
        'kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20',
        'kubernetes-route-10-200-9-0-24 10.200.9.0/24 10.240.0.20',
      ]);
    }),
  );

  it('waits for a machine that an event names and that is not visible yet', () =>
    withApp(async (host, world) => {
      const id = world.launch(20);
      const messages = batch(takeMessages(world));
      deleteMachine(world.sandbox.arm, id);
      expect(await host.invoke('node-events', messages)).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining('node-not-visible-yet') },
      });
    }));

  it.each([
    ["another cluster's podroutes", requestMarkOf({ cluster: 'other', routeTables: [] })],
    ['the command line', ''],
  ])('makes a route again that %s has deleted', (_, requestMark) =>
    withApp(async (host, world) => {
      world.launch(20);
      await host.invoke('node-events', batch(takeMessages(world)));
      takeMessages(world);
      const before = world.routes();
      const { subscription, endpoint } = world.sandbox;
      const arm = createArmClient({ subscription, endpoint, credential: ANYBODY, requestMark });
      const signal = AbortSignal.timeout(10_000);
      const table = Object(await arm.get('network', world.table, signal));
      const emptied = { ...table, properties: { ...table.properties, routes: [] } };
      await arm.put('network', world.table, emptied, { ifMatch: table.etag }, signal);
      expect(world.routes()).toEqual([]);
      await host.invoke('node-events', batch(takeMessages(world)));
      expect(world.routes()).toEqual(before);
    }),
  );

  it.each(['NetworkInterfaces_List', 'VirtualMachines_List'])(
    'throws where %s is refused in one of several groups, and does the rest when the batch comes again',
    (operation) =>
      withApp(
        async (host, world) => {
          createGroup(world.sandbox.arm, 'second');
          world.launch(20);
          deleteMachine(world.sandbox.arm, world.launch(21));
          const where = (params: ReadonlyMap<string, string>): boolean => params.get('group') === 'second';
          world.sandbox.failNext(operation, { code: 'AuthorizationFailed', status: 403, where });
          const messages = batch(takeMessages(world));
          expect(await host.invoke('node-events', messages)).toMatchObject({
            ok: false,
            error: { message: expect.stringContaining('AuthorizationFailed') },
          });
          expect(await host.invoke('node-events', messages)).toMatchObject({ ok: true });
          expect(world.routes()).toEqual(['kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20']);
        },
        { PODROUTES_AZURE_RESOURCE_GROUPS: 'kubernetes,second' },
      ),
  );

  it('does nothing about the events of its own write', () =>
    withApp(async (host, world) => {
      world.launch(20);
      await host.invoke('node-events', batch(takeMessages(world)));
      world.sandbox.clearCalls();
      await host.invoke('node-events', batch(takeMessages(world)));
      expect(world.sandbox.calls).toEqual([]);
    }));

  it('sets a message aside that is nested too deeply to be written again', () =>
    withApp(async (host, world) => {
      world.launch(20);
      const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
      const result = await host.invoke('node-events', batch([deep, ...takeMessages(world)]));
      expect(result).toMatchObject({ ok: true });
      expect(world.routes()).toHaveLength(1);
    }));

  it('sets bytes that are no text aside in Base64', () =>
    withApp(async (host) => {
      const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x7b]);
      const result = await host.invoke('node-events', { collectionBytes: { bytes: [bytes] } });
      expect(result.ok && Object.values(result.outputs)).toEqual([
        { json: JSON.stringify([bytes.toString('base64')]) },
      ]);
    }));

  it('sets an unreadable message aside whole, and does the rest of the batch', () =>
    withApp(async (host, world) => {
      world.launch(20);
      const result = await host.invoke('node-events', batch(['{"half', ...takeMessages(world), '[]']));
      expect(world.routes()).toHaveLength(1);
      expect(result.ok && Object.values(result.outputs)).toEqual([
        { json: JSON.stringify(['{"half', '[]']) },
      ]);
      expect(JSON.stringify(host.takeLogs())).not.toContain('half');
    }));

  it.each(['RouteTables_Get', 'VirtualMachines_Get', 'NetworkInterfaces_Get', 'VirtualNetworks_Get'])(
    'throws when %s failed for the moment, so that the batch comes again',
    (operation) =>
      withApp(async (host, world) => {
        world.launch(20);
        world.sandbox.failNext(operation, { code: 'ServiceUnavailable', times: 4 });
        const messages = batch(takeMessages(world));
        expect(await host.invoke('node-events', messages)).toMatchObject({ ok: false });
        expect(await host.invoke('node-events', messages)).toMatchObject({ ok: true });
        expect(world.routes()).toHaveLength(1);
      }),
  );

  it('throws when something is left to do, and does only that when the batch comes again', () =>
    withApp(async (host, world) => {
      world.launch(20);
      world.sandbox.failNext('RouteTables_CreateOrUpdate', { code: 'InternalServerError', times: 4 });
      const messages = batch(takeMessages(world));
      expect(await host.invoke('node-events', messages)).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining('InternalServerError') },
      });
      expect(world.routes()).toEqual([]);
      expect(await host.invoke('node-events', messages)).toMatchObject({ ok: true });
      expect(world.routes()).toHaveLength(1);
    }));

  it('holds a batch longer the more often it came, before it is handed back', () =>
    withApp(
      async (host) => {
        const order: string[] = [];
        const fail = async (deliveries: readonly number[]) => {
          const metadata = { DeliveryCountArray: { json: JSON.stringify(deliveries) } };
          const { ok } = await host.invoke('node-events', batch(['{}', '{}']), metadata);
          order.push(`${deliveries}: ${ok ? 'done' : 'handed back'}`);
        };
        await Promise.all([fail([1, 3]), fail([1, 2]), fail([1, 1])]);
        expect(order).toEqual(['1,1: handed back', '1,2: handed back', '1,3: handed back']);
      },
      { PODROUTES_DRYRUN: 'true' },
    ));

  it('repairs on its schedule what no event reported', () =>
    withApp(async (host, world) => {
      world.launch(20);
      await host.invoke('reconcile-schedule', { json: '{"IsPastDue":false}' });
      expect(world.routes()).toHaveLength(1);
      expect(host.takeLogs()).toContainEqual(expect.objectContaining({ metric: 'DriftRepaired', value: 1 }));
    }));

  it.each([
    ['GET changes nothing', http('GET'), true, 0],
    ['HEAD changes nothing', http('HEAD'), true, 0],
    ['HEAD with a body changes nothing', http('HEAD', { body: '{"force":true}' }), true, 0],
    ['POST with a dry run changes nothing', http('POST', { body: '{"dryRun":true}' }), true, 0],
    ['POST with parameters counts as a body', http('POST', { query: { dryRun: 'true' } }), true, 0],
    ['POST routes', http('POST', { body: '{}' }), false, 1],
    ['POST without a body routes', http('POST'), false, 1],
  ])('answers with the report: %s', (_, request, dryRun, routes) =>
    withApp(async (host, world) => {
      world.launch(20);
      const { status, body } = answerOf(await host.invoke('reconcile', request));
      expect({ status, body }).toEqual({
        status: 200,
        body: expect.objectContaining({ cloud: 'azure', cluster: 'kthw', dryRun }),
      });
      expect(world.routes()).toHaveLength(routes);
    }),
  );

  it('knows the node of a request in whatever case its id is written', () =>
    withApp(async (host, world) => {
      const id = world.launch(20);
      await host.invoke('reconcile', http('POST'));
      tagResource(world.sandbox.arm, id, { 'pod-cidr': '10.200.7.0/24' });
      const asCopied = id.replace('resourcegroups', 'resourceGroups').replace('worker', 'Worker');
      await host.invoke(
        'reconcile',
        http('POST', { body: JSON.stringify({ nodes: [asCopied], force: true }) }),
      );
      expect(world.routes()).toEqual(['kubernetes-route-10-200-7-0-24 10.200.7.0/24 10.240.0.20']);
    }));

  it.each([
    ['an unknown field', http('POST', { body: '{"dryrun":true}' }), 'Known fields: dryRun, force, nodes'],
    [
      'parameters in two places, one of which would be lost',
      http('POST', { body: '{}', query: { dryRun: 'true' } }),
      'in its body and in its query',
    ],
    [
      'a list of no nodes, which must not mean all',
      http('POST', { body: '{"nodes":[],"force":true}' }),
      'at least 1',
    ],
    [
      'a key that its body has twice',
      http('POST', { body: '{"dryRun":true,"dryRun":false}' }),
      'has "dryRun" twice',
    ],
    ['null', http('POST', { body: 'null' }), 'expected object'],
    ['a body that is not JSON', http('POST', { body: 'no' }), 'not JSON'],
    ['a node that is no id', http('POST', { body: '{"nodes":["worker-0"]}' }), 'expected ids'],
    [
      'a node of a group that is not looked into',
      http('POST', { body: JSON.stringify({ nodes: [ELSEWHERE] }) }),
      'in kubernetes; found',
    ],
  ])('refuses %s', (_, request, problem) =>
    withApp(async (host, world) => {
      const { status, body } = answerOf(await host.invoke('reconcile', request));
      expect({ status, body }).toEqual({ status: 400, body: { error: expect.stringContaining(problem) } });
      expect(world.sandbox.calls).toEqual([]);
    }),
  );

  it('answers with every mistake of its configuration', () =>
    withApp(
      async (host) => {
        const { status, body } = answerOf(await host.invoke('reconcile', http('GET')));
        expect({ status, body }).toEqual({
          status: 500,
          body: { error: expect.stringMatching(/PODROUTES_DRYRUN.*PODROUTES_ROUTE_LIMIT/s) },
        });
        expect(await host.invoke('node-events', batch(['{}']))).toMatchObject({ ok: false });
      },
      { PODROUTES_DRYRUN: 'true', PODROUTES_ROUTE_LIMIT: 'many' },
    ));
});
