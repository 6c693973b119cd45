import { checkLock, performWrite, writeNow } from './async-operations.ts';
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
} from './endpoint.ts';
import { ArmError } from './errors.ts';
import { viewInstance, viewInstanceView, viewScaleSet } from './machine-views.ts';
import { type PowerAction, planPowerAction } from './machines.ts';
import { resourceId } from './resource-ids.ts';
import { listResources, requireResource } from './resources.ts';
import { deleteInstances, dropInstance, requireInstance, scaleTo } from './scale-sets.ts';
import type { Arm, ScaleSet, ScaleSetInstance } from './state.ts';

const TYPE = 'Microsoft.Compute/virtualMachineScaleSets';
const SET = `${IN_GROUP}/${TYPE}/{set}`;
const INSTANCES = `${SET}/virtualMachines`;
const INSTANCE = `${INSTANCES}/{instance}`;

/** The operations on scale sets and on the instances of uniform ones. */
export const SCALE_SET_ENDPOINTS: readonly Endpoint[] = [
  endpoint('VirtualMachineScaleSets_ListAll', 'GET', `${IN_SUBSCRIPTION}/${TYPE}`, listSets),
  endpoint('VirtualMachineScaleSets_List', 'GET', `${IN_GROUP}/${TYPE}`, listSets),
  endpoint('VirtualMachineScaleSets_Get', 'GET', SET, (arm, call) => {
    const body = viewScaleSet(arm, requireSet(arm, call), readExpand(call, ['userData']));
    return { status: 200, body };
  }),
  endpoint('VirtualMachineScaleSets_Update', 'PATCH', SET, patchSet),
  endpoint('VirtualMachineScaleSets_DeleteInstances', 'POST', `${SET}/delete`, (arm, call) => {
    const { instanceIds } = readBody(BODIES.instanceIds, call.body);
    deleteInstances(arm, requireSet(arm, call).id, instanceIds, call.caller);
    return { status: 200 };
  }),
  endpoint('VirtualMachineScaleSetVMs_List', 'GET', INSTANCES, (arm, call) => {
    const details = readExpand(call, ['instanceView']);
    const instances = listResources(arm, `${TYPE}/virtualMachines`, requireUniformSet(arm, call).id);
    return answerPage(
      arm,
      call,
      instances.map((instance) => viewInstance(arm, instance, details)),
    );
  }),
  endpoint('VirtualMachineScaleSetVMs_Get', 'GET', INSTANCE, (arm, call) => {
    const details = readExpand(call, ['instanceView', 'userData']);
    return { status: 200, body: viewInstance(arm, instanceOf(arm, call), details) };
  }),
  endpoint('VirtualMachineScaleSetVMs_GetInstanceView', 'GET', `${INSTANCE}/instanceView`, (arm, call) => ({
    status: 200,
    body: viewInstanceView(instanceOf(arm, call)),
  })),
  endpoint('VirtualMachineScaleSetVMs_Update', 'PUT', INSTANCE, putInstance),
  endpoint('VirtualMachineScaleSetVMs_Delete', 'DELETE', INSTANCE, deleteInstance),
  endpoint('VirtualMachineScaleSetVMs_Start', 'POST', `${INSTANCE}/start`, powerAction('start')),
  endpoint('VirtualMachineScaleSetVMs_PowerOff', 'POST', `${INSTANCE}/powerOff`, powerAction('powerOff')),
  endpoint(
    'VirtualMachineScaleSetVMs_Deallocate',
    'POST',
    `${INSTANCE}/deallocate`,
    powerAction('deallocate'),
  ),
];

function listSets(arm: Arm, call: ArmCall): ArmAnswer {
  const sets = listResources(arm, TYPE, scopeOf(arm, call));
  return answerPage(
    arm,
    call,
    sets.map((set) => viewScaleSet(arm, set, new Set())),
  );
}

/** Tags and capacity; the instances come and go with the call, whatever `operationMs` says. */
function patchSet(arm: Arm, call: ArmCall): ArmAnswer {
  const before = requireSet(arm, call);
  checkLock(arm, before.id);
  const { tags, sku } = readBody(BODIES.scaleSetUpdate, call.body);
  const after = { ...before, tags: tags ?? before.tags };
  const write = { before, after, operation: 'UpdateScaleSet', action: `${TYPE}/write`, target: before.id };
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  if (sku?.capacity !== undefined) scaleTo(arm, before.id, sku.capacity, 'autoscale');
  return answerWrite(arm, call, 200, viewScaleSet(arm, requireSet(arm, call), new Set()), operation);
}

/** A PUT of an instance changes its tags: the rest belongs to the set's model. */
function putInstance(arm: Arm, call: ArmCall): ArmAnswer {
  const before = instanceOf(arm, call);
  checkLock(arm, before.id);
  const after = { ...before, tags: readBody(BODIES.tagged, call.body).tags ?? {} };
  const action = `${TYPE}/virtualMachines/write`;
  const write = { before, after, operation: 'UpdateScaleSetVM', action, target: before.id };
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  return answerWrite(arm, call, 200, viewInstance(arm, instanceOf(arm, call), new Set()), operation);
}

function deleteInstance(arm: Arm, call: ArmCall): ArmAnswer {
  const before = instanceOf(arm, call);
  checkLock(arm, before.id);
  const action = `${TYPE}/virtualMachines/delete`;
  const write = { before, after: before, operation: 'DeleteScaleSetVM', action, target: before.id };
  writeNow(arm, write, call.caller);
  dropInstance(arm, before.id);
  return { status: 200 };
}

function powerAction(name: PowerAction): Endpoint['run'] {
  return (arm, call) => {
    const instance = instanceOf(arm, call);
    checkLock(arm, instance.id);
    const write = planPowerAction(instance, name);
    return answerAccepted(arm, call, performWrite(arm, write, call.caller, call.takeOperationFault()));
  };
}

/** What Azure lists here for a flexible set is not known to the sandbox: its machines are virtual machines. */
function requireUniformSet(arm: Arm, call: ArmCall): ScaleSet {
  const set = requireSet(arm, call);
  if (set.mode === 'Uniform') return set;
  const message = `The sandbox lists the machines of the flexible scale set ${set.name} as virtual machines alone.`;
  throw new ArmError(501, 'NotImplemented', message);
}

function instanceOf(arm: Arm, call: ArmCall): ScaleSetInstance {
  return requireInstance(arm, requireSet(arm, call), param(call, 'instance'));
}

function requireSet(arm: Arm, call: ArmCall): ScaleSet {
  return requireResource(arm, TYPE, resourceId(scopeOf(arm, call), TYPE, param(call, 'set')));
}
