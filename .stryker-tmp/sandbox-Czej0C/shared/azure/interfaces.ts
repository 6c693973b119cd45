// @ts-nocheck
import { type Family, parseCidr } from '../core/cidr.ts';
import { type InterfaceJson, InterfaceShape, readShape } from './wire.ts';

/** A network interface. Ids are in lower case, addresses in canonical form. */
export interface Interface {
  readonly id: string;
  /** The machine that it is attached to. */
  readonly machine: string | null;
  /** Whether something lives behind it: a machine, or a service of Azure's. */
  readonly isInUse: boolean;
  readonly forwarding: boolean;
  /** The primary address of each family. */
  readonly primary: Readonly<Record<Family, string | null>>;
  readonly addresses: readonly string[];
  readonly subnet: string | null;
  readonly json: InterfaceJson;
}

/** Reads an interface of a machine, or of a scale set's instance. */
export function readInterface(json: unknown): Interface {
  const nic = readShape(InterfaceShape, json);
  const { virtualMachine, enableIPForwarding, ipConfigurations } = nic.properties;
  const configurations = (ipConfigurations ?? [])
    .map(({ properties }) => properties)
    .sort((a, b) => Number(b.primary ?? false) - Number(a.primary ?? false));
  const addresses = configurations.flatMap(({ privateIPAddress }) => readAddress(privateIPAddress) ?? []);
  return {
    id: nic.id.toLowerCase(),
    machine: virtualMachine?.id.toLowerCase() ?? null,
    isInUse: isInUse(nic.properties),
    forwarding: enableIPForwarding ?? false,
    primary: {
      4: addresses.find((address) => !address.includes(':')) ?? null,
      6: addresses.find((address) => address.includes(':')) ?? null,
    },
    addresses,
    subnet: configurations.flatMap(({ subnet }) => subnet?.id.toLowerCase() ?? [])[0] ?? null,
    json: nic,
  };
}

function isInUse({
  virtualMachine,
  privateEndpoint,
  privateLinkService,
  hostedWorkloads,
}: InterfaceJson['properties']): boolean {
  const user = virtualMachine ?? privateEndpoint ?? privateLinkService ?? null;
  return user !== null || (hostedWorkloads ?? []).length > 0;
}

/** An address in canonical form, by which next hops are compared; null where it is none. */
export function readAddress(text: string | null | undefined): string | null {
  if (!text) return null;
  const result = parseCidr(`${text}/${text.includes(':') ? 128 : 32}`);
  return result.ok ? (result.cidr.text.split('/')[0] ?? null) : null;
}

/**
 * The network that a subnet is in.
 *
 * @example networkOf('/…/virtualnetworks/a/subnets/b') //=> '/…/virtualnetworks/a'
 */
export function networkOf(subnet: string): string {
  return subnet.replace(/\/subnets\/[^/]+$/, '');
}
