import type { Config } from '../config/config.ts';
import type { CloudFailure } from '../errors.ts';
import type { NodeEvent, NodesEvent } from '../events/node-event.ts';
import { PLACES_OF_BLOCKS } from '../findings/blocks.ts';
import { countManaged } from '../guard/managed.ts';
import type { Change, ChangeAction, ChangeResult, Finding, Outcome, Severity, Wait } from '../model.ts';
import type { LogLevel, Metric, Telemetry } from '../telemetry.ts';
import type { Run } from './run.ts';
import { forwardingOutcome, toIso } from './to-report.ts';

/** What set the run off. Repairs that no event asked for are drift. */
export type Trigger = 'event' | 'schedule' | 'manual';

const OUTCOME_LEVEL: Readonly<Record<Outcome, LogLevel>> = {
  applied: 'info',
  planned: 'info',
  waiting: 'info',
  skipped: 'warn',
  failed: 'error',
};
const SEVERITY_LEVEL: Readonly<Record<Severity, LogLevel>> = {
  info: 'info',
  warning: 'warn',
  error: 'error',
};
const APPLIED_METRIC: Readonly<Record<ChangeAction, Metric>> = {
  create: 'RoutesCreated',
  replace: 'RoutesReplaced',
  delete: 'RoutesDeleted',
};

interface RecordContext {
  readonly trigger: Trigger;
  readonly durationMs: number;
  readonly config: Config;
  /** No line is written after this, in milliseconds since the epoch. */
  readonly until?: number | undefined;
}

/**
 * Writes the metrics of a run, and one log line for each decision. The metrics come first, and what a person has to
 * look at before what went well: where the time is short, that is what is left out.
 */
export function recordRun(run: Run, context: RecordContext, telemetry: Telemetry): void {
  measureRun(run, context, telemetry);
  telemetry.flush?.();
  const { until = Number.POSITIVE_INFINITY } = context;
  const lines = [
    ...run.findings.map(lineOfFinding),
    ...linesOfResults(run.results),
    ...linesOfForwarding(run),
    ...linesOfBlocks(run),
    ...linesOfConditions(run),
  ];
  let written = 0;
  for (const line of lines) {
    if (Date.now() >= until) break;
    telemetry.log(...line());
    written += 1;
  }
  const count = lines.length - written;
  if (count > 0) {
    telemetry.log('warn', `${count} lines left out: the time is over`, { reason: 'deadline', count });
  }
  telemetry.log('debug', 'run finished', {
    trigger: context.trigger,
    scope: run.scope.kind,
    unchanged: run.unchanged,
    managed: run.observation.tables.map((table) => countManaged(table, context.config.clusterCidrs)),
  });
}

function measureRun(run: Run, { trigger, durationMs }: RecordContext, telemetry: Telemetry): void {
  if (!run.dryRun) measureChanges(run, trigger, telemetry);
  for (const [code, count] of countBy(run.findings, ({ code }) => code)) {
    telemetry.measure('Findings', count, { code });
  }
  const errors = run.findings.filter(({ severity }) => severity === 'error');
  telemetry.measure('ErrorFindings', errors.length);
  for (const table of run.observation.tables) {
    const used = Math.max(...table.quotas.map(({ used, limit }) => (100 * used) / limit));
    telemetry.measure('RouteTableUtilization', used, { routeTable: table.id });
  }
  telemetry.measure('ReconcileSeconds', durationMs / 1000);
}

/** A line is made only when it is written. */
type Line = () => Parameters<Telemetry['log']>;

/** What the run did not come to is one line: nothing was decided of it. */
function linesOfResults(results: readonly ChangeResult[]): Line[] {
  const left = results.filter(isLeft);
  const decided = results.filter((result) => !isLeft(result));
  // Failures before what waits, and what went well last.
  const order: readonly Outcome[] = ['failed', 'skipped', 'waiting', 'planned', 'applied'];
  decided.sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  return [
    ...linesOfLeft(
      'changes',
      left.map(({ failure }) => failure),
    ),
    ...decided.map(lineOfResult),
  ];
}

function isLeft({ failure }: ChangeResult): boolean {
  return failure?.kind === 'unfinished';
}

function linesOfLeft(what: string, failures: readonly (CloudFailure | null)[]): Line[] {
  return [...countBy(failures, (failure) => failure?.code ?? '')].map(([reason, count]) => () => [
    'warn',
    `${what} left for the next run`,
    { outcome: 'skipped', reason, count },
  ]);
}

function lineOfResult({ change, outcome, failure, wait }: ChangeResult): Line {
  return () => [
    OUTCOME_LEVEL[outcome],
    `${change.action} of the route to ${change.destination.text}: ${outcome}`,
    {
      ...fieldsOf(change),
      outcome,
      ...(failure === null ? {} : { error: failure.code, errorMessage: failure.message }),
      ...(wait === undefined ? {} : waitFields(wait)),
    },
  ];
}

