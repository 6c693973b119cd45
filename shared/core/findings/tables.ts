import type { Family } from '../cidr.ts';
import type { Finding, Node, Route, RouteTable } from '../model.ts';
import { countOf, labelNode, ofNode, ofTable } from './finding.ts';

/** A route that is not ours stands against a claim: to all of it (`error`), or to a part (`warning`). */
export function foreignRoute(
  table: RouteTable,
  route: Route,
  node: Node,
  severity: 'error' | 'warning',
): Finding {
  const effect =
    severity === 'error'
      ? `the claim of ${labelNode(node)} gets no route there`
      : `part of what ${labelNode(node)} claims goes elsewhere`;
  return {
    ...ofNode('foreign-route', severity, node, route.destination.text, {
      message: `The route to ${route.destination.text} in ${table.name} leads to ${describeHop(route)}, and podroutes does not manage it: ${effect}.`,
      remedy: `${route.propagated ? 'Stop its propagation into the table' : 'Remove that route'}, or give the node another pod CIDR.`,
    }),
    table: table.id,
  };
}

/** A cloud need not show where a route leads that it has learnt itself. */
function describeHop({ nextHop, state }: Route): string {
  if (nextHop !== null) return nextHop.shown;
  return state === 'blackhole' ? 'a next hop that is gone' : 'a next hop that the cloud does not show';
}

/** R2: a route of somebody else that leads nowhere, against no claim so far. */
export function deadForeignRoute(table: RouteTable, route: Route): Finding {
  const { destination, nextHop } = route;
  return {
    ...ofTable('foreign-route', 'warning', table.id, {
      message: `The route to ${destination.text} in ${table.name} leads nowhere (a blackhole to ${nextHop?.shown ?? 'nothing'}), and podroutes does not manage it.`,
      remedy:
        'Remove that route if nobody needs it: a node that claims pod CIDRs there may get no route, or lose traffic to it.',
    }),
    cidr: destination.text,
  };
}

type NamedTable = Pick<RouteTable, 'id' | 'name'>;

const MORE_ROOM =
  'Raise the quota of routes per table and PODROUTES_ROUTE_LIMIT, or give nodes wider blocks and use fewer nodes.';

export function tableFull(table: NamedTable, left: readonly string[]): Finding {
  return ofTable('route-table-full', 'error', table.id, {
    message: `${table.name} has no room for more routes; nodes without a route: ${left.join(', ')}.`,
    remedy: MORE_ROOM,
  });
}

export function tableFilling(table: NamedTable, used: number, limit: number): Finding {
  return ofTable('route-table-filling', 'warning', table.id, {
    message: `${table.name} holds ${used} of the ${limit} routes that it can hold.`,
    remedy: MORE_ROOM,
  });
}

/** R4: living nodes that the budget does not cover. Times are milliseconds since the epoch. */
export interface OverBudget {
  readonly family: Family;
  /** Names of the nodes that would be left without a route. */
  readonly nodes: readonly string[];
  /** How many nodes the budget has, and how many of them are spent. */
  readonly allowed: number;
  readonly spent: number;
  /** When the oldest spending falls out of the 24 hours; null where nothing is spent. */
  readonly until: number | null;
}

export function deletionBreaker(table: RouteTable, over: OverBudget): Finding {
  const { family, nodes, allowed, spent, until } = over;
  const rest = Math.max(0, allowed - spent);
  const next = until === null ? '' : ` The next is free from ${new Date(until).toISOString()}.`;
  return ofTable('deletion-breaker', 'error', table.id, {
    message: `In ${table.name} ${countOf(nodes.length, 'living node')} would lose ${nodes.length === 1 ? 'its' : 'their'} last claimed IPv${family} route, and ${rest} of ${allowed} may within 24 hours: ${nodes.join(', ')}. None of these routes is deleted.${next}`,
    remedy:
      'Look for a wrong filter, tags removed by a script, or a changed setting. If the nodes really gave up their pod CIDRs, run once with force.',
  });
}
