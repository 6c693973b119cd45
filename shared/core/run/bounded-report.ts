import type { Omitted, Report } from './report.ts';

type List = Exclude<keyof Omitted, 'message' | 'blocks'>;

/** What went well goes first; what a person has to look at goes last. */
const CUTS: readonly ((report: Report) => Report)[] = [
  (report) => ({ ...report, tables: report.tables.map((table) => ({ ...table, entries: [] })) }),
  ({ blocks, ...report }) => (blocks === undefined ? report : { ...report, blocks: { ...blocks, kept: [] } }),
  (report) => ({ ...report, changes: report.changes.filter(isOpen) }),
  (report) => ({ ...report, forwarding: report.forwarding.filter(isOpen) }),
  (report) => ({ ...report, nodes: [] }),
  (report) => ({ ...report, changes: [], forwarding: [] }),
  (report) => ({ ...report, findings: report.findings.filter(isError) }),
  (report) => ({ ...report, findings: [] }),
];

const MESSAGE =
  'The whole report is too large for one answer. The log has a line for each change and finding; podroutes reconcile -o json and podroutes plan -o json print everything.';

/**
 * The report, without as much as makes it fit. Its summary always tells of everything.
 *
 * @param mostBytes of its JSON
 */
export function boundReport(whole: Report, mostBytes: number): Report {
  let report = whole;
  for (const cut of CUTS) {
    if (sizeOf(report) <= mostBytes) return report;
    const smaller = cut(report);
    report = { ...smaller, omitted: { ...countOmitted(whole, smaller), message: MESSAGE } };
  }
  return report;
}

function sizeOf(report: Report): number {
  return Buffer.byteLength(JSON.stringify(report));
}

function countOmitted(whole: Report, smaller: Report): Omit<Omitted, 'message'> {
  const counts = ({ tables, changes, forwarding, nodes, findings }: Report): Record<List, number> => ({
    entries: tables.reduce((sum, { entries }) => sum + entries.length, 0),
    changes: changes.length,
    forwarding: forwarding.length,
    nodes: nodes.length,
    findings: findings.length,
  });
  const [all, kept] = [counts(whole), counts(smaller)];
  return {
    entries: all.entries - kept.entries,
    changes: all.changes - kept.changes,
    forwarding: all.forwarding - kept.forwarding,
    nodes: all.nodes - kept.nodes,
    findings: all.findings - kept.findings,
    ...(whole.blocks && { blocks: whole.blocks.kept.length - (smaller.blocks?.kept.length ?? 0) }),
  };
}

function isOpen({ outcome }: { readonly outcome: string }): boolean {
  return outcome !== 'applied';
}

function isError({ severity }: { readonly severity: string }): boolean {
  return severity === 'error';
}
