import pLimit from 'p-limit';
import type { ClaimReading } from '../core/claims/elements.ts';
import { readTagClaims, readUserDataClaims } from '../core/claims/pod-cidr.ts';
import type { Config } from '../core/config/config.ts';
import type { CloudFailure } from '../core/errors.ts';
import type { ArmClient } from './arm-client.ts';
import { classifyArmFailure } from './failures.ts';
import type { Machine } from './machines.ts';
import { readShape, UserDataShape } from './wire.ts';

/** User data is read one machine at a time: no list has it. */
const CONCURRENT_READS = 20;

/** What was read of one machine's claims. */
export type MachineClaims =
  | { readonly ok: true; readonly reading: ClaimReading }
  | { readonly ok: false; readonly failure: CloudFailure };

/** Claims by machine id, from the first configured source that says anything. */
export async function readClaims(
  arm: ArmClient,
  { podCidrSources, podCidrTag }: Config,
  machines: readonly Machine[],
  signal: AbortSignal,
): Promise<Map<string, MachineClaims>> {
  const context = { arm, key: podCidrTag, limit: pLimit(CONCURRENT_READS), signal };
  const readings = machines.map(async (machine): Promise<[string, MachineClaims]> => {
    try {
      return [machine.id, { ok: true, reading: await readFirst(machine, podCidrSources, context) }];
    } catch (thrown) {
      const failure = classifyArmFailure(thrown, 'Microsoft.Compute/virtualMachines/read');
      return [machine.id, { ok: false, failure }];
    }
  });
  return new Map(await Promise.all(readings));
}

const NO_CLAIMS: ClaimReading = { claims: [], defects: [] };

async function readFirst(
  machine: Machine,
  sources: Config['podCidrSources'],
  context: ReaderContext,
): Promise<ClaimReading> {
  let silent = NO_CLAIMS;
  for (const source of sources) {
    const reading = await READERS[source](machine, context);
    if (reading.claims.length > 0 || reading.defects.length > 0) return reading;
    if (reading.unsearched !== undefined) silent = reading;
  }
  return silent;
}

interface ReaderContext {
  readonly arm: ArmClient;
  readonly key: string;
  readonly limit: <T>(read: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

type Reader = (machine: Machine, context: ReaderContext) => ClaimReading | Promise<ClaimReading>;

const READERS: Readonly<Record<Config['podCidrSources'][number], Reader>> = {
  tag: ({ tags }, { key }) => readTagClaims(tags.get(key.toLowerCase()) ?? ''),
  'user-data': ({ id, state }, { arm, key, limit, signal }) => {
    // What a gone machine once claimed does not count, so its user data is not worth a call.
    if (state === 'gone') return NO_CLAIMS;
    return limit(async () => {
      const json = await arm.get('compute', id, signal, { $expand: 'userData' });
      return readUserDataClaims(readShape(UserDataShape, json).properties.userData ?? '', key);
    });
  },
};
