import { checkLock, performWrite, type Write } from './async-operations.ts';
import { BODIES, readBody } from './bodies.ts';
import {
  type ArmAnswer,
  type ArmCall,
  answerPage,
  answerWrite,
  type Endpoint,
  endpoint,
  IN_GROUP,
  IN_SUBSCRIPTION,
  param,
  scopeOf,
} from './endpoint.ts';
import { checkPreconditions } from './preconditions.ts';
import { resourceId } from './resource-ids.ts';
import { findResource, listResources, requireResource } from './resources.ts';
import { planRuleWrite, planSecurityGroupWrite } from './security-groups.ts';
import type { Arm, NetworkSecurityGroup } from './state.ts';
import { type View, viewHead } from './views.ts';

const TYPE = 'Microsoft.Network/networkSecurityGroups';
const GROUP = `${IN_GROUP}/${TYPE}/{nsg}`;

/** The operations on network security groups and their rules. */
export const SECURITY_GROUP_ENDPOINTS: readonly Endpoint[] = [
  endpoint('NetworkSecurityGroups_ListAll', 'GET', `${IN_SUBSCRIPTION}/${TYPE}`, listGroups),
  endpoint('NetworkSecurityGroups_List', 'GET', `${IN_GROUP}/${TYPE}`, listGroups),
  endpoint('NetworkSecurityGroups_Get', 'GET', GROUP, (arm, call) => answer(requireGroup(arm, call))),
  endpoint('NetworkSecurityGroups_CreateOrUpdate', 'PUT', GROUP, (arm, call) => {
    const id = groupIdOf(arm, call);
    const before = findResource(arm, TYPE, id);
    checkPreconditions(call, before?.etag ?? null, id);
    const body = readBody(BODIES.securityGroup, call.body);
    return perform(arm, call, planSecurityGroupWrite(arm, param(call, 'group'), param(call, 'nsg'), body));
  }),
  endpoint('SecurityRules_CreateOrUpdate', 'PUT', `${GROUP}/securityRules/{rule}`, (arm, call) => {
    const { properties } = readBody(BODIES.securityRule, call.body);
    return perform(
      arm,
      call,
      planRuleWrite(requireGroup(arm, call), { name: param(call, 'rule'), properties }),
    );
  }),
];

function perform(arm: Arm, call: ArmCall, write: Write): ArmAnswer {
  checkLock(arm, groupIdOf(arm, call));
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  const view = viewSecurityGroup(requireGroup(arm, call));
  return answerWrite(arm, call, write.before === null ? 201 : 200, view, operation);
}

function listGroups(arm: Arm, call: ArmCall): ArmAnswer {
  return answerPage(arm, call, listResources(arm, TYPE, scopeOf(arm, call)).map(viewSecurityGroup));
}

function answer(group: NetworkSecurityGroup): ArmAnswer {
  return { status: 200, headers: { etag: group.etag }, body: viewSecurityGroup(group) };
}

function requireGroup(arm: Arm, call: ArmCall): NetworkSecurityGroup {
  return requireResource(arm, TYPE, groupIdOf(arm, call));
}

function groupIdOf(arm: Arm, call: ArmCall): string {
  return resourceId(scopeOf(arm, call), TYPE, param(call, 'nsg'));
}

function viewSecurityGroup(group: NetworkSecurityGroup): View {
  const view = (kind: string) => (rule: NetworkSecurityGroup['rules'][number]) => ({
    name: rule.name,
    id: `${group.id}/${kind}/${rule.name}`,
    etag: group.etag,
    type: `${TYPE}/${kind}`,
    properties: { provisioningState: group.provisioningState, ...rule.properties },
  });
  return {
    ...viewHead(group),
    etag: group.etag,
    properties: {
      provisioningState: group.provisioningState,
      securityRules: group.rules.map(view('securityRules')),
      defaultSecurityRules: DEFAULT_RULES.map(view('defaultSecurityRules')),
    },
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
