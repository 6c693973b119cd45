// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { deleteMachine, setPower } from '../../shared/sandbox/arm/machines.ts';
import { createScaleSet, deleteInstances, scaleTo } from '../../shared/sandbox/arm/scale-sets.ts';
import { tagResource } from '../../shared/sandbox/arm/tags.ts';
import { collect, GROUP, refusal, type World, withArm } from './arm-setup.ts';

const USER_DATA = Buffer.from('name=worker-0|pod-cidr=10.200.0.0/24').toString('base64');

describe('Uniform scale sets of the sandbox ARM', () => {
  const createSet = ({ arm, subnet }: World, instances = 3) =>
    createScaleSet(arm, {
      group: GROUP,
      name: 'pool',
      mode: 'Uniform',
      subnet: subnet.id,
      instances,
      tags: { role: 'node' },
      userData: USER_DATA,
      enableIPForwarding: true,
    });

  it('are read with their mode and capacity, and their instances with what they inherit', () =>
    withArm({ pageSize: 2 }, async (world) => {
      createSet(world);
      const { compute } = world;
      const [set] = await collect(compute.virtualMachineScaleSets.list(GROUP));
      expect(set).toMatchObject({ orchestrationMode: 'Uniform', sku: { capacity: 3 } });
      expect(await collect(compute.virtualMachineScaleSets.listAll())).toHaveLength(1);
      const instances = await collect(
        compute.virtualMachineScaleSetVMs.list(GROUP, 'pool', { expand: 'instanceView' }),
      );
      expect(instances.map(({ instanceId, name }) => [instanceId, name])).toEqual([
        ['0', 'pool_0'],
        ['1', 'pool_1'],
        ['2', 'pool_2'],
      ]);
      expect(instances[2]).toMatchObject({
        id: `${set?.id}/virtualMachines/2`,
        tags: { role: 'node' },
        instanceView: { statuses: [{}, { code: 'PowerState/running' }] },
      });
      const options = { expand: 'userData' } as const;
      const instance = await compute.virtualMachineScaleSetVMs.get(GROUP, 'pool', '1', options);
      expect(instance.userData).toBe(USER_DATA);
      expect(await collect(compute.virtualMachines.list(GROUP))).toEqual([]);
    }));

  it('have instances with a vmId of their own', () =>
    withArm({}, async (world) => {
      createSet(world);
      const instances = await collect(world.compute.virtualMachineScaleSetVMs.list(GROUP, 'pool'));
      const ids = instances.map(({ vmId }) => vmId);
      expect(ids.every((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id ?? ''))).toBe(true);
      expect(new Set(ids).size).toBe(3);
    }));

  it('have interfaces under the path of the compute provider', () =>
    withArm({}, async (world) => {
      const set = createSet(world);
      const { networkInterfaces } = world.network;
      const all = await collect(networkInterfaces.listVirtualMachineScaleSetNetworkInterfaces(GROUP, 'pool'));
      const addresses = all.map(({ ipConfigurations }) => ipConfigurations?.[0]?.privateIPAddress);
      expect(addresses).toEqual(['10.240.0.4', '10.240.0.5', '10.240.0.6']);
      const [nic] = await collect(
        networkInterfaces.listVirtualMachineScaleSetVMNetworkInterfaces(GROUP, 'pool', '1'),
      );
      expect(nic).toMatchObject({
        id: `${set.id}/virtualMachines/1/networkInterfaces/nic`,
        enableIPForwarding: true,
        primary: true,
        virtualMachine: { id: `${set.id}/virtualMachines/1` },
        ipConfigurations: [{ privateIPAddress: '10.240.0.5' }],
      });
      const got = await networkInterfaces.getVirtualMachineScaleSetNetworkInterface(
        GROUP,
        'pool',
        '1',
        'nic',
      );
      expect(got).toEqual(nic);
      expect(await collect(networkInterfaces.list(GROUP))).toEqual([]);
    }));

  it('grow and shrink, and never give a number twice', () =>
    withArm({}, async (world) => {
      const set = createSet(world);
      const { arm, compute } = world;
      const numbers = async () =>
        (await collect(compute.virtualMachineScaleSetVMs.list(GROUP, 'pool'))).map(
          ({ instanceId }) => instanceId,
        );
      deleteInstances(arm, set.id, ['1']);
      scaleTo(arm, set.id, 4, 'autoscale');
      expect(await numbers()).toEqual(['0', '2', '3', '4']);
      await compute.virtualMachineScaleSets.update(GROUP, 'pool', { sku: { capacity: 2 } });
      expect(await numbers()).toEqual(['0', '2']);
      await compute.virtualMachineScaleSetVMs.delete(GROUP, 'pool', '0');
      await compute.virtualMachineScaleSets.deleteInstances(GROUP, 'pool', { instanceIds: ['2'] });
      expect(await numbers()).toEqual([]);
      expect(await compute.virtualMachineScaleSets.get(GROUP, 'pool')).toMatchObject({
        sku: { capacity: 0 },
      });
      const gone = await refusal(compute.virtualMachineScaleSetVMs.get(GROUP, 'pool', '2'));
      expect(gone).toMatchObject({ status: 404 });
      const noNumber = await refusal(compute.virtualMachineScaleSetVMs.get(GROUP, 'pool', '2x'));
      expect(noNumber).toMatchObject({ status: 400, code: 'InvalidParameter' });
    }));

  it('have instances with power of their own, and with no tag but those of their set', () =>
    withArm({}, async (world) => {
      const set = createSet(world);
      const { arm, compute } = world;
      const { virtualMachineScaleSetVMs } = compute;
      setPower(arm, `${set.id}/virtualMachines/0`, 'deallocate');
      await virtualMachineScaleSetVMs.powerOff(GROUP, 'pool', '1');
      const tags = { 'pod-cidr': '10.200.2.0/24' };
      const read = await virtualMachineScaleSetVMs.get(GROUP, 'pool', '2');
      const put = await virtualMachineScaleSetVMs.update(GROUP, 'pool', '2', { ...read, tags });
      const powers = await Promise.all(
        ['0', '1', '2'].map(async (instance) => {
          const { statuses } = await virtualMachineScaleSetVMs.getInstanceView(GROUP, 'pool', instance);
          return statuses?.at(1)?.code;
        }),
      );
      expect(powers).toEqual(['PowerState/deallocated', 'PowerState/stopped', 'PowerState/running']);
      const after = await virtualMachineScaleSetVMs.get(GROUP, 'pool', '2');
      expect([put.tags, after.tags, after.etag]).toEqual([read.tags, { role: 'node' }, read.etag]);
      const id = `${set.id}/virtualMachines/2`;
      expect(() => tagResource(arm, id, tags)).toThrow('keeps none of its own');
    }));
});

