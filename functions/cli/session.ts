import type { Cloud } from '../../shared/core/cloud.ts';
import type { Config } from '../../shared/core/config/config.ts';
import type { CloudFailure } from '../../shared/core/errors.ts';
import type { NodeEvent } from '../../shared/core/events/node-event.ts';
import type { OpenLedger } from '../../shared/core/ledger/ledger.ts';
import type { OpenDirectory } from '../../shared/core/run/node-directory.ts';
import type { NetworkDoctor } from '../../shared/doctor/model.ts';
import type { ReadAlerts } from './alerts/reading.ts';
import type { Refusal } from './command.ts';
import type { Verify } from './verify/model.ts';

/** A cloud that a person can look at with their own credentials. Nothing has been called yet. */
export interface Session {
  readonly config: Config;
  readonly cloud: Cloud;
  /** Loads what outlives runs; null where there is no ledger. */
  readonly openLedger: OpenLedger | null;
  /** Loads what reads Kubernetes; null where it is not asked. */
  readonly openDirectory: OpenDirectory | null;
  /** Where nodes and tables are, in words. */
  readonly place: string;
  /** Whether a text is an id of a node, rather than a name or an address. */
  readonly isNodeId: (text: string) => boolean;
  /** What a person does about a failure, where its own message does not say so. */
  readonly remedyOf: (failure: CloudFailure) => string;
  /** What the events in a text are taken for. */
  readonly readEvents: (text: string) => NodeEvent[];
  /** Loads what reads the cluster's alarms and logs. */
  readonly openAlerts: () => Promise<ReadAlerts>;
  /** Loads what reads the network around the nodes. */
  readonly openDoctor: () => Promise<NetworkDoctor>;
  /** Loads what looks whether the functions are deployed as they should be; null where there is nothing yet. */
  readonly openVerifier: (() => Promise<Verify>) | null;
}

export type Connection = { readonly ok: true; readonly session: Session } | Refusal;
