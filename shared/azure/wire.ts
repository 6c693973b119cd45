import * as z from 'zod/mini';
import { ArmError } from './arm-error.ts';

const Reference = z.object({ id: z.string() });
const Tags = z.nullish(z.record(z.string(), z.string()));

const InstanceView = z.nullish(
  z.object({ statuses: z.nullish(z.array(z.object({ code: z.nullish(z.string()) }))) }),
);

/** A machine of which only the run-time state is read. */
export const StatusShape = z.object({
  id: z.string(),
  properties: z.object({ instanceView: InstanceView }),
});
export type StatusJson = z.infer<typeof StatusShape>;

/** A machine of which only the user data is read. */
export const UserDataShape = z.object({ properties: z.object({ userData: z.nullish(z.string()) }) });

/** A virtual machine, or an instance of a uniform scale set: what is read of both is the same. */
export const MachineShape = z.object({
  id: z.string(),
  name: z.string(),
  tags: Tags,
  properties: z.object({
    vmId: z.nullish(z.string()),
    provisioningState: z.nullish(z.string()),
    timeCreated: z.nullish(z.string()),
    instanceView: InstanceView,
    networkProfile: z.nullish(
      z.object({
        networkInterfaces: z.nullish(
          z.array(
            z.object({
              id: z.string(),
              properties: z.nullish(z.object({ primary: z.nullish(z.boolean()) })),
            }),
          ),
        ),
      }),
    ),
  }),
});

export const ScaleSetShape = z.object({
  id: z.string(),
  properties: z.object({ orchestrationMode: z.nullish(z.string()) }),
});

const IpConfiguration = z.looseObject({
  properties: z.looseObject({
    primary: z.nullish(z.boolean()),
    privateIPAddress: z.nullish(z.string()),
    subnet: z.nullish(z.looseObject({ id: z.string() })),
  }),
});

/** An interface; what is not named here is kept for putting it back. */
export const InterfaceShape = z.looseObject({
  id: z.string(),
  etag: z.nullish(z.string()),
  properties: z.looseObject({
    enableIPForwarding: z.nullish(z.boolean()),
    virtualMachine: z.nullish(z.looseObject({ id: z.string() })),
    privateEndpoint: z.nullish(z.unknown()),
    privateLinkService: z.nullish(z.unknown()),
    hostedWorkloads: z.nullish(z.array(z.string())),
    ipConfigurations: z.nullish(z.array(IpConfiguration)),
  }),
});
export type InterfaceJson = z.infer<typeof InterfaceShape>;

const Route = z.looseObject({
  name: z.string(),
  properties: z.looseObject({
    provisioningState: z.nullish(z.string()),
    addressPrefix: z.nullish(z.string()),
    nextHopType: z.nullish(z.string()),
    nextHopIpAddress: z.nullish(z.string()),
  }),
});
export type RouteJson = z.infer<typeof Route>;

/** A route table; what is not named here is kept for putting it back. */
export const TableShape = z.looseObject({
  id: z.string(),
  name: z.string(),
  etag: z.string(),
  tags: Tags,
  properties: z.looseObject({
    provisioningState: z.nullish(z.string()),
    // R3: a table is put back whole, so that one read without its routes would lose them all.
    routes: z.array(Route),
    subnets: z.nullish(z.array(Reference)),
  }),
});
export type TableJson = z.infer<typeof TableShape>;

/** A resource of which only the tags are read. */
export const TaggedShape = z.object({ tags: Tags });

export const SubnetShape = z.looseObject({
  id: z.string(),
  etag: z.string(),
  properties: z.looseObject({ routeTable: z.nullish(z.looseObject({ id: z.string() })) }),
});

export const LocationShape = z.object({ location: z.string() });

const NetworkSubnet = z.object({
  id: z.string(),
  properties: z.object({
    addressPrefix: z.nullish(z.string()),
    addressPrefixes: z.nullish(z.array(z.string())),
    ipConfigurations: z.nullish(z.array(Reference)),
  }),
});

const Peering = z.object({
  properties: z.object({
    peeringState: z.nullish(z.string()),
    remoteVirtualNetwork: z.nullish(Reference),
  }),
});

/** A virtual network, for its address ranges, what sits in its subnets, and its peerings. */
export const NetworkShape = z.object({
  properties: z.object({
    addressSpace: z.object({ addressPrefixes: z.array(z.string()) }),
    subnets: z.nullish(z.array(NetworkSubnet)),
    virtualNetworkPeerings: z.nullish(z.array(Peering)),
  }),
});
export type NetworkJson = z.infer<typeof NetworkShape>;

/** Reads one resource. Throws where it is not of the documented form: half a reading would be a wrong one. */
export function readShape<T extends z.ZodMiniType>(shape: T, json: unknown): z.infer<T> {
  const result = shape.safeParse(json);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  throw new ArmError(200, {
    code: 'unexpected-answer',
    message: `A resource does not have the documented form at ${where}.`,
    inner: [],
    retryAfterMs: null,
  });
}
