import { checkAddress } from './addresses.ts';
import { checkLock, performWrite } from './async-operations.ts';
import { BODIES, readBody } from './bodies.ts';
import {
  type ArmAnswer,
  type ArmCall,
  answerPage,
  answerWrite,
  type Endpoint,
  endpoint,
  IN_GROUP,
  IN_SUBSCRIPTION,
  param,
  scopeOf,
} from './endpoint.ts';
import { planInterfaceWrite } from './interfaces.ts';
import { planSubnetWrite, requireSubnet } from './networks.ts';
import { checkPreconditions } from './preconditions.ts';
import { resourceId } from './resource-ids.ts';
import { findResource, listResources, requireResource } from './resources.ts';
import { requireInstance } from './scale-sets.ts';
import type { Arm, InstanceInterface, NetworkInterface, ScaleSetInstance, VirtualNetwork } from './state.ts';
import { replaceTags } from './tags.ts';
import { viewInterface, viewNetwork, viewSubnet } from './views.ts';

const NETWORK = 'Microsoft.Network/virtualNetworks';
const NIC = 'Microsoft.Network/networkInterfaces';
const SET = 'Microsoft.Compute/virtualMachineScaleSets';
const INSTANCE_NIC = `${SET}/virtualMachines/networkInterfaces` as const;
const NETWORK_PATH = `${IN_GROUP}/${NETWORK}/{network}`;
const SUBNET_PATH = `${NETWORK_PATH}/subnets/{subnet}`;
const NIC_PATH = `${IN_GROUP}/${NIC}/{nic}`;
const SET_PATH = `${IN_GROUP}/${SET}/{set}`;
const INSTANCE_NICS_PATH = `${SET_PATH}/virtualMachines/{instance}/networkInterfaces`;

/** The operations on virtual networks, subnets, and interfaces of machines and scale-set instances. */
export const NETWORK_ENDPOINTS: readonly Endpoint[] = [
  endpoint('VirtualNetworks_ListAll', 'GET', `${IN_SUBSCRIPTION}/${NETWORK}`, listNetworks),
  endpoint('VirtualNetworks_List', 'GET', `${IN_GROUP}/${NETWORK}`, listNetworks),
  endpoint('VirtualNetworks_Get', 'GET', NETWORK_PATH, (arm, call) => {
    const network = requireNetwork(arm, call);
    return { status: 200, headers: { etag: network.etag }, body: viewNetwork(arm, network) };
  }),
  endpoint(
    'VirtualNetworks_CheckIPAddressAvailability',
    'GET',
    `${NETWORK_PATH}/CheckIPAddressAvailability`,
    (arm, call) => {
      const answer = checkAddress(arm, requireNetwork(arm, call), call.query.get('ipAddress') ?? '');
      return { status: 200, body: { ...answer } };
    },
  ),
  endpoint('Subnets_List', 'GET', `${NETWORK_PATH}/subnets`, (arm, call) => {
    const network = requireNetwork(arm, call);
    return answerPage(
      arm,
      call,
      [...network.subnets.values()].map((subnet) => viewSubnet(arm, network, subnet)),
    );
  }),
  endpoint('Subnets_Get', 'GET', SUBNET_PATH, (arm, call) =>
    answerSubnet(arm, requireNetwork(arm, call), call),
  ),
  endpoint('Subnets_CreateOrUpdate', 'PUT', SUBNET_PATH, putSubnet),
  endpoint('NetworkInterfaces_ListAll', 'GET', `${IN_SUBSCRIPTION}/${NIC}`, listInterfaces),
  endpoint('NetworkInterfaces_List', 'GET', `${IN_GROUP}/${NIC}`, listInterfaces),
  endpoint('NetworkInterfaces_Get', 'GET', NIC_PATH, (arm, call) =>
    answerInterface(requireResource(arm, NIC, nicId(arm, call))),
  ),
  endpoint('NetworkInterfaces_CreateOrUpdate', 'PUT', NIC_PATH, putInterface),
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

function listNetworks(arm: Arm, call: ArmCall): ArmAnswer {
  const networks = listResources(arm, NETWORK, scopeOf(arm, call));
  return answerPage(
    arm,
    call,
    networks.map((network) => viewNetwork(arm, network)),
  );
}

function listInterfaces(arm: Arm, call: ArmCall): ArmAnswer {
  return answerPage(arm, call, listResources(arm, NIC, scopeOf(arm, call)).map(viewInterface));
}

function putSubnet(arm: Arm, call: ArmCall): ArmAnswer {
  const network = requireNetwork(arm, call);
  const name = param(call, 'subnet');
  checkLock(arm, network.id);
  const isNew = !network.subnets.has(name.toLowerCase());
  checkPreconditions(call, isNew ? null : network.etag, `${network.id}/subnets/${name}`);
  const write = planSubnetWrite(arm, network, name, readBody(BODIES.subnet, call.body));
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  const { body = {} } = answerSubnet(arm, requireNetwork(arm, call), call);
  return answerWrite(arm, call, isNew ? 201 : 200, body, operation);
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

function answerSubnet(arm: Arm, network: VirtualNetwork, call: ArmCall): ArmAnswer {
  const body = viewSubnet(arm, network, requireSubnet(network, param(call, 'subnet')));
  return { status: 200, headers: { etag: network.etag }, body };
}

function answerInterface(nic: NetworkInterface | InstanceInterface): ArmAnswer {
  return { status: 200, headers: { etag: nic.etag }, body: viewInterface(nic) };
}

function requireNetwork(arm: Arm, call: ArmCall): VirtualNetwork {
  return requireResource(arm, NETWORK, resourceId(scopeOf(arm, call), NETWORK, param(call, 'network')));
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
