import { createGroup } from '../../../../../shared/sandbox/arm/groups.ts';
import { setForwarding } from '../../../../../shared/sandbox/arm/interfaces.ts';
import { createMachine, deleteMachine } from '../../../../../shared/sandbox/arm/machines.ts';
import type { Machine, Route, RouteTable } from '../../../../../shared/sandbox/arm/model.ts';
import { createNetwork, putSubnet } from '../../../../../shared/sandbox/arm/networks.ts';
import { requireResource } from '../../../../../shared/sandbox/arm/resources.ts';
import { putRoute, putRouteTable } from '../../../../../shared/sandbox/arm/route-tables.ts';
import { createScaleSet, membersOf, scaleTo } from '../../../../../shared/sandbox/arm/scale-sets.ts';
import type { Arm } from '../../../../../shared/sandbox/arm/state.ts';
import { tagResource } from '../../../../../shared/sandbox/arm/tags.ts';
import { CLUSTER_TAG, GROUP, TABLE, TABLE_TAGS, type Worker } from './cluster.ts';

const MACHINE = 'Microsoft.Compute/virtualMachines';

interface KnownNode {
  readonly id: string;
  readonly address: string;
  readonly podCidr: string;
}

/** Who runs the cluster's machines and network, and what they know of it. */
export interface Operator {
  readonly arm: Arm;
  readonly subnet: string;
  readonly table: string;
  /** Names by resource id in lower case, and by address. */
  readonly names: Map<string, string>;
  /** The nodes as they should be routed, by name. */
  readonly nodes: Map<string, KnownNode>;
}

/** The network of the manual procedure: one subnet, and a route table that is its own. */
export function createOperator(arm: Arm): Operator {
  createGroup(arm, GROUP);
  const network = createNetwork(arm, {
    group: GROUP,
    name: 'kubernetes-vnet',
    addressPrefixes: ['10.240.0.0/24'],
  });
  const table = putRouteTable(arm, {
    group: GROUP,
    name: TABLE,
    location: arm.location,
    tags: TABLE_TAGS,
    disableBgpRoutePropagation: true,
  });
  const subnet = putSubnet(arm, {
    network: network.id,
    name: 'kubernetes-subnet',
    addressPrefixes: ['10.240.0.0/24'],
    routeTable: table.id,
  });
  const names = new Map([[table.id.toLowerCase(), table.name]]);
  return { arm, subnet: subnet.id, table: table.id, names, nodes: new Map() };
}

/** Launches a virtual machine that says in its tag which pod CIDR is its own. */
export function launch(operator: Operator, worker: Worker): void {
  const { name, address, podCidr, forwarding = true } = worker;
  const { id } = createMachine(operator.arm, {
    group: GROUP,
    name,
    subnet: operator.subnet,
    addresses: [address],
    enableIPForwarding: forwarding,
    tags: { ...CLUSTER_TAG, 'pod-cidr': podCidr },
  });
  remember(operator, name, { id, address, podCidr });
}

/** Deletes a virtual machine and its interface. */
export function remove({ arm, nodes }: Operator, name: string): void {
  deleteMachine(arm, nodes.get(name)?.id ?? '');
  nodes.delete(name);
}

/** Switches IP forwarding on at the interface of a virtual machine. */
export function letForward({ arm, nodes }: Operator, name: string): void {
  const { interfaces } = requireResource(arm, MACHINE, nodes.get(name)?.id ?? '');
  for (const nic of interfaces) setForwarding(arm, nic, true);
}

/** Creates a flexible scale set; each of its machines is then tagged with a block of its own. */
export function launchScaleSet(operator: Operator, name: string, podCidrs: readonly string[]): void {
  const { arm, subnet } = operator;
  const set = createScaleSet(arm, {
    group: GROUP,
    name,
    mode: 'Flexible',
    subnet,
    instances: podCidrs.length,
    enableIPForwarding: true,
    tags: CLUSTER_TAG,
  });
  operator.names.set(set.id.toLowerCase(), name);
  for (const [i, instance] of membersOf(arm, set).entries()) {
    const podCidr = podCidrs[i] ?? '';
    tagResource(arm, instance.id, { 'pod-cidr': podCidr });
    remember(operator, `${name}_${i}`, { id: instance.id, address: addressOf(arm, instance), podCidr });
  }
}

/** Creates a flexible scale set without machines, whose machines say nothing of their pod CIDRs; gives its id. */
export function createEmptyScaleSet({ arm, subnet, names }: Operator, name: string): string {
  const place = { group: GROUP, name, subnet } as const;
  const set = createScaleSet(arm, {
    ...place,
    mode: 'Flexible',
    enableIPForwarding: true,
    tags: CLUSTER_TAG,
  });
  names.set(set.id.toLowerCase(), name);
  return set.id;
}

/** Gives a scale set so many machines; these are then its machines: names by id, in lower case. */
export function scale({ arm, names }: Operator, set: string, count: number): ReadonlyMap<string, string> {
  const members = membersOf(arm, scaleTo(arm, set, count, 'autoscale'));
  return new Map(
    members.map((machine, i) => {
      const id = machine.id.toLowerCase();
      // The newest go first, so that who stays keeps the name.
      const name = `node-${i}`;
      names.set(id, name);
      names.set(addressOf(arm, machine), name);
      return [id, name];
    }),
  );
}

/** Adds a route to the managed table, or replaces it, as somebody else would. */
export function addRoute({ arm, table }: Operator, { nextHopIpAddress, ...route }: Route): void {
  putRoute(arm, table, { ...route, ...(nextHopIpAddress !== null && { nextHopIpAddress }) });
}

/** The managed table as it is. */
export function readTable({ arm, table }: Operator): RouteTable {
  return requireResource(arm, 'Microsoft.Network/routeTables', table);
}

/** The `ADDRESS CIDR` lines of the manual procedure, read as it reads them: from tags. */
export function readClaimLines({ arm, nodes }: Operator): string[] {
  const machines = [...nodes.values()].map(({ id }) => requireResource(arm, MACHINE, id));
  return machines.map((machine) => `${addressOf(arm, machine)} ${machine.tags['pod-cidr']}`);
}

function remember({ names, nodes }: Operator, name: string, node: KnownNode): void {
  names.set(node.id.toLowerCase(), name);
  names.set(node.address, name);
  nodes.set(name, node);
}

function addressOf(arm: Arm, { interfaces: [id = ''] }: Machine): string {
  const nic = arm.resources.get(id.toLowerCase());
  const address = nic !== undefined && 'ipConfigurations' in nic ? nic.ipConfigurations[0]?.address : null;
  if (address) return address;
  throw new Error(`The sandbox gave no address to ${id}`);
}
