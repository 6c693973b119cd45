import type { Report } from '../../../shared/core/run/report.ts';
import type { Fleet } from './fleet.ts';

/** A cluster of one cloud whose machines are made from one template, with podroutes deployed. */
export interface Site {
  /** Processes that handle its events. */
  readonly fleet: Fleet;
  /** Launches machines at once; gives their ids, as reports have them. */
  readonly launch: (count: number) => Promise<readonly string[]>;
  /** Ends machines, as slowly as the cloud does. */
  readonly end: (ids: readonly string[]) => Promise<void>;
  /** A run as the schedule makes it. */
  readonly reconcile: () => Promise<Report>;
  /** Lets time pass, with a run of the schedule every ten minutes. */
  readonly pass: (minutes: number) => Promise<unknown>;
  /** Lets time pass until the next run of the schedule frees the blocks of those who have ended. */
  readonly ripen: () => Promise<void>;
  /** The block that a machine's tag names; null where it has none. */
  readonly tagOf: (id: string) => string | null;
  /** Routes inside the cluster CIDR, for each table: machine ids by destination. */
  readonly routes: () => readonly ReadonlyMap<string, string>[];
  /** Which machine was told which block, in order; null where the cloud's calls do not tell that. */
  readonly told: () => readonly Told[] | null;
  /** Machines whose packets are still dropped. */
  readonly closed: (ids: readonly string[]) => readonly string[];
  /** Settings by which the script on a machine finds the metadata service. */
  readonly metadataOf: (id: string) => Readonly<Record<string, string>>;
  /** The ledger's file, and the name of its cluster. */
  readonly ledger: { readonly path: string; readonly cluster: string };
}

/** A machine was told its block by a call that the cloud made. */
interface Told {
  readonly id: string;
  readonly block: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How much happens. */
export interface Scale {
  /** Blocks in the cluster CIDR. */
  readonly capacity: number;
  readonly clusterCidr: string;
  /** Machines that live at once; the rest of the blocks is filled at the end. */
  readonly machines: number;
  /** How many end, and how many are launched, while others are handled. */
  readonly turnover: number;
  /** Divides how long the cloud takes: 1 is as long as in reality. */
  readonly haste: number;
  /** Reads show what was written so long ago; EC2's may, by some seconds. */
  readonly lagMs: number;
  readonly kills: number;
  readonly seed: number;
}
