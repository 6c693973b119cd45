import type { Change, ChangeReason, ChangeResult, Node } from '../core/model.ts';
import { type Facts, findTable, isPairAsked, listNodes, reconcileCommand, usesTable } from './facts.ts';
import type { Diagnosis, DiagnosisCode } from './model.ts';

/** What a diagnosis is called, and how it says where: of one route, and of several in one table. */
interface Fault {
  readonly code: DiagnosisCode;
  readonly one: (where: string) => string;
  readonly many: (count: number, table: string) => string;
}

/** By what the core would do about it. Leftover routes keep nobody apart. */
const FAULTS: Readonly<Partial<Record<ChangeReason, Fault>>> = {
  claimed: {
    code: 'route-missing',
    one: (where) => `There is no route to ${where}`,
    many: (count, table) => `${count} routes are missing in ${table}`,
  },
  blackhole: {
    code: 'route-blackhole',
    one: (where) => `The route to ${where} leads nowhere`,
    many: (count, table) => `${count} routes in ${table} lead nowhere`,
  },
  'wrong-next-hop': {
    code: 'route-wrong-next-hop',
    one: (where) => `The route to ${where} leads to something else`,
    many: (count, table) => `${count} routes in ${table} lead to something else`,
  },
  'write-failed': {
    code: 'route-write-failed',
    one: (where) => `The last write of the route to ${where} failed, so it may not be in force`,
    many: (count, table) =>
      `The last writes of ${count} routes in ${table} failed, so they may not be in force`,
  },
};

/** A route that the core's dry run would write, and the node that it is for. */
interface Wanted {
  readonly fault: Fault;
  readonly result: ChangeResult;
  readonly node: Node;
}

/** Routes that the core's dry run finds missing or wrong: one diagnosis for those of a table that are alike. */
export function checkRoutes(facts: Facts): Diagnosis[] {
  const nodes = new Map(facts.run.observation.nodes.map((node) => [node.id, node]));
  const wanted = facts.run.results.flatMap((result): Wanted[] => {
    const fault = FAULTS[result.change.reason];
    const node = nodes.get(result.change.node ?? '');
    if (fault === undefined || node === undefined || !isRouteAsked(facts, result, node)) return [];
    return [{ fault, result, node }];
  });
  const groups = Map.groupBy(wanted, ({ fault, result: { change, failure } }) =>
    [fault.code, change.table, failure?.code, failure?.message].join(' '),
  );
  return [...groups.values()].flatMap((alike) => diagnoseRoutes(facts, alike));
}

/** A route to one node is for those whose subnet uses its table. */
function isRouteAsked(facts: Facts, { change }: ChangeResult, node: Node): boolean {
  const table = findTable(facts, change.table);
  if (facts.asked.length === 0 || table === undefined) return true;
  return facts.run.observation.nodes.some(
    (other) => isPairAsked(facts, other, node) && usesTable(facts, other, table),
  );
}

/** As many routes are shown. */
const SHOWN = 5;
/** For more nodes the command names none of them. */
const NAMED = 4;

function diagnoseRoutes(facts: Facts, alike: readonly Wanted[]): Diagnosis[] {
  const [first] = alike;
  if (first === undefined) return [];
  const { fault, result } = first;
  const { outcome, failure, change } = result;
  const table = findTable(facts, change.table)?.name ?? change.table;
  const where =
    alike.length === 1
      ? fault.one(`${change.destination.text} in ${table}`)
      : fault.many(alike.length, table);
  const nodes = [...new Set(alike.map(({ node }) => node))];
  const heldBack = outcome === 'planned' ? [] : [`Held back: ${failure?.code}: ${failure?.message}`];
  const routes = alike.slice(0, SHOWN).map((each) => describeRoute(each.result.change));
  const rest = alike.length - routes.length;
  return [
    {
      code: fault.code,
      certainty: 'certain',
      nodes: nodes.map(({ name }) => name),
      nodeIds: nodes.map(({ id }) => id),
      message: `${where}: pods on ${listNodes(nodes)} cannot be reached from there.`,
      evidence: [
        ...routes,
        ...(rest === 0 ? [] : [`${rest} more in route table ${change.table}`]),
        ...heldBack,
      ],
      lookCommands: [],
      remedy:
        heldBack.length === 0
          ? 'Check "podroutes plan", then run "podroutes reconcile".'
          : 'Fix what holds it back, then run "podroutes reconcile".',
      commands: [reconcileCommand(facts, nodes.length > NAMED ? [] : nodes)],
    },
  ];
}

function describeRoute({ table, destination, previousNextHop, nextHop }: Change): string {
  return `route table ${table}: ${destination.text} -> ${previousNextHop?.shown ?? 'nothing'}, should be ${nextHop?.shown ?? 'nothing'}`;
}
