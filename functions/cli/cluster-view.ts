import type { CloudFailure } from '../../shared/core/errors.ts';
import type { Node, Observation, Scope } from '../../shared/core/model.ts';
import { runAndReport } from '../../shared/core/run/invoke.ts';
import type { Trigger } from '../../shared/core/run/record.ts';
import type { Report } from '../../shared/core/run/report.ts';
import type { Run } from '../../shared/core/run/run.ts';
import type { Telemetry } from '../../shared/core/telemetry.ts';
import { type CommandInput, errorRefusal, type Invocation, type Refusal } from './command.ts';
import { connect } from './connect.ts';
import { outputOf } from './options.ts';
import type { Session } from './session.ts';
import { showProgress } from './terminal.ts';

/** A cluster as it was just read, what would be done about it, and by which session. */
export interface ClusterView {
  readonly session: Session;
  /** What was asked for; the run may have had to look at more. */
  readonly scope: Scope;
  readonly run: Run;
  readonly report: Report;
}

export type ClusterViewResult = ({ readonly ok: true } & ClusterView) | Refusal;

/** Connects and makes a dry run over everything, or over the named nodes. */
export async function viewCluster(
  invocation: Invocation,
  nodes: readonly string[] = [],
): Promise<ClusterViewResult> {
  const view = await viewAllNodes(invocation, nodes);
  if (!view.ok || nodes.length === 0) return view;
  const { session } = view;
  const found = findNodes(view, nodes);
  if (!found.ok) return found;
  const scoped = await runDry(session, invocation, {
    scope: { kind: 'nodes', ids: found.nodes.map(({ id }) => id) },
  });
  // Scripts have it as the scope of the report.
  const isRead = outputOf(invocation.values) === 'table';
  if (isRead && scoped.ok && scoped.run.widened !== null) {
    const also = 'the plan also has the changes of other nodes';
    invocation.err.print(`podroutes: read all nodes, because ${scoped.run.widened}; ${also}`);
  }
  return scoped;
}

/**
 * Connects and makes a dry run over everything. What is called by its id is looked up even if no tag selects it, so
 * that what is missing can be distinguished from what is not ours.
 */
export async function viewAllNodes(
  invocation: Invocation,
  called: readonly string[],
): Promise<ClusterViewResult> {
  const connection = await connect(invocation);
  if (!connection.ok) return connection;
  const { session } = connection;
  return runDry(session, invocation, { scope: { kind: 'all', ids: called.filter(session.isNodeId) } });
}

interface DryRun {
  readonly scope: Scope;
  /** As which kind of run it is planned. */
  readonly trigger?: Trigger;
}

/** A dry run of the one way through. Where nothing could be read at all, the refusal says why. */
export async function runDry(
  session: Session,
  invocation: Invocation,
  { scope, trigger = 'manual' }: DryRun,
): Promise<ClusterViewResult> {
  const stopProgress = showProgress(invocation.err, `Reading nodes and tables in ${session.place} …`);
  const { run, report } = await runAndReport(
    { ...session, telemetry: createTelemetry(invocation) },
    { scope, trigger, deadlines: UNLIMITED, dryRun: true, force: invocation.flags.has('force') },
  );
  stopProgress();
  const failure = findTotalFailure(run.observation);
  if (failure === null) return { ok: true, session, scope, run, report };
  return errorRefusal(describeFailure(failure, session));
}

/** A person needs no deadline: Ctrl-C is theirs. */
const UNLIMITED = { readSignal: new AbortController().signal, signal: new AbortController().signal };

/** Decisions go to standard error where somebody looks for a mistake, and nowhere else. */
export function createTelemetry({
  flags,
  err,
}: Pick<Invocation, 'err'> & Pick<CommandInput, 'flags'>): Telemetry {
  return {
    log: (level, message, fields) => {
      if (flags.has('debug')) err.print(JSON.stringify({ level, message, ...fields }));
    },
    measure: () => undefined,
  };
}

type TotalFailure = { readonly what: 'nodes' | 'route tables'; readonly failure: CloudFailure };

/** Why there is nothing to say about the cluster: no table was read, or no node. */
function findTotalFailure({ nodes, tables, failures }: Observation): TotalFailure | null {
  const ofTables = failures.find(({ what }) => what === 'table');
  const ofNodes = failures.find(({ what, id }) => what === 'nodes' && id === null);
  if (nodes.length === 0 && ofNodes !== undefined) return { what: 'nodes', failure: ofNodes.failure };
  return tables.length === 0 && ofTables !== undefined
    ? { what: 'route tables', failure: ofTables.failure }
    : null;
}

/** What was tried, what came back, and what to do, on one line. */
function describeFailure({ what, failure }: TotalFailure, { place, remedyOf }: Session): string {
  const { code, message } = failure;
  const cause = code === 'deadline' ? 'no answer came in time' : `${code}: ${message}`;
  const sentence = cause
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replace(/[^.!?]$/, '$&.');
  return `could not read the ${what} in ${place}: ${sentence} ${remedyOf(failure)}`.trim();
}

/** The nodes that are called so, by name, id or address. */
export function findNodes(
  { run, session }: ClusterView,
  called: readonly string[],
): { readonly ok: true; readonly nodes: readonly Node[] } | Refusal {
  const { nodes, unselected = [] } = run.observation;
  const found = called.map((name) => ({ name, nodes: findCalled(run.observation, name) }));
  const problems = found.flatMap(({ name, nodes: [one, other, ...more] }) => {
    if (one === undefined) {
      const machine = unselected.find(({ id }) => id.toLowerCase() === name.toLowerCase());
      const miss = machine?.nearMiss ? ` (${machine.nearMiss.replace(/\.$/, '')})` : '';
      return machine === undefined
        ? `there is no node "${name}" among the ${nodes.length} in ${session.place}`
        : `"${name}" exists, but it is not a node${miss}`;
    }
    if (other === undefined) return [];
    const ids = [one, other, ...more].map(({ id }) => id).join(', ');
    return `several nodes are called "${name}": ${ids}; name one by its id`;
  });
  if (problems.length > 0) return errorRefusal(`${problems.join('; ')}. "podroutes nodes" lists them.`);
  return { ok: true, nodes: found.flatMap((match) => match.nodes) };
}

/** What people mean by an id, a name or an address. Names are whatever a tag says: who has the id comes before them. */
function findCalled({ nodes, unselected = [] }: Observation, called: string): readonly Node[] {
  const hasId = ({ id }: { readonly id: string }): boolean => id.toLowerCase() === called.toLowerCase();
  if (unselected.some(hasId)) return [];
  const byId = nodes.filter(hasId);
  return byId.length > 0
    ? byId
    : nodes.filter(({ name, addresses }) => name === called || addresses.includes(called));
}
