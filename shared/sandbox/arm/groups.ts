import { ArmError } from './errors.ts';
import type { ResourceGroup, Tags } from './model.ts';
import { groupId } from './resource-ids.ts';
import type { Arm } from './state.ts';

/** Creates a resource group. */
export function createGroup(
  arm: Arm,
  name: string,
  { location = arm.location, tags = {} }: { readonly location?: string; readonly tags?: Tags } = {},
): ResourceGroup {
  const group = { id: groupId(arm.subscription, name), name, location, tags };
  arm.groups.set(name.toLowerCase(), group);
  return group;
}

/** The group's name as it was created, whatever case it is asked for in, or ARM's refusal. */
export function canonicalGroup(arm: Arm, name: string): string {
  const group = arm.groups.get(name.toLowerCase());
  if (group !== undefined) return group.name;
  throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
}
