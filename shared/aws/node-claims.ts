import { DescribeInstanceAttributeCommand, type EC2Client, type Instance } from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import type { ClaimReading } from '../core/claims/elements.ts';
import { readTagClaims, readUserDataClaims } from '../core/claims/pod-cidr.ts';
import { type RegisteredReading, readRegistered } from '../core/claims/registered.ts';
import type { Config } from '../core/config/config.ts';
import type { CloudFailure } from '../core/errors.ts';
import { type Node, type Scope, USER_DATA_REREAD_MS } from '../core/model.ts';
import { untilAborted } from './deadline.ts';
import { classifyAwsFailure } from './failures.ts';
import { idOf, launchedAtOf, stateOf, tagsOf } from './instances.ts';
import { requireElement } from './pages.ts';

/** User data is read one instance at a time; EC2 refills 20 such calls a second. */
const CONCURRENT_READS = 20;

/** What was read of one instance's claims; `unread` where this look was not to read them. */
export type InstanceClaims =
  | { readonly kind: 'read'; readonly reading: ClaimReading }
  | { readonly kind: 'failed'; readonly failure: CloudFailure }
  | { readonly kind: 'unread' };

const UNREAD: InstanceClaims = { kind: 'unread' };
const NO_CLAIMS: ClaimReading = { claims: [], defects: [] };

/** Claims by instance id, from the first configured source that says anything. */
export async function readClaims(
  client: EC2Client,
  { podCidrSources, podCidrTag }: Config,
  { known, registry }: Scope,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<Map<string, InstanceClaims>> {
  const limit = pLimit(CONCURRENT_READS);
  const context = { client, key: podCidrTag, sources: podCidrSources, known, registry, limit, signal };
  const readings = rotate(instances).map(async (instance): Promise<[string, InstanceClaims]> => {
    try {
      return [idOf(instance), await readFirst(instance, context)];
    } catch (thrown) {
      const failure = classifyAwsFailure(thrown, 'ec2:DescribeInstanceAttribute');
      return [idOf(instance), { kind: 'failed', failure }];
    }
  });
  return new Map(await Promise.all(readings));
}

/** Begins elsewhere each time, so that a cluster too large for one invocation is not read half for ever. */
function rotate<T>(items: readonly T[]): T[] {
  const start = Math.floor(Math.random() * items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}

async function readFirst(instance: Instance, context: ReaderContext): Promise<InstanceClaims> {
  let noClaims = NO_CLAIMS;
  for (const source of context.sources) {
    const reading = await READERS[source](instance, context);
    if (reading === null) return UNREAD;
    if ('ok' in reading && !reading.ok) return { kind: 'failed', failure: reading.failure };
    const said = 'ok' in reading ? reading.reading : reading;
    if (said.claims.length > 0 || said.defects.length > 0) return { kind: 'read', reading: said };
    noClaims = { ...noClaims, ...said };
  }
  return { kind: 'read', reading: noClaims };
}

interface ReaderContext {
  readonly client: EC2Client;
  readonly key: string;
  readonly sources: Config['podCidrSources'];
  readonly known: Scope['known'];
  readonly registry: Scope['registry'];
  readonly limit: <T>(read: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

/** Gives null where the source is not to be read. */
type Reader = (
  instance: Instance,
  context: ReaderContext,
) => ClaimReading | null | Promise<ClaimReading | RegisteredReading | null>;

const READERS: Readonly<Record<Config['podCidrSources'][number], Reader>> = {
  tag: (instance, { key }) => readTagClaims(tagsOf(instance).get(key) ?? ''),
  'user-data': (instance, context) => {
    // What a gone instance once claimed does not count, so its user data is not worth a call.
    if (stateOf(instance) === 'gone') return NO_CLAIMS;
    const { known, sources } = context;
    const isOld = Date.now() - launchedAtOf(instance) > USER_DATA_REREAD_MS;
    if (known !== undefined && isOld) return recallUserData(known.get(idOf(instance)), sources);
    return context.limit(() => readUserData(instance, context));
  },
  // A machine that is gone may have left its Node object behind.
  kubernetes: (instance, { registry }) =>
    stateOf(instance) === 'gone' ? NO_CLAIMS : readRegistered(registry, idOf(instance)),
};

async function readUserData(
  instance: Instance,
  { client, key, signal }: ReaderContext,
): Promise<ClaimReading> {
  // A call begun now would wait for its turn, and take it from the next invocation.
  signal.throwIfAborted();
  const command = new DescribeInstanceAttributeCommand({
    Attribute: 'userData',
    InstanceId: idOf(instance),
  });
  const answer = await untilAborted(client.send(command, { abortSignal: signal }), signal);
  const { Value = '' } = requireElement(answer.UserData, 'the user data');
  return readUserDataClaims(Value, key);
}

/** What an earlier look of this run read in a node's user data; null where it had no need to look there. */
function recallUserData(node: Node | undefined, sources: Config['podCidrSources']): ClaimReading | null {
  if (node === undefined || !node.claimsKnown) return null;
  const { claims, defects, unsearched } = node;
  const speaker = [...claims, ...defects][0]?.source;
  if (speaker === 'user-data') return { claims, defects };
  if (unsearched !== undefined) return { ...NO_CLAIMS, unsearched };
  const order: readonly string[] = sources;
  const isReadFirst = speaker === undefined || order.indexOf('user-data') < order.indexOf(speaker);
  return isReadFirst ? NO_CLAIMS : null;
}
