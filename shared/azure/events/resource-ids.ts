/** The kinds of resource whose changes matter to routes. */
export type ResourceKind = 'virtual-machine' | 'scale-set-instance' | 'scale-set' | 'route-table' | 'route';

/** The type whose path, between `/providers/` and a slash, is in every id of the kind. */
export const RESOURCE_TYPES: Readonly<Record<ResourceKind, string>> = {
  'virtual-machine': 'Microsoft.Compute/virtualMachines',
  'scale-set-instance': 'Microsoft.Compute/virtualMachineScaleSets',
  'scale-set': 'Microsoft.Compute/virtualMachineScaleSets',
  'route-table': 'Microsoft.Network/routeTables',
  route: 'Microsoft.Network/routeTables',
};

/** What an Azure resource id says, in lower case: Azure writes the same id in several cases. */
export interface ResourceId {
  readonly subscription: string;
  /** Null for what is in no group. */
  readonly group: string | null;
  /** Null for every other kind of resource. */
  readonly kind: ResourceKind | null;
  readonly id: string;
}

const SCOPE = /^\/subscriptions\/([^/]+)(?:\/resourcegroups\/([^/]+))?(?:\/providers\/(.+))?$/;

/** Tags written by themselves are a resource below the one that they tag. */
const TAGS_SUFFIX = /\/providers\/microsoft\.resources\/tags\/default$/;

/**
 * Checked strictly because ids go into API calls: names of one dot or two, or with a `%`, lead elsewhere. Azure takes
 * letters of any script: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
const NAME = String.raw`[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]{0,79}`;
const SCALE_SET = `microsoft\\.compute/virtualmachinescalesets/${NAME}`;
const ROUTE_TABLE = `microsoft\\.network/routetables/${NAME}`;

const PATTERNS: readonly (readonly [ResourceKind, RegExp])[] = [
  ['virtual-machine', new RegExp(`^microsoft\\.compute/virtualmachines/${NAME}$`, 'u')],
  ['scale-set-instance', new RegExp(`^${SCALE_SET}/virtualmachines/\\d{1,10}$`, 'u')],
  ['scale-set', new RegExp(`^${SCALE_SET}$`, 'u')],
  ['route-table', new RegExp(`^${ROUTE_TABLE}$`, 'u')],
  ['route', new RegExp(`^${ROUTE_TABLE}/routes/${NAME}$`, 'u')],
];

/** Only uniform scale sets number their instances; those of a flexible one are virtual machines with names. */
const FLEXIBLE_INSTANCE = new RegExp(
  `/virtualmachinescalesets/${NAME}(?=/virtualmachines/(?!\\d+$)${NAME}$)`,
  'u',
);

/**
 * Reads the id of a resource, or of its tags, in any case; null where it is no id of anything in a subscription.
 * @example
 * readResourceId('/subscriptions/5F2D/resourceGroups/K8s/providers/Microsoft.Compute/virtualMachines/Worker-0');
 * //=> { subscription: '5f2d', group: 'k8s', kind: 'virtual-machine',
 * //     id: '/subscriptions/5f2d/resourcegroups/k8s/providers/microsoft.compute/virtualmachines/worker-0' }
 */
export function readResourceId(text: string): ResourceId | null {
  const id = text.toLowerCase().replace(TAGS_SUFFIX, '').replace(FLEXIBLE_INSTANCE, '');
  const [matched, subscription, group = null, path = ''] = SCOPE.exec(id) ?? [];
  if (matched === undefined || subscription === undefined) return null;
  const kind = PATTERNS.find(([, pattern]) => pattern.test(path))?.[0] ?? null;
  return { subscription, group, kind: group === null ? null : kind, id };
}
