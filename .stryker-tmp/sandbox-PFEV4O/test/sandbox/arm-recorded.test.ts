// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { createInterface } from '../../shared/sandbox/arm/interfaces.ts';
import { createScaleSet } from '../../shared/sandbox/arm/scale-sets.ts';
import { GROUP, send, type World, withArm } from './arm-setup.ts';

/**
 * What Azure was recorded to answer, field by field.
 * https://github.com/kubernetes-sigs/cloud-provider-azure/tree/master/pkg/azclient holds the recordings.
 */
const LOCATION = 'westeurope';
const STRONG = { '1': '"1"', '2': '"2"', '3': '"3"' } as const;

function pathOf({ sandbox }: World, resource: string): string {
  const group = `/subscriptions/${sandbox.subscription}/resourceGroups/${GROUP}`;
  return `${group}/providers/${resource}?api-version=2025-04-01`;
}

function put(world: World, resource: string, body: object, headers: Record<string, string> = {}) {
  const content = { location: LOCATION, ...body };
  return send(world.sandbox, 'PUT', pathOf(world, resource), { body: content, headers });
}

function get(world: World, resource: string) {
  return send(world.sandbox, 'GET', pathOf(world, resource));
}

function machine(world: World, more: object = {}) {
  const nic = createInterface(world.arm, { group: GROUP, name: 'nic1', subnet: world.subnet.id });
  return {
    properties: {
      hardwareProfile: { vmSize: 'Standard_D2s_v3' },
      osProfile: {
        computerName: 'vm1',
        adminUsername: 'me',
        adminPassword: 'secret',
        customData: 'c2VjcmV0',
      },
      networkProfile: { networkInterfaces: [{ id: nic.id }] },
      ...more,
    },
  };
}

function scaleSet({ subnet }: World, capacity: number) {
  const ipConfigurations = [{ name: 'vmss1', properties: { subnet: { id: subnet.id } } }];
  const nic = { name: 'vmss1', properties: { primary: true, enableIPForwarding: true, ipConfigurations } };
  return {
    sku: { name: 'Standard_D2s_v3', tier: 'Standard', capacity },
    properties: {
      orchestrationMode: 'Uniform',
      upgradePolicy: { mode: 'Manual' },
      virtualMachineProfile: { networkProfile: { networkInterfaceConfigurations: [nic] } },
    },
  };
}

const stateOf = (answer: { readonly json: unknown }) => Object(answer.json).properties?.provisioningState;

describe('The first PUT, as recorded', () => {
  const cases: [string, string, (world: World) => object, string, boolean][] = [
    [
      'of a network',
      'Microsoft.Network/virtualNetworks/vnet1',
      () => ({
        properties: {
          addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
          subnets: [{ name: 'subnet1', properties: { addressPrefix: '10.1.0.0/24' } }],
        },
      }),
      'Updating',
      true,
    ],
    ['of a route table', 'Microsoft.Network/routeTables/table1', () => ({}), 'Updating', true],
    ['of a security group', 'Microsoft.Network/networkSecurityGroups/nsg1', () => ({}), 'Updating', true],
    [
      'of a subnet',
      'Microsoft.Network/virtualNetworks/kubernetes-vnet/subnets/subnet2',
      () => ({ properties: { addressPrefix: '10.240.2.0/24' } }),
      'Updating',
      true,
    ],
    [
      'of an interface, which is done at once',
      'Microsoft.Network/networkInterfaces/nic2',
      ({ subnet }) => ({
        properties: { ipConfigurations: [{ name: 'ipConfig1', properties: { subnet: { id: subnet.id } } }] },
      }),
      'Succeeded',
      false,
    ],
    ['of a machine', 'Microsoft.Compute/virtualMachines/vm1', (world) => machine(world), 'Creating', true],
    [
      'of a scale set',
      'Microsoft.Compute/virtualMachineScaleSets/set1',
      (world) => scaleSet(world, 1),
      'Creating',
      true,
    ],
  ];
  it.each(cases)('%s', (_case, resource, body, state, isPolled) =>
    withArm({ pollFinished: true }, async (world) => {
      const made = await put(world, resource, body(world));
      expect([made.status, stateOf(made)]).toEqual([201, state]);
      const operation = made.headers.get('azure-asyncoperation');
      expect(operation !== null).toBe(isPolled);
      expect(made.headers.get('retry-after')).toBeNull();
      if (operation !== null) {
        expect(operation).toContain('api-version=2025-04-01');
        const polled = await send(world.sandbox, 'GET', operation.slice(world.sandbox.endpoint.length));
        expect(polled.json).toMatchObject({ status: 'Succeeded' });
      }
      const read = await get(world, resource);
      expect([stateOf(read), read.headers.get('etag')]).toEqual(['Succeeded', Object(read.json).etag]);
    }),
  );
});

