import type { Route } from '../../../../../shared/sandbox/arm/model.ts';

export const CLUSTER = 'kthw';
export const CLUSTER_CIDR = '10.200.0.0/16';
export const GROUP = 'kubernetes';
export const TABLE = 'kubernetes-routes';
export const CLUSTER_TAG = { 'kubernetes.io_cluster_kthw': 'owned' };
export const TABLE_TAGS = { ...CLUSTER_TAG, 'cost-centre': 'network' };

export interface Worker {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  /** Whether its interface forwards packets that are not its own; true by default. */
  readonly forwarding?: boolean;
}

/** The first three have the addresses and names of the manual procedure. */
export function worker(i: number): Worker {
  return { name: `worker-${i}`, address: `10.240.0.2${i}`, podCidr: `10.200.${i}.0/24` };
}

/** `node-1` to `node-10`, so that the name of one begins with that of another. */
export function node(i: number): Worker {
  return { name: `node-${i}`, address: `10.240.0.${100 + i}`, podCidr: `10.200.${10 + i}.0/24` };
}

/** Routes that are no node's; one takes a block inside the cluster CIDR. */
export const FOREIGN_ROUTES: readonly Route[] = [
  viaAppliance('via-firewall', '0.0.0.0/0', '10.240.0.250'),
  viaAppliance('to-vpn-clients', '10.200.250.0/24', '10.240.0.251'),
  {
    name: 'to-office',
    addressPrefix: '192.168.0.0/16',
    nextHopType: 'VirtualNetworkGateway',
    nextHopIpAddress: null,
  },
];

function viaAppliance(name: string, addressPrefix: string, nextHopIpAddress: string): Route {
  return { name, addressPrefix, nextHopType: 'VirtualAppliance', nextHopIpAddress };
}
