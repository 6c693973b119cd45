import { type Cidr, cidrOf, containsCidr, parseCidr } from '../../core/cidr.ts';
import { ArmError } from './errors.ts';
import type { InstanceInterface, NetworkInterface, Subnet, VirtualNetwork } from './model.ts';
import { keyOf } from './resource-ids.ts';
import type { Arm } from './state.ts';

/** How many free addresses Azure offers instead of one that is taken. */
const OFFERED = 5;

/** What Azure tells of one address of a virtual network. */
interface AddressAnswer {
  readonly available: boolean;
  readonly availableIPAddresses?: readonly string[];
  readonly isPlatformReserved: boolean;
}

/**
 * Whether an address can be given to an interface. Of one that is in no subnet Azure does not say, whether it is of
 * the network's space or not.
 */
export function checkAddress(arm: Arm, network: VirtualNetwork, address: string): AddressAnswer {
  const asked = readAddress(address);
  const found = [...network.subnets.values()].flatMap((subnet) =>
    readPrefixes(subnet).flatMap((range) => (containsCidr(range, asked) ? [{ subnet, range }] : [])),
  )[0];
  if (found === undefined) {
    const message = `Private static IP address ${address} does not belong to the range of any subnet in virtual network ${network.id}.`;
    throw new ArmError(400, 'PrivateIPAddressNotInAnySubnet', message);
  }
  const taken = addressesIn(arm, found.subnet);
  const isPlatformReserved = isKept(found.range, asked.first);
  if (!isPlatformReserved && !taken.has(address)) return { available: true, isPlatformReserved };
  const availableIPAddresses: string[] = [];
  for (const free of freeAddresses(found.range, taken)) {
    if (availableIPAddresses.push(free) === OFFERED) break;
  }
  return { available: false, availableIPAddresses, isPlatformReserved };
}

function readAddress(address: string): Cidr {
  if (address === '') {
    const message =
      'Private IP address is null or empty in the CheckIpAddressAvailability call. Specify IpAddress=$(ipaddress) as a query parameter in the request URI.';
    throw new ArmError(400, 'InvalidIPAddressFormat', message);
  }
  const result = parseCidr(`${address}/${address.includes(':') ? 128 : 32}`);
  if (result.ok) return result.cidr;
  throw new ArmError(400, 'InvalidIPAddressFormat', `The address ${address} is not valid.`);
}

function readPrefixes({ addressPrefixes }: Subnet): readonly Cidr[] {
  return addressPrefixes.map(parseCidr).flatMap((result) => (result.ok ? [result.cidr] : []));
}

/** The addresses of a subnet that interfaces have. */
export function addressesIn(arm: Arm, subnet: Subnet): ReadonlySet<string> {
  const taken = new Set<string>();
  const key = keyOf(subnet.id);
  for (const resource of arm.resources.values()) {
    if (!isInterface(resource)) continue;
    for (const entry of resource.ipConfigurations) {
      if (entry.address !== null && keyOf(entry.subnet) === key) taken.add(entry.address);
    }
  }
  return taken;
}

/** Whether it is an interface, of a machine's own or of a scale-set instance. */
export function isInterface(resource: {
  readonly type: string;
}): resource is NetworkInterface | InstanceInterface {
  return resource.type.endsWith('/networkInterfaces');
}

/** The lowest free address of a subnet's prefix. */
export function nextAddress(prefix: string, taken: ReadonlySet<string>): string {
  const result = parseCidr(prefix);
  if (!result.ok) throw new ArmError(400, 'InvalidCIDRNotation', `${prefix} ${result.problem}`);
  for (const address of freeAddresses(result.cidr, taken)) return address;
  const message = `Subnet with address prefix ${prefix} does not have enough capacity.`;
  throw new ArmError(400, 'SubnetIsFull', message);
}

/** Azure keeps the first four addresses of a subnet, and its last, for itself. */
const KEPT = 4n;

function isKept({ first, last }: Cidr, address: bigint): boolean {
  return address < first + KEPT || address === last;
}

function* freeAddresses({ family, first, last }: Cidr, taken: ReadonlySet<string>): Generator<string> {
  for (let address = first + KEPT; address < last; address += 1n) {
    const text = cidrOf(family, address, family === 4 ? 32 : 128).text.split('/')[0] ?? '';
    if (!taken.has(text)) yield text;
  }
}
