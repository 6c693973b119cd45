import { findCorrections } from '../core/claims/corrections.ts';
import type { Finding, FindingCode, Node, Route, RouteTable } from '../core/model.ts';
import { type Facts, findTable, isAsked, isPairAsked, usesTable } from './facts.ts';
import type { Certainty, Diagnosis, DiagnosisCode } from './model.ts';

interface Meaning {
  readonly certainty: Certainty;
  readonly detailsOf?: (facts: FindingFacts, finding: Finding, node: Node | undefined) => Partial<Details>;
}

interface FindingFacts extends Facts {
  /** What tags have to say instead, by node id. */
  readonly corrections: ReadonlyMap<string, string>;
}

/** What a diagnosis adds to its finding. */
type Details = Pick<Diagnosis, 'evidence' | 'lookCommands' | 'commands'>;

/** What findings of the core mean for pods. Those that are not here keep no pods apart, or have a check of their own. */
const MEANINGS: Readonly<Partial<Record<FindingCode & DiagnosisCode, Meaning>>> = {
  'foreign-route': { certainty: 'certain', detailsOf: describeForeign },
  'route-table-full': { certainty: 'certain' },
  'route-table-filling': { certainty: 'possible' },
  'node-unreachable': { certainty: 'certain' },
  'malformed-claim': { certainty: 'certain', detailsOf: correctClaim },
  'claim-outside-cluster': { certainty: 'certain' },
  'claim-covers-cluster': { certainty: 'certain' },
  'claim-overlaps-network': { certainty: 'certain' },
  'claim-covers-nodes': { certainty: 'certain' },
  'claim-reserved': { certainty: 'certain' },
  'too-many-claims': { certainty: 'certain' },
  'conflicting-claim': { certainty: 'certain' },
};

/** Claims and tables that the core finds fault with. */
export function checkFindings(given: Facts): Diagnosis[] {
  const corrections = findCorrections(given.run.observation, given.config);
  const facts = { ...given, corrections };
  return facts.run.findings.flatMap((finding) => {
    if (!affectsPods(finding.code)) return [];
    const meaning = MEANINGS[finding.code];
    const node = facts.run.observation.nodes.find(({ id }) => id === finding.nodeId);
    if (meaning === undefined || !isFindingAsked(facts, finding, node)) return [];
    // It stands against no claim, and so keeps no pods apart.
    if (finding.code === 'foreign-route' && node === undefined) return [];
    const { message, remedy } = finding;
    const details = meaning.detailsOf?.(facts, finding, node) ?? {};
    return {
      code: finding.code,
      certainty: meaning.certainty,
      nodes: finding.node === null ? [] : [finding.node],
      nodeIds: finding.nodeId === null ? [] : [finding.nodeId],
      message,
      evidence: [
        `finding ${finding.code}`,
        ...(details.evidence ?? describePlace(finding)),
        ...(node === undefined ? [] : [`node ${node.id}`]),
      ],
      lookCommands: details.lookCommands ?? [],
      remedy,
      commands: details.commands ?? [],
    };
  });
}

function describePlace({ table, cidr }: Finding): string[] {
  return [
    ...(table === null ? [] : [`route table ${table}`]),
    ...(cidr === null ? [] : [`pod CIDR ${cidr}`]),
  ];
}

function affectsPods(code: FindingCode): code is FindingCode & DiagnosisCode {
  return Object.hasOwn(MEANINGS, code);
}

function isFindingAsked(facts: Facts, { table: id }: Finding, owner: Node | undefined): boolean {
  const { asked, run } = facts;
  if (asked.length === 0 || (owner !== undefined && isAsked(facts, owner))) return true;
  const table = findTable(facts, id);
  if (table === undefined) return false;
  return run.observation.nodes.some(
    (node) =>
      usesTable(facts, node, table) &&
      (owner === undefined ? isAsked(facts, node) : isPairAsked(facts, node, owner)),
  );
}

/** What leads somewhere may be needed by somebody: that is for a person to find out. */
function describeForeign(facts: Facts, { table: id, cidr }: Finding): Partial<Details> {
  const table = findTable(facts, id);
  const route = table?.routes.find(({ destination }) => destination.text === cidr);
  if (table === undefined || route === undefined) return {};
  const { destination, state } = route;
  return {
    evidence: [describeRoute(table, route)],
    lookCommands: facts.looks.route(table, destination),
    commands: state === 'blackhole' ? facts.commands.deleteDeadRoute(table, destination) : [],
  };
}

function describeRoute({ id }: RouteTable, { destination, nextHop, state }: Route): string {
  const hop = nextHop?.shown ?? (state === 'active' ? 'a next hop that is not shown' : 'nothing');
  return `route table ${id}: ${destination.text} -> ${hop}${state === 'blackhole' ? ', a blackhole' : ''}`;
}

/** The command replaces the whole tag, so it is for all that is claimed there. */
function correctClaim(
  { commands, corrections }: FindingFacts,
  _finding: Finding,
  node: Node | undefined,
): Partial<Details> {
  const value = corrections.get(node?.id ?? '');
  return node === undefined || value === undefined ? {} : { commands: commands.setClaim(node, value) };
}
