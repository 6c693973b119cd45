import { checkLock, type Write, writeNow } from './async-operations.ts';
import type { PeeringBody } from './bodies.ts';
import { ArmError, childNotFound } from './errors.ts';
import { platformCaller } from './events.ts';
import type { Peering, PeeringState, VirtualNetwork } from './model.ts';
import { keyOf } from './resource-ids.ts';
import { findResource, requireResource, storeResource } from './resources.ts';
import type { Arm } from './state.ts';

const NETWORK = 'Microsoft.Network/virtualNetworks';
const TYPE = `${NETWORK}/virtualNetworkPeerings`;

interface PeeringRequest {
  /** The id of the network whose side this is. */
  readonly network: string;
  readonly name: string;
  /** The id of the other network, which may be of another subscription. */
  readonly remote: string;
  /** Follows from the other side by default. */
  readonly state?: PeeringState;
}

/** Sets one network's side of a peering, as some other client would; the other side stays as it is. */
export function putPeering(arm: Arm, { network, name, remote, state }: PeeringRequest): Peering {
  const before = requireResource(arm, NETWORK, network);
  checkLock(arm, before.id);
  const body = { properties: { allowVirtualNetworkAccess: true, remoteVirtualNetwork: { id: remote } } };
  writeNow(arm, planPeeringWrite(before, name, body, state ?? null), platformCaller(arm));
  return requirePeering(requireResource(arm, NETWORK, network), name);
}

/** What a PUT of a peering does, once validated. */
export function planPeeringWrite(
  network: VirtualNetwork,
  name: string,
  { properties }: PeeringBody,
  state: PeeringState | null = null,
): Write {
  const key = name.toLowerCase();
  const peering = readPeering(network.peerings.get(key)?.name ?? name, properties, state);
  const twin = [...network.peerings].find(
    ([other, { remote }]) => other !== key && keyOf(remote) === keyOf(peering.remote),
  );
  if (twin !== undefined) {
    const message = `Virtual network ${network.id} already has a peering ${twin[1].name} with ${peering.remote}.`;
    throw new ArmError(400, 'AnotherPeeringAlreadyReferencesRemoteVnet', message);
  }
  const after = { ...network, peerings: new Map(network.peerings).set(key, peering) };
  const operation = 'PutVirtualNetworkPeeringOperation';
  const target = peeringId(network, peering.name);
  const addsPart = !network.peerings.has(key);
  return { before: network, after, operation, action: `${TYPE}/write`, target, addsPart };
}

/** One side of a peering as a body carries it; its state is the provider's to tell. */
export function readPeering(
  name: string,
  { remoteVirtualNetwork, ...sent }: PeeringBody['properties'],
  state: PeeringState | null,
): Peering {
  const { peeringState, peeringSyncLevel, provisioningState, ...properties } = sent;
  return { name, remote: remoteVirtualNetwork.id, state, properties };
}

/** What a DELETE of a peering does, or null where it is not there. */
export function planPeeringDelete(network: VirtualNetwork, name: string): Write | null {
  const peering = network.peerings.get(name.toLowerCase());
  if (peering === undefined) return null;
  const peerings = new Map(network.peerings);
  peerings.delete(name.toLowerCase());
  const operation = 'DeleteVirtualNetworkPeeringOperation';
  const target = peeringId(network, peering.name);
  return { before: network, after: { ...network, peerings }, operation, action: `${TYPE}/delete`, target };
}

/** The other side of a peering that was deleted stays, disconnected. */
export function disconnectOtherSide(arm: Arm, network: VirtualNetwork, remote: string): void {
  const other = findResource(arm, NETWORK, remote);
  const [key, back] = otherSide(arm, network, remote) ?? [];
  if (other === null || key === undefined || back === undefined) return;
  const peerings = new Map(other.peerings).set(key, { ...back, state: 'Disconnected' as const });
  storeResource(arm, { ...other, peerings });
}

/** A peering is connected once both networks have one with each other. */
export function stateFromOtherSide(arm: Arm, network: VirtualNetwork, { remote }: Peering): PeeringState {
  return otherSide(arm, network, remote) === undefined ? 'Initiated' : 'Connected';
}

function otherSide(arm: Arm, network: VirtualNetwork, remote: string) {
  const other = findResource(arm, NETWORK, remote);
  return [...(other?.peerings ?? [])].find(([, back]) => keyOf(back.remote) === keyOf(network.id));
}

/** The peering of this name, or the network provider's refusal. */
export function requirePeering(network: VirtualNetwork, name: string): Peering {
  const peering = network.peerings.get(name.toLowerCase());
  if (peering === undefined) throw childNotFound(peeringId(network, name));
  return peering;
}

/** The id of a peering. */
export function peeringId(network: VirtualNetwork, name: string): string {
  return `${network.id}/virtualNetworkPeerings/${name}`;
}
