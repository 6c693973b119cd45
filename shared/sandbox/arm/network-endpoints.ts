import { checkAddress } from './addresses.ts';
import { checkLock, makesNew, performWrite, type Write } from './async-operations.ts';
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
import type { VirtualNetwork } from './model.ts';
import {
  planNetworkDelete,
  planNetworkWrite,
  planSubnetDelete,
  planSubnetWrite,
  requireSubnet,
} from './networks.ts';
import { checkPreconditions } from './preconditions.ts';
import { resourceId } from './resource-ids.ts';
import { findResource, listResources, requireResource } from './resources.ts';
import type { Arm } from './state.ts';
import { replaceTags } from './tags.ts';
import { type View, viewNetwork, viewSubnet } from './views.ts';

const TYPE = 'Microsoft.Network/virtualNetworks';
const NETWORK = `${IN_GROUP}/${TYPE}/{network}`;
const SUBNETS = `${NETWORK}/subnets`;
const SUBNET = `${SUBNETS}/{subnet}`;

/** The operations on virtual networks and their subnets. */
export const NETWORK_ENDPOINTS: readonly Endpoint[] = [
  endpoint('VirtualNetworks_ListAll', 'GET', `${IN_SUBSCRIPTION}/${TYPE}`, listNetworks),
  endpoint('VirtualNetworks_List', 'GET', `${IN_GROUP}/${TYPE}`, listNetworks),
  endpoint('VirtualNetworks_Get', 'GET', NETWORK, (arm, call) =>
    answerNetwork(arm, requireNetwork(arm, call)),
  ),
  endpoint('VirtualNetworks_CreateOrUpdate', 'PUT', NETWORK, putNetwork),
  endpoint('VirtualNetworks_UpdateTags', 'PATCH', NETWORK, (arm, call) =>
    answerNetwork(arm, replaceTags(arm, call, requireNetwork(arm, call))),
  ),
  endpoint('VirtualNetworks_Delete', 'DELETE', NETWORK, (arm, call) => {
    const network = findResource(arm, TYPE, networkId(arm, call));
    return network === null ? { status: 204 } : remove(arm, call, planNetworkDelete(arm, network));
  }),
  endpoint(
    'VirtualNetworks_CheckIPAddressAvailability',
    'GET',
    `${NETWORK}/CheckIPAddressAvailability`,
    (arm, call) => {
      const answer = checkAddress(arm, requireNetwork(arm, call), call.query.get('ipAddress') ?? '');
      return { status: 200, body: { ...answer } };
    },
  ),
  endpoint('Subnets_List', 'GET', SUBNETS, (arm, call) => {
    const network = requireNetwork(arm, call);
    return answerPage(
      arm,
      call,
      [...network.subnets.values()].map((subnet) => viewSubnet(arm, network, subnet)),
    );
  }),
  endpoint('Subnets_Get', 'GET', SUBNET, (arm, call) => {
    const network = requireNetwork(arm, call);
    return { status: 200, headers: { etag: network.etag }, body: viewSubnetOf(arm, network, call) };
  }),
  endpoint('Subnets_CreateOrUpdate', 'PUT', SUBNET, putSubnet),
  endpoint('Subnets_Delete', 'DELETE', SUBNET, (arm, call) => {
    const write = planSubnetDelete(arm, requireNetwork(arm, call), param(call, 'subnet'));
    return write === null ? { status: 204 } : remove(arm, call, write);
  }),
];

function listNetworks(arm: Arm, call: ArmCall): ArmAnswer {
  const networks = listResources(arm, TYPE, scopeOf(arm, call));
  return answerPage(
    arm,
    call,
    networks.map((network) => viewNetwork(arm, network)),
  );
}

function putNetwork(arm: Arm, call: ArmCall): ArmAnswer {
  const id = networkId(arm, call);
  const before = findResource(arm, TYPE, id);
  checkPreconditions(call, before?.etag ?? null, id);
  const body = readBody(BODIES.network, call.body);
  const write = planNetworkWrite(arm, param(call, 'group'), param(call, 'network'), body);
  return perform(arm, call, write, (network) => viewNetwork(arm, network));
}

function putSubnet(arm: Arm, call: ArmCall): ArmAnswer {
  const network = requireNetwork(arm, call);
  const name = param(call, 'subnet');
  const isNew = !network.subnets.has(name.toLowerCase());
  checkPreconditions(call, isNew ? null : network.etag, `${network.id}/subnets/${name}`);
  const write = planSubnetWrite(arm, network, name, readBody(BODIES.subnet, call.body));
  return perform(arm, call, write, (written) => viewSubnetOf(arm, written, call));
}

function perform(arm: Arm, call: ArmCall, write: Write, view: (network: VirtualNetwork) => View): ArmAnswer {
  checkLock(arm, networkId(arm, call));
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  return answerWrite(arm, call, makesNew(write) ? 201 : 200, view(requireNetwork(arm, call)), operation);
}

function remove(arm: Arm, call: ArmCall, write: Write): ArmAnswer {
  checkLock(arm, networkId(arm, call));
  return answerAccepted(arm, call, performWrite(arm, write, call.caller, call.takeOperationFault()));
}

function answerNetwork(arm: Arm, network: VirtualNetwork): ArmAnswer {
  return { status: 200, headers: { etag: network.etag }, body: viewNetwork(arm, network) };
}

function viewSubnetOf(arm: Arm, network: VirtualNetwork, call: ArmCall): View {
  return viewSubnet(arm, network, requireSubnet(network, param(call, 'subnet')));
}

function requireNetwork(arm: Arm, call: ArmCall): VirtualNetwork {
  return requireResource(arm, TYPE, networkId(arm, call));
}

function networkId(arm: Arm, call: ArmCall): string {
  return resourceId(scopeOf(arm, call), TYPE, param(call, 'network'));
}
