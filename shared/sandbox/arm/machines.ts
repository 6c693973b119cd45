import { checkLock, type Write, writeNow } from './async-operations.ts';
import { ArmError } from './errors.ts';
import { platformCaller } from './events.ts';
import { canonicalGroup } from './groups.ts';
import { attachInterfaces, createInterface } from './interfaces.ts';
import type { Machine, PowerState, VirtualMachine } from './model.ts';
import { keyOf } from './resource-ids.ts';
import { findResource, newResource, requireResource } from './resources.ts';
import type { Arm } from './state.ts';

const TYPE = 'Microsoft.Compute/virtualMachines';

interface MachineRequest {
  readonly group: string;
  readonly name: string;
  /** The subnet of an interface to make for it: `<name>-nic`. Else `interfaces` names those it gets. */
  readonly subnet?: string;
  /** Ids, the primary one first. */
  readonly interfaces?: readonly string[];
  /** Addresses of the interface that is made for it. */
  readonly addresses?: readonly string[];
  readonly enableIPForwarding?: boolean;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly userData?: string;
  readonly power?: PowerState;
  /** The id of a flexible scale set. */
  readonly scaleSet?: string;
}

/** Creates a running virtual machine, with its interface unless some are given; events tell of both. */
export function createMachine(
  arm: Arm,
  request: MachineRequest,
  caller = platformCaller(arm),
): VirtualMachine {
  const { group, name, location, tags, userData = null, power = 'running', scaleSet = null } = request;
  const machine: VirtualMachine = {
    ...newResource(arm, TYPE, canonicalGroup(arm, group), [name], { location, tags }),
    power,
    userData,
    createdAt: arm.now(),
    uuid: arm.ids.uuid(),
    interfaces: request.interfaces ?? [makeInterface(arm, request)],
    scaleSet,
    properties: { hardwareProfile: { vmSize: 'Standard_D2s_v5' } },
  };
  attachInterfaces(arm, machine.id, machine.interfaces);
  const write = { before: null, after: machine, operation: 'CreateOrUpdateVirtualMachine' };
  writeNow(arm, { ...write, action: `${TYPE}/write`, target: machine.id }, caller);
  return requireResource(arm, TYPE, machine.id);
}

function makeInterface(arm: Arm, request: MachineRequest): string {
  const { group, name, subnet = '', addresses, enableIPForwarding = false, location } = request;
  const place = { group, name: `${name}-nic`, subnet, ...(location !== undefined && { location }) };
  const given = addresses === undefined ? {} : { addresses };
  return createInterface(arm, { ...place, ...given, enableIPForwarding }).id;
}

/** Deletes a machine, with its interfaces unless they are to be kept, as the platform or a user would. */
export function deleteMachine(
  arm: Arm,
  id: string,
  { keepInterfaces = false }: { readonly keepInterfaces?: boolean } = {},
): void {
  const machine = requireResource(arm, TYPE, id);
  checkLock(arm, id);
  writeNow(arm, planMachineDelete(machine), platformCaller(arm));
  if (!keepInterfaces) for (const nic of machine.interfaces) arm.resources.delete(keyOf(nic));
}

/** What a DELETE of a machine does. */
export function planMachineDelete(machine: VirtualMachine): Write {
  const action = `${TYPE}/delete`;
  return { before: machine, after: null, operation: 'DeleteVirtualMachine', action, target: machine.id };
}

/** What users can do to a machine's power, as paths and actions name it. */
export type PowerAction = 'start' | 'restart' | 'powerOff' | 'deallocate';

const POWER_AFTER: Readonly<Record<PowerAction, PowerState>> = {
  start: 'running',
  restart: 'running',
  powerOff: 'stopped',
  deallocate: 'deallocated',
};

/** Starts, stops or deallocates a machine or a uniform set's instance, as some other client would. */
export function setPower(arm: Arm, id: string, name: PowerAction): void {
  const machine =
    findResource(arm, 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines', id) ??
    requireResource(arm, TYPE, id);
  checkLock(arm, id);
  writeNow(arm, planPowerAction(machine, name), platformCaller(arm));
}

/** What a power action does; only a machine that runs can be started again. */
export function planPowerAction(machine: Machine, name: PowerAction): Write {
  if (name === 'restart' && machine.power !== 'running') {
    const message = `Cannot restart VM '${machine.name}' since it is ${machine.power}.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  const after = { ...machine, power: POWER_AFTER[name] };
  const action = `${machine.type}/${name}/action`;
  return { before: machine, after, operation: `${name}VirtualMachine`, action, target: machine.id };
}

/** Replaces a machine's user data (base64), as some other client would. */
export function setUserData(arm: Arm, id: string, userData: string | null): void {
  const before = requireResource(arm, TYPE, id);
  checkLock(arm, id);
  const write = { before, after: { ...before, userData }, operation: 'CreateOrUpdateVirtualMachine' };
  writeNow(arm, { ...write, action: `${TYPE}/write`, target: before.id }, platformCaller(arm));
}
