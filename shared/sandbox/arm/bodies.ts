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
  subnet: z.looseObject({
    properties: z.looseObject({
      addressPrefix: z.string().optional(),
      addressPrefixes: z.array(z.string()).optional(),
      routeTable: reference.nullish(),
    }),
  }),
  peering: z.looseObject({ properties: z.looseObject({ remoteVirtualNetwork: reference }) }),
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
  tagged: z.looseObject({ tags }),
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
