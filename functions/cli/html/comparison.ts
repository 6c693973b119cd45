import type { Cidr } from '../../../shared/core/cidr.ts';
import { readCidr } from './claims.ts';
import type { ReadableReport } from './read-report.ts';
import { byDestination, listRoutes, nameTarget } from './routes.ts';

type Node = ReadableReport['nodes'][number];
export type Finding = ReadableReport['findings'][number];

/** Something that reads differently in two reports; null where it was not there. */
export interface Difference {
  readonly name: string;
  /** Id of the node, or ids of the tables. */
  readonly where: readonly string[];
  readonly before: string | null;
  readonly after: string | null;
}

/** What changed from one report to a later one of the same cluster. */
export interface Comparison {
  readonly since: string;
  readonly nodes: readonly Difference[];
  readonly claims: readonly Difference[];
  readonly routes: readonly Difference[];
  readonly appeared: readonly Finding[];
  readonly resolved: readonly Finding[];
  /** CIDRs whose claim or route changed. */
  readonly moved: readonly Cidr[];
  /** Whether one of the reports does not show the whole cluster: what it lacks may still be there. */
  readonly partial: boolean;
}

/** Compares two reports. What only a partial one lacks counts as unchanged. */
export function compareReports(previous: ReadableReport, report: ReadableReport): Comparison {
  const whole = { before: isWhole(previous), after: isWhole(report) };
  const nodes = compareBy(nodesOf(previous), nodesOf(report)).filter((node) => isKnown(node, whole));
  const claims = whole.before && whole.after ? compareBy(claimsOf(previous), claimsOf(report)) : [];
  const routes = mergeTables(compareBy(routesOf(previous), routesOf(report)));
  return {
    since: previous.startedAt,
    nodes,
    claims: sortByCidr(claims),
    routes: sortByCidr(routes),
    appeared: whole.before ? lacking(report.findings, previous.findings) : [],
    resolved: whole.after ? lacking(previous.findings, report.findings) : [],
    moved: [...new Set([...claims, ...routes].map(({ name }) => name))].flatMap(
      (name) => readCidr(name) ?? [],
    ),
    partial: !(whole.before && whole.after),
  };
}

/** Whether what is not in the report is not in the cluster. */
function isWhole({ scope, findings }: ReadableReport): boolean {
  return scope === 'all' && findings.every(({ code }) => code !== 'read-incomplete');
}

function isKnown({ before, after }: Difference, whole: { before: boolean; after: boolean }): boolean {
  return (before !== null || whole.before) && (after !== null || whole.after);
}

interface Entry {
  readonly name: string;
  readonly where: string;
  readonly says: string;
}

/** By a key that stays while what it says may change. */
type Entries = ReadonlyMap<string, Entry>;

function compareBy(before: Entries, after: Entries): Difference[] {
  return [...new Map([...before, ...after])].flatMap(([key, { name, where }]) => {
    const [then, now] = [before.get(key)?.says ?? null, after.get(key)?.says ?? null];
    return then === now ? [] : [{ name, where: [where], before: then, after: now }];
  });
}

/** A gone node is left out: it is no more than a memory of the cloud. */
function nodesOf({ nodes }: ReadableReport): Entries {
  return new Map(living(nodes).map(({ id, name, state }) => [id, { name, where: id, says: state }]));
}

function living(nodes: readonly Node[]): Node[] {
  return nodes.filter(({ state }) => state !== 'gone');
}

function claimsOf({ nodes }: ReadableReport): Entries {
  const claims = living(nodes).flatMap(({ name, claims }) => claims.map(({ cidr }) => ({ cidr, name })));
  return new Map(
    [...Map.groupBy(claims, ({ cidr }) => cidr)].map(([cidr, holders]) => [
      cidr,
      {
        name: cidr,
        where: '',
        says: holders
          .map(({ name }) => name)
          .sort()
          .join(', '),
      },
    ]),
  );
}

/** As they were after the run. One that was only planned was not there. */
function routesOf(report: ReadableReport): Entries {
  const rows = listRoutes(report).filter(({ state }) => state !== 'missing');
  return new Map(
    rows.flatMap(({ tables, ...row }) =>
      tables.map((table) => {
        const { destination: name, state, propagated = false } = row;
        const says = state === 'blackhole' ? `${nameTarget(row)} (${state})` : nameTarget(row);
        return [`${table} ${name} ${propagated}`, { name, where: table, says }] as const;
      }),
    ),
  );
}

/** The same difference in several tables is one. */
function mergeTables(differences: readonly Difference[]): Difference[] {
  const alike = Map.groupBy(differences, ({ name, before, after }) => JSON.stringify([name, before, after]));
  return [...alike.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, where: [first, ...others].flatMap(({ where }) => where) }],
  );
}

function sortByCidr(differences: readonly Difference[]): Difference[] {
  return differences
    .map((difference) => ({ difference, cidr: readCidr(difference.name) }))
    .sort(byDestination)
    .map(({ difference }) => difference);
}

/** Findings of one list that the other has not, whatever their wording. */
function lacking(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const keyOf = ({ code, node, table, cidr }: Finding): string => JSON.stringify([code, node, table, cidr]);
  const known = new Set(others.map(keyOf));
  return findings.filter((finding) => !known.has(keyOf(finding)));
}
