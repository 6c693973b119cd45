import { labelNode } from '../../../shared/core/findings/finding.ts';
import type { Change, ChangeResult, Claim, Node, Route, RouteTable } from '../../../shared/core/model.ts';
import { toIso } from '../../../shared/core/run/to-report.ts';
import { labelTable } from '../describe.ts';
import { type ClaimedRoute, findClaimedRoute, type RouteState } from '../route-state.ts';
import { commandNow, describeWait } from '../waiting.ts';
import { type Check, type Facts, findingsOf, fromFinding, note, ok, problem } from './facts.ts';

/** Checks of the tables that the node's pods are reached through, and of the network around it. */
export const TABLE_CHECKS: readonly ((facts: Facts) => Check[])[] = [
  checkNetwork,
  checkRoutes,
  checkLeftovers,
  checkCapacity,
  checkHeldBack,
  checkForwarding,
  checkSubnet,
];

function checkNetwork({ node, tables, run }: Facts): Check[] {
  const network = node.network ?? 'an unknown network';
  if (tables.length === 0) {
    const evidence = `It is in ${network}, where no route table is managed.`;
    return [problem('network', evidence, `Manage a route table of ${network}.`)];
  }
  const apart = run.observation.nodes.filter(
    (other) => isApart(node, other) && other.state !== 'gone' && other.claims.length > 0,
  );
  const [first] = apart;
  return [
    ok('network', `Managed tables of its network: ${tables.map(labelTable).join(', ')}.`),
    ...(first === undefined ? [] : [note('network', describeApart(first, apart.length))]),
  ];
}

function isApart(node: Node, other: Node): boolean {
  return node.domain !== null && other.domain !== null && node.domain !== other.domain;
}

function describeApart(node: Node, count: number): string {
  const whom = count === 1 ? labelNode(node) : `${labelNode(node)} and ${count - 1} more`;
  return `In other networks, which podroutes does not connect to its own: ${whom}. On Azure, they need a peering that is connected on both sides.`;
}

function checkRoutes(facts: Facts): Check[] {
  const claimed = new Set(facts.node.claims.map(({ cidr }) => cidr.text));
  // Routes to a part of what it claims, whose own route may be as it should.
  const narrower = findingsOf(facts, ['foreign-route']).filter(({ cidr }) => !claimed.has(cidr ?? ''));
  return [
    ...facts.tables.flatMap((table) => facts.node.claims.map((claim) => checkRoute(facts, table, claim))),
    ...narrower.map((finding) => fromFinding('route', finding)),
  ];
}

/** The route that a claim asks for, in one table: as it is, and what would be done about it. */
function checkRoute(facts: Facts, table: RouteTable, { cidr }: Claim): Check {
  const { node, run } = facts;
  const found = findClaimedRoute(node, cidr, table);
  const where = `${cidr.text} in ${table.name}`;
  const text = `${where}: ${STATES[found.state](found)}`;
  if (found.state === 'active') return ok('route', text);
  const isHere = (change: Change) => change.table === table.id && change.destination.text === cidr.text;
  const result = run.results.find(({ change }) => isHere(change));
  if (node.state !== 'running') {
    return note('route', result === undefined ? text : `${text}${describeResult(result)}`);
  }
  const finding = findingsOf(facts, ['foreign-route', 'node-unreachable']).find(
    (each) => each.cidr === cidr.text && (each.table ?? table.id) === table.id,
  );
  if (finding !== undefined)
    return { ...fromFinding('route', finding), evidence: `${text} ${finding.message}` };
  return problem('route', `${text}${describeResult(result)}`, remedyOf(result, run.observation.nodes));
}

const STATES: Readonly<Record<RouteState, (found: ClaimedRoute) => string>> = {
  active: ({ route }) => `leads to it (${shown(route)}).`,
  missing: () => 'there is no route.',
  blackhole: ({ route }) => `leads nowhere (a blackhole to ${shown(route)}).`,
  elsewhere: ({ route }) => `leads elsewhere, to ${shown(route)}.`,
  foreign: ({ route }) => `a foreign route leads to ${shown(route)}.`,
};

function shown(route: Route | null): string {
  return route?.nextHop?.shown ?? (route?.state === 'active' ? 'a next hop that is not shown' : 'nothing');
}

function describeResult(result: ChangeResult | undefined): string {
  if (result === undefined) return ' No change is planned for it; the checks above say why.';
  const { change, outcome, failure, wait } = result;
  if (outcome === 'planned') return ` The next run would ${change.action} it.`;
  if (wait === undefined) return ` To ${change.action} it was held back: ${failure?.code ?? outcome}.`;
  const { since, notBefore, reason } = wait;
  const times = { since: toIso(since), notBefore: toIso(notBefore), waitsFor: reason };
  return ` To ${change.action} it waits${describeWait(times)}.`;
}

