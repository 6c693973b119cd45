import { type ClaimSettings, sharesDomain } from '../claims/bounds.ts';
import { judgeClaims } from '../claims/judge.ts';
import { noClaims } from '../findings/claims.ts';
import { forwardingDisabled, networkNotRouted, subnetNotRouted } from '../findings/network.ts';
import { deadForeignRoute } from '../findings/tables.ts';
import type { AcceptedClaim, Change, CloudName, Finding, Node, Observation } from '../model.ts';
import { Anchors } from './anchors.ts';
import { findProven, planDeletions } from './deletions.ts';
import { holdRoutes } from './holds.ts';
import { sketchTable, type TableSketch } from './table.ts';

export interface PlanSettings extends ClaimSettings {
  /** Whose words remedies use. */
  readonly cloud: CloudName;
  readonly forwarding: 'ensure' | 'report' | 'ignore';
}

/** What would bring the tables in step with the claims. */
export interface Plan {
  readonly changes: readonly Change[];
  /** Claims whose routes are as they should be, by table id. */
  readonly inForce: ReadonlyMap<string, readonly AcceptedClaim[]>;
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
  const entitled = new Map(verdict.accepted.map((claim) => [`${claim.cidr.text} ${claim.node.id}`, claim]));
  const context = { verdict, entitled, nodes, settings };
  const sketches = observation.tables.map((table) => sketchTable(table, context));
  const anchors = new Anchors((sketch) => findProven(sketch, context));
  const deferred = holdRoutes(sketches, anchors, context);
  const deletions = sketches.flatMap((sketch) => planDeletions(sketch, anchors, context));
  const wide = observation.scope.kind === 'all';
  const running = distinctNodes(verdict.accepted).filter((node) => node.state === 'running');
  const outside = running.filter((node) => !observation.tables.some((table) => sharesDomain(node, table)));
  const notForwarding = running.filter((node) => node.forwarding === 'off' && !outside.includes(node));
  return {
    changes: [
      ...sketches.flatMap(({ writes }) => writes.map(({ change }) => change)),
      // R4: what is not proven rests on what all others claim.
      ...[...deferred, ...sketches.flatMap(({ disputed }) => disputed), ...deletions].filter(
        ({ evidence }) => wide || evidence === 'proven',
      ),
    ],
    inForce: new Map(sketches.map(({ table, inForce }) => [table.id, inForce])),
    forwarding: settings.forwarding === 'ensure' ? notForwarding : [],
    findings: [
      ...distinctFindings([...verdict.findings, ...sketches.flatMap((sketch) => sketch.findings)]),
      ...findNoClaims(observation, sketches, settings),
      ...(wide ? sketches.flatMap(findDead) : []),
      ...(settings.forwarding === 'report'
        ? notForwarding.map((node) => forwardingDisabled(node, settings.cloud))
        : []),
      ...findUnroutedSubnets(running, observation),
    ],
    unmet: new Set([
      ...verdict.unmet,
      ...outside.map(({ id }) => id),
      ...sketches.flatMap((sketch) => [...sketch.unmet]),
    ]),
    unchanged: sketches.reduce((sum, { inForce }) => sum + inForce.length, 0),
    widen: wide ? null : (verdict.widen ?? whyWidenDeaths(observation) ?? findUnread(sketches)),
  };
}

/** Tables that several findings agree on tell a person the same thing once. */
function distinctFindings(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/** A route that stands in the way of a claim, and whose target this run has not read. */
function findUnread(sketches: readonly TableSketch[]): string | null {
  const route = sketches.map(({ unread }) => unread).find((unread) => unread !== null);
  return route ? `the target of the route to ${route.destination.text} was not read` : null;
}

/** A route that has lost its target does not say whose it was; where a node has died, it may have been that one's. */
function whyWidenDeaths({ nodes, missing, tables }: Observation): string | null {
  if (missing.length === 0 && !nodes.some(({ state }) => state === 'gone')) return null;
  const lost = tables
    .flatMap(({ routes }) => routes)
    .find(
      ({ ourKind, state, target }) =>
        ourKind && state === 'blackhole' && (target.kind === 'unread' || target.kind === 'vacant'),
    );
  return lost === undefined ? null : `the route to ${lost.destination.text} has lost its target`;
}

function findNoClaims(
  { scope, nodes, failures }: Observation,
  sketches: readonly TableSketch[],
  { podCidrTag }: ClaimSettings,
): Finding[] {
  const living = nodes.filter(({ state }) => state !== 'gone');
  const anyClaim = living.some(
    ({ claims, defects, claimsKnown }) => claims.length + defects.length > 0 || !claimsKnown,
  );
  if (scope.kind === 'nodes' || failures.length > 0 || anyClaim) return [];
  const ids = new Set(living.map(({ id }) => id));
  const routes = sketches
    .flatMap(({ inside }) => inside)
    .filter(({ ourKind, target }) => ourKind && target.kind === 'node' && ids.has(target.id));
  return routes.length === 0 ? [] : [noClaims(living.length, routes.length, podCidrTag)];
}

/** R2: what of others leads nowhere in the range of the pods. What stands against a claim is reported with that. */
function findDead({ table, inside, findings }: TableSketch): Finding[] {
  const reported = new Set(findings.flatMap(({ code, cidr }) => (code === 'foreign-route' ? [cidr] : [])));
  return inside
    .filter(
      ({ ourKind, state, destination }) =>
        !ourKind && state === 'blackhole' && !reported.has(destination.text),
    )
    .map((route) => deadForeignRoute(table, route));
}

function distinctNodes(accepted: readonly AcceptedClaim[]): Node[] {
  return [...new Set(accepted.map(({ node }) => node))];
}

function findUnroutedSubnets(running: readonly Node[], { tables, failures }: Observation): Finding[] {
  if (failures.some(({ what }) => what === 'table')) return [];
  return running.flatMap((node) => {
    const { subnet } = node;
    const around = tables.filter((table) => sharesDomain(node, table));
    if (around.length === 0) return [networkNotRouted(node)];
    if (subnet === null) return [];
    const served = around.some(({ subnets }) => subnets === null || subnets.includes(subnet));
    return served ? [] : [subnetNotRouted(node, subnet)];
  });
}
