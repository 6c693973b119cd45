import type { Run } from '../../shared/core/run/run.ts';

/** In what clouds and their stand-ins differ, as far as the contract comes to see it. */
export interface Traits {
  /** How a table shows a route whose machine was stopped. */
  readonly stoppedTarget: 'active' | 'blackhole';
  /** How a table shows a route whose machine was terminated. */
  readonly terminatedTarget: 'active' | 'blackhole';
  /** Whether a table can show routes that the cloud's own routing protocol brings. */
  readonly propagatedRoutes: 'modelled' | 'not modelled';
  /** What comes of a route too many: `accepted`, or the code of the refusal. */
  readonly fullTable: string;
  /** Whether each change to a table is a call of its own, or all are one that is done whole or not at all. */
  readonly tableWrites: 'one by one' | 'at once';
}

/** What a network is built with. */
export interface WorldOptions {
  /** Managed route tables, each with a default route through a gateway. One by default. */
  readonly tables?: number;
  /** Address ranges of the network; one IPv4 range by default. */
  readonly networkCidrs?: readonly string[];
  readonly clusterCidrs?: readonly string[];
  /** Routes per table that podroutes is told. */
  readonly routeLimit?: number;
  /** Routes per table that the cloud takes, where that can be set. */
  readonly cloudRouteLimit?: number;
  /** Names the tables in the configuration instead of letting their tag find them. */
  readonly namedTables?: 'alone' | 'with an unknown one';
}

/** What a machine is launched with. */
export interface Machine {
  readonly name: string;
  /** A CIDR or a comma list; null for none. */
  readonly podCidr: string | null;
  readonly via?: 'tag' | 'user-data';
  /** Its user data, one character for each byte, where that holds no claim. */
  readonly userData?: string;
  /** False for a machine of somebody else in the same network. */
  readonly isNode?: boolean;
  /** Whether the network drops packets that are not the machine's own; it does by default. */
  readonly forwarding?: 'on' | 'off';
  readonly interfaces?: number;
}

/** Where a route made by hand leads; `peering` stands for another network, however the cloud reaches it. */
export type HandMadeTarget = { readonly machine: string } | { readonly gateway: 'internet' | 'peering' };

/** One run with the writes that it made, by the cloud's own names, in order. */
interface Reconciled {
  readonly run: Run;
  readonly writes: readonly string[];
}

interface RunOptions {
  /** Names of machines to look at; all of the cluster by default. */
  readonly nodes?: readonly string[];
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/**
 * A cluster's network in some cloud, which the contract drives and reads back by the cloud's own API alone.
 * Machines and what routes lead to are known by name.
 */
export interface World {
  readonly traits: Traits;
  /** Ids of the managed tables, as reports have them. */
  readonly tables: readonly string[];
  /** The id of a table that does not exist. */
  readonly unknownTable: string;
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
  /** Adds a route as the cloud's own routing protocol would, where that can be; says whether it can. */
  readonly propagateRoute: (destination: string) => Promise<boolean>;
  /** `destination target state`, sorted; the first table's by default. A target's name stays after its end. */
  readonly routes: (table?: string) => Promise<readonly string[]>;
  /** Whether the network lets packets through that are not the machine's own, by interface. */
  readonly forwards: (name: string) => Promise<readonly boolean[]>;
  /** One of named nodes stands for a run that follows events; any other reads the ledger. */
  readonly reconcile: (options?: RunOptions) => Promise<Reconciled>;
  /** Lets so many minutes pass by the ledger's clock, with a run of the schedule every ten. */
  readonly pass: (minutes: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

export type CreateWorld = (options?: WorldOptions) => Promise<World>;
