import type { Finding, FindingCode, Node } from '../model.ts';

/** How people know a node: its name, and its id where that is something else. */
export function labelNode(node: Node): string {
  return node.name === node.id ? node.id : `${node.name} (${node.id})`;
}

/** @example countOf(1, 'route') //=> '1 route' */
export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

interface FindingText {
  readonly message: string;
  readonly remedy: string;
}

export function ofNode(
  code: FindingCode,
  severity: Finding['severity'],
  node: Node,
  cidr: string | null,
  text: FindingText,
): Finding {
  return { code, severity, node: node.name, nodeId: node.id, table: null, cidr, ...text };
}

export function ofTable(
  code: FindingCode,
  severity: Finding['severity'],
  table: string,
  text: FindingText,
): Finding {
  return { code, severity, node: null, nodeId: null, table, cidr: null, ...text };
}

/** Of the run as a whole, rather than of a node or table. */
export function ofRun(code: FindingCode, severity: Finding['severity'], text: FindingText): Finding {
  return { code, severity, node: null, nodeId: null, table: null, cidr: null, ...text };
}
