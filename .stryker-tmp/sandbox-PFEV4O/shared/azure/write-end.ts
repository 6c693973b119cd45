// @ts-nocheck
import * as z from 'zod/mini';
import { ArmError, readArmError, readRetryAfter } from './arm-error.ts';
import { failedLater, isBusy, isThrottled, unexpectedAnswer } from './failures.ts';
import { pause } from './patience.ts';

/** What came of one call. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const Operation = z.object({ status: z.string() });
const Resource = z.object({ properties: z.object({ provisioningState: z.nullish(z.string()) }) });

/** Between two looks at an operation whose answers do not say when to come again, in milliseconds. */
const POLL_MS = 1_000;

type Ask = (url: string) => Promise<Answer>;

/**
 * Follows a write to its end. One that is answered as done is done: asking once more could only fail. The resource of
 * one that others kept from its end is no longer as it was read, and is left in peace for as long as they need.
 */
export async function waitForEnd(started: Answer, ask: Ask, signal: AbortSignal): Promise<void> {
  if (readResource(started)?.provisioningState === 'Succeeded') return;
  try {
    if (started.headers['azure-asyncoperation'] !== undefined) await waitForOperation(started, ask, signal);
    else await waitForResource(started, ask, signal);
  } catch (thrown) {
    if (!(thrown instanceof ArmError) || isThrottled(thrown) || !isBusy(thrown)) throw thrown;
    // What Azure said is better to know than that the time ran out meanwhile.
    await pause(thrown.retryAfterMs ?? 0, signal).catch(() => undefined);
    throw failedLater(thrown);
  }
}

/**
 * Follows an operation to its end. The SDK's poller reads the resource once more after it, which nothing here
 * needs, and would wait two seconds where Azure names no delay.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
 */
async function waitForOperation(started: Answer, ask: Ask, signal: AbortSignal): Promise<void> {
  const url = started.headers['azure-asyncoperation'] ?? '';
  for (let looks = 1; ; looks += 1) {
    const answer = await ask(url);
    const operation = Operation.safeParse(answer.body);
    if (!operation.success) throw unexpectedAnswer(url);
    const { status } = operation.data;
    if (status === 'Succeeded') return;
    if (status === 'Failed' || status === 'Canceled') throw readArmError(answer, `Operation${status}`);
    await pauseAsAsked(answer, looks, signal);
  }
}

/** Without an operation to follow, an accepted write is over when its location no longer answers 202. */
async function waitForResource(started: Answer, ask: Ask, signal: AbortSignal): Promise<void> {
  let answer = started;
  for (let looks = 1; answer.status === 202; looks += 1) {
    const { location = started.headers['location'] } = answer.headers;
    if (location === undefined) throw unexpectedAnswer('an accepted write');
    await pauseAsAsked(answer, looks, signal);
    answer = await ask(location);
  }
  if (answer.status === 204) return;
  const resource = readResource(answer);
  if (resource === null) throw unexpectedAnswer('a write');
  const state = resource.provisioningState ?? 'Succeeded';
  if (state !== 'Succeeded') throw readArmError(answer, `Provisioning${state}`);
}

/** The properties of the resource that a write was answered with; null where it was answered with none. */
function readResource({ body }: Answer): z.infer<typeof Resource>['properties'] | null {
  const resource = Resource.safeParse(body);
  return resource.success ? resource.data.properties : null;
}

/** Azure may ask to come again at once, which is not meant for ever. */
async function pauseAsAsked({ headers }: Answer, looks: number, signal: AbortSignal): Promise<void> {
  const asked = readRetryAfter(headers['retry-after'] ?? '');
  await pause(asked === null ? POLL_MS : Math.max(asked, Math.min(2 ** looks, POLL_MS)), signal);
}
