import type { Machine } from './operator.ts';

/** The seed's three workers: addresses, names and user data are those of the manual procedure. */
export const WORKERS: readonly Machine[] = [0, 1, 2].map((i) => ({
  name: `worker-${i}`,
  subnet: 'subnet-a',
  address: `10.0.1.2${i}`,
  podCidr: `10.200.${i}.0/24`,
  claimIn: 'user-data',
  isNode: true,
}));

/** Five more nodes in two subnets. */
export const MORE_WORKERS: readonly Machine[] = [3, 4, 5, 6, 7].map((i) => ({
  name: `worker-${i}`,
  subnet: i < 5 ? 'subnet-a' : 'subnet-b',
  address: i < 5 ? `10.0.1.2${i}` : `10.0.2.2${i}`,
  podCidr: `10.200.${i}.0/24`,
  claimIn: 'tag',
  isNode: true,
}));

export const VPN_APPLIANCE: Machine = {
  name: 'vpn-appliance',
  subnet: 'subnet-a',
  address: '10.0.1.100',
  podCidr: null,
  claimIn: 'tag',
  isNode: false,
};

/** A node whose pod CIDR is worker-0's. */
export const INTRUDER: Machine = {
  name: 'worker-8',
  subnet: 'subnet-b',
  address: '10.0.2.28',
  podCidr: '10.200.0.0/24',
  claimIn: 'tag',
  isNode: true,
};

/** Pod CIDRs by node: what the routes of every table have to say at some point of the story. */
export type Claims = Readonly<Record<string, string>>;

const LAUNCHED: Claims = claimsOf(WORKERS);
const SCALED_OUT: Claims = { ...LAUNCHED, ...claimsOf(MORE_WORKERS) };
const { 'worker-7': _terminated, ...TERMINATED } = SCALED_OUT;
const RETAGGED: Claims = { ...TERMINATED, 'worker-1': '10.200.77.0/24' };
const RESOLVED: Claims = { ...RETAGGED, 'worker-8': '10.200.8.0/24' };
const { 'worker-6': _given, ...GIVEN_UP } = RESOLVED;

export const CLAIMS = {
  none: {},
  launched: LAUNCHED,
  scaledOut: SCALED_OUT,
  terminated: TERMINATED,
  retagged: RETAGGED,
  resolved: RESOLVED,
  givenUp: GIVEN_UP,
} as const;

/** Routes that are no node's, as lines, by the table that has them. */
export type Others = Readonly<Record<string, readonly string[]>>;

const OUTWARD = ['10.0.0.0/16 local active', '0.0.0.0/0 internet gateway active'];
const ADDED_BY_OTHERS = [
  '10.200.250.0/24 vpn-appliance active',
  '172.31.0.0/16 peering active',
  '192.168.0.0/16 vpn gateway active',
];

/** Leads to the block that worker-1 had before it was given another. */
const LEFT_BEHIND = '10.200.1.0/24 worker-1 active';

export const OTHERS = {
  atFirst: { 'table-a': OUTWARD },
  added: { 'table-a': [...OUTWARD, ...ADDED_BY_OTHERS] },
  twoTables: { 'table-a': [...OUTWARD, ...ADDED_BY_OTHERS], 'table-b': OUTWARD },
  leftBehind: {
    'table-a': [...OUTWARD, ...ADDED_BY_OTHERS, LEFT_BEHIND],
    'table-b': [...OUTWARD, LEFT_BEHIND],
  },
} as const;

function claimsOf(machines: readonly Machine[]): Claims {
  return Object.fromEntries(machines.map(({ name, podCidr }) => [name, podCidr ?? '']));
}
