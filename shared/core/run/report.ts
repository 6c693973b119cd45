import type { Cidr, Family } from '../cidr.ts';
import { type CloudFailure, isRetryable } from '../errors.ts';
import { isManaged } from '../guard/managed.ts';
import type {
  ChangeAction,
  ChangeReason,
  CloudName,
  Finding,
  NodeState,
  Outcome,
  RouteTable,
  WaitReason,
} from '../model.ts';
import { type BlockContext, type ReportedBlocks, toReportedBlocks } from './reported-blocks.ts';
import type { Run } from './run.ts';

/** What one run saw, did and found: the same JSON from every entry point. */
export interface Report {
  readonly cluster: string | null;
  readonly cloud: CloudName;
  readonly clusterCidrs: readonly string[];
  readonly scope: 'all' | 'nodes';
  readonly dryRun: boolean;
  readonly force: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly nodes: readonly ReportedNode[];
  readonly tables: readonly ReportedTable[];
  readonly changes: readonly ReportedChange[];
  /** Nodes whose forwarding was switched on, or should have been. */
  readonly forwarding: readonly ReportedForwarding[];
  /** Set where Kubernetes is asked: Node objects whose condition was not as it should be. */
  readonly conditions?: readonly ReportedCondition[];
  /** Set where the ledger's blocks were read, and there are any or some are handed out. */
  readonly blocks?: ReportedBlocks;
  readonly findings: readonly Finding[];
  readonly summary: Summary;
  /** Set where the whole would not fit into an answer. */
  readonly omitted?: Omitted;
}

/** How many elements of a report were left out, and where the whole is. */
export interface Omitted {
  readonly entries: number;
  readonly changes: number;
  readonly forwarding: number;
  readonly nodes: number;
  readonly findings: number;
  /** Set where the report has blocks. */
  readonly blocks?: number;
  readonly message: string;
}

interface ReportedNode {
  readonly id: string;
  readonly name: string;
  readonly state: NodeState;
  readonly addresses: readonly string[];
  readonly claims: readonly { readonly cidr: string; readonly source: string }[];
}

interface ReportedTable {
  readonly id: string;
  readonly name: string;
  readonly routes: number;
  readonly managed: number;
  readonly limit: number;
  /** What the cloud counts against each of its limits, which can differ by family. */
  readonly quotas: readonly {
    readonly families: readonly Family[];
    readonly used: number;
    readonly limit: number;
  }[];
  /** As last read: before the last writes of the run. */
  readonly entries: readonly ReportedRoute[];
}

interface ReportedRoute {
  readonly destination: string;
  readonly nextHop: string | null;
  readonly state: 'active' | 'blackhole';
  readonly managed: boolean;
  /** Name of the node behind the next hop. */
  readonly node: string | null;
  readonly nodeId: string | null;
  /** Set where the cloud has learnt it, and a static one to the same destination comes before it. */
  readonly propagated?: true;
}

interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

interface ReportedChange {
  readonly table: string;
  readonly action: ChangeAction;
  readonly destination: string;
  readonly nextHop: string | null;
  readonly previousNextHop: string | null;
  /** Name of the node. */
  readonly node: string | null;
  readonly nodeId: string | null;
  readonly reason: ChangeReason;
  readonly outcome: Outcome;
  /** Why it was not applied. */
  readonly error?: ReportedError;
  /** Where it waits: ISO 8601; null where nothing remembers it. */
  readonly since?: string | null;
  /** Where it waits: ISO 8601; null where only `force` makes it. */
  readonly notBefore?: string | null;
  readonly waitsFor?: WaitReason;
}

interface ReportedForwarding {
  readonly node: string;
  readonly nodeId: string;
  readonly outcome: Outcome;
  readonly error?: ReportedError;
}

interface ReportedCondition {
  readonly node: string;
  readonly nodeId: string;
  readonly networkUnavailable: boolean;
  readonly outcome: Outcome;
  readonly error?: ReportedError;
}

/** How many changes came out how; a dry run counts what it would do. */
interface Summary {
  readonly created: number;
  readonly replaced: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly waiting: number;
  readonly failed: number;
  readonly skipped: number;
}

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