function remedyOf(result: ChangeResult | undefined, nodes: readonly Node[]): string | null {
  if (result?.outcome === 'planned') return 'Run "podroutes reconcile", or wait for the schedule.';
  if (result?.outcome !== 'waiting') return null;
  return `Wait, or make the change now: "${commandNow({ nodeId: result.change.node }, nodes)}".`;
}

/** Routes that lead to the node without its claim. */
function checkLeftovers({ node, tables, run }: Facts): Check[] {
  const claimed = new Set(node.claims.map(({ cidr }) => cidr.text));
  return tables.flatMap((table) =>
    table.routes
      .filter((route) => leadsTo(route, node) && !claimed.has(route.destination.text))
      .map(({ destination, ourKind }) => {
        const isHere = ({ change }: ChangeResult) =>
          change.table === table.id && change.destination.text === destination.text;
        const result = run.results.find(isHere);
        const outcome = ourKind && result !== undefined ? describeResult(result) : ' It is left as it is.';
        const evidence = `${destination.text} in ${table.name}: leads to it, but it does not claim it.${outcome}`;
        return { ...note('route', evidence), remedy: remedyOf(result, run.observation.nodes) };
      }),
  );
}

function leadsTo({ target }: Route, { id }: Node): boolean {
  return target.kind === 'node' && target.id === id;
}

/** R10. */
function checkCapacity({ tables, run }: Facts): Check[] {
  return tables.map((table) => {
    const full = run.findings.find(({ code, table: id }) => code === 'route-table-full' && id === table.id);
    if (full !== undefined) return fromFinding('capacity', full);
    const quotas = table.quotas.map(
      ({ used, limit, families }) => `${used} of ${limit} (IPv${families.join('/')})`,
    );
    return ok('capacity', `${table.name} holds ${quotas.join(', ')} routes${describeCounting(table)}.`);
  });
}

/** A quota may count what is in no list of ours, and leave out what is. */
function describeCounting({ quotas, routes }: RouteTable): string {
  const counted = quotas.reduce((sum, { used }) => sum + used, 0);
  if (counted === routes.length) return '';
  return `: local routes and those to prefix lists count, propagated ones do not; "podroutes routes" lists ${routes.length}`;
}

/** R3, R4: what the guard did not let through. What waits for its time is no problem. */
function checkHeldBack({ run, results, tables }: Facts): Check[] {
  const breaker = run.findings.filter(
    ({ code, table }) => code === 'deletion-breaker' && tables.some(({ id }) => id === table),
  );
  const waits = results.some(({ outcome }) => outcome === 'waiting');
  const ledger = run.findings.filter(({ code }) => code === 'ledger-unavailable' && waits);
  const skipped = results.filter(({ outcome }) => outcome === 'skipped');
  if (breaker.length + ledger.length + skipped.length === 0) {
    return [ok('held-back', 'No change for it is held back.')];
  }
  return [
    ...[...breaker, ...ledger].map((finding) => fromFinding('held-back', finding)),
    ...skipped
      .filter(({ failure }) => failure?.code !== 'deletion-breaker')
      .map(({ change, failure }) => {
        const evidence = `To ${change.action} ${change.destination.text} is held back: ${failure?.message ?? ''}`;
        return problem('held-back', evidence, null);
      }),
  ];
}

function checkForwarding(facts: Facts): Check[] {
  const { node, run, session } = facts;
  const [finding] = findingsOf(facts, ['forwarding-disabled']);
  if (finding !== undefined) return [fromFinding('forwarding', finding)];
  if (node.forwarding === 'on') return [ok('forwarding', 'The network lets it forward packets of its pods.')];
  if (node.forwarding === 'unknown') return [note('forwarding', 'It has no primary interface.')];
  const off = 'The network drops packets of its pods: forwarding is off on its primary interface.';
  if (run.forwarding.some(({ node: { id } }) => id === node.id)) {
    return [problem('forwarding', `${off} The next run switches it on.`, 'Run "podroutes reconcile".')];
  }
  return [note('forwarding', `${off} PODROUTES_FORWARDING=${session.config.forwarding} leaves it off.`)];
}

function checkSubnet(facts: Facts): Check[] {
  const { node, tables } = facts;
  const [finding] = findingsOf(facts, ['subnet-not-routed']);
  if (finding !== undefined) return [fromFinding('subnet', finding)];
  if (node.subnet === null) return [note('subnet', 'Its subnet is not known.')];
  const serving = tables.filter(({ subnets }) => subnets === null || subnets.includes(node.subnet ?? ''));
  if (serving.length === 0) return [note('subnet', `Its subnet ${node.subnet} uses no managed table.`)];
  return [ok('subnet', `Its subnet ${node.subnet} uses ${serving.map(({ name }) => name).join(', ')}.`)];
}
