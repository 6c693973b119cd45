// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { createInterface } from '../../shared/sandbox/arm/interfaces.ts';
import { createMachine, deleteMachine, setPower, setUserData } from '../../shared/sandbox/arm/machines.ts';
import { createScaleSet } from '../../shared/sandbox/arm/scale-sets.ts';
import { collect, GROUP, refusal, type World, withArm } from './arm-setup.ts';

const USER_DATA = Buffer.from('name=worker-0|pod-cidr=10.200.0.0/24').toString('base64');

/** The code of a machine's power state. */
async function powerOf({ compute }: World, name: string): Promise<string | undefined> {
  const view = await compute.virtualMachines.instanceView(GROUP, name);
  return view.statuses?.find(({ code }) => code?.startsWith('PowerState/'))?.code;
}

describe('Virtual machines of the sandbox ARM', () => {
  it('are read with tags, interfaces and the time of their creation', () =>
    withArm({ now: () => Date.parse('2026-11-21T03:00:00Z') }, async ({ arm, compute, subnet }) => {
      const second = createInterface(arm, { group: GROUP, name: 'extra', subnet: subnet.id });
      const first = createInterface(arm, { group: GROUP, name: 'main', subnet: subnet.id });
      const tags = { 'pod-cidr': '10.200.0.0/24' };
      const interfaces = [first.id, second.id];
      const { id } = createMachine(arm, { group: GROUP, name: 'worker-0', interfaces, tags });
      const machine = await compute.virtualMachines.get(GROUP, 'worker-0');
      expect(machine).toMatchObject({
        id,
        name: 'worker-0',
        type: 'Microsoft.Compute/virtualMachines',
        tags,
        provisioningState: 'Succeeded',
        timeCreated: new Date('2026-11-21T03:00:00Z'),
        networkProfile: {
          networkInterfaces: [
            { id: first.id, primary: true },
            { id: second.id, primary: false },
          ],
        },
      });
      expect([machine.userData, machine.instanceView]).toEqual([undefined, undefined]);
    }));

  it('have another vmId each time that one of their name is made, and keep it as long as they live', () =>
    withArm({}, async ({ arm, compute, subnet }) => {
      const request = { group: GROUP, name: 'worker-0', subnet: subnet.id };
      const vmId = async () => (await compute.virtualMachines.get(GROUP, 'worker-0')).vmId;
      const { id } = createMachine(arm, request);
      const first = await vmId();
      expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      await compute.virtualMachines.deallocate(GROUP, 'worker-0');
      await compute.virtualMachines.start(GROUP, 'worker-0');
      expect(await vmId()).toBe(first);
      deleteMachine(arm, id);
      createMachine(arm, request);
      expect(await vmId()).not.toBe(first);
    }));

  it('show user data and their state only where they are asked for', () =>
    withArm({}, async ({ arm, compute, subnet }) => {
      const request = { group: GROUP, name: 'worker-0', subnet: subnet.id, userData: USER_DATA };
      const { id } = createMachine(arm, request);
      const get = (expand: 'userData' | 'instanceView') =>
        compute.virtualMachines.get(GROUP, 'worker-0', { expand });
      expect(await get('userData')).toMatchObject({ userData: USER_DATA });
      const { instanceView, userData } = await get('instanceView');
      expect(userData).toBeUndefined();
      expect(instanceView?.statuses?.map(({ code }) => code)).toEqual([
        'ProvisioningState/succeeded',
        'PowerState/running',
      ]);
      setUserData(arm, id, null);
      expect((await get('userData')).userData).toBeUndefined();
      const wrong = compute.virtualMachines.get(GROUP, 'worker-0', { expand: 'resiliencyView' });
      expect(await refusal(wrong)).toMatchObject({ status: 400, code: 'InvalidParameter' });
    }));

  it('are listed by group, by subscription, with their state, and by scale set', () =>
    withArm({ pageSize: 2 }, async ({ arm, compute, sandbox, subnet }) => {
      createGroup(arm, 'other');
      createMachine(arm, { group: 'other', name: 'elsewhere', subnet: subnet.id, power: 'deallocated' });
      const set = createScaleSet(arm, {
        group: GROUP,
        name: 'flex',
        mode: 'Flexible',
        subnet: subnet.id,
        instances: 3,
      });
      createMachine(arm, { group: GROUP, name: 'alone', subnet: subnet.id });
      const { virtualMachines } = compute;
      expect(await collect(virtualMachines.list(GROUP))).toHaveLength(4);
      const all = await collect(virtualMachines.listAll());
      expect(all.map(({ instanceView }) => instanceView)).toEqual(Array.from(all, () => undefined));
      expect(all).toHaveLength(5);
      expect(sandbox.countCalls()).toEqual({ VirtualMachines_List: 2, VirtualMachines_ListAll: 3 });
      const [stopped] = await collect(virtualMachines.listAll({ statusOnly: 'true' }));
      expect(stopped?.instanceView?.statuses?.at(1)?.code).toBe('PowerState/deallocated');
      const filter = `'virtualMachineScaleSet/id' eq ${set.id.toUpperCase()}`;
      const members = await collect(virtualMachines.list(GROUP, { filter, expand: 'instanceView' }));
      expect(members.map(({ virtualMachineScaleSet }) => virtualMachineScaleSet?.id)).toEqual([
        set.id,
        set.id,
        set.id,
      ]);
      expect(members[0]?.instanceView?.statuses).toHaveLength(2);
    }));

  it.each([
    ['start', 'PowerState/running'],
    ['powerOff', 'PowerState/stopped'],
    ['deallocate', 'PowerState/deallocated'],
  ] as const)('obey %s, from a client or from a test', (action, expected) =>
    withArm({}, async (world) => {
      const { arm, compute, subnet } = world;
      const [power] = action === 'start' ? (['deallocated'] as const) : (['running'] as const);
      const { id } = createMachine(arm, { group: GROUP, name: 'first', subnet: subnet.id, power });
      createMachine(arm, { group: GROUP, name: 'second', subnet: subnet.id, power });
      setPower(arm, id, action);
      await compute.virtualMachines[action](GROUP, 'second');
      expect([await powerOf(world, 'first'), await powerOf(world, 'second')]).toEqual([expected, expected]);
    }),
  );

  it('leave their interfaces to nobody when a client deletes them', () =>
    withArm({}, async ({ arm, compute, network, subnet }) => {
      createMachine(arm, { group: GROUP, name: 'worker-0', subnet: subnet.id });
      await compute.virtualMachines.delete(GROUP, 'worker-0');
      expect(await refusal(compute.virtualMachines.get(GROUP, 'worker-0'))).toEqual({
        status: 404,
        code: 'ResourceNotFound',
        message: expect.stringContaining("'Microsoft.Compute/virtualMachines/worker-0'"),
      });
      const nic = await network.networkInterfaces.get(GROUP, 'worker-0-nic');
      expect([nic.virtualMachine, nic.primary]).toEqual([undefined, undefined]);
    }));

  it('take their interfaces with them when a test deletes them, unless it keeps those', () =>
    withArm({}, async ({ arm, network, subnet }) => {
      const [first, second] = ['a', 'b'].map((name) =>
        createMachine(arm, { group: GROUP, name, subnet: subnet.id }),
      );
      deleteMachine(arm, first?.id ?? '');
      deleteMachine(arm, second?.id ?? '', { keepInterfaces: true });
      const nics = await collect(network.networkInterfaces.list(GROUP));
      expect(nics.map(({ name }) => name)).toEqual(['b-nic']);
    }));

  it('take tags, user data and another size by a PATCH', () =>
    withArm({}, async ({ arm, compute, subnet }) => {
      createMachine(arm, { group: GROUP, name: 'worker-0', subnet: subnet.id, tags: { a: 'b' } });
      const patch = (parameters: object) => compute.virtualMachines.update(GROUP, 'worker-0', parameters);
      expect((await patch({ userData: USER_DATA })).tags).toEqual({ a: 'b' });
      expect((await patch({ tags: { c: 'd' } })).tags).toEqual({ c: 'd' });
      const resized = await patch({ hardwareProfile: { vmSize: 'Standard_D4s_v5' } });
      expect([resized.hardwareProfile?.vmSize, resized.tags]).toEqual(['Standard_D4s_v5', { c: 'd' }]);
      const { userData } = await compute.virtualMachines.get(GROUP, 'worker-0', { expand: 'userData' });
      expect(userData).toBe(USER_DATA);
    }));

  it('answer with group names in upper case where that is asked for', () =>
    withArm({ upperCaseGroups: true }, async ({ arm, compute, subnet }) => {
      const { id } = createMachine(arm, { group: GROUP, name: 'worker-0', subnet: subnet.id });
      const [machine] = await collect(compute.virtualMachines.list(GROUP));
      expect(machine?.id).toBe(id.replace(`/${GROUP}/`, `/${GROUP.toUpperCase()}/`));
    }));
});
