// @ts-nocheck
import { type Cidr, parseCidr } from '../../shared/core/cidr.ts';
import { ANYWHERE, type Firewall, type FirewallRule } from '../../shared/doctor/firewall.ts';

export function cidr(text: string): Cidr {
  const result = parseCidr(text);
  if (!result.ok) throw new Error(`${text} ${result.problem}`);
  return result.cidr;
}

interface RuleSketch extends Partial<Omit<FirewallRule, 'remote' | 'local'>> {
  readonly remote?: readonly string[];
  readonly local?: readonly string[];
  /** Names of prefix lists and the like. */
  readonly named?: readonly string[];
}

/** A rule that allows everything in, but for what is said. */
export function rule({ remote, local, named = [], ...fields }: RuleSketch = {}): FirewallRule {
  const cidrs = remote?.map(cidr) ?? (named.length > 0 ? [] : ANYWHERE.cidrs);
  return {
    name: `rule ${fields.order ?? 0}`,
    order: 0,
    direction: 'ingress',
    action: 'allow',
    protocol: null,
    ports: null,
    isNarrower: false,
    ...fields,
    remote: { cidrs, named },
    local: { cidrs: local?.map(cidr) ?? ANYWHERE.cidrs, named: [] },
  };
}

/** A firewall with these rules, in this order. */
export function firewall(rules: readonly FirewallRule[], kind: Firewall['kind'] = 'network-acl'): Firewall {
  const id = { 'security-group': 'sg-1', 'network-acl': 'acl-1', 'network-security-group': '/nsg' }[kind];
  return { kind, id, name: id, rules };
}
