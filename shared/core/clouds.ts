import type { CloudName } from './model.ts';

/** What settings and messages say of one cloud: data alone, since the core does the same in all of them. */
export interface CloudTraits {
  /** The default quota of routes: in a table, but Neutron's `max_routes` in a router, and GCP's in a network. */
  readonly routeLimit: number;
  /** The form in which a person names a route table. */
  readonly routeTable: RegExp;
  /** The ledger that it keeps; a file is anywhere. */
  readonly ledger: 'dynamodb' | 'azure-table' | null;
  /** What lets a node send and receive packets that are not its own. */
  readonly forwarding: {
    /** What an unset PODROUTES_FORWARDING stands for. */
    readonly unset: 'ensure' | 'report';
    /** What has to be done at a node, as a sentence without its full stop. */
    readonly remedy: string;
  };
  /** The ways in which its functions get a token for the Kubernetes API. */
  readonly kubernetesTokens: readonly ('secret' | 'given' | 'identity')[];
  /** Where nodes are looked for, as the end of "Check the id, and … of the function". */
  readonly place: string;
}

const IP_FORWARDING = {
  unset: 'report',
  remedy: 'Switch on IP forwarding',
} as const;

/** Every cloud that the core has a name for. */
export const CLOUD_TRAITS: Readonly<Record<CloudName, CloudTraits>> = {
  aws: {
    routeLimit: 500,
    routeTable: /^rtb-[\da-f]+$/,
    ledger: 'dynamodb',
    forwarding: {
      unset: 'ensure',
      remedy: 'Switch off the source/destination check',
    },
    kubernetesTokens: ['secret', 'identity'],
    place: 'the account and region',
  },
  azure: {
    routeLimit: 1000,
    routeTable:
      /^(\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.Network\/routeTables\/[^/\s]+|[^/\s]+\/[^/\s]+)$/i,
    ledger: 'azure-table',
    forwarding: IP_FORWARDING,
    kubernetesTokens: ['given', 'identity'],
    place: 'the subscription',
  },
  linux: {
    routeLimit: Number.MAX_SAFE_INTEGER,
    routeTable: /^\S+$/,
    ledger: null,
    forwarding: IP_FORWARDING,
    kubernetesTokens: [],
    place: 'the list of hosts',
  },
  openstack: {
    routeLimit: 30,
    routeTable: /^\S+$/,
    ledger: null,
    forwarding: {
      unset: 'report',
      remedy: 'Allow the pod CIDRs as address pairs of its port',
    },
    kubernetesTokens: [],
    place: 'the project and region',
  },
  gcp: {
    routeLimit: 300,
    routeTable: /^\S+$/,
    ledger: null,
    forwarding: IP_FORWARDING,
    kubernetesTokens: [],
    place: 'the project',
  },
};
