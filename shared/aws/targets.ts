import type { Route as Ec2Route, RouteTable as Ec2RouteTable, Instance } from '@aws-sdk/client-ec2';
import type { Node, RouteTarget, Scope } from '../core/model.ts';
import { idOf, stateOf } from './instances.ts';
import { isBlackhole, isOurKind } from './route-tables.ts';

/**
 * Blackholes to instances that this run has not asked for: stopped ones of somebody else must be told from ones
 * that are gone before anything is done about the route.
 */
export function findDoubtful(tables: readonly Ec2RouteTable[], asked: ReadonlySet<string>): string[] {
  const routes = tables.flatMap(({ Routes = [] }) => Routes);
  const ids = routes
    .filter((route) => isBlackhole(route) && isOurKind(route))
    .flatMap(({ InstanceId }) => InstanceId ?? []);
  return ids.filter((id) => !asked.has(id));
}

/** What one run has read, as far as it tells who is behind a route. */
export interface Looked {
  readonly scope: Scope;
  readonly nodes: readonly Node[];
  readonly instances: readonly Instance[];
  /** Ids that were asked for and that EC2 does not know. */
  readonly notFound: ReadonlySet<string>;
  /** Whether a list of instances failed: who is not in it may still be one of the nodes. */
  readonly isPartial: boolean;
}

/** Says who is behind a route of our kind, from what was read; see `RouteTarget`. */
export function targetFinder({
  scope,
  nodes,
  instances,
  notFound,
  isPartial,
}: Looked): (route: Ec2Route) => RouteTarget {
  const nodeIds = new Set(nodes.map(({ id }) => id));
  const byId = new Map(instances.map((instance) => [idOf(instance), instance]));
  const owners = new Map(
    instances.flatMap((instance) =>
      (instance.NetworkInterfaces ?? []).map(({ NetworkInterfaceId = '' }) => [
        NetworkInterfaceId,
        idOf(instance),
      ]),
    ),
  );
  return (route) => {
    const id = route.InstanceId ?? owners.get(route.NetworkInterfaceId ?? '');
    if (id === undefined && route.NetworkInterfaceId === undefined) return { kind: 'gone' };
    if (id !== undefined && nodeIds.has(id)) return { kind: 'node', id };
    const instance = id === undefined ? undefined : byId.get(id);
    if (instance !== undefined) return { kind: stateOf(instance) === 'gone' ? 'gone' : 'stranger' };
    if (scope.kind === 'nodes' || isPartial) return { kind: 'unread' };
    // What EC2 shows as active leads to something that lives, be it too new for the list of instances.
    if (!isBlackhole(route)) return { kind: 'stranger' };
    return { kind: id === undefined || notFound.has(id) ? 'gone' : 'unread' };
  };
}
