import { checkLock, performWrite, type Write } from './async-operations.ts';
import { BODIES, readBody } from './bodies.ts';
import {
  type ArmAnswer,
  type ArmCall,
  answerAccepted,
  answerPage,
  answerWrite,
  type Endpoint,
  endpoint,
  IN_GROUP,
  IN_SUBSCRIPTION,
  param,
  readExpand,
  scopeOf,
  withEtag,
} from './endpoint.ts';
import { ArmError } from './errors.ts';
import { viewInstanceView, viewMachine } from './machine-views.ts';
import { attachInterfacesOf, planMachineUpdate, planMachineWrite } from './machine-writes.ts';
import { type PowerAction, planMachineDelete, planPowerAction } from './machines.ts';
import type { AsyncOperation, VirtualMachine } from './model.ts';
import { checkComputePreconditions } from './preconditions.ts';
import { keyOf, resourceId } from './resource-ids.ts';
import { findResource, listResources, requireResource } from './resources.ts';
import type { Arm } from './state.ts';

const TYPE = 'Microsoft.Compute/virtualMachines';
const MACHINES = `${IN_GROUP}/${TYPE}`;
const MACHINE = `${MACHINES}/{machine}`;

/** The operations on virtual machines, those of flexible scale sets among them. */
export const MACHINE_ENDPOINTS: readonly Endpoint[] = [
  endpoint('VirtualMachines_ListAll', 'GET', `${IN_SUBSCRIPTION}/${TYPE}`, listMachines),
  endpoint('VirtualMachines_List', 'GET', MACHINES, listMachines),
  endpoint('VirtualMachines_Get', 'GET', MACHINE, (arm, call) => {
    const details = readExpand(call, ['instanceView', 'userData']);
    const machine = requireMachine(arm, call);
    return withEtag({ status: 200, body: viewMachine(arm, machine, details) }, machine.etag);
  }),
  endpoint('VirtualMachines_CreateOrUpdate', 'PUT', MACHINE, putMachine),
  endpoint('VirtualMachines_InstanceView', 'GET', `${MACHINE}/instanceView`, (arm, call) => ({
    status: 200,
    body: viewInstanceView(requireMachine(arm, call)),
  })),
  endpoint('VirtualMachines_Update', 'PATCH', MACHINE, patchMachine),
  endpoint('VirtualMachines_Delete', 'DELETE', MACHINE, (arm, call) => {
    const machine = findResource(arm, TYPE, machineId(arm, call));
    return machine === null ? { status: 204 } : startWrite(arm, call, planMachineDelete(machine));
  }),
  endpoint('VirtualMachines_Start', 'POST', `${MACHINE}/start`, powerAction('start')),
  endpoint('VirtualMachines_Restart', 'POST', `${MACHINE}/restart`, powerAction('restart')),
  endpoint('VirtualMachines_PowerOff', 'POST', `${MACHINE}/powerOff`, powerAction('powerOff')),
  endpoint('VirtualMachines_Deallocate', 'POST', `${MACHINE}/deallocate`, powerAction('deallocate')),
];

function powerAction(name: PowerAction): Endpoint['run'] {
  return (arm, call) => startWrite(arm, call, planPowerAction(requireMachine(arm, call), name));
}

/** The whole list may be narrowed to one flexible scale set; only then may it carry instance views. */
function listMachines(arm: Arm, call: ArmCall): ArmAnswer {
  const set = readFilter(call);
  const details = new Set(readExpand(call, set === null ? [] : ['instanceView']));
  if (call.query.get('statusOnly') === 'true' && arm.settings.listsStates) details.add('instanceView');
  const machines = listResources(arm, TYPE, scopeOf(arm, call)).filter(
    ({ scaleSet }) => set === null || (scaleSet !== null && keyOf(scaleSet) === keyOf(set)),
  );
  return answerPage(
    arm,
    call,
    machines.map((machine) => viewMachine(arm, machine, details)),
  );
}

function readFilter(call: ArmCall): string | null {
  const filter = call.query.get('$filter');
  if (filter === null) return null;
  const [, id] = /^'virtualMachineScaleSet\/id' eq '?(.+?)'?$/i.exec(filter) ?? [];
  if (id !== undefined) return id;
  throw new ArmError(400, 'InvalidParameter', `The value '${filter}' of parameter $filter is invalid.`);
}

function putMachine(arm: Arm, call: ArmCall): ArmAnswer {
  const before = findResource(arm, TYPE, machineId(arm, call));
  checkComputePreconditions(call, before?.etag ?? null);
  const body = readBody(BODIES.machine, call.body);
  const write = planMachineWrite(arm, param(call, 'group'), param(call, 'machine'), body);
  checkLock(arm, write.after.id);
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  if (before === null) attachInterfacesOf(arm, write.after);
  return answerMachine(arm, call, before === null ? 201 : 200, operation);
}

function answerMachine(
  arm: Arm,
  call: ArmCall,
  status: 200 | 201,
  operation: AsyncOperation | null,
): ArmAnswer {
  const machine = requireMachine(arm, call);
  const view = viewMachine(arm, machine, new Set());
  return withEtag(answerWrite(arm, call, status, view, operation), machine.etag);
}

function patchMachine(arm: Arm, call: ArmCall): ArmAnswer {
  const before = requireMachine(arm, call);
  checkComputePreconditions(call, before.etag);
  checkLock(arm, before.id);
  const write = planMachineUpdate(before, readBody(BODIES.machineUpdate, call.body));
  return answerMachine(arm, call, 200, performWrite(arm, write, call.caller, call.takeOperationFault()));
}

function startWrite(arm: Arm, call: ArmCall, write: Write): ArmAnswer {
  checkLock(arm, write.before?.id ?? '');
  return answerAccepted(arm, call, performWrite(arm, write, call.caller, call.takeOperationFault()));
}

function requireMachine(arm: Arm, call: ArmCall): VirtualMachine {
  return requireResource(arm, TYPE, machineId(arm, call));
}

function machineId(arm: Arm, call: ArmCall): string {
  return resourceId(scopeOf(arm, call), TYPE, param(call, 'machine'));
}
