import type { Config } from '../core/config/config.ts';
import { labelNode } from '../core/findings/finding.ts';
import type { Node, RouteTable } from '../core/model.ts';
import type { Run } from '../core/run/run.ts';
import type { FixCommands, LookCommands, NetworkReading } from './model.ts';
import { commandLine } from './shell.ts';

/** What the checks look at: the core's dry run over everything, and the network around the nodes. */
export interface Facts {
  readonly run: Run;
  readonly config: Config;
  readonly network: NetworkReading;
  readonly commands: FixCommands;
  readonly looks: LookCommands;
  /** The nodes that were asked about: none for all, two for what is between them. */
  readonly asked: readonly Node[];
  /** Options that told podroutes where to look, for the commands that it proposes. */
  readonly options: readonly string[];
}

/** Whether what is between two nodes was asked about. */
export function isPairAsked({ asked }: Facts, one: Node, other: Node): boolean {
  const [first, second] = asked;
  if (one.id === other.id) return false;
  if (first === undefined) return true;
  const ids = new Set([one.id, other.id]);
  return ids.has(first.id) && (second === undefined || ids.has(second.id));
}

/** Whether a node is itself what was asked about. */
export function isAsked({ asked }: Facts, { id }: Node): boolean {
  return asked.length === 0 || asked.some((node) => node.id === id);
}

/** Nodes whose pods others should reach: they run, and claim something. */
export function podNodes(nodes: readonly Node[]): Node[] {
  return nodes.filter(({ state, claims }) => state === 'running' && claims.length > 0);
}

/** Whether the subnet of a node uses a table; where that is not known, whether it may. */
export function usesTable({ network }: Facts, node: Node, table: RouteTable): boolean {
  const routing = network.subnets.get(node.subnet ?? '');
  if (routing !== undefined) return routing.table?.id === table.id;
  if (table.network !== null && node.network !== null && table.network !== node.network) return false;
  return table.subnets === null || node.subnet === null || table.subnets.includes(node.subnet);
}

export function findTable({ run }: Facts, id: string | null): RouteTable | undefined {
  return run.observation.tables.find((table) => table.id === id);
}

/** @example listNodes(['a', 'b', 'c', 'd', 'e']) //=> 'a, b, c and 2 more' */
export function listNodes(nodes: readonly Node[]): string {
  const labels = nodes.map(labelNode);
  return labels.length <= 4
    ? labels.join(', ')
    : `${labels.slice(0, 3).join(', ')} and ${labels.length - 3} more`;
}

/** The command that brings the routes of some nodes in step. A name that a shell or podroutes could mistake, or that several have, is not used. */
export function reconcileCommand({ options, run }: Facts, nodes: readonly Node[]): string {
  const isCallable = (name: string): boolean =>
    /^[a-z\d][\w.-]*$/i.test(name) &&
    run.observation.nodes.filter((node) => node.name === name || node.id === name).length === 1;
  const called = nodes.map(({ id, name }) => (isCallable(name) ? name : id));
  return commandLine('podroutes', 'reconcile', ...called, ...options);
}
