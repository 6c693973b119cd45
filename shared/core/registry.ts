import type { CloudFailure } from './errors.ts';
import type { Claim, ClaimDefect } from './model.ts';

/** What the Node object of one machine says. */
export interface RegisteredNode {
  /** Of the Node object, not of the machine. */
  readonly name: string;
  /** Tells the object from a later one of its name. */
  readonly uid: string;
  /** Of the object as it was read; every write gives it another. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly claims: readonly Claim[];
  readonly defects: readonly ClaimDefect[];
  /** The condition `NetworkUnavailable`; null where nobody has set it. */
  readonly networkUnavailable: NetworkCondition | null;
}

export interface NetworkCondition {
  readonly status: string;
  readonly reason: string;
  /** When the status last changed, as it is written there. */
  readonly since: string;
}

/** The Node objects as one run read them: by the machine's id, or why they could not be read. */
export type Registry =
  | { readonly ok: true; readonly nodes: ReadonlyMap<string, RegisteredNode> }
  | { readonly ok: false; readonly failure: CloudFailure };
