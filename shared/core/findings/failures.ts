import type { CloudFailure } from '../errors.ts';
import type { Finding, Node, ReadFailure } from '../model.ts';
import { labelNode, ofRun } from './finding.ts';

/** Only claims that nothing else tells of wait for Kubernetes. */
export function kubernetesUnavailable({ kind, code, message }: CloudFailure): Finding {
  return ofRun('kubernetes-unavailable', 'error', {
    message: `The Kubernetes API could not be read or updated, so routes for blocks that only Kubernetes knows, and Node conditions, wait: ${code}: ${message}`,
    remedy:
      kind === 'permanent'
        ? 'Check PODROUTES_KUBERNETES, its certificates and token, and the rights of the account that the token is for.'
        : 'Nothing, if the failure is temporary: the next run catches up.',
  });
}

/** Routes are made without a ledger, and proven deletions go; what waits stays. */
export function ledgerUnavailable({ kind, code, message }: CloudFailure): Finding {
  return ofRun('ledger-unavailable', 'error', {
    message: `The ledger could not be used, so no route that waits for a second look is deleted: ${code}: ${message}`,
    remedy:
      kind === 'permanent'
        ? 'Check PODROUTES_LEDGER and the permissions on what it names.'
        : 'Nothing, if the failure is temporary: the next run catches up.',
  });
}

/** @param node what it is about, where that was read as a node */
export function readIncomplete({ what, id, failure }: ReadFailure, node: Node | undefined): Finding {
  const subject = { nodes: 'The nodes', table: 'Route tables', claims: 'The claims of a node' }[what];
  const label = node === undefined ? id : labelNode(node);
  const which = label === null ? '' : ` (${label})`;
  const effect = what === 'table' && id !== null ? 'it gets no changes' : 'only proven deletions were made';
  return {
    code: 'read-incomplete',
    severity: 'error',
    node: what === 'table' ? null : (node?.name ?? id),
    nodeId: node?.id ?? null,
    table: what === 'table' ? id : null,
    cidr: null,
    message: `${subject}${which} could not be read, so ${effect}: ${failure.code}: ${failure.message}`,
    remedy:
      failure.kind === 'permanent'
        ? 'Fix what the message names; the next run then catches up.'
        : 'Nothing, if the failure is temporary: the next run catches up.',
  };
}
