import { checkLock, performWrite } from './async-operations.ts';
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
import { viewInstance, viewInstanceView, viewScaleSet } from './machine-views.ts';
import { type PowerAction, planPowerAction } from './machines.ts';
import type { AsyncOperation, ScaleSet, ScaleSetInstance } from './model.ts';
import { checkComputePreconditions } from './preconditions.ts';
import { resourceId } from './resource-ids.ts';
import { findResource, listResources, requireResource } from './resources.ts';
import { planScaleSetDelete, planScaleSetWrite } from './scale-set-writes.ts';
import { deleteInstances, requireInstance, scaleTo } from './scale-sets.ts';
import type { Arm } from './state.ts';

const TYPE = 'Microsoft.Compute/virtualMachineScaleSets';
const SET = `${IN_GROUP}/${TYPE}/{set}`;
const INSTANCES = `${SET}/virtualMachines`;
const INSTANCE = `${INSTANCES}/{instance}`;

/** The operations on scale sets and on the instances of uniform ones. */
export const SCALE_SET_ENDPOINTS: readonly Endpoint[] = [
  endpoint('VirtualMachineScaleSets_ListAll', 'GET', `${IN_SUBSCRIPTION}/${TYPE}`, listSets),
  endpoint('VirtualMachineScaleSets_List', 'GET', `${IN_GROUP}/${TYPE}`, listSets),
  endpoint('VirtualMachineScaleSets_Get', 'GET', SET, (arm, call) => {
    const set = requireSet(arm, call);
    const body = viewScaleSet(arm, set, readExpand(call, ['userData']));
    return withEtag({ status: 200, body }, set.etag);
  }),
  endpoint('VirtualMachineScaleSets_CreateOrUpdate', 'PUT', SET, putSet),
  endpoint('VirtualMachineScaleSets_Update', 'PATCH', SET, patchSet),
  endpoint('VirtualMachineScaleSets_Delete', 'DELETE', SET, (arm, call) => {
    const set = findResource(arm, TYPE, setId(arm, call));
    if (set === null) return { status: 204 };
    checkLock(arm, set.id);
    scaleTo(arm, set.id, 0, 'autoscale');
    const write = planScaleSetDelete(set);
    return answerAccepted(arm, call, performWrite(arm, write, call.caller, call.takeOperationFault()));
  }),
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
    const instance = instanceOf(arm, call);
    return withEtag({ status: 200, body: viewInstance(arm, instance, details) }, instance.etag);
  }),
  endpoint('VirtualMachineScaleSetVMs_GetInstanceView', 'GET', `${INSTANCE}/instanceView`, (arm, call) => ({
    status: 200,
    body: viewInstanceView(instanceOf(arm, call)),
  })),
  endpoint('VirtualMachineScaleSetVMs_Update', 'PUT', INSTANCE, putInstance),
  endpoint('VirtualMachineScaleSetVMs_Delete', 'DELETE', INSTANCE, deleteInstance),
  endpoint('VirtualMachineScaleSetVMs_Start', 'POST', `${INSTANCE}/start`, powerAction('start')),
  endpoint('VirtualMachineScaleSetVMs_Restart', 'POST', `${INSTANCE}/restart`, powerAction('restart')),
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

/** The instances come and go with the call, whatever `operationMs` says. */
function putSet(arm: Arm, call: ArmCall): ArmAnswer {
  const before = findResource(arm, TYPE, setId(arm, call));
  checkComputePreconditions(call, before?.etag ?? null);
  const body = readBody(BODIES.scaleSet, call.body);
  const write = planScaleSetWrite(arm, param(call, 'group'), param(call, 'set'), body);
  checkLock(arm, write.after.id);
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  if (body.sku.capacity !== undefined) scaleTo(arm, write.after.id, body.sku.capacity, 'autoscale');
  return answerSet(arm, call, before === null ? 201 : 200, operation);
}

function answerSet(arm: Arm, call: ArmCall, status: 200 | 201, operation: AsyncOperation | null): ArmAnswer {
  const set = requireSet(arm, call);
  const view = viewScaleSet(arm, set, new Set());
  return withEtag(answerWrite(arm, call, status, view, operation), set.etag);
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
  return answerSet(arm, call, 200, operation);
}

/**
 * A PUT of an instance is accepted and changes nothing that the sandbox models. Azure was recorded to answer 200 to
 * one with a tag, and the tag is neither in that answer nor in later ones: instances have the tags of their set.
 */
function putInstance(arm: Arm, call: ArmCall): ArmAnswer {
  const before = instanceOf(arm, call);
  checkComputePreconditions(call, before.etag);
  checkLock(arm, before.id);
  readBody(BODIES.tagged, call.body);
  const action = `${TYPE}/virtualMachines/write`;
  const write = { before, after: before, operation: 'UpdateScaleSetVM', action, target: before.id };
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  const instance = instanceOf(arm, call);
  const view = viewInstance(arm, instance, new Set());
  return withEtag(answerWrite(arm, call, 200, view, operation), instance.etag);
}

function deleteInstance(arm: Arm, call: ArmCall): ArmAnswer {
  const before = instanceOf(arm, call);
  checkLock(arm, before.id);
  const action = `${TYPE}/virtualMachines/delete`;
  const write = { before, after: null, operation: 'DeleteScaleSetVM', action, target: before.id };
  return answerAccepted(arm, call, performWrite(arm, write, call.caller, call.takeOperationFault()));
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
  return requireResource(arm, TYPE, setId(arm, call));
}

function setId(arm: Arm, call: ArmCall): string {
  return resourceId(scopeOf(arm, call), TYPE, param(call, 'set'));
}
