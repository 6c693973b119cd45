import { formatRow } from '../../../demo/route-rows.ts';
import type { Check, Scene } from '../../../demo/scene.ts';
import type { Claims, Others } from './cluster.ts';

/** Every table has an active route for each claim, the routes of others, and nothing else. */
export function expectRoutes({ after }: Scene, claims: Claims, others: Others, what: string): Check {
  const wanted = Object.entries(claims).map(([node, cidr]) => `${cidr} ${node} active`);
  const tables = Object.entries(others).map(([table, lines]) => [table, [...wanted, ...lines].sort()]);
  const found = Map.groupBy(after, ({ label }) => label);
  return {
    what,
    expected: Object.fromEntries(tables),
    found: Object.fromEntries([...found].map(([table, rows]) => [table, rows.map(formatRow).sort()])),
  };
}

/** As often as this was each mutating action called, in whatever order. */
export function expectWriteCounts({ handled }: Scene, counts: Counts, what: string): Check {
  const found = Map.groupBy(handled?.writes ?? [], (action) => action);
  return {
    what,
    expected: counts,
    found: Object.fromEntries([...found].map(([action, calls]) => [action, calls.length])),
  };
}

type Counts = Readonly<Record<string, number>>;

/** The routes of others are still there, each as it was made. */
export function expectOthers({ after }: Scene, others: Others): Check {
  const all = Object.entries(others).flatMap(([table, lines]) => lines.map((line) => `${table} ${line}`));
  const lines = new Set(after.map((row) => `${row.label} ${formatRow(row)}`));
  return {
    what: `all ${all.length} routes of others are untouched`,
    expected: all,
    found: all.filter((line) => lines.has(line)),
  };
}
