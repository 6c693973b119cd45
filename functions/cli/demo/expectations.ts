import type { Report } from '../../../shared/report.ts';
import type { Claims, Others } from './cluster.ts';
import { readFindings } from './log-lines.ts';
import { formatRow } from './route-rows.ts';
import type { Check, Scene } from './scene.ts';

/** Every table has an active route for each claim, the routes of others, and nothing else. */
export function expectRoutes({ after }: Scene, claims: Claims, others: Others, what: string): Check {
  const wanted = Object.entries(claims).map(([node, cidr]) => `${cidr} ${node} active`);
  const tables = Object.entries(others).map(([table, lines]) => [table, [...wanted, ...lines].sort()]);
  const found = Map.groupBy(after, ({ table }) => table);
  return {
    what,
    expected: Object.fromEntries(tables),
    found: Object.fromEntries([...found].map(([table, rows]) => [table, rows.map(formatRow).sort()])),
  };
}

/** One table has this route, or none to its destination where `line` is null. */
export function expectRoute(
  { after }: Scene,
  table: string,
  destination: string,
  line: string | null,
  what: string,
): Check {
  const row = after.find((each) => each.table === table && each.destination === destination);
  return { what, expected: line, found: row === undefined ? null : formatRow(row) };
}

/** Exactly these mutating calls reached EC2, in this order. */
export function expectWrites({ handled }: Scene, writes: readonly string[], what: string): Check {
  return { what, expected: writes, found: handled?.writes ?? null };
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

export function expectFindings({ handled }: Scene, codes: readonly string[], what: string): Check {
  return { what, expected: codes, found: readFindings(handled?.log ?? []).map(({ code }) => code) };
}

/** Nothing was given up to the dead-letter queue since the demo began. */
export function expectNothingLost({ handled }: Scene): Check {
  return { what: 'all along, no event had to be given up', expected: 0, found: handled?.deadLetters ?? null };
}

/** What the reconcile function answered that it did or would do. */
export function expectPlan({ handled }: Scene, changes: readonly string[], what: string): Check {
  const given = handled?.given;
  const report = given?.kind === 'request' && given.answer.ok ? (given.answer.value as Report) : null;
  const found = Array.from(
    report?.changes ?? [],
    ({ action, destination, outcome }) => `${action} ${destination} ${outcome}`,
  );
  return { what, expected: changes, found };
}

/** The routes of others are still there, each as it was made. */
export function expectOthers({ after }: Scene, others: Others): Check {
  const all = Object.entries(others).flatMap(([table, lines]) => lines.map((line) => `${table} ${line}`));
  const lines = new Set(after.map((row) => `${row.table} ${formatRow(row)}`));
  return {
    what: `all ${all.length} routes of others are untouched`,
    expected: all,
    found: all.filter((line) => lines.has(line)),
  };
}
