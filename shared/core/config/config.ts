import { type Cidr, containsCidr, type Family, overlaps } from '../cidr.ts';
import type { CloudName } from '../model.ts';
import { findNearest } from '../nearest.ts';
import type { Monitoring } from '../telemetry.ts';
import { findKubernetesProblems, type KubernetesAccess, toKubernetesAccess } from './kubernetes.ts';
import { SETTINGS } from './settings.ts';
import type {
  BlockSizes,
  LedgerLocation,
  MaxDeletes,
  Mistake,
  NodeTag,
  PodCidrSource,
  Setting,
} from './values.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the operator asks for, read and checked. */
export interface Config {
  readonly cloud: CloudName;
  /** Name in the tag `kubernetes.io/cluster/<name>`; null only where `routeTables` names the tables. */
  readonly cluster: string | null;
  /** Pod address ranges: at least one, none overlapping another. */
  readonly clusterCidrs: readonly Cidr[];
  /** Ids or `group/name`; empty where tables are found by the cluster tag. */
  readonly routeTables: readonly string[];
  /**
   * What selects nodes; null for the cluster tag or, without a cluster name, any instance in the tables'
   * network that makes a claim.
   */
  readonly nodeTag: NodeTag | null;
  readonly podCidrTag: string;
  /** In the order to look in; never empty. */
  readonly podCidrSources: readonly PodCidrSource[];
  /** Azure route name with `{cidr}` once. */
  readonly routeName: string;
  /** Routes that one table takes. */
  readonly routeLimit: number;
  readonly maxDeletes: MaxDeletes;
  /** Milliseconds that an unclaimed route must have been seen so before it goes. */
  readonly grace: number;
  /** Milliseconds between two runs of the schedule. */
  readonly scheduleInterval: number;
  /** Null where nothing outlives a run. */
  readonly ledger: LedgerLocation | null;
  /** Null where no Kubernetes API is asked. */
  readonly kubernetes: KubernetesAccess | null;
  /** Claims of one node that count. */
  readonly maxClaims: number;
  readonly stoppedNodes: 'keep' | 'remove';
  readonly forwarding: 'ensure' | 'report' | 'ignore';
  readonly allocate: BlockSizes;
  /** Inside the cluster CIDRs. */
  readonly reservedCidrs: readonly Cidr[];
  readonly dryRun: boolean;
  /** Name or ARN. */
  readonly eventBus: string | null;
  /** Name of the Auto Scaling lifecycle hooks that are ours to complete. */
  readonly lifecycleHook: string;
  readonly monitoring: Monitoring;
  /** Null and empty stand for the function app's own, and the public cloud. */
  readonly azure: {
    readonly subscription: string | null;
    readonly resourceGroups: readonly string[];
    /** Origin without a trailing slash. */
    readonly endpoint: string | null;
  };
}

/** The configuration, or everything that is wrong with it, one sentence each. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Longest part of a value that an error shows. */
const SHOWN = 80;

/**
 * Reads every `PODROUTES_*` variable strictly. An empty value counts as unset where the setting has no
 * default of its own, since deployment templates pass empty parameters on; elsewhere it is a mistake.
 */
export function readConfig(env: Environment, cloud: CloudName): ConfigResult {
  const problems = findUnknownNames(env);
  const read = <T>(setting: Setting<T>): T => {
    const result = readSetting(setting, env, cloud);
    if (result.ok) return result.value;
    problems.push(...result.problems);
    return setting.unset(cloud);
  };
  const clusterCidrs = read(SETTINGS.clusterCidrs);
  const config: Config = {
    cloud,
    cluster: read(SETTINGS.cluster),
    clusterCidrs,
    routeTables: read(SETTINGS.routeTables),
    nodeTag: read(SETTINGS.nodeTag),
    podCidrTag: read(SETTINGS.podCidrTag),
    podCidrSources: read(SETTINGS.podCidrSources),
    routeName: read(SETTINGS.routeName),
    routeLimit: read(SETTINGS.routeLimit),
    maxDeletes: read(SETTINGS.maxDeletes),
    grace: read(SETTINGS.grace),
    scheduleInterval: read(SETTINGS.scheduleInterval),
    ledger: read(SETTINGS.ledger),
    kubernetes: toKubernetesAccess({
      place: read(SETTINGS.kubernetes),
      ca: read(SETTINGS.kubernetesCa),
      token: read(SETTINGS.kubernetesToken),
    }),
    maxClaims: read(SETTINGS.maxClaims),
    stoppedNodes: read(SETTINGS.stoppedNodes),
    forwarding: read(SETTINGS.forwarding),
    allocate: assignFamily(read(SETTINGS.allocate), clusterCidrs),
    reservedCidrs: read(SETTINGS.reservedCidrs),
    dryRun: read(SETTINGS.dryRun) === 'true',
    eventBus: read(SETTINGS.eventBus),
    lifecycleHook: read(SETTINGS.lifecycleHook),
    monitoring: read(SETTINGS.monitoring),
    azure: {
      subscription: read(SETTINGS.azureSubscription),
      resourceGroups: read(SETTINGS.azureResourceGroups),
      endpoint: read(SETTINGS.azureEndpoint),
    },
  };
  if (!isSet(SETTINGS.cluster, env) && !isSet(SETTINGS.routeTables, env)) {
    problems.push(
      `${SETTINGS.cluster.name} or ${SETTINGS.routeTables.name}: expected one of them, found neither`,
    );
  }
  if (config.ledger !== null && isSet(SETTINGS.ledger, env) && !isSet(SETTINGS.cluster, env)) {
    problems.push(`${SETTINGS.ledger.name}: expected ${SETTINGS.cluster.name} beside it; found nothing`);
  }
  problems.push(
    ...findKubernetesProblems(
      {
        place: isSet(SETTINGS.kubernetes, env),
        ca: isSet(SETTINGS.kubernetesCa, env),
        token: isSet(SETTINGS.kubernetesToken, env),
      },
      config,
    ),
  );
  problems.push(...findContradictions(config), ...findUnmetNeeds(config, env));
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems };
}

