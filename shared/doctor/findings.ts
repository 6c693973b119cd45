import { parseCidr } from '../cidr.ts';
import type { Finding, FindingCode, Node } from '../model.ts';
import { type Facts, findTable, isAsked, isPairAsked, usesTable } from './facts.ts';
import type { Certainty, Diagnosis, DiagnosisCode } from './model.ts';

interface Meaning {
  readonly certainty: Certainty;
  readonly commands: (facts: Facts, finding: Finding, node: Node | undefined) => readonly string[];
}

const NONE = (): readonly string[] => [];

/** What findings of the core mean for pods. Those that are not here keep no pods apart, or have a check of their own. */
const MEANINGS: Readonly<Partial<Record<FindingCode & DiagnosisCode, Meaning>>> = {
  'foreign-route': { certainty: 'certain', commands: deleteForeign },
  'route-table-full': { certainty: 'certain', commands: NONE },
  'route-table-filling': { certainty: 'possible', commands: NONE },
  'node-unreachable': { certainty: 'certain', commands: NONE },
  'malformed-claim': { certainty: 'certain', commands: correctClaim },
  'claim-outside-cluster': { certainty: 'certain', commands: NONE },
  'claim-covers-cluster': { certainty: 'certain', commands: NONE },
  'claim-overlaps-network': { certainty: 'certain', commands: NONE },
  'conflicting-claim': { certainty: 'certain', commands: NONE },
};

/** Claims and tables that the core finds fault with. */
export function checkFindings(facts: Facts): Diagnosis[] {
  return facts.run.findings.flatMap((finding) => {
    if (!isMeant(finding.code)) return [];
    const meaning = MEANINGS[finding.code];
    const node = facts.run.observation.nodes.find(({ name }) => name === finding.node);
    if (meaning === undefined || !isFindingAsked(facts, finding, node)) return [];
    const { code, message, remedy, table, cidr } = finding;
    return {
      code: finding.code,
      certainty: meaning.certainty,
      nodes: finding.node === null ? [] : [finding.node],
      message,
      evidence: [
        `finding ${code}`,
        ...(table === null ? [] : [`route table ${table}`]),
        ...(cidr === null ? [] : [`pod CIDR ${cidr}`]),
        ...(node === undefined ? [] : [`node ${node.id}`]),
      ],
      remedy,
      commands: meaning.commands(facts, finding, node),
    };
  });
}

function isMeant(code: FindingCode): code is FindingCode & DiagnosisCode {
  return Object.hasOwn(MEANINGS, code);
}

/** Findings name nodes; two of one name are both meant. */
function isFindingAsked(facts: Facts, { node: name, table: id }: Finding, owner: Node | undefined): boolean {
  const { asked, run } = facts;
  if (asked.length === 0 || asked.some((node) => node.name === name)) return true;
  const table = findTable(facts, id);
  if (table === undefined) return false;
  return run.observation.nodes.some(
    (node) =>
      usesTable(facts, node, table) &&
      (owner === undefined ? isAsked(facts, node) : isPairAsked(facts, node, owner)),
  );
}

function deleteForeign(facts: Facts, { table: id, cidr: text }: Finding): readonly string[] {
  const table = findTable(facts, id);
  const destination = parseCidr(text ?? '');
  return table === undefined || !destination.ok ? [] : facts.commands.deleteRoute(table, destination.cidr);
}

/** The finding's CIDR is the canonical form, where only host bits were wrong. */
function correctClaim({ commands }: Facts, { cidr }: Finding, node: Node | undefined): readonly string[] {
  const isTag = node?.defects.some(({ source, corrected }) => source === 'tag' && corrected === cidr);
  return node === undefined || cidr === null || !isTag ? [] : commands.setClaim(node, cidr);
}
