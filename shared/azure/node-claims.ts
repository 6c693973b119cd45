import pLimit from 'p-limit';
import type { ClaimReading } from '../core/claims/elements.ts';
import { readTagClaims, readUserDataClaims } from '../core/claims/pod-cidr.ts';
import { type RegisteredReading, readRegistered } from '../core/claims/registered.ts';
import type { Config } from '../core/config/config.ts';
import type { CloudFailure } from '../core/errors.ts';
import { type Scope, USER_DATA_REREAD_MS } from '../core/model.ts';
import type { ArmClient } from './arm-client.ts';
import { classifyArmFailure } from './failures.ts';
import type { Machine } from './machines.ts';
import { selectsByClaim } from './selection.ts';
import { readShape, UserDataShape } from './wire.ts';

/** User data is read one machine at a time: no list has it. */
const CONCURRENT_READS = 20;

/** What is known of one machine's claims; null where nothing is, and nothing went wrong. */
export type MachineClaims =
  | { readonly ok: true; readonly reading: ClaimReading | null }
  | { readonly ok: false; readonly failure: CloudFailure };

/**
 * Claims by machine id, from the first configured source that says anything.
 *
 * @param known see `Scope`
 */
export async function readClaims(
  arm: ArmClient,
  config: Config,
  machines: readonly Machine[],
  { known, registry, signal }: Pick<ReaderContext, 'known' | 'registry' | 'signal'>,
): Promise<Map<string, MachineClaims>> {
  const context = { arm, config, known, registry, limit: pLimit(CONCURRENT_READS), signal };
  const readings = machines.map(async (machine): Promise<[string, MachineClaims]> => {
    try {
      return [machine.id, await readFirst(machine, context)];
    } catch (thrown) {
      const failure = classifyArmFailure(thrown, 'Microsoft.Compute/virtualMachines/read');
      return [machine.id, { ok: false, failure }];
    }
  });
  return new Map(await Promise.all(readings));
}

const NO_CLAIMS: ClaimReading = { claims: [], defects: [] };

async function readFirst(machine: Machine, context: ReaderContext): Promise<MachineClaims> {
  let noClaims = NO_CLAIMS;
  for (const source of context.config.podCidrSources) {
    const reading = await READERS[source](machine, context);
    if (reading === null) return { ok: true, reading };
    if ('ok' in reading && !reading.ok) return reading;
    const said = 'ok' in reading ? reading.reading : reading;
    if (saysAnything(said)) return { ok: true, reading: said };
    noClaims = { ...noClaims, ...said };
  }
  return { ok: true, reading: noClaims };
}

function saysAnything({ claims, defects }: ClaimReading): boolean {
  return claims.length > 0 || defects.length > 0;
}

interface ReaderContext {
  readonly arm: ArmClient;
  readonly config: Config;
  readonly known: Scope['known'];
  readonly registry: Scope['registry'];
  readonly limit: <T>(read: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

type Reading = ClaimReading | null | Promise<ClaimReading | RegisteredReading>;

const READERS: Readonly<
  Record<Config['podCidrSources'][number], (machine: Machine, context: ReaderContext) => Reading>
> = {
  tag: ({ tags }, { config }) => readTagClaims(tags.get(config.podCidrTag.toLowerCase()) ?? ''),
  'user-data': (machine, context) => {
    // What a gone machine once claimed does not count, so its user data is not worth a call.
    if (machine.state === 'gone') return NO_CLAIMS;
    if (!isOld(machine, context)) return readUserData(machine, context);
    return recallUserData(machine, context);
  },
  // A machine that is gone may have left its Node object behind.
  kubernetes: ({ id, state }, { registry }) => (state === 'gone' ? NO_CLAIMS : readRegistered(registry, id)),
};

function readUserData({ id }: Machine, { arm, config, limit, signal }: ReaderContext): Promise<ClaimReading> {
  return limit(async () => {
    const json = await arm.get('compute', id, signal, { $expand: 'userData' });
    return readUserDataClaims(readShape(UserDataShape, json).properties.userData ?? '', config.podCidrTag);
  });
}

/**
 * Whether a later look of a run may do without a machine's user data. Where nodes are known by their claims alone, one
 * that is not known yet may be none: that has to be read.
 */
function isOld({ id, launchedAt }: Machine, { known, config }: ReaderContext): boolean {
  if (known === undefined || launchedAt === 0 || Date.now() - launchedAt <= USER_DATA_REREAD_MS) return false;
  return known.has(id) || !selectsByClaim(config);
}

/** What the run has read of the very machine's user data; null where it has not. */
function recallUserData({ id, incarnation }: Machine, { known, config }: ReaderContext): ClaimReading | null {
  const node = known?.get(id);
  if (node === undefined || node.incarnation !== incarnation) return null;
  if (!node.claimsKnown || node.state === 'gone') return null;
  const claims = node.claims.filter(({ source }) => source === 'user-data');
  const defects = node.defects.filter(({ source }) => source === 'user-data');
  const order: readonly string[] = config.podCidrSources;
  // A source that comes earlier, and said something, kept it from being read.
  const wasRead = [...node.claims, ...node.defects].every(
    ({ source }) => order.indexOf(source) >= order.indexOf('user-data'),
  );
  const { unsearched } = node;
  return wasRead ? { claims, defects, ...(unsearched === undefined ? {} : { unsearched }) } : null;
}
