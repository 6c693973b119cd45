// @ts-nocheck
import * as z from 'zod';
import { ArmError } from './errors.ts';

const tags = z.record(z.string(), z.string()).nullish();
const reference = z.looseObject({ id: z.string() });

const route = z.looseObject({
  name: z.string().optional(),
  properties: z.looseObject({
    addressPrefix: z.string().optional(),
    nextHopType: z.string(),
    nextHopIpAddress: z.string().nullish(),
  }),
});

const subnet = z.looseObject({
  properties: z.looseObject({
    addressPrefix: z.string().optional(),
    addressPrefixes: z.array(z.string()).optional(),
    routeTable: reference.nullish(),
  }),
});

const peering = z.looseObject({ properties: z.looseObject({ remoteVirtualNetwork: reference }) });

const ipConfiguration = z.looseObject({
  name: z.string(),
  properties: z.looseObject({
    primary: z.boolean().optional(),
    privateIPAddress: z.string().optional(),
    privateIPAddressVersion: z.enum(['IPv4', 'IPv6']).optional(),
    privateIPAllocationMethod: z.enum(['Dynamic', 'Static']).optional(),
    subnet: reference,
  }),
});

const interfaceReference = reference.extend({
  properties: z.looseObject({ primary: z.boolean().optional() }).optional(),
});

const interfaceConfiguration = z.looseObject({
  name: z.string(),
  properties: z.looseObject({
    enableIPForwarding: z.boolean().optional(),
    ipConfigurations: z
      .array(z.looseObject({ name: z.string(), properties: z.looseObject({ subnet: reference }) }))
      .min(1),
  }),
});

const securityRule = z.looseObject({
  name: z.string().optional(),
  properties: z.looseObject({
    priority: z.number().int(),
    direction: z.enum(['Inbound', 'Outbound']),
    access: z.enum(['Allow', 'Deny']),
    protocol: z.string(),
  }),
});

/** The request bodies that the sandbox reads; what it does not name is kept or ignored, as Azure would. */
export const BODIES = {
  route,
  routeTable: z.looseObject({
    location: z.string().optional(),
    tags,
    properties: z
      .looseObject({
        disableBgpRoutePropagation: z.boolean().optional(),
        routes: z.array(route.extend({ name: z.string() })).optional(),
      })
      .optional(),
  }),
  subnet,
  peering,
  network: z.looseObject({
    location: z.string().optional(),
    tags,
    properties: z.looseObject({
      addressSpace: z.looseObject({ addressPrefixes: z.array(z.string()) }),
      subnets: z.array(subnet.extend({ name: z.string() })).optional(),
      virtualNetworkPeerings: z.array(peering.extend({ name: z.string() })).optional(),
    }),
  }),
  networkInterface: z.looseObject({
    location: z.string().optional(),
    tags,
    properties: z.looseObject({
      enableIPForwarding: z.boolean().optional(),
      ipConfigurations: z.array(ipConfiguration).min(1),
    }),
  }),
  securityRule,
  securityGroup: z.looseObject({
    location: z.string().optional(),
    tags,
    properties: z.looseObject({ securityRules: z.array(securityRule).optional() }).optional(),
  }),
  group: z.looseObject({ location: z.string(), tags }),
  tagged: z.looseObject({ tags }),
  machine: z.looseObject({
    location: z.string().optional(),
    tags,
    properties: z.looseObject({
      networkProfile: z.looseObject({ networkInterfaces: z.array(interfaceReference).min(1) }),
      userData: z.string().nullish(),
      virtualMachineScaleSet: reference.nullish(),
    }),
  }),
  scaleSet: z.looseObject({
    location: z.string().optional(),
    tags,
    sku: z.looseObject({ name: z.string(), capacity: z.number().int().min(0).optional() }),
    properties: z.looseObject({
      orchestrationMode: z.enum(['Uniform', 'Flexible']).optional(),
      virtualMachineProfile: z.looseObject({
        userData: z.string().nullish(),
        networkProfile: z.looseObject({
          networkInterfaceConfigurations: z.array(interfaceConfiguration).min(1),
        }),
      }),
    }),
  }),
  machineUpdate: z.looseObject({
    tags,
    properties: z.looseObject({ userData: z.string().nullish() }).optional(),
  }),
  scaleSetUpdate: z.looseObject({
    tags,
    sku: z.looseObject({ capacity: z.number().int().min(0) }).optional(),
  }),
  instanceIds: z.looseObject({ instanceIds: z.array(z.string()).min(1) }),
  tagsResource: z.looseObject({ properties: z.looseObject({ tags: z.record(z.string(), z.string()) }) }),
  tagsPatch: z.looseObject({
    operation: z.enum(['Merge', 'Replace', 'Delete']),
    properties: z.looseObject({ tags: z.record(z.string(), z.string()) }),
  }),
};

export type RouteBody = z.infer<typeof BODIES.route>;
export type RouteTableBody = z.infer<typeof BODIES.routeTable>;
export type SubnetBody = z.infer<typeof BODIES.subnet>;
export type MachineBody = z.infer<typeof BODIES.machine>;
export type MachineUpdateBody = z.infer<typeof BODIES.machineUpdate>;
export type ScaleSetBody = z.infer<typeof BODIES.scaleSet>;
export type NetworkBody = z.infer<typeof BODIES.network>;
export type PeeringBody = z.infer<typeof BODIES.peering>;
export type NetworkInterfaceBody = z.infer<typeof BODIES.networkInterface>;

export type SecurityGroupBody = z.infer<typeof BODIES.securityGroup>;

/** Reads a request body, or refuses it as Azure refuses what it cannot parse. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const details = [{ code: 'InvalidJson', message: z.prettifyError(result.error) }];
  throw new ArmError(400, 'InvalidRequestFormat', 'Cannot parse the request.', { details });
}
