// @ts-nocheck
import type { Params, WireObject } from '../query.ts';
import type { Ec2 } from './state.ts';

/** One EC2 action: the parameters that the sandbox models (list indexes written N), and what it does. */
export interface Action {
  readonly params: readonly string[];
  readonly mutating: boolean;
  readonly run: (ec2: Ec2, params: Params) => WireObject;
}

/** Actions by name. */
export type ActionTable = Readonly<Record<string, Action>>;

/** What most calls answer that have nothing to say. */
export const DONE: WireObject = { return: true };
