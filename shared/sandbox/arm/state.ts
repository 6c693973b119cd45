import type { Faults } from '../faults.ts';
import type { Ids } from '../ids.ts';
import type { EventContent } from './events.ts';
import type { AsyncOperation, Resource, ResourceGroup } from './model.ts';
import type { Monitor } from './monitor.ts';

/** How the sandbox behaves where Azure takes its time, is configurable, or is not documented. */
export interface ArmSettings {
  /** Routes per route table. */
  readonly routeLimit: number;
  /** How long a write takes, in milliseconds; 0 is done with the call. */
  readonly operationMs: number;
  /** Whether writes that are done with the call still name an operation to poll, as Azure's do. */
  readonly pollFinished: boolean;
  /** How an accepted PUT says where its end can be seen. */
  readonly followBy: 'azure-asyncoperation' | 'location';
  /** `Retry-After` of running operations and of refusals because of them; null leaves it out. */
  readonly retryAfterSeconds: number | null;
  /** How a write is refused while another holds the resource: status 429 or 409. */
  readonly lockAnswer: 'retryable-error' | 'another-operation-in-progress';
  /** Whether the subscription's list of states has them yet; it is not of the same moment as other lists. */
  readonly listsStates: boolean;
  /** Whether Compute spells group names in upper case, as Azure's does at times. */
  readonly upperCaseGroups: boolean;
  /** Most items of one page of a list. */
  readonly pageSize: number;
}

/** One subscription. `resources` is for reading; the functions of this folder change it. */
export interface Arm {
  readonly subscription: string;
  readonly location: string;
  readonly tenant: string;
  readonly now: () => number;
  readonly ids: Ids;
  readonly settings: ArmSettings;
  /** By name in lower case. */
  readonly groups: Map<string, ResourceGroup>;
  /** By id in lower case. Values are never changed in place. */
  readonly resources: Map<string, Resource>;
  /** Operations that writes started, by id, for as long as the sandbox runs. */
  readonly operations: Map<string, AsyncOperation>;
  /** Operations that shall fail after they were accepted, by the operation id of their call. */
  readonly operationFaults: Faults;
  readonly monitor: Monitor;
  readonly emit: (event: EventContent) => void;
}
