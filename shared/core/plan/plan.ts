import { type AcceptedClaim, type ClaimSettings, judgeClaims, sharesNetwork } from '../claims/judge.ts';
import { forwardingDisabled, networkNotRouted, subnetNotRouted } from '../findings.ts';
import type { Change, Finding, Node, Observation } from '../model.ts';
import { planTable, type TableSketch } from './table.ts';

export interface PlanSettings extends ClaimSettings {
  readonly forwarding: 'ensure' | 'report' | 'ignore';
}

/** What would bring the tables in step with the claims. */
export interface Plan {
  readonly changes: readonly Change[];
  /** Nodes that need forwarding switched on before the network passes their pods' packets. */
  readonly forwarding: readonly Node[];
  readonly findings: readonly Finding[];
  /** Ids of nodes with a claim that no change of this plan would meet. */
  readonly unmet: ReadonlySet<string>;
  /** Routes that are already as claimed. */
  readonly unchanged: number;
  /** Why a scoped observation is not enough to decide; the run then looks at everything. */
  readonly widen: string | null;
}

/** Compares claims with tables. Pure: the same observation and settings give the same plan. */
export function planRoutes(observation: Observation, settings: PlanSettings): Plan {
  const verdict = judgeClaims(observation, settings);
  const nodes = new Map(observation.nodes.map((node) => [node.id, node]));
  const sketches = observation.tables.map((table) => planTable(table, { verdict, nodes, settings }));
  const running = distinctNodes(verdict.accepted).filter((node) => node.state === 'running');
  const outside = running.filter((node) => !observation.tables.some((table) => sharesNetwork(node, table)));
  const routed = running.filter((node) => !outside.includes(node));
  const shut = routed.filter((node) => node.forwarding === 'off');
  const wide = observation.scope.kind === 'all';
  return {
    changes: sketches.flatMap(({ changes }) =>
      changes.filter((change) => wide || change.action !== 'delete'),
    ),
    forwarding: settings.forwarding === 'ensure' ? shut : [],
    findings: [
      ...verdict.findings,
      ...sketches.flatMap((sketch) => sketch.findings),
      ...(settings.forwarding === 'report' ? shut.map((node) => forwardingDisabled(node, null)) : []),
      ...findUnroutedSubnets(running, observation),
    ],
    unmet: new Set([
      ...verdict.unmet,
      ...outside.map(({ id }) => id),
      ...sketches.flatMap((sketch) => [...sketch.unmet]),
    ]),
    unchanged: sketches.reduce((sum, sketch) => sum + sketch.unchanged, 0),
    widen: wide ? null : (verdict.widen ?? whyWidenDeaths(observation) ?? findWhy(sketches)),
  };
}

function findWhy(sketches: readonly TableSketch[]): string | null {
  return sketches.map(whyWiden).find((why) => why !== null) ?? null;
}

/** A blackhole need not say whose it was; where a node has died, it may have been that one's. */
function whyWidenDeaths({ nodes, missing, tables }: Observation): string | null {
  if (missing.length === 0 && !nodes.some(({ state }) => state === 'gone')) return null;
  const doubtful = tables
    .flatMap(({ routes }) => routes)
    .find(({ ourKind, state, target }) => ourKind && state === 'blackhole' && target.kind === 'unread');
  return doubtful === undefined ? null : `the route to ${doubtful.destination.text} has lost its target`;
}

function whyWiden(sketch: TableSketch): string | null {
  if (sketch.unread !== null)
    return `the target of the route to ${sketch.unread.destination.text} was not read`;
  const deletion = sketch.changes.find((change) => change.action === 'delete');
  // R2: that nobody claims a destination can only be said when every claim has been read.
  return deletion === undefined ? null : `the route to ${deletion.destination.text} looks unclaimed`;
}

function distinctNodes(accepted: readonly AcceptedClaim[]): Node[] {
  return [...new Set(accepted.map(({ node }) => node))];
}

function findUnroutedSubnets(running: readonly Node[], { tables, failures }: Observation): Finding[] {
  if (failures.some(({ what }) => what === 'table')) return [];
  return running.flatMap((node) => {
    const { subnet } = node;
    const around = tables.filter((table) => sharesNetwork(node, table));
    if (around.length === 0) return [networkNotRouted(node)];
    if (subnet === null) return [];
    const served = around.some(({ subnets }) => subnets === null || subnets.includes(subnet));
    return served ? [] : [subnetNotRouted(node, subnet)];
  });
}
