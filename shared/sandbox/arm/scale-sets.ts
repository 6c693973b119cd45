import { checkLock, writeNow } from './async-operations.ts';
import { ArmError } from './errors.ts';
import { type Caller, platformCaller } from './events.ts';
import { canonicalGroup } from './groups.ts';
import { newIpConfigurations } from './interfaces.ts';
import { createMachine, deleteMachine } from './machines.ts';
import type { InstanceInterface, Machine, Properties, ScaleSet, ScaleSetInstance, Tags } from './model.ts';
import { groupNameOf, keyOf } from './resource-ids.ts';
import { listResources, newResource, requireResource, storeResource } from './resources.ts';
import type { Arm } from './state.ts';

const TYPE = 'Microsoft.Compute/virtualMachineScaleSets';
const INSTANCE = `${TYPE}/virtualMachines` as const;
const INSTANCE_NIC = `${INSTANCE}/networkInterfaces` as const;

interface ScaleSetRequest {
  readonly group: string;
  readonly name: string;
  readonly mode: ScaleSet['mode'];
  /** A subnet's id. */
  readonly subnet: string;
  /** How many instances it starts with; 0 by default. */
  readonly instances?: number;
  readonly enableIPForwarding?: boolean;
  readonly location?: string;
  readonly tags?: Tags;
  /** Base64; every instance has it. */
  readonly userData?: string;
}

/** Creates a scale set and its instances: numbered ones where it is uniform, else virtual machines. */
export function createScaleSet(arm: Arm, request: ScaleSetRequest, caller = platformCaller(arm)): ScaleSet {
  const { group, name, mode, subnet, instances = 0, location, tags, userData = null } = request;
  const set: ScaleSet = {
    ...newResource(arm, TYPE, canonicalGroup(arm, group), [name], { location, tags }),
    mode,
    subnet,
    enableIPForwarding: request.enableIPForwarding ?? false,
    userData,
    sku: 'Standard_D2s_v5',
    uniqueId: arm.ids.uuid(),
    properties: mode === 'Uniform' ? { upgradePolicy: { mode: 'Manual' }, overprovision: false } : {},
    profile: profileOf(subnet, request.enableIPForwarding ?? false),
    nextInstance: 0,
  };
  const write = { before: null, after: set, operation: 'CreateOrUpdateScaleSet', target: set.id };
  writeNow(arm, { ...write, action: `${TYPE}/write` }, caller);
  return addInstances(arm, set.id, instances);
}

function profileOf(subnet: string, enableIPForwarding: boolean): Properties {
  const ipConfigurations = [{ name: 'ipconfig1', properties: { primary: true, subnet: { id: subnet } } }];
  const nic = { name: 'nic', properties: { primary: true, enableIPForwarding, ipConfigurations } };
  return { networkProfile: { networkInterfaceConfigurations: [nic] } };
}

/**
 * Grows or shrinks a scale set to so many instances; the newest go first. A client's change of the capacity
 * is an event, one by the platform's own autoscaling is none.
 */
export function scaleTo(arm: Arm, id: string, capacity: number, by: Caller | 'autoscale'): ScaleSet {
  const before = requireResource(arm, TYPE, id);
  if (by !== 'autoscale') {
    checkLock(arm, id);
    const write = { before, after: before, operation: 'CreateOrUpdateScaleSet', target: before.id };
    writeNow(arm, { ...write, action: `${TYPE}/write` }, by);
  }
  const members = membersOf(arm, before);
  for (const member of members.slice(capacity)) {
    if (member.type === INSTANCE) dropInstance(arm, member.id);
    else deleteMachine(arm, member.id);
  }
  return addInstances(arm, id, Math.max(0, capacity - members.length));
}

/** The instances of a set of either mode, in order of creation. */
export function membersOf(arm: Arm, set: ScaleSet): readonly Machine[] {
  if (set.mode === 'Uniform') return listResources(arm, INSTANCE, set.id);
  const group = set.id.split('/').slice(0, 5).join('/');
  return listResources(arm, 'Microsoft.Compute/virtualMachines', group).filter(
    ({ scaleSet }) => scaleSet !== null && keyOf(scaleSet) === keyOf(set.id),
  );
}

/** Deletes instances by number, as the scale set's delete action does: the event names the set alone. */
export function deleteInstances(
  arm: Arm,
  id: string,
  instanceIds: readonly string[],
  caller = platformCaller(arm),
): void {
  const set = requireResource(arm, TYPE, id);
  const doomed = instanceIds.map((instanceId) => requireInstance(arm, set, instanceId));
  const action = `${TYPE}/delete/action`;
  const write = { before: set, after: set, operation: 'DeleteInstances', action, target: set.id };
  writeNow(arm, write, caller);
  for (const instance of doomed) dropInstance(arm, instance.id);
}

/** Removes a uniform set's instance and its interface, without an event. */
function dropInstance(arm: Arm, id: string): void {
  const instance = requireResource(arm, INSTANCE, id);
  for (const key of [instance.id, ...instance.interfaces]) arm.resources.delete(keyOf(key));
}

/** One instance by its number, or the refusal of the compute provider. */
export function requireInstance(arm: Arm, set: ScaleSet, instanceId: string): ScaleSetInstance {
  if (!/^\d+$/.test(instanceId)) {
    const message = 'Virtual Machine Scale Set VM instanceId must be a number.';
    throw new ArmError(400, 'InvalidParameter', message, { target: 'instanceId' });
  }
  const instance = arm.resources.get(keyOf(`${set.id}/virtualMachines/${instanceId}`));
  if (instance?.type === INSTANCE) return instance;
  const message = `The entity was not found: instance ${instanceId} of ${set.name}.`;
  throw new ArmError(404, 'NotFound', message);
}

function addInstances(arm: Arm, id: string, count: number): ScaleSet {
  const set = requireResource(arm, TYPE, id);
  for (let index = set.nextInstance; index < set.nextInstance + count; index += 1) {
    if (set.mode === 'Uniform') addUniformInstance(arm, set, String(index));
    else addFlexibleInstance(arm, set);
  }
  return storeResource(arm, { ...set, nextInstance: set.nextInstance + count });
}

function addFlexibleInstance(arm: Arm, set: ScaleSet): void {
  const { id, name, subnet, location, tags, userData, enableIPForwarding } = set;
  const place = { group: groupNameOf(id), name: `${name}_${arm.ids.uuid().slice(0, 8)}`, subnet, location };
  const data = userData === null ? {} : { userData };
  createMachine(arm, { ...place, ...data, tags, enableIPForwarding, scaleSet: id });
}

function addUniformInstance(arm: Arm, set: ScaleSet, instanceId: string): void {
  const { name, location, tags, userData } = set;
  const group = groupNameOf(set.id);
  const instance = newResource(arm, INSTANCE, group, [name, instanceId], { location, tags });
  const nic: InstanceInterface = {
    ...newResource(arm, INSTANCE_NIC, group, [name, instanceId, 'nic'], { location }),
    enableIPForwarding: set.enableIPForwarding,
    primary: true,
    machine: instance.id,
    ipConfigurations: newIpConfigurations(arm, set.subnet, undefined),
    properties: {},
  };
  storeResource(arm, nic);
  storeResource(arm, {
    ...instance,
    name: `${name}_${instanceId}`,
    instanceId,
    scaleSet: set.id,
    power: 'running' as const,
    userData,
    createdAt: arm.now(),
    uuid: arm.ids.uuid(),
    interfaces: [nic.id],
    properties: { hardwareProfile: { vmSize: set.sku } },
  });
}
