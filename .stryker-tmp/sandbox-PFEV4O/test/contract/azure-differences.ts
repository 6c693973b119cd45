// @ts-nocheck
import type { Route } from '@azure/arm-network';
import { describe, expect, it } from '@jest/globals';
import { GROUP, nameOfRoute } from './azure-network.ts';
import type { AzureWorld } from './azure-world.ts';
import type { WorldOptions } from './world.ts';

/** One thing that Azure does in its own way, and how it is seen from outside. */
interface AzureTrait {
  readonly what: string;
  readonly azure: string;
  /** What Azure documents, with the page that does. */
  readonly documented: string;
  readonly options?: WorldOptions;
  readonly observe: (world: AzureWorld) => Promise<string>;
}

const LEARN = 'https://learn.microsoft.com';
const POD = '10.200.0.0/24';
const TABLE = 'table-0';
const FULL = 4;

/** Where Azure differs from AWS in what podroutes depends on, as the sandbox for Azure shows it. */
export const AZURE = {
  stoppedTarget: {
    what: 'state of a route whose machine was deallocated',
    azure: 'active',
    documented: `a route has no state, ${LEARN}/rest/api/virtualnetwork/routes/get`,
    observe: async (world) => {
      const before = await routeToWorker(world);
      await world.stop('worker');
      return sameAs(before, await routeAgain(world));
    },
  },
  terminatedTarget: {
    what: 'state of a route whose machine was deleted',
    azure: 'active',
    documented: `a route has no state, ${LEARN}/rest/api/virtualnetwork/routes/get`,
    observe: async (world) => {
      const before = await routeToWorker(world);
      await world.terminate('worker');
      return sameAs(before, await routeAgain(world));
    },
  },
  propagatedRoutes: {
    what: 'routes that a gateway propagates',
    azure: 'not modelled',
    documented: `a table holds user-defined routes alone, the others are effective routes of interfaces, ${LEARN}/azure/virtual-network/virtual-networks-udr-overview`,
    observe: async (world) => ((await world.propagateRoute(POD)) ? 'modelled' : 'not modelled'),
  },
  fullTable: {
    what: 'one route more than the limit of a table',
    azure: 'RouteCountLimitReached',
    documented: `a limit, but no code for it, ${LEARN}/azure/azure-resource-manager/management/azure-subscription-service-limits`,
    options: { cloudRouteLimit: FULL },
    observe: async (world) => {
      for (let i = world.given.length; i < FULL; i += 1) await put(world, `10.200.${i}.0/24`);
      return put(world, '10.200.200.0/24');
    },
  },
  secondRoute: {
    what: 'a second route to one destination, under another name',
    azure: 'RouteConflict',
    documented:
      'RouteConflict, as people met it, https://github.com/kubernetes-sigs/cloud-provider-azure/issues/657',
    observe: async (world) => {
      await put(world, POD);
      return put(world, POD, 'another-name');
    },
  },
  sameName: {
    what: 'a second route under one name, to another destination',
    azure: 'accepted, and the first is gone',
    documented: `a PUT creates or replaces, ${LEARN}/rest/api/virtualnetwork/routes/create-or-update`,
    observe: async (world) => {
      await put(world, POD);
      const outcome = await put(world, '10.200.1.0/24', nameOfRoute(POD));
      return `${outcome}, and the first is ${(await routesTo(world, POD)).length === 0 ? 'gone' : 'there'}`;
    },
  },
  hostBits: {
    what: 'the destination 100.68.0.18/18',
    azure: 'InvalidCIDRNotation',
    documented: `an address prefix in CIDR notation, ${LEARN}/azure/virtual-network/virtual-networks-udr-overview`,
    observe: (world) => put(world, '100.68.0.18/18', 'host-bits'),
  },
  staleTable: {
    what: 'a PUT of a table that has been written since it was read',
    azure: 'PreconditionFailed',
    documented:
      'status 412, as recorded, https://github.com/kubernetes-sigs/cloud-provider-azure/tree/master/pkg/azclient/routetableclient/testdata',
    observe: async (world) => {
      const { network } = world;
      const read = await network.routeTables.get(GROUP, TABLE);
      await put(world, POD);
      const requestOptions = { headers: { 'If-Match': read.etag ?? '' } };
      return outcomeOf(network.routeTables.createOrUpdate(GROUP, TABLE, read, { requestOptions }));
    },
  },
} as const satisfies Record<string, AzureTrait>;

/** The tests that hold the sandbox for Azure to the table of what Azure does in its own way. */
export function describeAzureTraits(createWorld: (options?: WorldOptions) => Promise<AzureWorld>): void {
  describe('What Azure does in its own way', () => {
    const traits: readonly AzureTrait[] = Object.values(AZURE);
    it.each(traits)('$what: $azure (Azure documents $documented)', async ({ azure, options, observe }) => {
      const world = await createWorld(options);
      try {
        expect(await observe(world)).toBe(azure);
      } finally {
        await world.close();
      }
    });
  });
}

async function routeToWorker(world: AzureWorld): Promise<Route | undefined> {
  await world.launch({ name: 'worker', podCidr: null });
  await world.addRoute(POD, { machine: 'worker' });
  return routeAgain(world);
}

async function routeAgain(world: AzureWorld): Promise<Route | undefined> {
  const [route] = await routesTo(world, POD);
  return route;
}

/** What is not seen to change is taken to be in force. */
function sameAs(before: Route | undefined, after: Route | undefined): string {
  expect(before).toMatchObject({ addressPrefix: POD });
  expect(after).toEqual(before);
  return 'active';
}

async function routesTo({ network }: AzureWorld, destination: string): Promise<Route[]> {
  const { routes = [] } = await network.routeTables.get(GROUP, TABLE);
  return routes.filter(({ addressPrefix }) => addressPrefix === destination);
}

function put(
  { network }: AzureWorld,
  addressPrefix: string,
  name = nameOfRoute(addressPrefix),
): Promise<string> {
  const route = { addressPrefix, nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' };
  return outcomeOf(network.routes.createOrUpdate(GROUP, TABLE, name, route));
}

/** `accepted`, or the error code. */
async function outcomeOf(call: PromiseLike<unknown>): Promise<string> {
  try {
    await call;
    return 'accepted';
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}
