import type { MachineRoute } from './place.ts';
import type { Site } from './site.ts';

/** What has become of a node. */
export interface Outcome {
  /** In how many of the cluster's tables it has a route, and in how many it should. */
  readonly routed: string;
  /** Where its block is named; what another block is named by is told with that. */
  readonly named: readonly string[];
  /** What its Node object says of its network; null where nobody has said anything. */
  readonly unavailable: string | null;
  /** Whether the network lets packets through that are for its pods' addresses. */
  readonly isOpen: boolean;
}

/** The nodes of a site, in the order of their launch. */
export function listOutcomes(site: Site): Outcome[] {
  return [...site.started.keys()].map((id) => describe(site, id));
}

function describe({ place, kubernetes, started, written }: Site, id: string): Outcome {
  const tables = new Set(place.listTables());
  const routes = place.listRoutes().filter(({ table, machine }) => tables.has(table) && machine === id);
  const [block] = new Set(routes.map(({ destination }) => destination));
  const node = kubernetes.nodes.all().find(({ metadata }) => metadata.name === started.get(id)?.hostname);
  const condition = node?.status.conditions?.find(({ type }) => type === 'NetworkUnavailable');
  const places = {
    tag: place.tagsOf(id).get('pod-cidr'),
    'Node object': node?.spec.podCIDRs?.join(),
    script: written.get(id),
  };
  return {
    routed: `${routes.length} of ${tables.size}`,
    named: Object.entries(places).flatMap(([name, named]) => {
      if (named === undefined) return [];
      return named === block ? [name] : [`${name}: ${named}, not ${block}`];
    }),
    unavailable: condition === undefined ? null : `${condition.status} ${condition.reason}`,
    isOpen: place.lets(id),
  };
}

/** What is seen of routes while a guide is followed. */
interface Watch {
  /** Routes that were not there any more though their nodes lived. */
  readonly lost: readonly string[];
  readonly look: () => void;
}

/** Looks at all tables before each call, and so after each one but the last, which `look` is for. */
export function watchRoutes({ place }: Site): Watch {
  const nameOf = ({ table, destination }: MachineRoute): string => `${destination} in ${table}`;
  const known = new Map<string, string>();
  const lost: string[] = [];
  const look = (): void => {
    const now = new Map(place.listRoutes().map((route) => [nameOf(route), route.machine]));
    for (const [route, machine] of known) {
      if (now.get(route) === machine) continue;
      if (place.isAlive(machine)) lost.push(`${route} to ${machine}`);
      known.delete(route);
    }
    for (const [route, machine] of now) known.set(route, machine);
  };
  place.watch(look);
  return { look, lost };
}
