import { DescribeInstanceAttributeCommand, type EC2Client, type Instance } from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import type { ClaimReading } from '../core/claims/elements.ts';
import { readTagClaims, readUserDataClaims } from '../core/claims/pod-cidr.ts';
import type { Config } from '../core/config/config.ts';
import type { CloudFailure } from '../core/errors.ts';
import { untilAborted } from './deadline.ts';
import { classifyAwsFailure } from './failures.ts';
import { idOf, stateOf, tagsOf } from './instances.ts';

/** User data is read one instance at a time; EC2 refills 20 such calls a second. */
const CONCURRENT_READS = 20;

/** What was read of one instance's claims. */
export type InstanceClaims =
  | { readonly ok: true; readonly reading: ClaimReading }
  | { readonly ok: false; readonly failure: CloudFailure };

/** Claims by instance id, from the first configured source that says anything. */
export async function readClaims(
  client: EC2Client,
  { podCidrSources, podCidrTag }: Config,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<Map<string, InstanceClaims>> {
  const context = { client, key: podCidrTag, limit: pLimit(CONCURRENT_READS), signal };
  const readings = rotate(instances).map(async (instance): Promise<[string, InstanceClaims]> => {
    try {
      return [idOf(instance), { ok: true, reading: await readFirst(instance, podCidrSources, context) }];
    } catch (thrown) {
      const failure = classifyAwsFailure(thrown, 'ec2:DescribeInstanceAttribute');
      return [idOf(instance), { ok: false, failure }];
    }
  });
  return new Map(await Promise.all(readings));
}

/** Begins elsewhere each time, so that a cluster too large for one invocation is not read half for ever. */
function rotate<T>(items: readonly T[]): T[] {
  const start = Math.floor(Math.random() * items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}

const NO_CLAIMS: ClaimReading = { claims: [], defects: [] };

async function readFirst(
  instance: Instance,
  sources: Config['podCidrSources'],
  context: ReaderContext,
): Promise<ClaimReading> {
  let silent = NO_CLAIMS;
  for (const source of sources) {
    const reading = await READERS[source](instance, context);
    if (reading.claims.length > 0 || reading.defects.length > 0) return reading;
    if (reading.unsearched !== undefined) silent = reading;
  }
  return silent;
}

interface ReaderContext {
  readonly client: EC2Client;
  readonly key: string;
  readonly limit: <T>(read: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

type Reader = (instance: Instance, context: ReaderContext) => ClaimReading | Promise<ClaimReading>;

const READERS: Readonly<Record<Config['podCidrSources'][number], Reader>> = {
  tag: (instance, { key }) => readTagClaims(tagsOf(instance).get(key) ?? ''),
  'user-data': (instance, { client, key, limit, signal }) => {
    // What a gone instance once claimed does not count, so its user data is not worth a call.
    if (stateOf(instance) === 'gone') return NO_CLAIMS;
    return limit(async () => {
      // A call begun now would wait for its turn, and take it from the next invocation.
      signal.throwIfAborted();
      const command = new DescribeInstanceAttributeCommand({
        Attribute: 'userData',
        InstanceId: idOf(instance),
      });
      const answer = await untilAborted(client.send(command, { abortSignal: signal }), signal);
      return readUserDataClaims(answer.UserData?.Value ?? '', key);
    });
  },
};
