// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { platformCaller } from '../../shared/sandbox/arm/events.ts';
import { createMachine, deleteMachine, setPower } from '../../shared/sandbox/arm/machines.ts';
import { putRoute, putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import { createScaleSet, deleteInstances, scaleTo } from '../../shared/sandbox/arm/scale-sets.ts';
import { tagResource, untagResource } from '../../shared/sandbox/arm/tags.ts';
import { collect, GROUP, route, send, TABLE, type World, withArm } from './arm-setup.ts';

const LOCATION = 'westeurope';
const NOW = Date.parse('2026-11-20T18:38:04.611Z');

/** The events since last asked, as type, operation and the end of the subject. */
function takeShort({ sandbox }: World): readonly string[] {
  return sandbox.takeEvents().map((event) => {
    const { eventType, subject, data } = Object(event);
    const kind = String(eventType).replace('Microsoft.Resources.Resource', '');
    return `${kind} ${data.operationName} ${String(subject).split('/').slice(-2).join('/')}`;
  });
}

function createWorker({ arm, subnet }: World, name = 'worker-0') {
  return createMachine(arm, { group: GROUP, name, subnet: subnet.id });
}

describe('Events of the sandbox ARM', () => {
  it('have the documented shape in both schemas', () =>
    withArm({ now: () => NOW, seed: 3 }, async (world) => {
      const { sandbox } = world;
      const { id } = createWorker(world);
      tagResource(world.arm, id, { a: 'b' });
      sandbox.takeEvents();
      const path = `${id}?api-version=2026-04-01`;
      const headers = { 'x-ms-client-request-id': 'c-1', 'x-ms-correlation-request-id': 'c-2' };
      const patch = () => send(sandbox, 'PATCH', path, { headers, body: { tags: { a: 'c' } } });
      await patch();
      const [event] = sandbox.takeEvents();
      const appid = '00000000-0000-0000-0000-000000000000';
      const data = {
        authorization: {
          scope: id,
          action: 'Microsoft.Compute/virtualMachines/write',
          evidence: { role: 'Contributor', principalId: appid, principalType: 'ServicePrincipal' },
        },
        claims: { aud: 'https://management.azure.com/', appid, ver: '1.0' },
        correlationId: 'c-2',
        httpRequest: {
          clientRequestId: 'c-1',
          clientIpAddress: '127.0.0.1',
          method: 'PATCH',
          url: `${sandbox.endpoint}${path}`,
        },
        resourceProvider: 'Microsoft.Compute',
        resourceUri: id,
        operationName: 'Microsoft.Compute/virtualMachines/write',
        status: 'Succeeded',
        subscriptionId: sandbox.subscription,
        tenantId: expect.any(String),
      };
      expect(event).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        topic: `/subscriptions/${sandbox.subscription}`,
        subject: id,
        eventType: 'Microsoft.Resources.ResourceWriteSuccess',
        eventTime: '2026-11-20T18:38:04.6110000Z',
        dataVersion: '2',
        metadataVersion: '1',
        data,
      });
      await patch();
      expect(sandbox.takeEvents('CloudEventSchemaV1_0')).toEqual([
        {
          specversion: '1.0',
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          source: `/subscriptions/${sandbox.subscription}`,
          subject: id,
          type: 'Microsoft.Resources.ResourceWriteSuccess',
          time: '2026-11-20T18:38:04.6110000Z',
          data,
        },
      ]);
    }));

  it('tell of the application that a readable token names, and keep nothing else of the token', () =>
    withArm({}, async ({ arm, sandbox }) => {
      const payload = Buffer.from(JSON.stringify({ appid: 'app-1', upn: 'someone@example.com' }));
      const authorization = `Bearer e30.${payload.toString('base64url')}.c2ln`;
      const { id } = putRouteTable(arm, { group: GROUP, name: TABLE, location: LOCATION });
      sandbox.takeEvents();
      await send(sandbox, 'DELETE', `${id}?api-version=2026-01-01`, { headers: { authorization } });
      const [event] = sandbox.takeEvents();
      expect(event).toMatchObject({ data: { claims: { appid: 'app-1' } } });
      expect(JSON.stringify([event, sandbox.calls])).not.toMatch(/someone|c2ln/);
    }));

  it('tell of every write of tables and routes', () =>
    withArm({}, async (world) => {
      const { arm, network } = world;
      await network.routeTables.createOrUpdate(GROUP, TABLE, { location: LOCATION, routes: [route(0)] });
      await network.routes.createOrUpdate(GROUP, TABLE, route(1).name, route(1));
      await network.routes.delete(GROUP, TABLE, route(1).name);
      const { id } = putRouteTable(arm, { group: GROUP, name: TABLE, location: LOCATION });
      putRoute(arm, id, route(2), platformCaller(arm, 'someone-else'));
      await collect(network.routes.list(GROUP, TABLE));
      await network.routeTables.delete(GROUP, TABLE);
      const tables = 'Microsoft.Network/routeTables';
      expect(takeShort(world)).toEqual([
        `WriteSuccess ${tables}/write routeTables/${TABLE}`,
        `WriteSuccess ${tables}/routes/write routes/${route(1).name}`,
        `DeleteSuccess ${tables}/routes/delete routes/${route(1).name}`,
        `WriteSuccess ${tables}/write routeTables/${TABLE}`,
        `WriteSuccess ${tables}/routes/write routes/${route(2).name}`,
        `DeleteSuccess ${tables}/delete routeTables/${TABLE}`,
      ]);
    }));

  it('tell of machines and their interfaces', () =>
    withArm({}, async (world) => {
      const { id } = createWorker(world);
      setPower(world.arm, id, 'deallocate');
      await world.compute.virtualMachines.start(GROUP, 'worker-0');
      deleteMachine(world.arm, id);
      const machines = 'Microsoft.Compute/virtualMachines';
      expect(takeShort(world)).toEqual([
        'WriteSuccess Microsoft.Network/networkInterfaces/write networkInterfaces/worker-0-nic',
        `WriteSuccess ${machines}/write virtualMachines/worker-0`,
        `ActionSuccess ${machines}/deallocate/action virtualMachines/worker-0`,
        `ActionSuccess ${machines}/start/action virtualMachines/worker-0`,
        `DeleteSuccess ${machines}/delete virtualMachines/worker-0`,
      ]);
    }));

  it('name the scale set alone when its uniform instances come and go', () =>
    withArm({}, async (world) => {
      const { arm, compute, subnet } = world;
      const request = { group: GROUP, name: 'pool', mode: 'Uniform', subnet: subnet.id } as const;
      const { id } = createScaleSet(arm, { ...request, instances: 2 });
      scaleTo(arm, id, 5, 'autoscale');
      scaleTo(arm, id, 6, platformCaller(arm));
      deleteInstances(arm, id, ['0', '1']);
      await compute.virtualMachineScaleSets.update(GROUP, 'pool', { sku: { capacity: 3 } });
      await compute.virtualMachineScaleSetVMs.delete(GROUP, 'pool', '2');
      const sets = 'Microsoft.Compute/virtualMachineScaleSets';
      expect(takeShort(world)).toEqual([
        `WriteSuccess ${sets}/write virtualMachineScaleSets/pool`,
        `WriteSuccess ${sets}/write virtualMachineScaleSets/pool`,
        `ActionSuccess ${sets}/delete/action virtualMachineScaleSets/pool`,
        `WriteSuccess ${sets}/write virtualMachineScaleSets/pool`,
        `DeleteSuccess ${sets}/virtualMachines/delete virtualMachines/2`,
      ]);
    }));

  it('reach the listener as they happen, in the schema that was set', async () => {
    const heard: unknown[] = [];
    const emit = (event: unknown) => heard.push(event);
    await withArm({ eventSchema: 'CloudEventSchemaV1_0', emit }, async (world) => {
      heard.length = 0;
      createWorker(world);
      expect(heard).toMatchObject([{ specversion: '1.0' }, { specversion: '1.0' }]);
      expect(world.sandbox.takeEvents()).toEqual(heard);
      expect(world.sandbox.takeEvents()).toEqual([]);
    });
  });
});

