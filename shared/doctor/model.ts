import type { Cidr } from '../core/cidr.ts';
import type { CloudFailure } from '../core/errors.ts';
import type { Node, RouteTable } from '../core/model.ts';
import type { Direction, Firewall } from './firewall.ts';

/** What may keep pods apart. A code that is also one of a finding says the same as that; each has a page in docs/. */
export type DiagnosisCode =
  | 'route-missing'
  | 'route-blackhole'
  | 'route-wrong-next-hop'
  | 'route-write-failed'
  | 'foreign-route'
  | 'route-table-full'
  | 'route-table-filling'
  | 'subnet-not-routed'
  | 'association-lost'
  | 'forwarding-disabled'
  | 'security-group-blocks'
  | 'network-acl-blocks'
  | 'network-security-group-blocks'
  | 'node-not-running'
  | 'different-networks'
  | 'node-unreachable'
  | 'missing-claim'
  | 'malformed-claim'
  | 'claim-outside-cluster'
  | 'claim-covers-cluster'
  | 'claim-overlaps-network'
  | 'claim-covers-nodes'
  | 'claim-reserved'
  | 'too-many-claims'
  | 'conflicting-claim'
  | 'no-free-cidr'
  | 'host-forwarding';

/** How sure it is that this keeps pods apart. */
export type Certainty = 'certain' | 'likely' | 'possible';

/** One reason why pods on different nodes may not reach each other. */
export interface Diagnosis {
  readonly code: DiagnosisCode;
  readonly certainty: Certainty;
  /** Names of the nodes whose pods it is about. */
  readonly nodes: readonly string[];
  /** Their ids: names need not be unique. */
  readonly nodeIds: readonly string[];
  readonly message: string;
  /** What was seen: ids, rules, routes. */
  readonly evidence: readonly string[];
  /** Shell commands that show more of what was seen, and change nothing. */
  readonly lookCommands: readonly string[];
  readonly remedy: string;
  /** Shell commands that do what the remedy says, with ids filled in; empty where a person must decide. */
  readonly commands: readonly string[];
}

/** A firewall, and the ids of the nodes that it guards. */
export interface Guard {
  readonly firewall: Firewall;
  readonly nodes: readonly string[];
  /** Whether it also looks at what stays inside a subnet. */
  readonly guardsWithinSubnet: boolean;
  /** Where rules are added to a group: whom else they are for, or why that could not be read. */
  readonly members?: GroupMembers | { readonly failure: CloudFailure };
}

/** The members of a security group. */
export interface GroupMembers {
  /** Ids of the nodes with pods. */
  readonly nodes: readonly string[];
  /** Ids of the network interfaces that are on none of these. */
  readonly others: readonly string[];
}

/** Which route table a subnet really uses. */
export interface SubnetRouting {
  /** Null where it uses none. */
  readonly table: { readonly id: string; readonly name: string } | null;
  /** Whether it was associated with that table, rather than being left to a default. */
  readonly isAssociated: boolean;
}

/** Something that could not be read, and what could therefore not be checked. */
export interface Gap {
  readonly unchecked: string;
  readonly failure: CloudFailure;
}

/** What was read of the network around the nodes, besides what the core reads. */
export interface NetworkReading {
  readonly guards: readonly Guard[];
  /** By subnet id; a subnet that is not in it could not be read. */
  readonly subnets: ReadonlyMap<string, SubnetRouting>;
  /** Ids of the primary network interfaces, by node id. */
  readonly interfaces: ReadonlyMap<string, string>;
  readonly gaps: readonly Gap[];
}

/** What a rule shall let through, and where it has to stand. */
export interface Opening {
  readonly firewall: Firewall;
  readonly direction: Direction;
  readonly cidr: Cidr;
  /** The highest place at which it still comes before the rules that drop. */
  readonly before: number;
  /** Openings of the same firewall and direction that were written before this one. */
  readonly skip: number;
}

/** Writes commands of one cloud's own program that mend; none where there is no such command. */
export interface FixCommands {
  readonly enableForwarding: (node: Node, networkInterface: string | undefined) => readonly string[];
  readonly open: (opening: Opening) => readonly string[];
  readonly associate: (subnet: string, table: string) => readonly string[];
  readonly manageTable: (table: string) => readonly string[];
  /** Sets the whole tag: one CIDR, or a comma list. */
  readonly setClaim: (node: Node, value: string) => readonly string[];
  /** Of a route of somebody else that leads nowhere. */
  readonly deleteDeadRoute: (table: RouteTable, destination: Cidr) => readonly string[];
  readonly start: (node: Node) => readonly string[];
}

/** Writes commands of one cloud's own program that only look. */
export interface LookCommands {
  readonly route: (table: RouteTable, destination: Cidr) => readonly string[];
  /** Lists the members of the group that a firewall's rules are added to. */
  readonly members: (firewall: Firewall) => readonly string[];
}

/** What doctor needs of a cloud. */
export interface NetworkDoctor {
  readonly read: (
    nodes: readonly Node[],
    tables: readonly RouteTable[],
    signal: AbortSignal,
  ) => Promise<NetworkReading>;
  readonly commands: FixCommands;
  readonly looks: LookCommands;
}