function fieldsOf(change: Change): Record<string, string | null> {
  return {
    node: change.node,
    routeTable: change.table,
    cidr: change.destination.text,
    action: change.action,
    reason: change.reason,
    evidence: change.evidence,
    nextHop: change.nextHop?.shown ?? null,
    previousNextHop: change.previousNextHop?.shown ?? null,
  };
}

/** Since when it waits, from when it goes, and what for. */
function waitFields({ since, notBefore, reason }: Wait): Record<string, string | null> {
  return { since: toIso(since), notBefore: toIso(notBefore), waitsFor: reason };
}

function lineOfFinding(finding: Finding): Line {
  return () => [
    SEVERITY_LEVEL[finding.severity],
    finding.message,
    {
      node: finding.node,
      nodeId: finding.nodeId,
      routeTable: finding.table,
      cidr: finding.cidr,
      reason: finding.code,
      remedy: finding.remedy,
    },
  ];
}

/** What failed is a finding. */
function linesOfForwarding(run: Run): Line[] {
  const left = run.forwarding.filter(({ failure }) => failure?.kind === 'unfinished');
  const on = run.forwarding.filter(({ failure }) => failure === null);
  return [
    ...linesOfLeft(
      'nodes to forward',
      left.map(({ failure }) => failure),
    ),
    ...on.map(
      ({ node }): Line =>
        () => [
          'info',
          `forwarding of ${node.name} ${run.dryRun ? 'would be ' : ''}switched on`,
          { node: node.id, action: 'enable-forwarding', outcome: forwardingOutcome(run, null) },
        ],
    ),
  ];
}

/** What failed is a finding. */
function linesOfBlocks({ announcements = [] }: Run): Line[] {
  const written = announcements.filter(({ failure }) => failure === null);
  return written.map(({ node, cidrs, place }) => () => [
    'info',
    `block of ${node.name} written to its ${PLACES_OF_BLOCKS[place]}`,
    {
      node: node.id,
      cidr: cidrs.map(({ text }) => text).join(','),
      action: 'write-block',
      outcome: 'applied',
    },
  ]);
}

/** What failed is a finding. */
function linesOfConditions({ kubernetes }: Run): Line[] {
  const written = (kubernetes?.conditions ?? []).filter(({ failure }) => failure === null);
  return written.map(({ node, status }) => () => [
    'info',
    `NetworkUnavailable of ${node.name} set to ${status}`,
    { node: node.id, action: 'set-condition', outcome: 'applied' },
  ]);
}

function measureChanges(run: Run, trigger: Trigger, telemetry: Telemetry): void {
  const applied = run.results.filter(({ outcome }) => outcome === 'applied').map(({ change }) => change);
  for (const [routeTable, changes] of Map.groupBy(applied, ({ table }) => table)) {
    for (const [action, count] of countBy(changes, (change) => change.action)) {
      telemetry.measure(APPLIED_METRIC[action], count, { routeTable });
    }
  }
  const failed = run.results.filter(({ outcome }) => outcome === 'failed').length;
  const unforwarded = run.forwarding.filter(
    ({ failure }) => forwardingOutcome(run, failure) === 'failed',
  ).length;
  telemetry.measure('ApplyFailures', failed + unforwarded);
  if (trigger === 'schedule') telemetry.measure('DriftRepaired', applied.length);
}

function countBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

/** Writes that nothing is left to do for an event, and how long its routes took where it brought some. */
export function recordDone(run: Run, event: NodesEvent, now: number, telemetry: Telemetry): void {
  const eventAgeMs = event.occurredAt === null ? null : now - event.occurredAt;
  const changed = run.results.some(
    ({ change, outcome }) =>
      outcome === 'applied' && change.node !== null && event.nodes.includes(change.node),
  );
  if (changed && eventAgeMs !== null) {
    telemetry.measure('EventToRouteSeconds', Math.min(eventAgeMs, sinceRegistered(run, event, now)) / 1000);
  }
  telemetry.log('info', 'event done', {
    eventId: event.id,
    event: event.what,
    nodes: event.nodes,
    eventAgeMs,
  });
}

/** A machine has to register before it can have a block from Kubernetes: what that took is not ours. */
function sinceRegistered({ observation }: Run, { nodes }: NodesEvent, now: number): number {
  const times = observation.nodes.flatMap(({ id, registeredAt }) =>
    nodes.includes(id) ? (registeredAt ?? []) : [],
  );
  return times.length === 0 ? Number.POSITIVE_INFINITY : Math.max(0, now - Math.max(...times));
}

/** Counts an event that is none of ours. Somebody looks for the line of a verification. */
export function recordIgnored(event: Extract<NodeEvent, { kind: 'ignored' }>, telemetry: Telemetry): void {
  telemetry.measure('EventsIgnored', 1);
  telemetry.log(event.reason === 'verification' ? 'info' : 'debug', 'event ignored', {
    eventId: event.id,
    reason: event.reason,
    event: event.what,
  });
}
