import type { CloudName } from '../../../shared/core/model.ts';

/** The small cluster of the sandboxes: the three workers of the manual procedure, and a few things out of step. */
export const CLUSTER = 'kthw';
export const CLUSTER_CIDR = '10.200.0.0/16';
export const NETWORK_CIDR = '10.240.0.0/16';
export const SUBNET_CIDR = '10.240.0.0/22';
export const SUBNET = 'kubernetes-subnet';
export const TABLE = 'kubernetes-routes';

/** A machine of the cluster. */
export interface Member {
  readonly name: string;
  readonly address: string;
  /** Null where it claims none. */
  readonly podCidr: string | null;
  readonly claimIn: 'tag' | 'user-data';
  /** Only nodes carry the cluster's tag. */
  readonly isNode: boolean;
  /** Whether the network lets it forward. */
  readonly forwards: boolean;
}

/** worker-3 has host bits in its claim; the appliance is alive and no node. */
export const MEMBERS: readonly Member[] = [
  { ...worker(0), claimIn: 'user-data' },
  { ...worker(1), claimIn: 'user-data', forwards: false },
  worker(2),
  { ...worker(3), podCidr: '10.200.3.7/24' },
  {
    name: 'vpn-appliance',
    address: '10.240.0.100',
    podCidr: null,
    claimIn: 'tag',
    isNode: false,
    forwards: true,
  },
];

/**
 * Routes as somebody has left them, by the name of what they lead to: that of worker-0 is right, that of worker-1
 * is missing, that of worker-2 leads elsewhere, and one leads to a machine that is gone.
 */
export const ROUTES: readonly { readonly destination: string; readonly to: string }[] = [
  { destination: '10.200.0.0/24', to: 'worker-0' },
  { destination: '10.200.2.0/24', to: 'worker-0' },
  { destination: '10.200.9.0/24', to: 'worker-9' },
  { destination: '10.200.250.0/24', to: 'vpn-appliance' },
];

/** Leaves a route behind. */
export const DEPARTED: Member = worker(9);

/** The user data of a member, as the manual procedure writes it. */
export function userDataOf({ name, podCidr, claimIn }: Member): string {
  return claimIn === 'user-data' ? `name=${name}|pod-cidr=${podCidr}` : `name=${name}`;
}

function worker(i: number): Member {
  const podCidr = `10.200.${i}.0/24`;
  return {
    name: `worker-${i}`,
    address: `10.240.0.2${i}`,
    podCidr,
    claimIn: 'tag',
    isNode: true,
    forwards: true,
  };
}

/** A loopback cloud that has been started. */
export interface RunningSandbox {
  readonly cloud: CloudName;
  /** What to export so that clients reach it. */
  readonly variables: Readonly<Record<string, string>>;
  /** The events since last asked, as the cloud delivers them. */
  readonly takeEvents: () => readonly object[];
  readonly close: () => Promise<void>;
}
