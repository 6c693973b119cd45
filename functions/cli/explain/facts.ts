import { sharesDomain } from '../../../shared/core/claims/bounds.ts';
import type {
  ChangeResult,
  Finding,
  FindingCode,
  Node,
  Registry,
  RouteTable,
} from '../../../shared/core/model.ts';
import type { ClusterView } from '../cluster-view.ts';

/** What came of one check. `note` is worth knowing and nothing to mend. */
export type CheckResult = 'ok' | 'note' | 'problem';

/** The checks, in the order in which podroutes makes them. */
export type CheckName =
  | 'reading'
  | 'found'
  | 'selection'
  | 'state'
  | 'claim'
  | 'bounds'
  | 'conflict'
  | 'network'
  | 'route'
  | 'capacity'
  | 'held-back'
  | 'forwarding'
  | 'subnet';

/** One check with what it rests on. */
export interface Check {
  readonly check: CheckName;
  readonly result: CheckResult;
  readonly evidence: string;
  /** What to do; null where nothing is to be done by a person. */
  readonly remedy: string | null;
  /** The finding that says the same. */
  readonly code: FindingCode | null;
}

/** A node, and what the dry run says of it. */
export interface Facts extends ClusterView {
  readonly node: Node;
  /** Tables of its network. */
  readonly tables: readonly RouteTable[];
  readonly findings: readonly Finding[];
  /** Changes for it, planned or held back. */
  readonly results: readonly ChangeResult[];
  /** Null where Kubernetes is not asked. */
  readonly registry: Registry | null;
}

/** Picks what concerns one node from the whole cluster. */
export async function gatherFacts(view: ClusterView, node: Node): Promise<Facts> {
  const { observation, results, findings, scope } = view.run;
  return {
    ...view,
    node,
    tables: observation.tables.filter((table) => sharesDomain(node, table)),
    findings: findings.filter(({ nodeId }) => nodeId === node.id),
    results: results.filter(({ change }) => change.node === node.id),
    registry: (await scope.registry) ?? null,
  };
}

export function ok(check: CheckName, evidence: string): Check {
  return { check, result: 'ok', evidence, remedy: null, code: null };
}

export function note(check: CheckName, evidence: string): Check {
  return { check, result: 'note', evidence, remedy: null, code: null };
}

export function problem(check: CheckName, evidence: string, remedy: string | null): Check {
  return { check, result: 'problem', evidence, remedy, code: null };
}

/** The check that a finding is the answer to. */
export function fromFinding(check: CheckName, { message, remedy, code, severity }: Finding): Check {
  return { check, result: severity === 'info' ? 'note' : 'problem', evidence: message, remedy, code };
}

export function findingsOf({ findings }: Facts, codes: readonly FindingCode[]): Finding[] {
  return findings.filter(({ code }) => codes.includes(code));
}
