import type { Write } from './async-operations.ts';
import type { MachineBody, MachineUpdateBody } from './bodies.ts';
import { ArmError, invalidReference } from './errors.ts';
import { canonicalGroup } from './groups.ts';
import { attachInterfaces } from './interfaces.ts';
import type { Properties, VirtualMachine } from './model.ts';
import { groupId, keyOf, resourceId } from './resource-ids.ts';
import { findResource, newResource } from './resources.ts';
import type { Arm } from './state.ts';

const TYPE = 'Microsoft.Compute/virtualMachines';
const NIC = 'Microsoft.Network/networkInterfaces';

/** What a PUT of a machine does, once validated. */
export function planMachineWrite(
  arm: Arm,
  group: string,
  name: string,
  { location, tags, properties }: MachineBody,
): Write & { readonly after: VirtualMachine } {
  const canonical = canonicalGroup(arm, group);
  const id = resourceId(groupId(arm.subscription, canonical), TYPE, name);
  const before = findResource(arm, TYPE, id);
  const { networkProfile, userData, virtualMachineScaleSet, ...rest } = properties;
  const interfaces = readInterfaces(arm, before?.id ?? id, networkProfile.networkInterfaces);
  if (before !== null && interfaces.join() !== before.interfaces.join()) {
    throw new ArmError(
      501,
      'NotImplemented',
      "The sandbox does not model a change of a machine's interfaces.",
    );
  }
  const machine = before ?? {
    ...newResource(arm, TYPE, canonical, [name], { location }),
    power: 'running' as const,
    createdAt: arm.now(),
    uuid: arm.ids.uuid(),
    userData: null,
    interfaces,
  };
  const after = {
    ...machine,
    tags: tags ?? {},
    userData: userData ?? machine.userData,
    scaleSet: virtualMachineScaleSet?.id ?? null,
    properties: readProperties(rest),
  };
  const operation = 'CreateOrUpdateVirtualMachine';
  return { before, after, operation, action: `${TYPE}/write`, target: after.id };
}

/** What a PATCH of a machine does: it replaces the tags where it has some, and what else it names. */
export function planMachineUpdate(
  before: VirtualMachine,
  { tags, properties = {} }: MachineUpdateBody,
): Write {
  const { networkProfile, userData, virtualMachineScaleSet, ...rest } = properties;
  const after = {
    ...before,
    tags: tags ?? before.tags,
    userData: userData ?? before.userData,
    properties: { ...before.properties, ...readProperties(rest) },
  };
  return { before, after, operation: 'UpdateVirtualMachine', action: `${TYPE}/write`, target: before.id };
}

/** Makes the interfaces of a machine its own, once its PUT was accepted. */
export function attachInterfacesOf(arm: Arm, machine: VirtualMachine): void {
  attachInterfaces(arm, machine.id, machine.interfaces);
}

type InterfaceReference = MachineBody['properties']['networkProfile']['networkInterfaces'][number];

/** The primary one first, in the ids' own case. */
function readInterfaces(arm: Arm, machine: string, sent: readonly InterfaceReference[]): readonly string[] {
  const primaryFirst = [...sent].sort(
    (a, b) => Number(b.properties?.primary ?? false) - Number(a.properties?.primary ?? false),
  );
  return primaryFirst.map(({ id }) => {
    const nic = findResource(arm, NIC, id);
    if (nic === null) throw invalidReference(id, machine);
    if (nic.machine === null || keyOf(nic.machine) === keyOf(machine)) return nic.id;
    const message = `Network Interface ${nic.id} is used by existing resource ${nic.machine}.`;
    throw new ArmError(400, 'NicInUse', message);
  });
}

/** What the provider tells is not taken from what a client read and puts back; secrets are never given back. */
function readProperties({
  provisioningState,
  vmId,
  timeCreated,
  instanceView,
  osProfile,
  ...properties
}: Properties): Properties {
  if (typeof osProfile !== 'object' || osProfile === null) return properties;
  const secrets = new Set(['adminPassword', 'customData', 'secrets']);
  const shown = Object.entries(osProfile).filter(([name]) => !secrets.has(name));
  return { ...properties, osProfile: Object.fromEntries(shown) };
}
