import { formatRow } from '../../../demo/route-rows.ts';
import type { Check, Scene } from '../../../demo/scene.ts';
import { FOREIGN_ROUTES, TABLE_TAGS } from './cluster.ts';
import { readTable } from './operator.ts';
import type { AzureStage } from './stage.ts';

/** Reads and writes of a route table in Azure's names for them. */
export const GET = 'RouteTables_Get';
export const PUT = 'RouteTables_CreateOrUpdate';

/** The table has a route for each node as its operator tagged it, the routes of others, and nothing else. */
export function expectRoutes(
  { after }: Scene,
  { operator }: AzureStage,
  others: readonly string[],
  what: string,
): Check {
  const wanted = [...operator.nodes].map(([name, { address, podCidr }]) => `${podCidr} ${address} ${name}`);
  return { what, expected: [...wanted, ...others].sort(), found: after.map(formatRow).sort() };
}

/** The routes of others as rows. */
export const OTHERS = FOREIGN_ROUTES.map(
  ({ addressPrefix, nextHopIpAddress, nextHopType }) => `${addressPrefix} ${nextHopIpAddress ?? nextHopType}`,
);

/** The calls for the route table, in order: looks at it first, then writes. */
export function expectTableCalls({ handled }: Scene, calls: readonly string[], what: string): Check {
  const { reads, writes } = handled ?? { reads: [], writes: [] };
  return { what, expected: calls, found: [...reads.filter((read) => read === GET), ...writes] };
}

/** The rows of the manual procedure's last listing: prefix, name, next hop, its type, state. */
export function expectListing({ operator }: AzureStage, lines: readonly string[], what: string): Check {
  const { routes, provisioningState } = readTable(operator);
  const found = [...routes.values()].map(
    ({ addressPrefix, name, nextHopIpAddress, nextHopType }) =>
      `${addressPrefix} ${name} ${nextHopIpAddress} ${nextHopType} ${provisioningState}`,
  );
  return { what, expected: lines, found };
}

/** What was never podroutes' own is as its owners made it. */
export function expectUntouched({ operator }: AzureStage): Check {
  const { routes, tags, disableBgpRoutePropagation } = readTable(operator);
  const foreign = FOREIGN_ROUTES.map(({ name }) => routes.get(name));
  return {
    what: 'foreign routes, tags and the propagation flag of the table are unchanged',
    expected: { foreign: FOREIGN_ROUTES, tags: TABLE_TAGS, disableBgpRoutePropagation: true },
    found: { foreign, tags, disableBgpRoutePropagation },
  };
}
