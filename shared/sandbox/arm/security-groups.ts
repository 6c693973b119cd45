import { checkLock, type Write, writeNow } from './async-operations.ts';
import { BODIES, readBody, type SecurityGroupBody } from './bodies.ts';
import { ArmError, childNotFound } from './errors.ts';
import { platformCaller } from './events.ts';
import { canonicalGroup } from './groups.ts';
import type { NetworkSecurityGroup, SecurityRule } from './model.ts';
import { groupId, resourceId } from './resource-ids.ts';
import { findResource, newResource, requireResource } from './resources.ts';
import type { Arm } from './state.ts';

const TYPE = 'Microsoft.Network/networkSecurityGroups';

interface SecurityGroupRequest {
  readonly group: string;
  readonly name: string;
  readonly rules?: readonly SecurityRule[];
}

/** Creates a network security group, or replaces it whole, as some other client would. */
export function putSecurityGroup(
  arm: Arm,
  { group, name, rules = [] }: SecurityGroupRequest,
): NetworkSecurityGroup {
  const body = readBody(BODIES.securityGroup, { properties: { securityRules: rules } });
  const write = planSecurityGroupWrite(arm, group, name, body);
  checkLock(arm, write.after.id);
  writeNow(arm, write, platformCaller(arm));
  return requireResource(arm, TYPE, write.after.id);
}

/** What a PUT of a whole group does, once validated: what is not in the body is gone. */
export function planSecurityGroupWrite(
  arm: Arm,
  group: string,
  name: string,
  body: SecurityGroupBody,
): Write & { readonly after: NetworkSecurityGroup } {
  const canonical = canonicalGroup(arm, group);
  const before = findResource(arm, TYPE, resourceId(groupId(arm.subscription, canonical), TYPE, name));
  const rules = (body.properties?.securityRules ?? []).map(({ name: rule = '', properties }) => ({
    name: rule,
    properties,
  }));
  checkRules(rules);
  const after: NetworkSecurityGroup = {
    ...(before ?? newResource(arm, TYPE, canonical, [name], { location: body.location })),
    tags: body.tags ?? {},
    rules,
  };
  return {
    before,
    after,
    operation: 'PutNetworkSecurityGroupOperation',
    action: `${TYPE}/write`,
    target: after.id,
  };
}

/** What a PUT of one rule does. */
export function planRuleWrite(group: NetworkSecurityGroup, rule: SecurityRule): Write {
  const key = rule.name.toLowerCase();
  const addsPart = !group.rules.some(({ name }) => name.toLowerCase() === key);
  const rules = [...group.rules.filter(({ name }) => name.toLowerCase() !== key), rule];
  checkRules(rules);
  return {
    before: group,
    after: { ...group, rules },
    operation: 'PutSecurityRuleOperation',
    action: `${TYPE}/securityRules/write`,
    target: `${group.id}/securityRules/${rule.name}`,
    addsPart,
  };
}

/** What a DELETE of one rule does, or null where it is not there. */
export function planRuleDelete(group: NetworkSecurityGroup, name: string): Write | null {
  const key = name.toLowerCase();
  const rules = group.rules.filter((rule) => rule.name.toLowerCase() !== key);
  if (rules.length === group.rules.length) return null;
  return {
    before: group,
    after: { ...group, rules },
    operation: 'DeleteSecurityRuleOperation',
    action: `${TYPE}/securityRules/delete`,
    target: `${group.id}/securityRules/${name}`,
  };
}

/** What a DELETE of a group does. */
export function planSecurityGroupDelete(group: NetworkSecurityGroup): Write {
  const operation = 'DeleteNetworkSecurityGroupOperation';
  return { before: group, after: null, operation, action: `${TYPE}/delete`, target: group.id };
}

/** The rule of this name, or the network provider's refusal. */
export function requireRule(group: NetworkSecurityGroup, name: string): SecurityRule {
  const rule = group.rules.find((known) => known.name.toLowerCase() === name.toLowerCase());
  if (rule === undefined) throw childNotFound(`${group.id}/securityRules/${name}`);
  return rule;
}

/** Two rules of one direction may not have the same priority, and it is from 100 to 4096. */
function checkRules(rules: readonly SecurityRule[]): void {
  const places = new Set<string>();
  for (const { name, properties } of rules) {
    const { priority, direction } = properties;
    if (typeof priority !== 'number' || priority < 100 || priority > 4096) {
      const message = `Security rule has invalid Priority. Value should be between 100 and 4096. Rule: ${name}`;
      throw new ArmError(400, 'SecurityRuleInvalidPriority', message);
    }
    const place = `${direction} ${priority}`.toLowerCase();
    if (places.has(place)) {
      const message = `Security rule ${name} conflicts with another rule: same priority and direction.`;
      throw new ArmError(400, 'SecurityRuleConflict', message);
    }
    places.add(place);
  }
}
