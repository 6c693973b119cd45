import type { Ec2 } from '../../../shared/sandbox/ec2/state.ts';
import { tagsOf } from '../../../shared/sandbox/ec2/tags.ts';
import type { Site } from './site.ts';

/** What has become of a node. */
export interface Outcome {
  /** In how many of the cluster's tables it has a route, and in how many it should. */
  readonly routed: string;
  /** Where its block is named; what another block is named by is told with that. */
  readonly named: readonly string[];
  /** What its Node object says of its network; null where nobody has said anything. */
  readonly unavailable: string | null;
  /** Whether the network takes packets for its own addresses alone. */
  readonly sourceDestCheck: boolean;
}

/** The nodes of a site, in the order of their launch. */
export function listOutcomes(site: Site): Outcome[] {
  return [...site.started.keys()].map((id) => describe(site, id));
}

function describe({ sandbox: { ec2 }, kubernetes, started, written }: Site, id: string): Outcome {
  const tables = [...ec2.state.routeTables.keys()].filter((table) => isClusters(ec2, table));
  const blocks = tables.flatMap((table) => routesOf(ec2, table).filter(({ instance }) => instance === id));
  const [block] = new Set(blocks.map(({ destination }) => destination));
  const node = kubernetes.nodes.all().find(({ metadata }) => metadata.name === started.get(id)?.hostname);
  const condition = node?.status.conditions?.find(({ type }) => type === 'NetworkUnavailable');
  const places = {
    tag: tagsOf(ec2.state, id).get('pod-cidr'),
    'Node object': node?.spec.podCIDRs?.join(),
    script: written.get(id),
  };
  const [primary = ''] = ec2.state.instances.get(id)?.interfaces ?? [];
  return {
    routed: `${blocks.length} of ${tables.length}`,
    named: Object.entries(places).flatMap(([place, named]) => {
      if (named === undefined) return [];
      return named === block ? [place] : [`${place}: ${named}, not ${block}`];
    }),
    unavailable: condition === undefined ? null : `${condition.status} ${condition.reason}`,
    sourceDestCheck: ec2.state.interfaces.get(primary)?.sourceDestCheck ?? true,
  };
}

function isClusters({ state }: Ec2, table: string): boolean {
  return [...tagsOf(state, table).keys()].some((key) => key.startsWith('kubernetes.io/cluster/'));
}

/** The routes of a table that lead to an instance. */
function routesOf(
  { state }: Ec2,
  table: string,
): { readonly destination: string; readonly instance: string }[] {
  return [...(state.routeTables.get(table)?.routes.values() ?? [])].flatMap(({ destination, target }) =>
    target.kind === 'interface' && target.instance !== null
      ? [{ destination: destination.text, instance: target.instance }]
      : [],
  );
}

/** What is seen of routes while a guide is followed. */
interface Watch {
  /** Routes that were not there any more though their nodes lived. */
  readonly lost: readonly string[];
  readonly look: () => void;
}

/** Looks at all tables before each call, and so after each one but the last, which `look` is for. */
export function watchRoutes({ proxy, sandbox: { ec2 } }: Site): Watch {
  const known = new Map<string, string>();
  const lost: string[] = [];
  const look = (): void => {
    const routes = [...ec2.state.routeTables.keys()].flatMap((table) =>
      routesOf(ec2, table).map(({ destination, instance }): [string, string] => [
        `${destination} in ${table}`,
        instance,
      ]),
    );
    const now = new Map(routes);
    for (const [route, instance] of known) {
      if (now.get(route) === instance) continue;
      if (isAlive(ec2, instance)) lost.push(`${route} to ${instance}`);
      known.delete(route);
    }
    for (const [route, instance] of routes) known.set(route, instance);
  };
  proxy.setGate(async () => look());
  return { look, lost };
}

function isAlive({ state }: Ec2, instance: string): boolean {
  const now = state.instances.get(instance)?.state;
  return now === 'pending' || now === 'running';
}