describe('A security rule, as recorded', () => {
  it('is what its PUT, GET and list answer, and is gone after its DELETE', () =>
    withArm({}, async (world) => {
      const group = 'Microsoft.Network/networkSecurityGroups/nsg1';
      await put(world, group, {});
      const properties = { priority: 100, direction: 'Inbound', access: 'Allow', protocol: '*' };
      const made = await put(world, `${group}/securityRules/from-pods`, { properties });
      expect(made).toMatchObject({
        status: 201,
        json: { name: 'from-pods', type: `${group.replace('/nsg1', '')}/securityRules`, properties },
      });
      expect((await get(world, `${group}/securityRules/from-pods`)).json).toEqual(made.json);
      expect((await get(world, `${group}/securityRules`)).json).toEqual({ value: [made.json] });
      const again = await put(world, `${group}/securityRules/from-pods`, { properties });
      expect(again.status).toBe(200);
      await send(world.sandbox, 'DELETE', pathOf(world, `${group}/securityRules/from-pods`));
      expect((await get(world, `${group}/securityRules/from-pods`)).status).toBe(404);
    }));
});

describe('Machines, as recorded', () => {
  const VM = 'Microsoft.Compute/virtualMachines/vm1';

  it('count their versions in their entity tags', () =>
    withArm({ pollFinished: true }, async (world) => {
      const body = machine(world);
      const made = await put(world, VM, body);
      expect(made.headers.get('etag')).toBe(STRONG[1]);
      expect((await get(world, VM)).headers.get('etag')).toBe(STRONG[1]);
      const same = await put(world, VM, body);
      expect([same.status, stateOf(same), same.headers.get('etag')]).toEqual([200, 'Updating', STRONG[1]]);
      const tagged = await put(world, VM, { ...body, tags: { a: 'b' } });
      expect([tagged.headers.get('etag'), Object(tagged.json).etag]).toEqual([STRONG[2], STRONG[2]]);
    }));

  it('refuse a PUT with the entity tag of another version', () =>
    withArm({}, async (world) => {
      const body = machine(world);
      await put(world, VM, body);
      const refused = await put(world, VM, body, { 'if-match': 'invalid' });
      expect([refused.status, refused.json]).toEqual([
        412,
        {
          error: {
            code: 'PreconditionFailed',
            message: 'Etag provided in if-match header "invalid" does not match etag "1" of resource.',
          },
        },
      ]);
      expect((await put(world, VM, body, { 'if-match': STRONG[1] })).status).toBe(200);
    }));

  it('are read and put back, and give no secret away', () =>
    withArm({}, async (world) => {
      const userData = Buffer.from('pod-cidr=10.200.0.0/24').toString('base64');
      const made = await put(world, VM, machine(world, { userData }));
      expect(JSON.stringify(made.json)).not.toMatch(/secret|c2VjcmV0|userData/);
      expect(made.json).toMatchObject({
        properties: {
          hardwareProfile: { vmSize: 'Standard_D2s_v3' },
          osProfile: { computerName: 'vm1', adminUsername: 'me' },
        },
      });
      const back = await put(world, VM, { ...Object(made.json), tags: { a: 'b' } });
      expect(back.json).toEqual({ ...Object(made.json), tags: { a: 'b' }, etag: STRONG[2] });
      const kept = await world.compute.virtualMachines.get(GROUP, 'vm1', { expand: 'userData' });
      expect(kept.userData).toBe(userData);
      const nic = await world.network.networkInterfaces.get(GROUP, 'nic1');
      expect(nic).toMatchObject({ primary: true, virtualMachine: { id: kept.id } });
    }));

  it('name the operation and its times while they are deleted', () =>
    withArm({ pollFinished: true, now: () => Date.parse('2026-11-21T03:00:00Z') }, async (world) => {
      const { sandbox } = world;
      await put(world, VM, machine(world));
      const removed = await send(sandbox, 'DELETE', pathOf(world, VM));
      const [operation, location] = ['azure-asyncoperation', 'location'].map((name) =>
        (removed.headers.get(name) ?? '').slice(sandbox.endpoint.length),
      );
      expect([removed.status, location]).toEqual([202, `${operation}&monitor=true`]);
      const time = '2026-11-21T03:00:00.000Z';
      expect((await send(sandbox, 'GET', operation ?? '')).json).toEqual({
        startTime: time,
        endTime: time,
        status: 'Succeeded',
        name: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect((await send(sandbox, 'GET', location ?? '')).status).toBe(204);
    }));

  it('restart where they run, and nowhere else', () =>
    withArm({}, async (world) => {
      await put(world, VM, machine(world));
      const { virtualMachines } = world.compute;
      await virtualMachines.restart(GROUP, 'vm1');
      await virtualMachines.deallocate(GROUP, 'vm1');
      const answer = await send(world.sandbox, 'POST', pathOf(world, `${VM}/restart`));
      expect(answer).toMatchObject({ status: 409, json: { error: { code: 'OperationNotAllowed' } } });
    }));
});

describe('Instances of a uniform scale set, as recorded', () => {
  const INSTANCE = 'Microsoft.Compute/virtualMachineScaleSets/pool/virtualMachines/0';

  function pool({ arm, subnet }: World) {
    createScaleSet(arm, { group: GROUP, name: 'pool', mode: 'Uniform', subnet: subnet.id, instances: 1 });
  }

  it('answer a PUT of a tag with 200 and without the tag', () =>
    withArm({ pollFinished: true }, async (world) => {
      pool(world);
      const answer = await put(world, INSTANCE, { tags: { key1: 'value1' } });
      expect([answer.status, stateOf(answer), answer.headers.get('etag')]).toEqual([
        200,
        'Updating',
        STRONG[1],
      ]);
      const read = await get(world, INSTANCE);
      expect([stateOf(read), Object(read.json).tags, read.headers.get('etag')]).toEqual([
        'Succeeded',
        undefined,
        STRONG[1],
      ]);
    }));

  it('refuse a PUT with a wrong If-Match', () =>
    withArm({}, async (world) => {
      pool(world);
      const refused = await put(world, INSTANCE, { tags: {} }, { 'if-match': 'invalid-etag' });
      expect([refused.status, refused.json]).toEqual([
        412,
        {
          error: {
            code: 'PreconditionFailed',
            message: 'Etag provided in if-match header "invalid-etag" does not match etag "1" of resource.',
          },
        },
      ]);
    }));

  it('have a number, and say so of anything else', () =>
    withArm({}, async (world) => {
      pool(world);
      const refused = await get(world, `${INSTANCE}notfound`);
      expect([refused.status, refused.json]).toEqual([
        400,
        {
          error: {
            code: 'InvalidParameter',
            message: 'Virtual Machine Scale Set VM instanceId must be a number.',
            target: 'instanceId',
          },
        },
      ]);
    }));

  it('are deleted by an operation that both headers name', () =>
    withArm({ pollFinished: true }, async (world) => {
      pool(world);
      const removed = await send(world.sandbox, 'DELETE', pathOf(world, INSTANCE));
      expect(removed.status).toBe(202);
      expect(removed.headers.get('location')).toMatch(/\/operations\/.*&monitor=true$/);
      expect((await get(world, INSTANCE)).status).toBe(404);
    }));
});

describe('Scale sets that are put', () => {
  const SET = 'Microsoft.Compute/virtualMachineScaleSets/set1';

  it('have as many instances as their capacity, made by their model', () =>
    withArm({}, async (world) => {
      await put(world, SET, scaleSet(world, 2));
      const { json } = await get(world, `${SET}/virtualMachines`);
      expect(json).toMatchObject({
        value: [{ instanceId: '0', properties: { hardwareProfile: { vmSize: 'Standard_D2s_v3' } } }, {}],
      });
      expect((await get(world, `${SET}/virtualMachines/0/networkInterfaces`)).json).toMatchObject({
        value: [{ properties: { enableIPForwarding: true } }],
      });
      const smaller = await put(world, SET, scaleSet(world, 1));
      expect(smaller.json).toMatchObject({ sku: { name: 'Standard_D2s_v3', capacity: 1 } });
      await send(world.sandbox, 'DELETE', pathOf(world, SET));
      expect((await get(world, SET)).status).toBe(404);
      expect([...world.arm.resources.keys()].filter((key) => key.includes('set1'))).toEqual([]);
    }));
});
