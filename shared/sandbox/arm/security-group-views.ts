import type { NetworkSecurityGroup, SecurityRule } from './model.ts';
import { type View, viewHead } from './views.ts';

/** A network security group with its rules and those that all groups have. */
export function viewSecurityGroup(group: NetworkSecurityGroup): View {
  return {
    ...viewHead(group),
    etag: group.etag,
    properties: {
      provisioningState: group.provisioningState,
      securityRules: group.rules.map((rule) => viewRule(group, rule)),
      defaultSecurityRules: DEFAULT_RULES.map((rule) => viewRule(group, rule, 'defaultSecurityRules')),
    },
  };
}

/** A rule of a group. */
export function viewRule(group: NetworkSecurityGroup, rule: SecurityRule, kind = 'securityRules'): View {
  return {
    name: rule.name,
    id: `${group.id}/${kind}/${rule.name}`,
    etag: group.etag,
    type: `${group.type}/${kind}`,
    properties: { ...rule.properties, provisioningState: group.provisioningState },
  };
}

/** https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules */
const DEFAULT_RULES = [
  defaultRule('AllowVnetInBound', 65_000, 'Inbound', 'Allow', ['VirtualNetwork', 'VirtualNetwork']),
  defaultRule('AllowAzureLoadBalancerInBound', 65_001, 'Inbound', 'Allow', ['AzureLoadBalancer', '*']),
  defaultRule('DenyAllInBound', 65_500, 'Inbound', 'Deny', ['*', '*']),
  defaultRule('AllowVnetOutBound', 65_000, 'Outbound', 'Allow', ['VirtualNetwork', 'VirtualNetwork']),
  defaultRule('AllowInternetOutBound', 65_001, 'Outbound', 'Allow', ['*', 'Internet']),
  defaultRule('DenyAllOutBound', 65_500, 'Outbound', 'Deny', ['*', '*']),
];

function defaultRule(
  name: string,
  priority: number,
  direction: string,
  access: string,
  [sourceAddressPrefix, destinationAddressPrefix]: readonly [string, string],
) {
  const ports = { sourcePortRange: '*', destinationPortRange: '*' };
  const prefixes = { sourceAddressPrefix, destinationAddressPrefix };
  return { name, properties: { protocol: '*', ...ports, ...prefixes, access, priority, direction } };
}
