import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { PropertyName } from '../props.ts';
import { LISTS, type ListName } from './marks.ts';

/** A parameter of the template; its text and its default are those of the property. */
export interface Parameter {
  readonly group: string;
  readonly property: PropertyName;
  /** Said before the property's text, where the parameter is only a part of it. */
  readonly part?: string;
  readonly type?: 'Number';
  readonly pattern?: string;
  readonly values?: readonly (string | number)[];
  readonly from?: number;
  readonly to?: number;
  readonly expected?: string;
  /** What each element has to be, where the text is a list of them, separated by commas. */
  readonly elements?: { readonly pattern: string; readonly expected: string; readonly most?: number };
  /** Whether the stack cannot be made without it. */
  readonly required?: true;
  /** Where it is not that of the property. */
  readonly default?: string;
}

const FLAG = { values: ['true', 'false'] };

/** Every parameter may be left empty that has no default, unless it is required. */
const optional = (pattern: string): string => `^$|${pattern}`;

/** Texts that stand in JSON as they are. */
const TAG_TEXT = '[^"\\\\*?,\\x00-\\x1f]';
const CIDR = '[0-9a-fA-F.:]+/[0-9]{1,3}';
const CIDRS = `${CIDR}(,${CIDR})*`;

type ListParameter = Pick<Parameter, 'pattern' | 'expected' | 'elements'>;

function list(name: ListName, pattern: string, expected: string): ListParameter {
  const { most } = LISTS[name];
  return {
    elements: { pattern, expected, most },
    pattern: optional(`^${pattern}(,${pattern}){0,${most - 1}}$`),
    expected: `at most ${most} ${expected}, separated by commas without blanks`,
  };
}

function networks(pattern: string, expected: string): ListParameter {
  return {
    elements: { pattern: CIDR, expected },
    pattern,
    expected: `${expected}, separated by commas without blanks`,
  };
}

/** Every order of `tag`, `user-data` and `kubernetes`, and of some of them. */
export const SOURCES: readonly string[] = orders(['tag', 'user-data', 'kubernetes']).map((each) =>
  each.join(),
);

function orders(words: readonly string[]): string[][] {
  return words.flatMap((word) => [
    [word],
    ...orders(words.filter((other) => other !== word)).map((rest) => [word, ...rest]),
  ]);
}

/** What the construct works out of these is in a mapping, whose keys are texts: a template cannot calculate. */
export const SCHEDULE_MINUTES = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180];
export const EVENTS_TIMEOUTS = [10, 20, 30, 60, 90, 120, 180, 300, 600, 900];
export const RECONCILE_TIMEOUTS = [10, 20, 30, 60, 120, 180, 300, 600, 900];

