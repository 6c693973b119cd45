import type { Run } from '../../shared/reconcile.ts';

/** What stands behind a world: a real cloud's stand-in, each with differences of its own. */
export type Backend = 'sandbox' | 'moto';

/** What a network is built with. */
export interface WorldOptions {
  /** Managed route tables, each with a default route through a gateway. One unless told. */
  readonly tables?: number;
  /** Address ranges of the network; one IPv4 range unless told. */
  readonly networkCidrs?: readonly string[];
  readonly clusterCidrs?: readonly string[];
  /** Routes per table that podroutes is told. */
  readonly routeLimit?: number;
  /** Routes per table that the cloud takes, where that can be set. */
  readonly cloudRouteLimit?: number;
  /** Names the tables in the configuration instead of letting their tag find them; `plus` adds unknown ones. */
  readonly namedTables?: { readonly plus: readonly string[] };
}

/** What a machine is launched with. */
export interface Machine {
  readonly name: string;
  /** A CIDR or a comma list; null for none. */
  readonly podCidr: string | null;
  readonly via?: 'tag' | 'user-data';
  /** False for a machine of somebody else in the same network. */
  readonly isNode?: boolean;
  /** Whether the network drops packets that are not the machine's own; it does unless told. */
  readonly forwarding?: 'on' | 'off';
  readonly interfaces?: number;
}

/** Where a route made by hand leads. */
export type HandMadeTarget = { readonly machine: string } | { readonly gateway: 'internet' | 'peering' };

/** One run with what it asked of the cloud, by the cloud's own names, in order. */
interface Reconciled {
  readonly run: Run;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

interface RunOptions {
  /** Names of machines to look at; all of the cluster unless told. */
  readonly nodes?: readonly string[];
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/**
 * A cluster's network in some cloud, which the contract drives and reads back by the cloud's own API alone.
 * Machines and what routes lead to are known by name.
 */
export interface World {
  readonly backend: Backend;
  /** Ids of the managed tables. */
  readonly tables: readonly string[];
  /** The routes that each table has before anybody adds one, as `routes` tells them. */
  readonly given: readonly string[];
  readonly launch: (machine: Machine) => Promise<void>;
  /** Launches `count` machines at once, named `name-0`, `name-1` and so on, without claims. */
  readonly launchMany: (name: string, count: number) => Promise<void>;
  readonly stop: (name: string) => Promise<void>;
  readonly start: (name: string) => Promise<void>;
  readonly terminate: (name: string) => Promise<void>;
  readonly retag: (name: string, podCidr: string | null) => Promise<void>;
  readonly addRoute: (destination: string, target: HandMadeTarget, table?: string) => Promise<void>;
  readonly removeRoute: (destination: string, table?: string) => Promise<void>;
  /** Adds a route as the cloud's own routing protocol would; says whether the backend can. */
  readonly propagateRoute: (destination: string) => Promise<boolean>;
  /** `destination target state`, sorted; the first table's unless told. A target's name stays after its end. */
  readonly routes: (table?: string) => Promise<readonly string[]>;
  /** Whether the network lets packets through that are not the machine's own, by interface. */
  readonly forwards: (name: string) => Promise<readonly boolean[]>;
  readonly reconcile: (options?: RunOptions) => Promise<Reconciled>;
  readonly close: () => Promise<void>;
}

export type CreateWorld = (options?: WorldOptions) => Promise<World>;
