import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { PodRoutes } from '../pod-routes.ts';
import type { PodRoutesProps } from '../props.ts';
import { MARKS, SLOTS, slotMarks } from './marks.ts';

/** What the construct decides by, and the cases that it distinguishes. */
interface Choice {
  /** Each case but the last by the condition of the template that means it; the first that holds decides. */
  readonly conditions: readonly string[];
  readonly cases: readonly Case[];
}

/** Properties of a case; `sources` are added to where claims are looked for. */
type Case = Partial<PodRoutesProps> & { readonly sources?: readonly string[] };

const given = (condition: string, props: Case, otherwise: Case = {}): Choice => ({
  conditions: [condition],
  cases: [props, otherwise],
});

export type ChoiceName =
  | 'routeTables'
  | 'nodeTag'
  | 'userData'
  | 'nodeObjects'
  | 'token'
  | 'subnets'
  | 'ledger'
  | 'allocate'
  | 'forwarding'
  | 'eventBus'
  | 'groups'
  | 'createHooks'
  | 'vpcIds'
  | 'driftEvents'
  | 'reserveConcurrency'
  | 'encryptQueues'
  | 'monitoring'
  | 'alarmTopic'
  | 'docsUrl'
  | 'dashboard';

/** Everything that decides which resources, statements and values there are. */
export const CHOICES: Readonly<Record<ChoiceName, Choice>> = {
  routeTables: given('HasRouteTables', { routeTables: slotMarks('RouteTables') }),
  nodeTag: {
    conditions: ['HasNodeTagValue', 'HasNodeTagKey'],
    cases: [{ nodeTag: `${MARKS.NodeTagKey}=${MARKS.NodeTagValue}` }, { nodeTag: MARKS.NodeTagKey }, {}],
  },
  userData: given('ReadsUserData', { sources: ['user-data'] }),
  nodeObjects: given('ReadsNodeObjects', { sources: ['kubernetes'] }),
  token: {
    conditions: ['HasTokenSecretArn', 'HasTokenSecret', 'HasTokenAudience'],
    cases: [
      { kubernetesToken: `secret:${MARKS.KubernetesTokenSecretArn}` },
      { kubernetesToken: `secret:${MARKS.KubernetesTokenSecret}` },
      { kubernetesToken: `identity:${MARKS.KubernetesTokenAudience}` },
      {},
    ],
  },
  subnets: given('HasFunctionSubnetIds', {
    functionSubnetIds: slotMarks('FunctionSubnetIds'),
    functionSecurityGroupIds: slotMarks('FunctionSecurityGroupIds'),
  }),
  ledger: given('KeepsLedger', {}, { ledger: false }),
  allocate: given('HasAllocate', { allocate: '/24' }),
  forwarding: given('EnsuresForwarding', { forwarding: 'ensure' }, { forwarding: 'report' }),
  eventBus: {
    conditions: ['HasEventBusArn', 'HasEventBus'],
    cases: [{ eventBus: MARKS.EventBusArn }, { eventBus: MARKS.EventBus }, {}],
  },
  groups: given('HasAutoScalingGroups', { autoScalingGroups: slotMarks('AutoScalingGroups') }),
  createHooks: given('CreatesHooks', {}, { createHooks: false }),
  vpcIds: given('HasVpcIds', { vpcIds: slotMarks('VpcIds') }),
  driftEvents: given('ActsOnDrift', { driftEvents: true }),
  reserveConcurrency: given('ReservesConcurrency', { reserveConcurrency: true }),
  encryptQueues: given('EncryptsQueuesWithKey', { encryptQueuesWithKey: true }),
  monitoring: {
    conditions: ['WatchesEverything', 'WatchesEssentials'],
    cases: [
      { monitoring: 'full', alarmEmails: slotMarks('AlarmEmails') },
      { monitoring: 'essential', alarmEmails: slotMarks('AlarmEmails') },
      { monitoring: 'off' },
    ],
  },
  alarmTopic: given('HasAlarmTopic', { alarmTopicArn: MARKS.AlarmTopicArn }),
  docsUrl: given('HasDocsUrl', { docsUrl: MARKS.DocsUrl }),
  dashboard: given('HasDashboard', {}, { dashboard: false }),
};

export const CHOICE_NAMES = Object.keys(CHOICES) as readonly ChoiceName[];

/** Which case of each choice. */
export type Selection = Readonly<Record<ChoiceName, number>>;

/** A template as plain JSON. */
export interface PlainTemplate {
  readonly Resources: Readonly<Record<string, PlainResource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

export interface PlainResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

export interface Sample {
  readonly selection: Selection;
  readonly template: PlainTemplate;
}

/** Enough that of any three choices nearly every combination is seen; a choice that stays ambiguous is refused. */
const SAMPLES = 80;

/** What the construct makes of marks in place of values, in many combinations of the choices. */
export function takeSamples(): readonly Sample[] {
  const outdir = mkdtempSync(join(tmpdir(), 'podroutes-'));
  try {
    return selections().map((selection) => ({ selection, template: synthesize(propsOf(selection), outdir) }));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function selections(): Selection[] {
  const random = createRandom(1);
  const all = (pick: (cases: number) => number): Selection =>
    repair(
      Object.fromEntries(CHOICE_NAMES.map((name) => [name, pick(CHOICES[name].cases.length)])) as Selection,
    );
  const edges = [all(() => 0), all((cases) => cases - 1)];
  return [
    ...edges,
    ...Array.from({ length: SAMPLES - edges.length }, () => all((cases) => Math.floor(random() * cases))),
  ];
}

/** What the construct refuses, the template's rules refuse as well. */
function repair(selection: Selection): Selection {
  const allocates = selection.allocate === 0;
  const nodeObjects = allocates ? 1 : selection.nodeObjects;
  return {
    ...selection,
    nodeObjects,
    ledger: allocates ? 0 : selection.ledger,
    alarmTopic: selection.monitoring === 2 ? 1 : selection.alarmTopic,
    token: nodeObjects === 0 && selection.token === 3 ? 2 : selection.token,
  };
}

/** The same numbers from 0 to 1 in every run: Mulberry32, since those of a linear generator depend on each other. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function propsOf(selection: Selection): PodRoutesProps {
  const cases: readonly Case[] = CHOICE_NAMES.map((name) => CHOICES[name].cases[selection[name]] ?? {});
  const { sources: _, ...props } = Object.assign({}, ...cases);
  return {
    ...SLOTS,
    ...props,
    podCidrSources: ['tag', ...cases.flatMap(({ sources = [] }) => sources)],
    ...(props.kubernetesToken !== undefined && { kubernetes: MARKS.Kubernetes }),
  };
}

/** The template for these properties, without what the CDK needs of its own. */
function synthesize(props: PodRoutesProps, outdir: string): PlainTemplate {
  const app = new App({
    ...{ outdir, analyticsReporting: false, treeMetadata: false, builtinCloudFormationValidation: false },
    context: { ...flags, 'aws:cdk:disable-asset-staging': true },
  });
  const stack = new Stack(app, MARKS.StackName);
  new PodRoutes(stack, 'PodRoutes', props);
  const { Resources, Outputs }: PlainTemplate = app.synth().getStackByName(stack.stackName).template;
  return { Resources, Outputs };
}
