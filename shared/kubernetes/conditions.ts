import type { NetworkCondition, Node, Observation, RegisteredNode, Registry } from '../core/model.ts';
import type { NodeDirectory } from '../core/run/node-directory.ts';
import { isInPlace } from '../core/run/retry.ts';
import type { Run } from '../core/run/run.ts';

/** What a Node object is to say. */
export interface WantedCondition extends Omit<NetworkCondition, 'since'> {
  readonly status: 'True' | 'False';
  readonly message: string;
}

/** A Node object that does not say yet what it is to say. */
export interface DueCondition {
  readonly node: Node;
  readonly registered: RegisteredNode;
  readonly wanted: WantedCondition;
}

/** Status and reason as the route controllers of cloud providers write them: schedulers and others go by them. */
const CONDITIONS: Readonly<Record<'reached' | 'unreached', WantedCondition>> = {
  reached: {
    status: 'False',
    reason: 'RouteCreated',
    message: 'podroutes: every route of the node is in place',
  },
  unreached: {
    status: 'True',
    reason: 'NoRouteCreated',
    message: 'podroutes: not every route of the node is in place',
  },
};

/**
 * What has to be said of the nodes that a run looked at. Nodes without a claim are left alone, as route controllers
 * leave them; so are all where a table was not read, as it may serve any of them.
 */
export function findDue(
  run: Run,
  registry: Registry,
  forwarding: Parameters<NodeDirectory['tell']>[2]['forwarding'],
): DueCondition[] {
  if (!registry.ok || hasUnreadTable(run.observation)) return [];
  const opened = new Set(run.forwarding.flatMap(({ node, failure }) => (failure === null ? [node.id] : [])));
  return run.observation.nodes.flatMap((node) => {
    const registered = registry.nodes.get(node.id);
    if (registered === undefined || node.state !== 'running' || node.claims.length === 0) return [];
    const passes = forwarding === 'ignore' || node.forwarding !== 'off' || opened.has(node.id);
    const wanted = CONDITIONS[passes && isInPlace(run, node.id) ? 'reached' : 'unreached'];
    return isSaid(registered, wanted) ? [] : [{ node, registered, wanted }];
  });
}

function hasUnreadTable({ failures }: Observation): boolean {
  return failures.some(({ what }) => what === 'table');
}

/** Whether a Node object says already what it is to say. */
export function isSaid({ networkUnavailable: said }: RegisteredNode, wanted: WantedCondition): boolean {
  return said?.status === wanted.status && said.reason === wanted.reason;
}
