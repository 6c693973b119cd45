import { redeliveryOf } from '../redelivery.ts';
import { rateOf } from '../schedule.ts';
import type { DocumentedProperty } from './documented.ts';
import { elementOf, MAPPINGS_OF } from './fill.ts';
import { LISTS, type ListName } from './marks.ts';
import {
  EVENTS_TIMEOUTS,
  PARAMETERS,
  type Parameter,
  RECONCILE_TIMEOUTS,
  SCHEDULE_MINUTES,
  SOURCES,
} from './parameters.ts';
import { slotCondition } from './slots.ts';

type Plain = Readonly<Record<string, unknown>>;

const ref = (name: string): Plain => ({ Ref: name });
const equals = (a: unknown, b: string): Plain => ({ 'Fn::Equals': [a, b] });
const not = (expression: Plain): Plain => ({ 'Fn::Not': [expression] });
const isGiven = (parameter: string): Plain => not(equals(ref(parameter), ''));
const isArn = (parameter: string): Plain =>
  equals({ 'Fn::Select': [0, { 'Fn::Split': [':', ref(parameter)] }] }, 'arn');
const sourcesWithout = (word: string): string[] => SOURCES.filter((each) => !each.split(',').includes(word));
const reads = (word: string): Plain =>
  not({ 'Fn::Or': sourcesWithout(word).map((each) => equals(ref('PodCidrSources'), each)) });

/** Parameters that say by being given that something is wanted. */
const GIVEN = [
  'NodeTagKey',
  'NodeTagValue',
  'Kubernetes',
  'KubernetesCa',
  'Allocate',
  'ReservedCidrs',
  'EventBus',
  'DocsUrl',
];

/** Every condition that the samples, the lists and the settings name. */
export const CONDITIONS: Readonly<Record<string, Plain>> = {
  ...Object.fromEntries(GIVEN.map((name) => [`Has${name}`, isGiven(name)])),
  ReadsUserData: reads('user-data'),
  ReadsNodeObjects: reads('kubernetes'),
  HasTokenSecretArn: isArn('KubernetesTokenSecret'),
  HasTokenSecret: isGiven('KubernetesTokenSecret'),
  HasTokenAudience: isGiven('KubernetesTokenAudience'),
  HasEventBusArn: isArn('EventBus'),
  KeepsLedger: equals(ref('Ledger'), 'true'),
  EnsuresForwarding: equals(ref('Forwarding'), 'ensure'),
  CreatesHooks: equals(ref('CreateHooks'), 'true'),
  ActsOnDrift: equals(ref('DriftEvents'), 'true'),
  ReservesConcurrency: equals(ref('ReserveConcurrency'), 'true'),
  EncryptsQueuesWithKey: equals(ref('EncryptQueuesWithKey'), 'true'),
  WatchesEverything: equals(ref('Monitoring'), 'full'),
  WatchesEssentials: equals(ref('Monitoring'), 'essential'),
  HasAlarmTopic: isGiven('AlarmTopicArn'),
  HasDashboard: equals(ref('Dashboard'), 'true'),
  ...Object.fromEntries(
    Object.entries(LISTS).flatMap(([list, { most }]) =>
      Array.from({ length: most }, (_, i) => {
        const name = list as ListName;
        return [slotCondition(name, i), i === 0 ? isGiven(name) : not(equals(elementOf(name, i), ''))];
      }),
    ),
  ),
};

/** What the construct works out of numbers. */
export const MAPPINGS = {
  [MAPPINGS_OF.ScheduleMinutes]: Object.fromEntries(
    SCHEDULE_MINUTES.map((minutes) => [minutes, { Seconds: String(minutes * 60), Rate: rateOf(minutes) }]),
  ),
  [MAPPINGS_OF.EventsTimeoutSeconds]: Object.fromEntries(
    EVENTS_TIMEOUTS.map((seconds) => {
      const { visibilitySeconds, maxReceives } = redeliveryOf(seconds);
      const waiting = redeliveryOf(seconds, true).maxReceives;
      const texts = [visibilitySeconds, maxReceives, waiting].map(String);
      return [seconds, { Visibility: texts[0], Receives: texts[1], ReceivesWaiting: texts[2] }];
    }),
  ),
};

const contains = (values: readonly (string | number)[], parameter: string): Plain => ({
  'Fn::Contains': [values.map(String), ref(parameter)],
});

function rule(assertion: Plain, description: string, condition?: Plain): Plain {
  return {
    ...(condition !== undefined && { RuleCondition: condition }),
    Assertions: [{ Assert: assertion, AssertDescription: description }],
  };
}