/** The one error text that lists every mistake. */
export function describeProblems(problems: readonly string[]): string {
  const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
  return [`The configuration has ${count}:`, ...problems.map((problem) => `- ${problem}`)].join('\n');
}

/** Every setting with its meaning and default, in Markdown, for the documentation. */
export function settingsTable(): { name: string; meaning: string; default: string }[] {
  return Object.values(SETTINGS).map(({ name, meaning, default: text }) => ({
    name,
    meaning,
    default: text,
  }));
}

function readSetting<T>(
  { name, expected, presence, read, unset }: Setting<T>,
  env: Environment,
  cloud: CloudName,
): { ok: true; value: T } | { ok: false; problems: string[] } {
  const text = env[name]?.trim();
  if (text === undefined || text === '') {
    const isMistake = presence === 'required' || (presence === 'defaulted' && text === '');
    if (!isMistake) return { ok: true, value: unset(cloud) };
    const found = text === '' ? 'an empty value' : 'nothing';
    return { ok: false, problems: [`${name}: expected ${expected}; found ${found}`] };
  }
  const reading = read(text, cloud);
  if (reading.ok) return reading;
  return { ok: false, problems: reading.mistakes.map((mistake) => describe(name, expected, mistake)) };
}

function isSet({ name }: Setting<unknown>, env: Environment): boolean {
  return (env[name] ?? '').trim() !== '';
}

function describe(name: string, expected: string, { found, why }: Mistake): string {
  return `${name}: expected ${expected}; found ${show(found)}${why === null ? '' : `, ${why}`}`;
}

function show(text: string): string {
  return JSON.stringify(cut(text));
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** Mistakes that only several settings together show. What could not be read contradicts nothing. */
function findContradictions({ clusterCidrs, reservedCidrs, allocate }: Config): string[] {
  const problems: string[] = [];
  for (const [i, cidr] of clusterCidrs.entries()) {
    for (const other of clusterCidrs.slice(0, i).filter((earlier) => overlaps(earlier, cidr))) {
      const why = `which overlaps ${other.text}`;
      problems.push(
        describe(SETTINGS.clusterCidrs.name, 'networks apart from one another', { found: cidr.text, why }),
      );
    }
  }
  if (clusterCidrs.length === 0) return problems;
  for (const cidr of reservedCidrs.filter(
    (inner) => !clusterCidrs.some((outer) => containsCidr(outer, inner)),
  )) {
    const { name, expected } = SETTINGS.reservedCidrs;
    problems.push(describe(name, expected, { found: cidr.text, why: 'which lies outside them' }));
  }
  return [...problems, ...findAllocationProblems(allocate, clusterCidrs)];
}

/** What handing out blocks takes besides. */
function findUnmetNeeds({ allocate, podCidrSources }: Config, env: Environment): string[] {
  if (allocate[4] === null && allocate[6] === null) return [];
  const { name } = SETTINGS.allocate;
  const missing = [SETTINGS.cluster, SETTINGS.ledger].filter((setting) => !isSet(setting, env));
  const sources = (expected: string): string =>
    describe(SETTINGS.podCidrSources.name, expected, { found: podCidrSources.join(','), why: null });
  return [
    ...missing.map((setting) => `${name}: expected ${setting.name} beside it; found nothing`),
    ...(podCidrSources.includes('kubernetes')
      ? [sources(`no kubernetes beside ${name}, since one of the two has to hand out blocks`)]
      : []),
    ...(podCidrSources.includes('tag') ? [] : [sources(`tag beside ${name}, which writes it`)]),
  ];
}

function findAllocationProblems(allocate: BlockSizes, clusterCidrs: readonly Cidr[]): string[] {
  return ([4, 6] satisfies Family[]).flatMap((family) => {
    const size = allocate[family];
    if (size === null) return [];
    const ranges = clusterCidrs.filter((cidr) => cidr.family === family);
    const found = `/${size}`;
    const expected = `blocks smaller than an IPv${family} cluster CIDR`;
    const problem = (why: string) => describe(SETTINGS.allocate.name, expected, { found, why });
    if (ranges.length === 0) return [problem('but there are none of that family')];
    if (ranges.some((range) => size > range.prefix)) return [];
    return [problem(`no part of ${ranges.map(({ text }) => text).join(' or ')}`)];
  });
}

/** A single block size is for the family that the cluster has. */
function assignFamily(sizes: BlockSizes, clusterCidrs: readonly Cidr[]): BlockSizes {
  const isOnlyIPv6 = clusterCidrs.length > 0 && clusterCidrs.every((cidr) => cidr.family === 6);
  return isOnlyIPv6 && sizes[6] === null ? { 4: null, 6: sizes[4] } : sizes;
}

/** Names that look like settings and are none; a misspelt one would otherwise be a default nobody asked for. */
function findUnknownNames(env: Environment): string[] {
  const known = Object.values(SETTINGS).map(({ name }) => name);
  return Object.keys(env)
    .filter((name) => /^podroutes_/i.test(name) && env[name] !== undefined && !known.includes(name))
    .sort()
    .map(
      (name) =>
        `${cut(name)}: expected a known setting; the nearest is ${findNearest(cut(name).toUpperCase(), known)}`,
    );
}
