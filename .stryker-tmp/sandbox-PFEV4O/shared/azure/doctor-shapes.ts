// @ts-nocheck
import * as z from 'zod/mini';

const Reference = z.nullish(z.object({ id: z.string() }));

const Subnet = z.object({
  id: z.string(),
  properties: z.object({ routeTable: Reference, networkSecurityGroup: Reference }),
});
export type DoctorSubnetJson = z.infer<typeof Subnet>;

/** A virtual network, for its subnets. */
export const DoctorNetworkShape = z.object({
  properties: z.object({ subnets: z.nullish(z.array(Subnet)) }),
});

/** An interface, for its security group. */
export const DoctorInterfaceShape = z.object({ properties: z.object({ networkSecurityGroup: Reference }) });
