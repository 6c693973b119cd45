import type {
  Route as Ec2Route,
  RouteTable as Ec2RouteTable,
  Instance,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import type { Node, RouteTarget, Scope } from '../core/model.ts';
import { idOf, stateOf } from './instances.ts';
import { isBlackhole, isOurKind } from './route-tables.ts';

/** What has to be asked about by id before it is known who is behind a blackhole, or whether a node is gone. */
export interface UnresolvedIds {
  readonly instances: readonly string[];
  readonly interfaces: readonly string[];
}

/**
 * Ids that the lists do not tell of: those of the scope that a filtered answer lacks, and what blackholes lead to.
 * A run for some nodes leaves the blackholes of others alone; one that names an interface alone may be that of a
 * node of its own, where one has died.
 */
export function findUnresolved(
  scope: Scope,
  tables: readonly Ec2RouteTable[],
  read: readonly Instance[],
): UnresolvedIds {
  const isAll = scope.kind === 'all';
  const known = new Set(read.map(idOf));
  const owners = ownersOf(read, []);
  const absent = scope.ids.filter((id) => !known.has(id));
  const lost = tables.flatMap((table) =>
    (table.Routes ?? []).filter(
      (route) => isBlackhole(route) && isOurKind(route) && !isOtherAccounts(route, table),
    ),
  );
  const named = lost.flatMap(({ InstanceId }) => InstanceId ?? []).filter((id) => !known.has(id));
  const nameless = lost
    .filter(({ InstanceId }) => InstanceId === undefined)
    .flatMap(({ NetworkInterfaceId }) => NetworkInterfaceId ?? [])
    .filter((id) => !owners.has(id));
  const hasDied = absent.length > 0 || read.some((instance) => stateOf(instance) === 'gone');
  return {
    instances: isAll ? [...absent, ...named] : absent,
    interfaces: isAll || hasDied ? nameless : [],
  };
}

/** In a shared VPC, an instance of another account is not ours to see, alive as it may be. */
function isOtherAccounts({ InstanceOwnerId }: Ec2Route, { OwnerId }: Ec2RouteTable): boolean {
  return InstanceOwnerId !== undefined && OwnerId !== undefined && InstanceOwnerId !== OwnerId;
}

/** Instance ids by the ids of the interfaces that they have. */
function ownersOf(
  instances: readonly Instance[],
  interfaces: readonly NetworkInterface[],
): ReadonlyMap<string, string> {
  const ofInstances = instances.flatMap((instance) =>
    (instance.NetworkInterfaces ?? []).map(
      (entry) => [entry.NetworkInterfaceId ?? '', idOf(instance)] as const,
    ),
  );
  const ofInterfaces = interfaces.flatMap(({ NetworkInterfaceId = '', Attachment }) =>
    Attachment?.InstanceId === undefined ? [] : [[NetworkInterfaceId, Attachment.InstanceId] as const],
  );
  return new Map([...ofInstances, ...ofInterfaces]);
}

/** What one run has read, as far as it tells who is behind a route. */
export interface Inventory {
  readonly scope: Scope;
  readonly nodes: readonly Node[];
  readonly instances: readonly Instance[];
  /** Those that were asked about by id. */
  readonly interfaces: readonly NetworkInterface[];
  /** Ids of instances and interfaces that a call was refused for as unknown. */
  readonly unknown: ReadonlySet<string>;
  /** Whether the list of instances failed: who is not in it may still be one of the nodes. */
  readonly isPartial: boolean;
}

/** Says who is behind a route of our kind, from what was read; see `RouteTarget`. */
export function targetFinder(inventory: Inventory): (route: Ec2Route, table: Ec2RouteTable) => RouteTarget {
  const nodeIds = new Set(inventory.nodes.map(({ id }) => id));
  const instances = new Map(inventory.instances.map((instance) => [idOf(instance), instance]));
  const owners = ownersOf(inventory.instances, inventory.interfaces);
  const existing = new Set(inventory.interfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId));
  const isComplete = inventory.scope.kind === 'all' && !inventory.isPartial;
  return (route, table) => {
    if (isOtherAccounts(route, table)) return { kind: 'stranger' };
    const { InstanceId, NetworkInterfaceId } = route;
    const shown = InstanceId ?? NetworkInterfaceId;
    if (shown === undefined) return { kind: 'vacant', agreed: true };
    const attached = owners.get(NetworkInterfaceId ?? '');
    // An interface that has moved: the answers are of different moments, and prove nothing of either.
    if (attached !== undefined && InstanceId !== undefined && attached !== InstanceId)
      return { kind: 'unread' };
    const owner = attached ?? InstanceId;
    if (owner !== undefined && nodeIds.has(owner)) return { kind: 'node', id: owner };
    const instance = instances.get(owner ?? '');
    if (instance !== undefined) return { kind: stateOf(instance) === 'gone' ? 'gone' : 'stranger' };
    // EC2 may not know a new instance yet: that it knows no such id counts only beside a blackhole (R4).
    if (isBlackhole(route) && inventory.unknown.has(shown)) return { kind: 'gone' };
    const exists = existing.has(NetworkInterfaceId);
    if (exists && owner === undefined) return { kind: 'stranger' };
    // What EC2 shows as active leads to something that lives, be it too new for the list of instances.
    return { kind: isComplete && (exists || !isBlackhole(route)) ? 'stranger' : 'unread' };
  };
}