describe('Flexible scale sets of the sandbox ARM', () => {
  it('are made of virtual machines, and count them', () =>
    withArm({}, async ({ arm, compute, subnet }) => {
      const request = { group: GROUP, name: 'flex', mode: 'Flexible', subnet: subnet.id } as const;
      const set = createScaleSet(arm, { ...request, instances: 2, userData: USER_DATA, tags: { a: 'b' } });
      const [first] = await collect(compute.virtualMachines.list(GROUP));
      expect(first).toMatchObject({ virtualMachineScaleSet: { id: set.id }, tags: { a: 'b' } });
      expect(first?.name).toMatch(/^flex_[0-9a-f]{8}$/);
      deleteMachine(arm, first?.id ?? '');
      const capacity = async () => (await compute.virtualMachineScaleSets.get(GROUP, 'flex')).sku?.capacity;
      expect(await capacity()).toBe(1);
      scaleTo(arm, set.id, 3, 'autoscale');
      expect(await capacity()).toBe(3);
      scaleTo(arm, set.id, 0, 'autoscale');
      expect(await collect(compute.virtualMachines.list(GROUP))).toEqual([]);
      const listed = collect(compute.virtualMachineScaleSetVMs.list(GROUP, 'flex'));
      expect(await refusal(listed)).toMatchObject({ status: 501 });
    }));
});
