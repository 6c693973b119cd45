import type { ResourceType } from './model.ts';

/** Under this a resource is kept: ARM compares ids without regard to case. */
export function keyOf(id: string): string {
  return id.toLowerCase();
}

/** The id of a resource group. */
export function groupId(subscription: string, group: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

/**
 * The id of a resource from its type and one name per level of it.
 *
 * @example resourceId('/subscriptions/s/resourceGroups/g', 'Microsoft.Network/routeTables', 'a')
 *   is '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/a'
 */
export function resourceId(group: string, type: ResourceType, ...names: readonly string[]): string {
  return `${group}/providers/${typedPath(type, names)}`;
}

/** The provider's part of an id: 'Microsoft.Network/routeTables/a'. */
export function typedPath(type: string, names: readonly string[]): string {
  const [provider, ...levels] = type.split('/');
  return [provider, ...levels.flatMap((level, index) => [level, names[index] ?? ''])].join('/');
}

/** The resource group's name in an id of something inside it, in the id's own case. */
export function groupNameOf(id: string): string {
  return id.split('/')[4] ?? '';
}

const NAME = /^[a-z0-9](?:[\w.-]{0,78}\w)?$/i;

/** Whether Azure accepts this as the name of a network resource. */
export function isResourceName(name: string): boolean {
  return NAME.test(name);
}
