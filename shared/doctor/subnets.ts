import type { Node, RouteTable } from '../core/model.ts';
import { type Facts, isAsked, listNodes, podNodes, reconcileCommand } from './facts.ts';
import type { Diagnosis, SubnetRouting } from './model.ts';

/** Subnets of nodes that really use a table which podroutes does not manage, or none. */
export function checkSubnets(facts: Facts): Diagnosis[] {
  const managed = facts.run.observation.tables;
  const nodes = podNodes(facts.run.observation.nodes).filter((node) => isAsked(facts, node));
  return [...Map.groupBy(nodes, ({ subnet }) => subnet ?? '')].flatMap(([subnet, inside]) => {
    const routing = facts.network.subnets.get(subnet);
    if (routing === undefined) return takeFinding(facts, inside);
    if (managed.some(({ id }) => id === routing.table?.id)) return [];
    if (routing.isAssociated && routing.table !== null) {
      return unmanaged(facts, { subnet, inside, table: routing.table });
    }
    return lost(facts, { subnet, inside, routing });
  });
}

function unmanaged(
  facts: Facts,
  { subnet, inside, table }: { subnet: string; inside: readonly Node[]; table: { id: string; name: string } },
): Diagnosis {
  const tagging = facts.commands.manageTable(table.id);
  return {
    code: 'subnet-not-routed',
    certainty: 'certain',
    nodes: inside.map(({ name }) => name),
    nodeIds: inside.map(({ id }) => id),
    message: `The subnet of ${listNodes(inside)} uses ${table.name}, which is not managed: pods there cannot reach pods on other nodes.`,
    evidence: [`subnet ${subnet}`, `route table ${table.id}`],
    lookCommands: [],
    remedy: 'Let podroutes manage that table: tag it, or name it in PODROUTES_ROUTE_TABLES. Then reconcile.',
    commands: tagging.length === 0 ? [] : [...tagging, reconcileCommand(facts, [])],
  };
}

function lost(
  { commands, run }: Facts,
  { subnet, inside, routing }: { subnet: string; inside: readonly Node[]; routing: SubnetRouting },
): Diagnosis {
  const near = run.observation.tables.filter((table) => isNear(table, inside));
  const [only, ...others] = near;
  const used = routing.table === null ? 'no route table' : `the default table ${routing.table.id}`;
  return {
    code: 'association-lost',
    certainty: 'certain',
    nodes: inside.map(({ name }) => name),
    nodeIds: inside.map(({ id }) => id),
    message: `The subnet of ${listNodes(inside)} is not associated with a route table: pods there cannot reach pods on other nodes.`,
    evidence: [
      `subnet ${subnet} uses ${used}`,
      `managed route tables of its network: ${near.map(({ id }) => id).join(', ') || 'none'}`,
    ],
    lookCommands: [],
    remedy: REMEDIES[near.length] ?? 'Associate it with a managed table whose other routes suit the subnet.',
    commands: only === undefined || others.length > 0 ? [] : commands.associate(subnet, only.id),
  };
}

/** By how many managed tables its network has. */
const REMEDIES = [
  'No route table of its network is managed. Manage one and associate it, or do not select these machines as nodes.',
  'Associate it with the managed table; the other routes of that table then apply there too.',
];

function isNear({ network }: RouteTable, inside: readonly Node[]): boolean {
  return network === null || inside.some((node) => node.network === network);
}

/** Where the subnet's own table could not be read, what the core says by the tables that it knows. */
function takeFinding({ run }: Facts, inside: readonly Node[]): Diagnosis[] {
  return run.findings
    .filter(({ code, nodeId }) => code === 'subnet-not-routed' && inside.some(({ id }) => id === nodeId))
    .map(({ node, nodeId, message, remedy }) => ({
      code: 'subnet-not-routed',
      certainty: 'likely',
      nodes: node === null ? [] : [node],
      nodeIds: nodeId === null ? [] : [nodeId],
      message,
      evidence: ['finding subnet-not-routed'],
      lookCommands: [],
      remedy,
      commands: [],
    }));
}
