import { parseCidr } from '../../shared/core/cidr.ts';
import type {
  NetworkInterface,
  Resource,
  Route,
  RouteTable,
  VirtualMachine,
} from '../../shared/sandbox/arm/model.ts';
import type { Arm } from '../../shared/sandbox/arm/state.ts';
import type { TrueNode, TrueRoute, Truth } from './truth.ts';

export const CLUSTER_TAG = 'kubernetes.io_cluster_chaos';

/** The name that podroutes gives to a route, and takes for its own. */
export function ownName(destination: string): string {
  return `kubernetes-route-${destination.replaceAll(/[./]/g, '-')}`;
}

/** Whether podroutes may take the route for one of its own making (R2). */
function isOwnRoute({ name, addressPrefix, nextHopType }: Omit<Route, 'nextHopIpAddress'>): boolean {
  return nextHopType === 'VirtualAppliance' && name.toLowerCase() === ownName(addressPrefix);
}

/** Tells a route from those of all tables. */
export function keyOf(table: string, route: string): string {
  return `${table.toLowerCase()} ${route.toLowerCase()}`;
}

const STATES: Readonly<Record<VirtualMachine['power'], TrueNode['state']>> = {
  running: 'running',
  stopped: 'stopped',
  deallocated: 'stopped',
};

/** Reads the sandbox's own state, past its API. */
export function readTruth({ resources }: Arm): Truth {
  const all = [...resources.values()];
  const owners = new Map(
    all
      .filter(isInterface)
      .flatMap(({ ipConfigurations, machine }) =>
        ipConfigurations.map(({ address }) => [address, machine?.toLowerCase() ?? null] as const),
      ),
  );
  return {
    nodes: new Map(all.filter(isMachine).map((machine) => [machine.id.toLowerCase(), toTrueNode(machine)])),
    routes: new Map(all.filter(isTable).flatMap((table) => toTrueRoutes(table, owners))),
  };
}

/** The address of a machine that is there. */
export function addressOf({ resources }: Arm, machine: string): string {
  const nics = [...resources.values()].filter(isInterface);
  const own = nics.find((nic) => nic.machine?.toLowerCase() === machine);
  return own?.ipConfigurations[0]?.address ?? '';
}

/** What is of other people in all tables, by key: their routes, the tags and the propagation flag. */
export function readForeign({ resources }: Arm): ReadonlyMap<string, string> {
  return new Map(
    [...resources.values()]
      .filter(isTable)
      .flatMap(({ id, tags, disableBgpRoutePropagation, routes }): [string, string][] => [
        [keyOf(id, '*'), JSON.stringify({ tags, disableBgpRoutePropagation })],
        ...[...routes.values()]
          .filter((route) => !isOwnRoute(route))
          .map((route): [string, string] => [keyOf(id, route.name), JSON.stringify(route)]),
      ]),
  );
}

function isMachine(resource: Resource): resource is VirtualMachine {
  return resource.type === 'Microsoft.Compute/virtualMachines';
}

function isInterface(resource: Resource): resource is NetworkInterface {
  return resource.type === 'Microsoft.Network/networkInterfaces';
}

function isTable(resource: Resource): resource is RouteTable {
  return resource.type === 'Microsoft.Network/routeTables';
}

function toTrueNode({ id, uuid, tags, power, userData }: VirtualMachine): TrueNode {
  const written = atob(userData ?? '').split('pod-cidr=')[1];
  return {
    id: id.toLowerCase(),
    incarnation: uuid,
    isNode: CLUSTER_TAG in tags,
    state: STATES[power],
    claim: tags['pod-cidr'] || written || null,
  };
}

/** Those to service tags have no destination that could be compared: `readForeign` has them. */
function toTrueRoutes(
  { id, routes }: RouteTable,
  owners: ReadonlyMap<string | null, string | null>,
): [string, TrueRoute][] {
  return [...routes.values()].flatMap((route): [string, TrueRoute][] => {
    const destination = parseCidr(route.addressPrefix);
    if (!destination.ok) return [];
    const { name, nextHopType, nextHopIpAddress } = route;
    const truth = {
      table: id.toLowerCase(),
      destination: destination.cidr,
      isOurKind: isOwnRoute(route),
      target: nextHopIpAddress ?? nextHopType,
      owner: nextHopIpAddress === null ? null : (owners.get(nextHopIpAddress) ?? null),
      isBlackhole: false,
      isProvable: false,
    };
    return [[keyOf(id, name), truth]];
  });
}