const either = (a: Plain, b: Plain): Plain => ({
  'Fn::Or': [{ 'Fn::And': [a, not(b)] }, { 'Fn::And': [not(a), b] }],
});

/** What only several parameters together show. */
export const RULES: Readonly<Record<string, Plain>> = {
  NodeTag: rule(
    isGiven('NodeTagKey'),
    'NodeTagValue: expected NodeTagKey beside it',
    isGiven('NodeTagValue'),
  ),
  TokenOfKubernetes: rule(
    either(isGiven('KubernetesTokenSecret'), isGiven('KubernetesTokenAudience')),
    'Kubernetes: expected one of KubernetesTokenSecret and KubernetesTokenAudience beside it',
    isGiven('Kubernetes'),
  ),
  KubernetesOfSource: rule(
    isGiven('Kubernetes'),
    'PodCidrSources: expected Kubernetes beside the source kubernetes, and beside KubernetesCa and a token',
    {
      'Fn::Or': [
        contains(
          SOURCES.filter((each) => each.includes('kubernetes')),
          'PodCidrSources',
        ),
        ...['KubernetesCa', 'KubernetesTokenSecret', 'KubernetesTokenAudience'].map(isGiven),
      ],
    },
  ),
  Placement: rule(
    {
      'Fn::Or': [
        { 'Fn::And': ['FunctionSubnetIds', 'FunctionSecurityGroupIds'].map(isGiven) },
        { 'Fn::And': ['FunctionSubnetIds', 'FunctionSecurityGroupIds'].map((name) => not(isGiven(name))) },
      ],
    },
    'FunctionSubnetIds, FunctionSecurityGroupIds: expected both or neither',
  ),
  Receivers: rule(
    { 'Fn::And': ['AlarmEmails', 'AlarmTopicArn'].map((name) => not(isGiven(name))) },
    'AlarmEmails, AlarmTopicArn: expected Monitoring at full or essential beside them',
    equals(ref('Monitoring'), 'off'),
  ),
  Allocation: rule(
    {
      'Fn::And': [
        equals(ref('Ledger'), 'true'),
        contains(['tag', 'tag,user-data', 'user-data,tag'], 'PodCidrSources'),
      ],
    },
    'Allocate: expected Ledger to be true, and PodCidrSources with tag and without kubernetes',
    isGiven('Allocate'),
  ),
  ...Object.fromEntries(
    SCHEDULE_MINUTES.filter((minutes) => minutes * 60 < Math.max(...RECONCILE_TIMEOUTS)).map((minutes) => [
      `Interval${minutes}`,
      rule(
        contains(
          RECONCILE_TIMEOUTS.filter((seconds) => seconds <= minutes * 60),
          'ReconcileTimeoutSeconds',
        ),
        `ReconcileTimeoutSeconds: expected at most ${minutes * 60}, the seconds of ScheduleMinutes`,
        equals(ref('ScheduleMinutes'), String(minutes)),
      ),
    ]),
  ),
};

function describe({ property, part }: Parameter, documented: readonly DocumentedProperty[]) {
  const found = documented.find(({ name }) => name === property);
  if (found === undefined) throw new Error(`${property}: expected a docstring; found none`);
  return { ...found, text: [part, found.text].filter((each) => each !== undefined).join(' ') };
}

/** The section of parameters, in the words of the construct's properties. */
export function writeParameters(documented: readonly DocumentedProperty[]): Plain {
  return Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, parameter]) => {
      const { type = 'String', values, pattern, from, to, expected, required } = parameter;
      const { text, standard } = describe(parameter, documented);
      const value = parameter.default ?? ('value' in standard ? standard.value.replaceAll(', ', ',') : '');
      const section = {
        Type: type,
        Description: text,
        ...(required !== true && { Default: type === 'Number' ? Number(value) : value }),
        ...(values !== undefined && { AllowedValues: values }),
        ...(pattern !== undefined && { AllowedPattern: pattern }),
        ...(from !== undefined && { MinValue: from }),
        ...(to !== undefined && { MaxValue: to }),
        ...(expected !== undefined && { ConstraintDescription: `expected ${expected}` }),
      };
      return [name, section];
    }),
  );
}

/** How the console groups the parameters. */
export function writeInterface(): Plain {
  const groups = Map.groupBy(Object.entries(PARAMETERS), ([, { group }]) => group);
  return {
    'AWS::CloudFormation::Interface': {
      ParameterGroups: [...groups].map(([group, members]) => ({
        Label: { default: group },
        Parameters: members.map(([name]) => name),
      })),
    },
  };
}
