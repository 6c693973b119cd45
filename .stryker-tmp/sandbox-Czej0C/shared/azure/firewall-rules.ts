// @ts-nocheck
import * as z from 'zod/mini';
import { type Cidr, containsCidr, parseCidr } from '../core/cidr.ts';
import {
  ANYWHERE,
  type Firewall,
  type FirewallRule,
  type PortRange,
  type RuleAddresses,
} from '../doctor/firewall.ts';

const Text = z.nullish(z.string());
const Texts = z.nullish(z.array(z.string()));
const Groups = z.nullish(z.array(z.object({ id: z.string() })));

const Rule = z.object({
  name: z.string(),
  properties: z.object({
    priority: z.number(),
    direction: z.string(),
    access: z.string(),
    protocol: z.string(),
    sourceAddressPrefix: Text,
    sourceAddressPrefixes: Texts,
    sourceApplicationSecurityGroups: Groups,
    destinationAddressPrefix: Text,
    destinationAddressPrefixes: Texts,
    destinationApplicationSecurityGroups: Groups,
    sourcePortRange: Text,
    sourcePortRanges: Texts,
    destinationPortRange: Text,
    destinationPortRanges: Texts,
  }),
});
type RuleJson = z.infer<typeof Rule>;

/** A network security group with the rules that it always has. */
export const SecurityGroupShape = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({
    securityRules: z.nullish(z.array(Rule)),
    defaultSecurityRules: z.nullish(z.array(Rule)),
  }),
});
export type SecurityGroupJson = z.infer<typeof SecurityGroupShape>;

/**
 * A network security group as a firewall: rules by priority, the first that matches holds.
 *
 * @param virtualNetwork what the tag VirtualNetwork stands for
 */
export function securityGroupFirewall(
  { id, name, properties }: SecurityGroupJson,
  virtualNetwork: readonly Cidr[],
): Firewall {
  const rules = [...(properties.securityRules ?? []), ...(properties.defaultSecurityRules ?? [])];
  return {
    kind: 'network-security-group',
    id: id.toLowerCase(),
    name: `Network security group ${name}`,
    rules: rules
      .toSorted((a, b) => a.properties.priority - b.properties.priority)
      .map((rule) => readRule(rule, virtualNetwork)),
  };
}

const PROTOCOLS: ReadonlyMap<string, number | null> = new Map([
  ['*', null],
  ['tcp', 6],
  ['udp', 17],
  ['icmp', 1],
  ['icmpv6', 58],
  ['esp', 50],
  ['ah', 51],
]);

function readRule({ name, properties }: RuleJson, virtualNetwork: readonly Cidr[]): FirewallRule {
  const isInbound = properties.direction === 'Inbound';
  const source = readAddresses(
    [properties.sourceAddressPrefix, ...(properties.sourceAddressPrefixes ?? [])],
    properties.sourceApplicationSecurityGroups,
    virtualNetwork,
  );
  const destination = readAddresses(
    [properties.destinationAddressPrefix, ...(properties.destinationAddressPrefixes ?? [])],
    properties.destinationApplicationSecurityGroups,
    virtualNetwork,
  );
  const from = readPorts([properties.sourcePortRange, ...(properties.sourcePortRanges ?? [])]);
  return {
    name: `${name} (priority ${properties.priority})`,
    order: properties.priority,
    direction: isInbound ? 'ingress' : 'egress',
    action: properties.access === 'Allow' ? 'allow' : 'deny',
    remote: isInbound ? source : destination,
    local: isInbound ? destination : source,
    protocol: PROTOCOLS.get(properties.protocol.toLowerCase()) ?? null,
    ports: readPorts([properties.destinationPortRange, ...(properties.destinationPortRanges ?? [])]),
    isNarrower: from !== null || !PROTOCOLS.has(properties.protocol.toLowerCase()),
  };
}

/** Both an empty list and `*` stand for all ports. */
function readPorts(texts: readonly (string | null | undefined)[]): PortRange[] | null {
  const given = texts.flatMap((text) => text || []);
  if (given.length === 0 || given.includes('*')) return null;
  return given.map((text) => {
    const [first = '', last = first] = text.split('-');
    return { first: Number(first), last: Number(last) };
  });
}

function readAddresses(
  texts: readonly (string | null | undefined)[],
  groups: RuleJson['properties']['sourceApplicationSecurityGroups'],
  virtualNetwork: readonly Cidr[],
): RuleAddresses {
  const parts = texts.flatMap((text) => (text ? readPrefix(text, virtualNetwork) : []));
  return {
    cidrs: parts.flatMap(({ cidrs }) => cidrs),
    named: [
      ...parts.flatMap(({ named }) => named),
      ...(groups ?? []).map(({ id }) => id.split('/').at(-1) ?? id),
    ],
  };
}

const NOWHERE: RuleAddresses = { cidrs: [], named: [] };

function readPrefix(text: string, virtualNetwork: readonly Cidr[]): RuleAddresses {
  switch (text.toLowerCase()) {
    case '*':
    case 'any':
      return ANYWHERE;
    case 'virtualnetwork':
      return { cidrs: virtualNetwork, named: [] };
    // The address that health probes come from, 168.63.129.16.
    case 'azureloadbalancer':
      return NOWHERE;
    // Pods with private addresses are not on it; others may be.
    case 'internet':
      return virtualNetwork.every(isPrivate) ? NOWHERE : { cidrs: [], named: [text] };
    default: {
      const single = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
      const result = parseCidr(single);
      return result.ok ? { cidrs: [result.cidr], named: [] } : { cidrs: [], named: [text] };
    }
  }
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].flatMap(
  (text) => {
    const result = parseCidr(text);
    return result.ok ? [result.cidr] : [];
  },
);

function isPrivate(cidr: Cidr): boolean {
  return PRIVATE.some((range) => containsCidr(range, cidr));
}
