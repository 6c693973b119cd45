// @ts-nocheck
import {
  CreateRouteCommand,
  type CreateRouteCommandInput,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  type Route,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { required } from './aws-network.ts';
import type { AwsWorld } from './aws-world.ts';
import { DIFFERENCES, type DifferenceName } from './differences.ts';
import type { WorldOptions } from './world.ts';

const POD = '10.200.0.0/24';
const FULL = 4;

interface Probe {
  readonly options?: WorldOptions;
  readonly observe: (world: AwsWorld) => Promise<string>;
}

/** How each difference is seen from outside. */
const PROBES: Readonly<Record<DifferenceName, Probe>> = {
  stoppedTarget: {
    observe: async (world) => {
      await worker(world);
      await world.addRoute(POD, { machine: 'worker' });
      await world.stop('worker');
      return required((await routeTo(world, POD)).State);
    },
  },
  terminatedTarget: {
    observe: async (world) => {
      await worker(world);
      await world.addRoute(POD, { machine: 'worker' });
      await world.terminate('worker');
      return required((await routeTo(world, POD)).State);
    },
  },
  instanceRoute: {
    observe: async (world) => {
      await worker(world);
      await world.addRoute(POD, { machine: 'worker' });
      return targetFields(await routeTo(world, POD));
    },
  },
  interfaceRoute: {
    observe: async (world) => {
      await worker(world);
      await create(world, { NetworkInterfaceId: await interfaceOf(world) });
      return targetFields(await routeTo(world, POD));
    },
  },
  severalInterfaces: {
    observe: async (world) => {
      await worker(world, 2);
      return create(world, { InstanceId: world.idOf('worker') });
    },
  },
  secondToInterface: {
    observe: async (world) => {
      await worker(world);
      await world.addRoute(POD, { machine: 'worker' });
      return create(world, { NetworkInterfaceId: await interfaceOf(world) });
    },
  },
  secondIpv6: {
    observe: async (world) => {
      await worker(world);
      const route = { DestinationIpv6CidrBlock: 'fd00:200::/64', InstanceId: world.idOf('worker') };
      await create(world, route);
      return create(world, route);
    },
  },
  hostBits: {
    observe: async (world) => {
      await worker(world);
      await create(world, { DestinationCidrBlock: '100.68.0.18/18', InstanceId: world.idOf('worker') });
      const routes = await routesOf(world);
      return required(
        routes.find(({ InstanceId }) => InstanceId === world.idOf('worker'))?.DestinationCidrBlock,
      );
    },
  },
  fullTable: {
    options: { cloudRouteLimit: FULL },
    observe: async (world) => {
      await worker(world);
      const InstanceId = world.idOf('worker');
      for (let i = world.given.length; i < FULL; i += 1) {
        await create(world, { DestinationCidrBlock: `10.200.${i}.0/24`, InstanceId });
      }
      return create(world, { DestinationCidrBlock: '10.200.200.0/24', InstanceId });
    },
  },
  tablePages: {
    options: { tables: 6 },
    observe: async ({ ec2, tables }) => {
      const Filters = [{ Name: 'route-table-id', Values: [...tables] }];
      const page = await ec2.send(new DescribeRouteTablesCommand({ Filters, MaxResults: 5 }));
      return `${page.RouteTables?.length}${page.NextToken === undefined ? '' : ' and a token'}`;
    },
  },
  filterValues: {
    observe: ({ ec2 }) => {
      const Values = Array.from({ length: 201 }, (_, i) => `i-${String(i).padStart(17, '0')}`);
      return outcome(ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values }] })));
    },
  },
  propagatedRoutes: {
    observe: async (world) => ((await world.propagateRoute(POD)) ? 'modelled' : 'not modelled'),
  },
  unknownInterfaces: {
    observe: async ({ ec2 }) => {
      const NetworkInterfaceIds = ['eni-0123456789abcdef0', 'eni-0123456789abcdef1'];
      const refusal = await refusalOf(
        ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds })),
      );
      return String(NetworkInterfaceIds.filter((id) => refusal.message.includes(id)).length);
    },
  },
  terminatedInterfaces: {
    observe: async (world) => {
      await worker(world);
      await world.terminate('worker');
      return String((await world.forwards('worker')).length);
    },
  },
};

/** The tests that hold a backend to its column of the table of differences. */
export function describeDifferences(createWorld: (options?: WorldOptions) => Promise<AwsWorld>): void {
  describe('What the backend does in its own way', () => {
    it.each(
      Object.entries(PROBES).map(([name, probe]) => ({ ...DIFFERENCES[name as DifferenceName], probe })),
    )('$what (AWS documents $documented)', async ({ probe, ...difference }) => {
      const world = await createWorld(probe.options);
      try {
        expect(await probe.observe(world)).toBe(difference[world.backend]);
      } finally {
        await world.close();
      }
    });
  });
}

function worker(world: AwsWorld, interfaces = 1): Promise<void> {
  return world.launch({ name: 'worker', podCidr: null, interfaces });
}

function create(
  { ec2, network }: AwsWorld,
  route: Omit<CreateRouteCommandInput, 'RouteTableId'>,
): Promise<string> {
  const isElsewhere = 'DestinationIpv6CidrBlock' in route;
  return outcome(
    ec2.send(
      new CreateRouteCommand({
        RouteTableId: network.tables[0],
        ...(isElsewhere ? {} : { DestinationCidrBlock: POD }),
        ...route,
      }),
    ),
  );
}

/** `accepted`, or the error code. */
async function outcome(call: Promise<unknown>): Promise<string> {
  return (await refusalOf(call)).name;
}

async function refusalOf(
  call: Promise<unknown>,
): Promise<{ readonly name: string; readonly message: string }> {
  try {
    await call;
    return { name: 'accepted', message: '' };
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

async function routesOf({ ec2, network }: AwsWorld): Promise<Route[]> {
  const RouteTableIds = network.tables.slice(0, 1);
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds }));
  return RouteTables?.[0]?.Routes ?? [];
}

async function routeTo(world: AwsWorld, destination: string): Promise<Route> {
  const routes = await routesOf(world);
  return required(routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === destination));
}

async function interfaceOf({ ec2, idOf }: AwsWorld): Promise<string> {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [idOf('worker')] }));
  return required(Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces?.[0]?.NetworkInterfaceId);
}

function targetFields(route: Route): string {
  const fields = ['InstanceId', 'InstanceOwnerId', 'NetworkInterfaceId'] as const;
  return fields.filter((field) => route[field] !== undefined).join(' ');
}
