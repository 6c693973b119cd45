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
  scopeOf,
} from './endpoint.ts';
import { planInterfaceDelete, planInterfaceWrite } from './interfaces.ts';
import type { InstanceInterface, NetworkInterface, ScaleSetInstance } from './model.ts';
import { checkPreconditions } from './preconditions.ts';
import { resourceId } from './resource-ids.ts';
import { findResource, listResources, requireResource } from './resources.ts';
import { requireInstance } from './scale-sets.ts';
import type { Arm } from './state.ts';
import { replaceTags } from './tags.ts';
import { viewInterface } from './views.ts';

const NIC = 'Microsoft.Network/networkInterfaces';
const SET = 'Microsoft.Compute/virtualMachineScaleSets';
const INSTANCE_NIC = `${SET}/virtualMachines/networkInterfaces` as const;
const NIC_PATH = `${IN_GROUP}/${NIC}/{nic}`;
const SET_PATH = `${IN_GROUP}/${SET}/{set}`;
const INSTANCE_NICS_PATH = `${SET_PATH}/virtualMachines/{instance}/networkInterfaces`;

/** The operations on the interfaces of machines and of scale-set instances. */
export const INTERFACE_ENDPOINTS: readonly Endpoint[] = [
  endpoint('NetworkInterfaces_ListAll', 'GET', `${IN_SUBSCRIPTION}/${NIC}`, listInterfaces),
  endpoint('NetworkInterfaces_List', 'GET', `${IN_GROUP}/${NIC}`, listInterfaces),
  endpoint('NetworkInterfaces_Get', 'GET', NIC_PATH, (arm, call) =>
    answerInterface(requireResource(arm, NIC, nicId(arm, call))),
  ),
  endpoint('NetworkInterfaces_CreateOrUpdate', 'PUT', NIC_PATH, putInterface),
  endpoint('NetworkInterfaces_Delete', 'DELETE', NIC_PATH, (arm, call) => {
    const nic = findResource(arm, NIC, nicId(arm, call));
    if (nic === null) return { status: 204 };
    checkLock(arm, nic.id);
    const write = planInterfaceDelete(nic);
    return answerAccepted(arm, call, performWrite(arm, write, call.caller, call.takeOperationFault()));
  }),
  endpoint('NetworkInterfaces_UpdateTags', 'PATCH', NIC_PATH, (arm, call) =>
    answerInterface(replaceTags(arm, call, requireResource(arm, NIC, nicId(arm, call)))),
  ),
  endpoint(
    'NetworkInterfaces_ListVirtualMachineScaleSetNetworkInterfaces',
    'GET',
    `${SET_PATH}/networkInterfaces`,
    (arm, call) => {
      const set = requireResource(arm, SET, setId(arm, call));
      return answerPage(arm, call, listResources(arm, INSTANCE_NIC, set.id).map(viewInterface));
    },
  ),
  endpoint(
    'NetworkInterfaces_ListVirtualMachineScaleSetVMNetworkInterfaces',
    'GET',
    INSTANCE_NICS_PATH,
    (arm, call) => {
      const nics = listResources(arm, INSTANCE_NIC, instanceOf(arm, call).id);
      return answerPage(arm, call, nics.map(viewInterface));
    },
  ),
  endpoint(
    'NetworkInterfaces_GetVirtualMachineScaleSetNetworkInterface',
    'GET',
    `${INSTANCE_NICS_PATH}/{nic}`,
    (arm, call) => {
      const id = `${instanceOf(arm, call).id}/networkInterfaces/${param(call, 'nic')}`;
      return answerInterface(requireResource(arm, INSTANCE_NIC, id));
    },
  ),
];

function listInterfaces(arm: Arm, call: ArmCall): ArmAnswer {
  return answerPage(arm, call, listResources(arm, NIC, scopeOf(arm, call)).map(viewInterface));
}

function putInterface(arm: Arm, call: ArmCall): ArmAnswer {
  const id = nicId(arm, call);
  checkLock(arm, id);
  const before = findResource(arm, NIC, id);
  checkPreconditions(call, before?.etag ?? null, id);
  const body = readBody(BODIES.networkInterface, call.body);
  const write = planInterfaceWrite(arm, param(call, 'group'), param(call, 'nic'), body);
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  const written = viewInterface(requireResource(arm, NIC, id));
  return answerWrite(arm, call, before === null ? 201 : 200, written, operation);
}

function answerInterface(nic: NetworkInterface | InstanceInterface): ArmAnswer {
  return { status: 200, headers: { etag: nic.etag }, body: viewInterface(nic) };
}

function instanceOf(arm: Arm, call: ArmCall): ScaleSetInstance {
  return requireInstance(arm, requireResource(arm, SET, setId(arm, call)), param(call, 'instance'));
}

function nicId(arm: Arm, call: ArmCall): string {
  return resourceId(scopeOf(arm, call), NIC, param(call, 'nic'));
}

function setId(arm: Arm, call: ArmCall): string {
  return resourceId(scopeOf(arm, call), SET, param(call, 'set'));
}
