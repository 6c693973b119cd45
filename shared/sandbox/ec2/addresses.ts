import { type Cidr, cidrOf, containsCidr, type Family, parseCidr } from '../../core/cidr.ts';
import { ApiError } from '../query.ts';
import type { Subnet } from './model.ts';

/** Which addresses of a subnet are in use. */
export interface AddressPool {
  /** Takes the address asked for, or refuses. Gives its canonical text. */
  readonly take: (text: string, family: Family) => string;
  /** Takes the lowest free address. */
  readonly takeFree: (family: Family) => string;
  readonly release: (text: string) => void;
}

/** EC2 keeps the first four addresses of a subnet, and the last. */
const KEPT = 4n;

/** Creates the pool of a new subnet. */
export function createAddressPool(subnet: Subnet): AddressPool {
  const used = new Set<string>();
  const cidrs: Readonly<Record<Family, Cidr | undefined>> = { 4: subnet.cidr, 6: subnet.ipv6?.cidr };
  // Every address below the cursor is in use.
  const cursors = { 4: subnet.cidr.first + KEPT, 6: (subnet.ipv6?.cidr.first ?? 0n) + KEPT };
  const canonical = (text: string, family: Family) => readAddress(text, cidrs[family]);
  return {
    take: (text, family) => {
      const address = formatAddress(family, canonical(text, family));
      if (used.has(address)) throw new ApiError('InvalidIPAddress.InUse', `Address ${address} is in use.`);
      used.add(address);
      return address;
    },
    takeFree: (family) => {
      const last = cidrs[family]?.last ?? 0n;
      for (; cursors[family] < last; cursors[family]++) {
        const address = formatAddress(family, cursors[family]);
        if (used.has(address)) continue;
        used.add(address);
        return address;
      }
      const message = 'The specified subnet does not have enough free addresses to satisfy the request.';
      throw new ApiError('InsufficientFreeAddressesInSubnet', message);
    },
    release: (text) => {
      const family = text.includes(':') ? 6 : 4;
      const address = canonical(text, family);
      used.delete(text);
      const first = (cidrs[family]?.first ?? 0n) + KEPT;
      if (address >= first && address < cursors[family]) cursors[family] = address;
    },
  };
}

function readAddress(text: string, within: Cidr | undefined): bigint {
  const parsed = parseCidr(`${text}/${text.includes(':') ? 128 : 32}`);
  if (!parsed.ok) throw new ApiError('InvalidParameterValue', `invalid value for parameter address: ${text}`);
  if (within !== undefined && containsCidr(within, parsed.cidr)) return parsed.cidr.first;
  throw new ApiError('InvalidParameterValue', "Address does not fall within the subnet's address range");
}

function formatAddress(family: Family, address: bigint): string {
  const { text } = cidrOf(family, address, family === 4 ? 32 : 128);
  return text.slice(0, text.indexOf('/'));
}
