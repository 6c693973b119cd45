/** IP address family. */
export type Family = 4 | 6;

/** A network in canonical form: no host bits set, IPv6 text as in RFC 5952. Compare two by `text`. */
export interface Cidr {
  readonly family: Family;
  /** First address as a number: below 2^32 for IPv4, below 2^128 for IPv6. */
  readonly first: bigint;
  /** Last address as a number. */
  readonly last: bigint;
  readonly prefix: number;
  readonly text: string;
}

/** What came of reading a CIDR. `corrected` is the canonical form where only host bits were wrong. */
export type CidrResult =
  | { readonly ok: true; readonly cidr: Cidr }
  | { readonly ok: false; readonly problem: string; readonly corrected: string | null };

const BITS = { 4: 32, 6: 128 } as const;

/**
 * Reads one CIDR strictly: decimal octets without leading zeros, RFC 4291 IPv6 text, no zone, no white
 * space, a prefix length, no host bits.
 *
 * @example parseCidr('10.200.0.0/24') //=> { ok: true, cidr: { text: '10.200.0.0/24', … } }
 * @example parseCidr('10.200.0.5/24') //=> { ok: false, problem: 'has host bits set', corrected: '10.200.0.0/24' }
 */
export function parseCidr(text: string): CidrResult {
  const result = parseExactly(text);
  if (result.ok || !hasSignsBeside(text)) return result;
  return rejected('has white space, a quote or an escape beside it');
}

function parseExactly(text: string): CidrResult {
  const [addressText = '', prefixText, ...rest] = text.split('/');
  if (prefixText === undefined || rest.length > 0) return rejected('is not of the form address/prefix');
  const family: Family = addressText.includes(':') ? 6 : 4;
  const address = family === 4 ? parseIPv4(addressText) : parseIPv6(addressText);
  if (address === null) return rejected(`has no valid IPv${family} address`);
  if (!/^(0|[1-9]\d{0,2})$/.test(prefixText) || Number(prefixText) > BITS[family]) {
    return rejected(`needs a prefix length from 0 to ${BITS[family]}`);
  }
  const cidr = cidrOf(family, address, Number(prefixText));
  if (cidr.first !== address) return rejected('has host bits set', cidr.text);
  return { ok: true, cidr };
}

/** Whether a CIDR is there, and something beside it that does not show where it is printed. */
function hasSignsBeside(text: string): boolean {
  const [, core] = /^[\s"'`]*([\da-f.:]{2,49}\/\d{1,3})(?:[\s"'`\\][^,]*)?$/i.exec(text) ?? [];
  return core !== undefined && parseExactly(core).ok;
}

/** The network of `prefix` bits that holds `address`; host bits are cleared. */
export function cidrOf(family: Family, address: bigint, prefix: number): Cidr {
  const hostBits = BigInt(BITS[family] - prefix);
  const first = (address >> hostBits) << hostBits;
  const last = first + (1n << hostBits) - 1n;
  return { family, first, last, prefix, text: `${formatAddress(family, first)}/${prefix}` };
}

/** Whether every address of `inner` lies in `outer`. */
export function containsCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether the two share an address. Networks never cross, so one then contains the other. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Orders by family, first address, then the wider network first. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.prefix - b.prefix;
}

function rejected(problem: string, corrected: string | null = null): CidrResult {
  return { ok: false, problem, corrected };
}

function parseIPv4(text: string): bigint | null {
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  let address = 0n;
  for (const octet of octets) {
    // Leading zeros are refused: some readers take them for octal and see another network.
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    address = (address << 8n) | BigInt(octet);
  }
  return address;
}

function parseIPv6(text: string): bigint | null {
  const halves = withHexTail(text)?.split('::');
  if (halves === undefined || halves.length > 2) return null;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...(tail ?? [])];
  let address = 0n;
  for (const group of groups) {
    if (!/^[\da-f]{1,4}$/i.test(group)) return null;
    address = (address << 16n) | BigInt(`0x${group}`);
  }
  return address;
}

/** RFC 4291 allows the last 32 bits in dotted decimal; turned into two hexadecimal groups. */
function withHexTail(text: string): string | null {
  if (!text.includes('.')) return text;
  const at = text.lastIndexOf(':') + 1;
  const tail = parseIPv4(text.slice(at));
  if (tail === null) return null;
  return `${text.slice(0, at)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
}

function formatAddress(family: Family, address: bigint): string {
  return family === 4 ? formatIPv4(Number(address)) : formatIPv6(address);
}

function formatIPv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/**
 * RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. Addresses
 * that hold an IPv4 one are in hexadecimal too (`::ffff:102:304`): section 5 merely recommends dotted decimal
 * for known prefixes, and a network needs one text whatever its prefix is known for.
 */
function formatIPv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(112 - 16 * i)) & 0xffffn));
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(':');
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: i - length + 1, length };
  }
  return best;
}
