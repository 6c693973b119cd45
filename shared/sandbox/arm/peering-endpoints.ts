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
  param,
  scopeOf,
} from './endpoint.ts';
import type { VirtualNetwork } from './model.ts';
import { disconnectOtherSide, planPeeringDelete, planPeeringWrite, requirePeering } from './peerings.ts';
import { resourceId } from './resource-ids.ts';
import { requireResource } from './resources.ts';
import type { Arm } from './state.ts';
import { viewPeering } from './views.ts';

const NETWORK = 'Microsoft.Network/virtualNetworks';
const PEERINGS = `${IN_GROUP}/${NETWORK}/{network}/virtualNetworkPeerings`;
const PEERING = `${PEERINGS}/{peering}`;

/** The operations on the peerings of virtual networks. */
export const PEERING_ENDPOINTS: readonly Endpoint[] = [
  endpoint('VirtualNetworkPeerings_List', 'GET', PEERINGS, (arm, call) => {
    const network = requireNetwork(arm, call);
    const peerings = [...network.peerings.values()];
    return answerPage(
      arm,
      call,
      peerings.map((peering) => viewPeering(arm, network, peering)),
    );
  }),
  endpoint('VirtualNetworkPeerings_Get', 'GET', PEERING, (arm, call) => {
    const network = requireNetwork(arm, call);
    const body = viewPeering(arm, network, requirePeering(network, param(call, 'peering')));
    return { status: 200, headers: { etag: network.etag }, body };
  }),
  endpoint('VirtualNetworkPeerings_CreateOrUpdate', 'PUT', PEERING, putPeering),
  endpoint('VirtualNetworkPeerings_Delete', 'DELETE', PEERING, deletePeering),
];

function putPeering(arm: Arm, call: ArmCall): ArmAnswer {
  const network = requireNetwork(arm, call);
  const name = param(call, 'peering');
  checkLock(arm, network.id);
  const isNew = !network.peerings.has(name.toLowerCase());
  const write = planPeeringWrite(network, name, readBody(BODIES.peering, call.body));
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  const after = requireNetwork(arm, call);
  const view = viewPeering(arm, after, requirePeering(after, name));
  return answerWrite(arm, call, isNew ? 201 : 200, view, operation);
}

function deletePeering(arm: Arm, call: ArmCall): ArmAnswer {
  const network = requireNetwork(arm, call);
  const name = param(call, 'peering');
  checkLock(arm, network.id);
  const write = planPeeringDelete(network, name);
  if (write === null) return { status: 204 };
  disconnectOtherSide(arm, network, requirePeering(network, name).remote);
  return answerAccepted(arm, call, performWrite(arm, write, call.caller, call.takeOperationFault()));
}

function requireNetwork(arm: Arm, call: ArmCall): VirtualNetwork {
  return requireResource(arm, NETWORK, resourceId(scopeOf(arm, call), NETWORK, param(call, 'network')));
}
