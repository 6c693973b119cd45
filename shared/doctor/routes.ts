import { labelNode } from '../findings.ts';
import type { ChangeReason, ChangeResult, Node } from '../model.ts';
import { type Facts, findTable, isPairAsked, reconcileCommand, usesTable } from './facts.ts';
import type { Diagnosis, DiagnosisCode } from './model.ts';

/** What a route is called that the core would write. Leftover routes keep nobody apart. */
const CODES: Readonly<Partial<Record<ChangeReason, DiagnosisCode>>> = {
  claimed: 'route-missing',
  blackhole: 'route-blackhole',
  'wrong-next-hop': 'route-wrong-next-hop',
  'write-failed': 'route-write-failed',
};

/** Routes that the core's dry run finds missing or wrong. */
export function checkRoutes(facts: Facts): Diagnosis[] {
  return facts.run.results.flatMap((result) => {
    const code = CODES[result.change.reason];
    const node = facts.run.observation.nodes.find(({ id }) => id === result.change.node);
    if (code === undefined || node === undefined || !isRouteAsked(facts, result, node)) return [];
    return diagnoseRoute(facts, code, result, node);
  });
}

/** A route to one node is for those whose subnet uses its table. */
function isRouteAsked(facts: Facts, { change }: ChangeResult, node: Node): boolean {
  const table = findTable(facts, change.table);
  if (facts.asked.length === 0 || table === undefined) return true;
  return facts.run.observation.nodes.some(
    (other) => isPairAsked(facts, other, node) && usesTable(facts, other, table),
  );
}

function diagnoseRoute(
  facts: Facts,
  code: DiagnosisCode,
  { change, outcome, failure }: ChangeResult,
  node: Node,
): Diagnosis {
  const { destination, nextHop, previousNextHop, table } = change;
  const where = findTable(facts, table)?.name ?? table;
  const held = outcome === 'planned' ? [] : [`Held back: ${failure?.code}: ${failure?.message}`];
  return {
    code,
    certainty: 'certain',
    nodes: [node.name],
    message: `${MESSAGES[code]?.(`${destination.text} in ${where}`) ?? code}: pods of ${labelNode(node)} are not reached from there.`,
    evidence: [
      `route table ${table}: ${destination.text} -> ${previousNextHop?.shown ?? 'nothing'}, should be ${nextHop?.shown ?? 'nothing'}`,
      ...held,
    ],
    lookCommands: [],
    remedy:
      held.length === 0
        ? 'Bring the routes in step; see "podroutes plan" first.'
        : 'Mend what holds it back, then bring the routes in step.',
    commands: [reconcileCommand(facts, [node])],
  };
}

const MESSAGES: Readonly<Partial<Record<DiagnosisCode, (where: string) => string>>> = {
  'route-missing': (where) => `There is no route to ${where}`,
  'route-blackhole': (where) => `The route to ${where} leads nowhere`,
  'route-wrong-next-hop': (where) => `The route to ${where} leads to something else`,
  'route-write-failed': (where) =>
    `The last write of the route to ${where} failed, so it may not be in force`,
};
