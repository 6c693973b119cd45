// @ts-nocheck
import { type Cidr, cidrOf } from '../core/cidr.ts';

export type Direction = 'ingress' | 'egress';

/** Addresses that a rule is about. */
export interface RuleAddresses {
  readonly cidrs: readonly Cidr[];
  /** What it names without its addresses, which cannot be seen from here: prefix lists, service tags, groups. */
  readonly named: readonly string[];
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** A rule of any cloud's firewall. */
export interface FirewallRule {
  /** As people find it in the cloud, such as `rule 100`. */
  readonly name: string;
  /** Where it stands: what the first matching rule says holds. 0 where order means nothing. */
  readonly order: number;
  readonly direction: Direction;
  readonly action: 'allow' | 'deny';
  /** Sources of what comes in, destinations of what goes out. */
  readonly remote: RuleAddresses;
  /** The side of the machines that are guarded. */
  readonly local: RuleAddresses;
  /** IP protocol number; null for all. */
  readonly protocol: number | null;
  /** Destination ports; null for all. */
  readonly ports: readonly PortRange[] | null;
  /** Whether it is about less than the fields above say: some types of ICMP, some source ports. */
  readonly isNarrower: boolean;
}

export type FirewallKind = 'security-group' | 'network-acl' | 'network-security-group';

/** A firewall; what none of its rules matches is dropped. */
export interface Firewall {
  readonly kind: FirewallKind;
  /** Of what a rule is added to: of several groups that guard together, one. */
  readonly id: string;
  readonly name: string;
  /** In the order in which they are asked. */
  readonly rules: readonly FirewallRule[];
}

/** Traffic that all rules of a firewall treat alike. */
export interface Traffic {
  /** Null for all that no rule names. */
  readonly protocol: number | null;
  /** Null for protocols without ports. */
  readonly ports: PortRange | null;
}

/** All addresses. */
export const ANYWHERE: RuleAddresses = { cidrs: [cidrOf(4, 0n, 0), cidrOf(6, 0n, 0)], named: [] };

interface OrderBounds {
  /** What the new rule has to come before. */
  readonly before: number;
  /** How many of the places are for other new rules. */
  readonly skip: number;
  readonly least: number;
  readonly most: number;
}

/** The last free place for a new rule; null where there is none. */
export function freeOrder(
  { rules }: Firewall,
  direction: Direction,
  { before, skip, least, most }: OrderBounds,
): number | null {
  const taken = new Set(rules.filter((rule) => rule.direction === direction).map(({ order }) => order));
  for (let order = Math.min(before - 1, most), left = skip; order >= least; order -= 1) {
    if (taken.has(order)) continue;
    if (left === 0) return order;
    left -= 1;
  }
  return null;
}
