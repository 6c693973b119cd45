import { type Cidr, containsCidr } from '../cidr.ts';
import type { Route, RouteTable } from '../model.ts';

/** How many routes podroutes may change. */
export function countManaged(table: RouteTable, clusterCidrs: readonly Cidr[]): number {
  return table.routes.filter((route) => isManaged(route, clusterCidrs)).length;
}

/** Whether podroutes may change this route (R2). */
export function isManaged({ ourKind, target, destination }: Route, clusterCidrs: readonly Cidr[]): boolean {
  return (
    ourKind && target.kind !== 'stranger' && clusterCidrs.some((range) => containsCidr(range, destination))
  );
}
