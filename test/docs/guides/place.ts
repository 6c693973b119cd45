/** A machine, as it sees itself. */
export interface Machine {
  readonly id: string;
  readonly hostname: string;
  /** What cloud-init fills in: expressions of its templates, with their values. */
  readonly instanceData: Readonly<Record<string, string>>;
  /** As its cloud's own controllers write it. */
  readonly providerId: string;
  /** What cloud-init reads, as text; empty where it has none. */
  readonly userData: string;
  /** The settings by which podroutes-node finds its metadata service. */
  readonly metadata: Environment;
}

export type Environment = Readonly<Record<string, string>>;

/** A route that leads to a machine. */
export interface MachineRoute {
  readonly table: string;
  readonly destination: string;
  /** Id of the machine. */
  readonly machine: string;
}

/** Does what a program would, with its arguments, in a folder; gives what it prints. What it throws is a refusal. */
export type StandIn = (args: readonly string[], files: Files) => Promise<string>;

/** What a person has at hand. */
export interface Files {
  readonly folder: string;
  readonly variables: Map<string, string>;
  /** What the page shows, by name. */
  readonly files: ReadonlyMap<string, string>;
}

/** What a guide meets of one cloud: an empty account in its sandbox, and podroutes as it is built. */
export interface Place {
  /** What a person has in the environment to reach it, and where the ledger is. */
  readonly environment: Environment;
  /** Programs that only this cloud's guides use. */
  readonly programs: Readonly<Record<string, StandIn>>;
  /** Makes what guides begin with; gives variables that name it. */
  readonly makeNetwork: () => Promise<Environment>;
  /** Puts these settings in the place of what is deployed; null removes it. The schedule runs at once. */
  readonly deploy: (settings: Environment | null) => Promise<void>;
  /** Hands over the events since last asked: once, or until all are handled. */
  readonly deliver: (until: 'once' | 'handled') => Promise<void>;
  /** Lets what is under way come to its end. */
  readonly advance: () => void;
  readonly listRunning: () => readonly Machine[];
  readonly isAlive: (id: string) => boolean;
  /** Makes the machines of a Karpenter deployment that many. */
  readonly scaleTo: (count: number, files: Files) => Promise<void>;
  /** Tables with the cluster's tag. */
  readonly listTables: () => readonly string[];
  /** Of all tables. */
  readonly listRoutes: () => readonly MachineRoute[];
  readonly tagsOf: (id: string) => ReadonlyMap<string, string>;
  /** Whether the network lets packets through that are for other addresses than the machine's own. */
  readonly lets: (id: string) => boolean;
  /** Is called before each call to the cloud. */
  readonly watch: (look: () => void) => void;
  readonly close: () => Promise<void>;
}