describe('The tags API of the sandbox ARM', () => {
  const changes: [string, string, object, object][] = [
    ['PUT', 'replaces all', { properties: { tags: { c: 'd' } } }, { c: 'd' }],
    [
      'PATCH',
      'adds by Merge',
      { operation: 'Merge', properties: { tags: { A: '2', c: 'd' } } },
      { a: '2', c: 'd', x: 'y' },
    ],
    ['PATCH', 'replaces by Replace', { operation: 'Replace', properties: { tags: { c: 'd' } } }, { c: 'd' }],
    [
      'PATCH',
      'removes by Delete',
      { operation: 'Delete', properties: { tags: { a: '1', x: 'z' } } },
      { x: 'y' },
    ],
  ];
  it.each(changes)('%s %s', (method, _what, body, expected) =>
    withArm({}, async (world) => {
      const { arm, compute, sandbox } = world;
      const { id } = createWorker(world);
      tagResource(arm, id, { a: '1', x: 'y' });
      const scope = `${id}/providers/Microsoft.Resources/tags/default`;
      const url = `${scope.toLowerCase()}?api-version=2021-04-01`;
      const answer = await send(sandbox, method, url, { body });
      const shown = {
        id: scope,
        name: 'default',
        type: 'Microsoft.Resources/tags',
        properties: { tags: expected },
      };
      expect([answer.status, answer.json]).toEqual([200, shown]);
      expect((await send(sandbox, 'GET', url)).json).toEqual(shown);
      expect((await compute.virtualMachines.get(GROUP, 'worker-0')).tags).toEqual(expected);
    }),
  );

  it('raises events about the tags, none about the machine', () =>
    withArm({}, async (world) => {
      const { arm, sandbox } = world;
      const { id } = createWorker(world);
      sandbox.takeEvents();
      tagResource(arm, id, { a: '1' });
      untagResource(arm, id, ['A']);
      await send(
        sandbox,
        'DELETE',
        `${id}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`,
      );
      const subject = `${id}/providers/Microsoft.Resources/tags/default`;
      expect(sandbox.takeEvents()).toMatchObject([
        { subject, data: { operationName: 'Microsoft.Resources/tags/write' } },
        { subject, data: { operationName: 'Microsoft.Resources/tags/write' } },
        { subject, data: { operationName: 'Microsoft.Resources/tags/delete' } },
      ]);
    }));

  it('does not know resources that are not there', () =>
    withArm({}, async ({ sandbox, subnet }) => {
      const url = `${subnet.id}-none/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`;
      const answer = await send(sandbox, 'GET', url);
      expect(answer).toMatchObject({ status: 404, json: { error: { code: 'ResourceNotFound' } } });
    }));
});
