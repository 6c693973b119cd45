import type { Cidr } from '../cidr.ts';
import { type CloudFailure, isRetryable } from '../errors.ts';
import { isManaged } from '../guard/managed.ts';
import type { ChangeAction, CloudName, Outcome, RouteTable } from '../model.ts';
import { VERSION } from '../version.ts';
import type { Report, ReportedChange, ReportedError, ReportedTable, Summary } from './report.ts';
import { type BlockContext, toReportedBlocks } from './reported-blocks.ts';
import type { Run } from './run.ts';

export interface ReportContext extends BlockContext {
  readonly cluster: string | null;
  readonly cloud: CloudName;
  readonly force: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly clusterCidrs: readonly Cidr[];
}

/** Turns a run into the report that people and scripts read. */
export function toReport(run: Run, context: ReportContext): Report {
  const names = new Map(run.observation.nodes.map(({ id, name }) => [id, name]));
  const changes = run.results.map((result) => toReportedChange(result, names));
  const blocks = toReportedBlocks(run.blocks, context);
  return {
    version: VERSION,
    cluster: context.cluster,
    cloud: context.cloud,
    clusterCidrs: context.clusterCidrs.map(({ text }) => text),
    scope: run.scope.kind,
    dryRun: run.dryRun,
    force: context.force,
    startedAt: new Date(context.startedAt).toISOString(),
    durationMs: context.finishedAt - context.startedAt,
    nodes: run.observation.nodes.map(({ id, name, state, addresses, claims }) => ({
      id,
      name,
      state,
      addresses,
      claims: claims.map(({ cidr, source }) => ({ cidr: cidr.text, source })),
    })),
    tables: run.observation.tables.map((table) => toReportedTable(table, context.clusterCidrs, names)),
    changes,
    forwarding: run.forwarding.map(({ node, failure }) => ({
      node: node.name,
      nodeId: node.id,
      ...outcomeOf(forwardingOutcome(run, failure), failure),
    })),
    ...(run.kubernetes && {
      conditions: run.kubernetes.conditions.map(({ node, status, failure }) => ({
        node: node.name,
        nodeId: node.id,
        networkUnavailable: status === 'True',
        ...outcomeOf(forwardingOutcome(run, failure), failure),
      })),
    }),
    ...(blocks && { blocks }),
    findings: run.findings,
    summary: summarize(changes, run.unchanged),
  };
}

function toReportedTable(
  { id, name, routes, quotas }: RouteTable,
  clusterCidrs: readonly Cidr[],
  names: ReadonlyMap<string, string>,
): ReportedTable {
  const entries = routes.map((route) => {
    const nodeId = route.target.kind === 'node' ? route.target.id : null;
    return {
      destination: route.destination.text,
      nextHop: route.nextHop?.shown ?? null,
      state: route.state,
      managed: isManaged(route, clusterCidrs),
      node: names.get(nodeId ?? '') ?? nodeId,
      nodeId,
      ...(route.propagated && { propagated: route.propagated }),
    };
  });
  return {
    id,
    name,
    routes: routes.length,
    managed: entries.filter(({ managed }) => managed).length,
    limit: Math.min(...quotas.map(({ limit }) => limit)),
    quotas,
    entries,
  };
}

function toReportedChange(
  { change, outcome, failure, wait }: Run['results'][number],
  names: ReadonlyMap<string, string>,
): ReportedChange {
  return {
    table: change.table,
    action: change.action,
    destination: change.destination.text,
    nextHop: change.nextHop?.shown ?? null,
    previousNextHop: change.previousNextHop?.shown ?? null,
    node: names.get(change.node ?? '') ?? change.node,
    nodeId: change.node,
    reason: change.reason,
    ...outcomeOf(outcome, failure),
    ...(wait === undefined
      ? {}
      : { since: toIso(wait.since), notBefore: toIso(wait.notBefore), waitsFor: wait.reason }),
  };
}

/** ISO 8601, UTC. */
export function toIso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** What came of switching on a node's forwarding, or of writing its condition. */
export function forwardingOutcome({ dryRun }: Run, failure: CloudFailure | null): Outcome {
  if (failure === null) return dryRun ? 'planned' : 'applied';
  return failure.kind === 'unfinished' ? 'skipped' : 'failed';
}

function outcomeOf(
  outcome: Outcome,
  failure: Run['results'][number]['failure'],
): { outcome: Outcome; error?: ReportedError } {
  if (failure === null) return { outcome };
  const { code, message } = failure;
  return { outcome, error: { code, message, retryable: isRetryable(failure) } };
}

function summarize(changes: readonly ReportedChange[], unchanged: number): Summary {
  const done = (action: ChangeAction): number =>
    changes.filter((change) => change.action === action && ['applied', 'planned'].includes(change.outcome))
      .length;
  const came = (outcome: Outcome): number => changes.filter((change) => change.outcome === outcome).length;
  return {
    created: done('create'),
    replaced: done('replace'),
    deleted: done('delete'),
    unchanged,
    waiting: came('waiting'),
    failed: came('failed'),
    skipped: came('skipped'),
  };
}
