import { type Cidr, parseCidr } from '../../../shared/core/cidr.ts';
import type { ReadableReport } from './read-report.ts';

type Node = ReadableReport['nodes'][number];

/** A CIDR with the nodes that claim it. */
export interface Claimed {
  readonly cidr: Cidr;
  readonly nodes: Node[];
}

/** By CIDR. A node that is gone claims nothing, and a claim to a whole cluster CIDR beside others is refused. */
export function collectClaims({
  nodes,
  findings,
}: Pick<ReadableReport, 'nodes' | 'findings'>): Map<string, Claimed> {
  const refused = new Set(
    findings.filter(({ code }) => code === 'claim-covers-cluster').map(({ cidr }) => cidr),
  );
  const claims = new Map<string, Claimed>();
  for (const node of nodes.filter(({ state }) => state !== 'gone')) {
    for (const { cidr: text } of node.claims) {
      const cidr = readCidr(text);
      if (cidr === null || refused.has(text)) continue;
      const claimed = claims.get(text) ?? { cidr, nodes: [] };
      claimed.nodes.push(node);
      claims.set(text, claimed);
    }
  }
  return claims;
}

/** Null where it cannot be read: a report may have been edited. */
export function readCidr(text: string): Cidr | null {
  const result = parseCidr(text);
  return result.ok ? result.cidr : null;
}
