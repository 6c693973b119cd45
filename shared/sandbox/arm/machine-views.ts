import type { Machine, PowerState, ScaleSet, ScaleSetInstance, VirtualMachine } from './model.ts';
import { groupNameOf } from './resource-ids.ts';
import { membersOf } from './scale-sets.ts';
import type { Arm } from './state.ts';
import { type View, viewHead } from './views.ts';

/** A virtual machine. User data and its state are shown only where they were asked for. */
export function viewMachine(arm: Arm, machine: VirtualMachine, details: ReadonlySet<string>): View {
  return {
    ...viewHead(machine),
    id: spellId(arm, machine.id),
    etag: machine.etag,
    properties: {
      vmId: machine.uuid,
      ...viewState(machine, details),
      ...(machine.scaleSet !== null && { virtualMachineScaleSet: { id: spellId(arm, machine.scaleSet) } }),
    },
  };
}

/** An instance of a uniform scale set. */
export function viewInstance(arm: Arm, instance: ScaleSetInstance, details: ReadonlySet<string>): View {
  return {
    ...viewHead(instance),
    id: spellId(arm, instance.id),
    etag: instance.etag,
    instanceId: instance.instanceId,
    sku: { name: 'Standard_D2s_v5', tier: 'Standard' },
    properties: { vmId: instance.uuid, latestModelApplied: true, ...viewState(instance, details) },
  };
}

function spellId({ settings }: Arm, id: string): string {
  const group = groupNameOf(id);
  return settings.upperCaseGroups ? id.replace(`/${group}/`, `/${group.toUpperCase()}/`) : id;
}

function viewState(machine: Machine, details: ReadonlySet<string>): View {
  const { interfaces, properties, provisioningState, createdAt, userData } = machine;
  return {
    ...properties,
    provisioningState,
    timeCreated: new Date(createdAt).toISOString(),
    networkProfile: {
      networkInterfaces: interfaces.map((id, index) => ({ id, properties: { primary: index === 0 } })),
    },
    ...(details.has('userData') && userData !== null && { userData }),
    ...(details.has('instanceView') && { instanceView: viewInstanceView(machine) }),
  };
}

const POWER_TEXTS: Readonly<Record<PowerState, string>> = {
  running: 'VM running',
  stopped: 'VM stopped',
  deallocated: 'VM deallocated',
};

/** The state of a machine at run time. */
export function viewInstanceView({ provisioningState, power, createdAt }: Machine): View {
  return {
    statuses: [
      {
        code: `ProvisioningState/${provisioningState.toLowerCase()}`,
        level: 'Info',
        displayStatus: `Provisioning ${provisioningState.toLowerCase()}`,
        time: new Date(createdAt).toISOString(),
      },
      { code: `PowerState/${power}`, level: 'Info', displayStatus: POWER_TEXTS[power] },
    ],
  };
}

/** A scale set of either orchestration mode. */
export function viewScaleSet(arm: Arm, set: ScaleSet, details: ReadonlySet<string>): View {
  const { sku, profile, properties, userData } = set;
  return {
    ...viewHead(set),
    id: spellId(arm, set.id),
    etag: set.etag,
    sku: { name: sku, tier: 'Standard', capacity: membersOf(arm, set).length },
    properties: {
      ...properties,
      provisioningState: set.provisioningState,
      orchestrationMode: set.mode,
      uniqueId: set.uniqueId,
      virtualMachineProfile: {
        ...profile,
        ...(details.has('userData') && userData !== null && { userData }),
      },
    },
  };
}
