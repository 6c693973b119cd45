import { compareCidrs } from '../../shared/core/cidr.ts';
import type { Finding, Node, Route, RouteTable } from '../../shared/core/model.ts';
import { type Terminal, wrapText } from './terminal.ts';

const SEVERITY_STYLES = { error: 'red', warning: 'yellow', info: 'dim' } as const;

/** Shows findings with their remedies, the worst first. */
export function showFindings({ print, paint, width }: Terminal, findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  print('Findings:');
  const order = Object.keys(SEVERITY_STYLES);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  for (const { severity, code, message, remedy } of sorted) {
    print(`  ${paint(SEVERITY_STYLES[severity], severity)} ${paint('bold', code)}`);
    for (const line of wrapText(shortenIds(message), width - 4)) print(`    ${line}`);
    for (const line of wrapText(`Remedy: ${remedy}`, width - 4)) print(`    ${line}`);
  }
  print();
}

/**
 * Ids of Azure are as long as a line: without those behind names, and the others from the resource's type on. JSON
 * has them whole.
 */
export function shortenIds(text: string): string {
  return text
    .replaceAll(/ \(\/subscriptions\/[^\s)]+\)/g, '')
    .replaceAll(/\/subscriptions\/[^\s,]+?\/providers\/[^\s/]+\//gi, '');
}

/** How people know a table: its name, and its id where that is something else. */
export function labelTable({ id, name }: Pick<RouteTable, 'id' | 'name'>): string {
  return id === name || id.toLowerCase().endsWith(`/${name.toLowerCase()}`) ? name : `${name} (${id})`;
}

/** Shows a table by its name in front of what is in it; below each other where the window is too narrow. */
export function showTableHead(
  { print, paint, columns }: Terminal,
  table: Pick<RouteTable, 'id' | 'name'>,
  counts: string,
): void {
  const label = labelTable(table);
  if (`${label}: ${counts}`.length <= columns) {
    print(`${paint('bold', label)}: ${counts}`);
    return;
  }
  print(`${paint('bold', label)}:`);
  print(`    ${counts}`);
}

/** Nodes as people would sort them: worker-2 before worker-10. */
export function sortNodes(nodes: readonly Node[]): Node[] {
  return nodes.toSorted((a, b) => byName(a.name, b.name) || byName(a.id, b.id));
}

export function sortTables(tables: readonly RouteTable[]): RouteTable[] {
  return tables.toSorted((a, b) => byName(a.name, b.name) || byName(a.id, b.id));
}

export function sortRoutes(routes: readonly Route[]): Route[] {
  return routes.toSorted((a, b) => compareCidrs(a.destination, b.destination));
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

/** Orders texts as people would, numbers in them by their value. */
export function byName(a: string, b: string): number {
  return COLLATOR.compare(a, b);
}
