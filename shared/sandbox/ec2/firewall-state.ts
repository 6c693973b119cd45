import type { Resource } from './model.ts';

interface RulePorts {
  /** -1 for all, of protocols without ports a type. */
  readonly from: number;
  readonly to: number;
}

/** A rule of a security group with one source or destination. */
export interface SecurityRule {
  readonly isEgress: boolean;
  /** As answers carry it: tcp, udp, icmp, icmpv6, -1 for all, or a number. */
  readonly protocol: string;
  readonly ports: RulePorts | null;
  readonly peer: { readonly kind: 'cidr' | 'cidr6' | 'prefix-list' | 'group'; readonly value: string };
}

export interface SecurityGroup extends Resource {
  readonly vpc: string;
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly rules: readonly SecurityRule[];
}

export interface AclEntry {
  readonly number: number;
  readonly isEgress: boolean;
  readonly action: 'allow' | 'deny';
  /** Its number, -1 for all. */
  readonly protocol: string;
  readonly ports: RulePorts | null;
  readonly icmp: { readonly type: number; readonly code: number } | null;
  readonly cidr: string;
}

export interface NetworkAcl extends Resource {
  readonly vpc: string;
  readonly isDefault: boolean;
  readonly entries: readonly AclEntry[];
  readonly associations: readonly { readonly id: string; readonly subnet: string }[];
}