const RETENTIONS = Object.values(RetentionDays).filter(
  (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

/** Every parameter by its name, in the order and the groups in which the console asks for them. */
export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  Cluster: {
    group: 'Cluster',
    property: 'cluster',
    pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,89}$',
    expected: 'letters, digits, dots, hyphens and underscores, at most 90, beginning with a letter or digit',
    required: true,
  },
  ClusterCidrs: {
    group: 'Cluster',
    property: 'clusterCidrs',
    ...networks(`^${CIDRS}$`, 'networks such as 10.200.0.0/16 or fd00:200::/48'),
    required: true,
  },
  RouteTables: {
    group: 'Cluster',
    property: 'routeTables',
    ...list('RouteTables', 'rtb-[0-9a-f]+', 'ids such as rtb-0123abcd'),
  },
  VpcIds: {
    group: 'Cluster',
    property: 'vpcIds',
    ...list('VpcIds', 'vpc-[0-9a-f]+', 'ids such as vpc-0123abcd'),
  },
  NodeTagKey: {
    group: 'Cluster',
    property: 'nodeTag',
    part: 'The key.',
    pattern: optional(`^${TAG_TEXT.replace(',', '=,')}{1,128}$`),
    expected: 'the key of a tag, without " \\ * ? = and commas',
  },
  NodeTagValue: {
    group: 'Cluster',
    property: 'nodeTag',
    part: 'The value; empty for any.',
    pattern: optional(`^${TAG_TEXT}{1,256}$`),
    expected: 'the value of a tag, without " \\ * ? and commas',
  },
  PodCidrTag: {
    group: 'Claims',
    property: 'podCidrTag',
    pattern: `^${TAG_TEXT}{1,128}$`,
    expected: 'a tag name of at most 128 characters, without " \\ * ? and commas',
  },
  PodCidrSources: { group: 'Claims', property: 'podCidrSources', values: SOURCES },
  MaxClaims: { group: 'Claims', property: 'maxClaims', type: 'Number', from: 1 },
  Allocate: {
    group: 'Claims',
    property: 'allocate',
    pattern: '^$|^/[0-9]{1,3}(,/[0-9]{1,3})?$',
    expected: '/24 or /24,/64',
  },
  ReservedCidrs: {
    group: 'Claims',
    property: 'reservedCidrs',
    ...networks(optional(`^${CIDRS}$`), 'networks inside the cluster CIDRs'),
  },
  Kubernetes: {
    group: 'Kubernetes API',
    property: 'kubernetes',
    pattern: '^$|^https://[^\\s"\\\\]+$',
    expected: 'an address such as https://10.0.0.10:6443',
  },
  KubernetesCa: {
    group: 'Kubernetes API',
    property: 'kubernetesCa',
    pattern: '^[A-Za-z0-9+/=\\s-]*$',
    expected: 'certificates in PEM, or Base64 of it',
  },
  KubernetesTokenSecret: {
    group: 'Kubernetes API',
    property: 'kubernetesToken',
    part: 'Name or ARN of the secret, without `secret:`.',
    pattern: '^[A-Za-z0-9/_+=.@:-]{0,512}$',
    expected: 'the name or the ARN of a secret',
  },
  KubernetesTokenAudience: {
    group: 'Kubernetes API',
    property: 'kubernetesToken',
    part: 'The audience, without `identity:`.',
    pattern: '^[!#-\\[\\]-~]{0,1000}$',
    expected: 'an audience, without " and \\',
  },
  FunctionSubnetIds: {
    group: 'Kubernetes API',
    property: 'functionSubnetIds',
    ...list('FunctionSubnetIds', 'subnet-[0-9a-f]+', 'ids such as subnet-0123abcd'),
  },
  FunctionSecurityGroupIds: {
    group: 'Kubernetes API',
    property: 'functionSecurityGroupIds',
    ...list('FunctionSecurityGroupIds', 'sg-[0-9a-f]+', 'ids such as sg-0123abcd'),
  },
  RouteLimit: { group: 'Routes', property: 'routeLimit', type: 'Number', from: 1 },
  MaxDeletes: {
    group: 'Routes',
    property: 'maxDeletes',
    pattern: '^[0-9]+%?$',
    expected: 'a whole number, or a percentage from 0% to 100%',
  },
  Grace: { group: 'Routes', property: 'grace', pattern: '^[0-9]+[smh]$', expected: 'a time such as 15m' },
  StoppedNodes: { group: 'Routes', property: 'stoppedNodes', values: ['keep', 'remove'] },
  Forwarding: { group: 'Routes', property: 'forwarding', values: ['ensure', 'report', 'ignore'] },
  DryRun: { group: 'Routes', property: 'dryRun', ...FLAG },
  Ledger: { group: 'Routes', property: 'ledger', ...FLAG },
  AutoScalingGroups: {
    group: 'Events',
    property: 'autoScalingGroups',
    ...list(
      'AutoScalingGroups',
      '[^"\\\\*?,\\x00-\\x1f]{1,255}',
      'names without wildcards, quotes, backslashes and commas',
    ),
  },
  CreateHooks: { group: 'Events', property: 'createHooks', ...FLAG },
  HookDefaultResult: { group: 'Events', property: 'hookDefaultResult', values: ['CONTINUE', 'ABANDON'] },
  LifecycleHook: {
    group: 'Events',
    property: 'lifecycleHook',
    pattern: '^[A-Za-z0-9_/-]{1,255}$',
    expected: 'the name of a lifecycle hook',
  },
  DriftEvents: { group: 'Events', property: 'driftEvents', ...FLAG },
  EventBus: {
    group: 'Events',
    property: 'eventBus',
    pattern: '^$|^(arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/)?[A-Za-z0-9_./-]{1,256}$',
    expected: 'the name or the ARN of an event bus',
  },
  ScheduleMinutes: {
    group: 'Functions',
    property: 'scheduleMinutes',
    values: SCHEDULE_MINUTES.map(String),
  },
  MemoryMb: { group: 'Functions', property: 'memoryMb', type: 'Number', from: 128, to: 10_240 },
  EventsTimeoutSeconds: {
    group: 'Functions',
    property: 'eventsTimeoutSeconds',
    values: EVENTS_TIMEOUTS.map(String),
  },
  ReconcileTimeoutSeconds: {
    group: 'Functions',
    property: 'reconcileTimeoutSeconds',
    type: 'Number',
    values: RECONCILE_TIMEOUTS,
  },
  ReserveConcurrency: { group: 'Functions', property: 'reserveConcurrency', ...FLAG },
  EncryptQueuesWithKey: {
    group: 'Functions',
    property: 'encryptQueuesWithKey',
    ...FLAG,
    default: 'false',
  },
  LogRetentionDays: {
    group: 'Monitoring',
    property: 'logRetentionDays',
    type: 'Number',
    values: RETENTIONS,
  },
  LogLevel: { group: 'Monitoring', property: 'logLevel', values: ['DEBUG', 'INFO', 'WARN', 'ERROR'] },
  Monitoring: { group: 'Monitoring', property: 'monitoring', values: ['full', 'essential', 'off'] },
  AlarmEmails: {
    group: 'Monitoring',
    property: 'alarmEmails',
    ...list('AlarmEmails', '[^\\s@",]+@[^\\s@",]+', 'addresses such as ops@example.com'),
  },
  AlarmTopicArn: {
    group: 'Monitoring',
    property: 'alarmTopicArn',
    pattern: '^$|^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$',
    expected: 'the ARN of an SNS topic',
  },
  DocsUrl: {
    group: 'Monitoring',
    property: 'docsUrl',
    pattern: '^$|^https://[^\\s"\\\\]*[^/\\s"\\\\]$',
    expected: 'an address such as https://git.example.com/podroutes/docs',
  },
  EventToRouteSeconds: {
    group: 'Monitoring',
    property: 'eventToRouteSeconds',
    type: 'Number',
    from: 1,
    to: 86_400,
  },
  Dashboard: { group: 'Monitoring', property: 'dashboard', ...FLAG },
};
