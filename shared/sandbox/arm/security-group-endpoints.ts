import { checkLock, makesNew, performWrite, type Write } from './async-operations.ts';
import { BODIES, readBody } from './bodies.ts';
import {
  type ArmAnswer,
  type ArmCall,
  answerAccepted,
  answerPage,
  answerWrite,
  type Endpoint,
  endpoint,
  IN_GROUP,
  IN_SUBSCRIPTION,
  param,
  scopeOf,
} from './endpoint.ts';
import type { NetworkSecurityGroup } from './model.ts';
import { checkPreconditions } from './preconditions.ts';
import { resourceId } from './resource-ids.ts';
import { findResource, listResources, requireResource } from './resources.ts';
import { viewRule, viewSecurityGroup } from './security-group-views.ts';
import {
  planRuleDelete,
  planRuleWrite,
  planSecurityGroupDelete,
  planSecurityGroupWrite,
  requireRule,
} from './security-groups.ts';
import type { Arm } from './state.ts';
import type { View } from './views.ts';

const TYPE = 'Microsoft.Network/networkSecurityGroups';
const GROUP = `${IN_GROUP}/${TYPE}/{nsg}`;
const RULES = `${GROUP}/securityRules`;
const RULE = `${RULES}/{rule}`;

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
    const write = planSecurityGroupWrite(arm, param(call, 'group'), param(call, 'nsg'), body);
    return perform(arm, call, write, viewSecurityGroup);
  }),
  endpoint('NetworkSecurityGroups_Delete', 'DELETE', GROUP, (arm, call) => {
    const group = findResource(arm, TYPE, groupIdOf(arm, call));
    return group === null ? { status: 204 } : remove(arm, call, planSecurityGroupDelete(group));
  }),
  endpoint('SecurityRules_List', 'GET', RULES, (arm, call) => {
    const group = requireGroup(arm, call);
    return answerPage(
      arm,
      call,
      group.rules.map((rule) => viewRule(group, rule)),
    );
  }),
  endpoint('SecurityRules_Get', 'GET', RULE, (arm, call) => {
    const group = requireGroup(arm, call);
    const body = viewRule(group, requireRule(group, param(call, 'rule')));
    return { status: 200, headers: { etag: group.etag }, body };
  }),
  endpoint('SecurityRules_CreateOrUpdate', 'PUT', RULE, (arm, call) => {
    const { properties } = readBody(BODIES.securityRule, call.body);
    const name = param(call, 'rule');
    const write = planRuleWrite(requireGroup(arm, call), { name, properties });
    return perform(arm, call, write, (group) => viewRule(group, requireRule(group, name)));
  }),
  endpoint('SecurityRules_Delete', 'DELETE', RULE, (arm, call) => {
    const write = planRuleDelete(requireGroup(arm, call), param(call, 'rule'));
    return write === null ? { status: 204 } : remove(arm, call, write);
  }),
];

function perform(
  arm: Arm,
  call: ArmCall,
  write: Write,
  view: (group: NetworkSecurityGroup) => View,
): ArmAnswer {
  checkLock(arm, groupIdOf(arm, call));
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  return answerWrite(arm, call, makesNew(write) ? 201 : 200, view(requireGroup(arm, call)), operation);
}

function remove(arm: Arm, call: ArmCall, write: Write): ArmAnswer {
  checkLock(arm, groupIdOf(arm, call));
  return answerAccepted(arm, call, performWrite(arm, write, call.caller, call.takeOperationFault()));
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
