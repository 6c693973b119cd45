import type { Fault } from '../faults.ts';
import { lockedConflict, lockedRetryable } from './errors.ts';
import { type Caller, verbOf } from './events.ts';
import type { AsyncOperation, Resource } from './model.ts';
import { keyOf } from './resource-ids.ts';
import { removeResource, storeResource } from './resources.ts';
import type { Arm } from './state.ts';

/** One change of one resource: what it was, what it shall be, and how Azure speaks of it. */
export interface Write {
  readonly before: Resource | null;
  /** Null deletes it. */
  readonly after: Resource | null;
  readonly operation: string;
  /** The action by which roles allow it, and the id of what it is about: events tell both. */
  readonly action: string;
  readonly target: string;
  /** Whether it adds a part to a resource that is there; a resource that was not there is new by itself. */
  readonly addsPart?: boolean;
}

/** Whether a write makes something that was not there. */
export function makesNew({ before, addsPart = false }: Write): boolean {
  return before === null || addsPart;
}

/** Refuses a call whose resource is held by an operation that still runs. */
export function checkLock(arm: Arm, id: string): void {
  completeOperations(arm);
  const key = keyOf(id);
  const running = [...arm.operations.values()].find(
    ({ status, holds }) => status === 'InProgress' && keyOf(holds) === key,
  );
  if (running === undefined) return;
  if (arm.settings.lockAnswer === 'another-operation-in-progress') {
    throw lockedConflict(`https://management.azure.com${operationPath(arm, running)}`);
  }
  const seconds = Math.max(1, Math.ceil((running.endsAt - arm.now()) / 1000));
  throw lockedRetryable(running.name, running.holds, seconds, arm.settings.retryAfterSeconds);
}

/** Where a client asks for the state of an operation, without the endpoint. */
export function operationPath(
  arm: Arm,
  { id, provider, location }: AsyncOperation,
  collection: 'operations' | 'operationResults' = 'operations',
  version = '2026-01-01',
): string {
  const base = `/subscriptions/${arm.subscription}/providers/${provider}/locations/${location}`;
  return `${base}/${collection}/${id}?api-version=${version}`;
}

/**
 * Makes a change, at once or by an operation that takes `operationMs`, and gives that operation where the
 * client has something to poll. What was written can be read from the start, as `Updating` or `Deleting`.
 */
export function performWrite(
  arm: Arm,
  write: Write,
  caller: Caller,
  failure: Fault | null = null,
): AsyncOperation | null {
  const { operationMs, pollFinished } = arm.settings;
  if (operationMs === 0 && failure === null && !(pollFinished && showsProgress(write))) {
    writeNow(arm, write, caller);
    const isPolled = pollFinished && !DONE_AT_ONCE.has(write.operation);
    return isPolled ? recordOperation(arm, write, 'Succeeded', null, () => {}) : null;
  }
  if (write.after !== null) storeResource(arm, inState(write.after, stateInProgress(write)));
  else if (write.before !== null) storeResource(arm, inState(write.before, 'Deleting'));
  return recordOperation(arm, write, 'InProgress', failure, () => {
    if (failure === null) succeed(arm, write);
    else fail(arm, write, failure);
    emitWrite(arm, write, failure === null ? 'Success' : 'Failure', caller);
  });
}

/** Azure was recorded to answer these without naming an operation. */
const DONE_AT_ONCE: ReadonlySet<string> = new Set(['PutNicOperation']);

/**
 * Whether the answer to a PUT shows that the work has only begun, however soon it ends: so Azure was recorded to
 * answer for all that is new, and for any change of a machine or scale set.
 */
function showsProgress(write: Write): boolean {
  if (write.after === null || DONE_AT_ONCE.has(write.operation)) return false;
  return makesNew(write) || isOfCompute(write);
}

function stateInProgress(write: Write): 'Creating' | 'Updating' {
  return isOfCompute(write) && makesNew(write) ? 'Creating' : 'Updating';
}

function isOfCompute({ action }: Write): boolean {
  return action.startsWith('Microsoft.Compute/');
}

/** Makes a change at once, with its event. */
export function writeNow(arm: Arm, write: Write, caller: Caller): void {
  if (write.after !== null) storeResource(arm, inState(write.after, 'Succeeded'));
  else if (write.before !== null) removeResource(arm, write.before);
  emitWrite(arm, write, 'Success', caller);
}

/** Tells Event Grid of a change that was made. */
export function emitWrite(
  arm: Arm,
  { action, target, before }: Pick<Write, 'action' | 'target' | 'before'>,
  outcome: 'Success' | 'Failure',
  caller: Caller,
): void {
  arm.emit({ verb: verbOf(action), outcome, target, action, existed: before !== null, caller });
}

/** Ends the operations whose time has come. */
export function completeOperations(arm: Arm): void {
  for (const [id, operation] of arm.operations) {
    if (operation.status !== 'InProgress' || operation.endsAt > arm.now()) continue;
    arm.operations.set(id, { ...operation, status: operation.failure === null ? 'Succeeded' : 'Failed' });
    operation.finish();
  }
}

function recordOperation(
  arm: Arm,
  { before, after, operation, action }: Write,
  status: AsyncOperation['status'],
  failure: Fault | null,
  finish: () => void,
): AsyncOperation {
  const resource = after ?? before;
  const recorded: AsyncOperation = {
    id: arm.ids.uuid(),
    name: operation,
    provider: action.split('/')[0] ?? '',
    location: resource?.location ?? arm.location,
    holds: resource?.id ?? '',
    startedAt: arm.now(),
    endsAt: arm.now() + arm.settings.operationMs,
    status,
    failure,
    finish,
  };
  arm.operations.set(recorded.id, recorded);
  return recorded;
}

/** What is there by now counts, not what was sent: tags may have been changed meanwhile. */
function succeed(arm: Arm, { before, after }: Write): void {
  if (after !== null) storeResource(arm, inState(arm.resources.get(keyOf(after.id)) ?? after, 'Succeeded'));
  else if (before !== null) removeResource(arm, before);
}

/** Without its effect, unless the fault says `after`, when only the outcome is bad. */
function fail(arm: Arm, { before, after }: Write, { when }: Fault): void {
  const left = when === 'after' ? (after ?? before) : (before ?? after);
  if (left !== null) storeResource(arm, inState(left, 'Failed'));
}

function inState<R extends Resource>(resource: R, provisioningState: R['provisioningState']): R {
  return { ...resource, provisioningState };
}
