import type { Cidr } from '../core/cidr.ts';
import type { Config } from '../core/config/config.ts';
import type { Node, RouteTable } from '../core/model.ts';
import type { Gap, Guard, NetworkDoctor, NetworkReading, SubnetRouting } from '../doctor/model.ts';
import type { ArmClient } from './arm-client.ts';
import { DoctorInterfaceShape, DoctorNetworkShape, type DoctorSubnetJson } from './doctor-shapes.ts';
import { classifyArmFailure } from './failures.ts';
import { type SecurityGroupJson, SecurityGroupShape, securityGroupFirewall } from './firewall-rules.ts';
import { createAzureFixes } from './fix-commands.ts';
import type { Interface } from './interfaces.ts';
import { readInventory } from './inventory.ts';
import { AZURE_LOOKS } from './look-commands.ts';
import { readShape } from './wire.ts';

/** What `podroutes doctor` needs of Azure: subnets, network security groups, and the nodes' interfaces. */
export function createAzureDoctor(arm: ArmClient, config: Config): NetworkDoctor {
  return {
    read: (nodes, tables, signal) => readNetwork({ arm, config, signal, gaps: [] }, nodes, tables),
    commands: createAzureFixes(config, arm.subscription),
    looks: AZURE_LOOKS,
  };
}

interface Reader {
  readonly arm: ArmClient;
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly gaps: Gap[];
}

async function readNetwork(
  reader: Reader,
  nodes: readonly Node[],
  tables: readonly RouteTable[],
): Promise<NetworkReading> {
  const [subnets, interfaces] = await Promise.all([
    readSubnets(reader, nodes),
    readInterfaces(reader, nodes),
  ]);
  const members = new Map<string, string[]>();
  for (const node of nodes) {
    for (const id of groupsOf(node, interfaces, subnets)) {
      members.set(id, [...(members.get(id) ?? []), node.id]);
    }
  }
  const around = surroundingsOf(nodes, tables);
  const guards = await Promise.all(
    [...members].map(async ([id, ids]): Promise<Guard[]> => {
      const group = await readGroup(reader, id);
      if (group === null) return [];
      return [{ firewall: securityGroupFirewall(group, around), nodes: ids, guardsWithinSubnet: true }];
    }),
  );
  return {
    guards: guards.flat(),
    subnets: routingOf(subnets),
    interfaces: new Map([...interfaces].map(([node, { id }]) => [node, id])),
    gaps: reader.gaps,
  };
}

type Subnets = ReadonlyMap<string, DoctorSubnetJson>;

/** Subnets come with their network: reading it shows the table and the security group of each. */
async function readSubnets({ arm, signal, gaps }: Reader, nodes: readonly Node[]): Promise<Subnets> {
  const networks = [...new Set(nodes.flatMap(({ network }) => network ?? []))];
  const lists = await Promise.all(
    networks.map(async (id) => {
      try {
        const network = readShape(DoctorNetworkShape, await arm.get('network', id, signal));
        return network.properties.subnets ?? [];
      } catch (thrown) {
        const failure = classifyArmFailure(thrown, 'Microsoft.Network/virtualNetworks/read');
        gaps.push({ unchecked: 'route tables and security groups of subnets', failure });
        return [];
      }
    }),
  );
  return new Map(lists.flat().map((subnet) => [subnet.id.toLowerCase(), subnet]));
}

/** The primary interface of each node. */
async function readInterfaces(
  { arm, config, signal, gaps }: Reader,
  nodes: readonly Node[],
): Promise<Map<string, Interface>> {
  const { machines, interfaces, failures } = await readInventory(
    arm,
    config,
    { kind: 'all', ids: [] },
    signal,
  );
  for (const { failure } of failures) gaps.push({ unchecked: 'security groups of interfaces', failure });
  const byId = new Map(interfaces.map((nic) => [nic.id, nic]));
  const primary = new Map(machines.map((machine) => [machine.id, machine.interfaces[0] ?? '']));
  return new Map(
    nodes.flatMap(({ id }): [string, Interface][] => {
      const nic = byId.get(primary.get(id) ?? '');
      return nic === undefined ? [] : [[id, nic]];
    }),
  );
}

/** Ids of the groups that guard a node, on its interface and on its subnet; a packet has to pass both. */
function groupsOf(node: Node, interfaces: ReadonlyMap<string, Interface>, subnets: Subnets): Set<string> {
  const nic = interfaces.get(node.id);
  const ofInterface =
    nic === undefined ? null : readShape(DoctorInterfaceShape, nic.json).properties.networkSecurityGroup;
  const ofSubnet = subnets.get(node.subnet ?? '')?.properties.networkSecurityGroup;
  return new Set([ofInterface, ofSubnet].flatMap((group) => group?.id.toLowerCase() ?? []));
}

async function readGroup({ arm, signal, gaps }: Reader, id: string): Promise<SecurityGroupJson | null> {
  try {
    return readShape(SecurityGroupShape, await arm.get('network', id, signal));
  } catch (thrown) {
    const failure = classifyArmFailure(thrown, 'Microsoft.Network/networkSecurityGroups/read');
    gaps.push({ unchecked: `network security group ${id}`, failure });
    return null;
  }
}

/**
 * What the tag VirtualNetwork stands for as far as pods go: the network's own ranges, and the prefixes of
 * user-defined routes, of which every claim is one once the routes are in step.
 * https://learn.microsoft.com/azure/virtual-network/service-tags-overview#available-service-tags
 */
function surroundingsOf(nodes: readonly Node[], tables: readonly RouteTable[]): Cidr[] {
  const cidrs = [
    ...tables.flatMap(({ networkCidrs }) => networkCidrs),
    ...nodes.flatMap(({ claims }) => claims.map(({ cidr }) => cidr)),
  ];
  return [...new Map(cidrs.map((cidr) => [cidr.text, cidr])).values()];
}

function routingOf(subnets: Subnets): Map<string, SubnetRouting> {
  return new Map(
    [...subnets].map(([id, { properties }]) => {
      const table = properties.routeTable?.id.toLowerCase() ?? null;
      const named = table === null ? null : { id: table, name: table.split('/').at(-1) ?? table };
      return [id, { table: named, isAssociated: named !== null }];
    }),
  );
}
