import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SETTINGS } from '../../shared/core/config/settings.ts';
import type { PodRoutesProps, PropertyName } from './props.ts';

/** What properties are unless given; the settings of the functions have their own defaults. */
export const DEFAULTS = {
  functionSubnetIds: [],
  functionSecurityGroupIds: [],
  ledger: true,
  autoScalingGroups: [],
  createHooks: true,
  hookDefaultResult: 'CONTINUE',
  vpcIds: [],
  driftEvents: false,
  scheduleMinutes: 5,
  reserveConcurrency: false,
  memoryMb: 512,
  eventsTimeoutSeconds: 60,
  reconcileTimeoutSeconds: 60,
  encryptQueuesWithKey: false,
  logRetentionDays: 30,
  logLevel: 'INFO',
  monitoring: 'full',
  alarmEmails: [],
  eventToRouteSeconds: 60,
  dashboard: true,
} as const satisfies Partial<PodRoutesProps>;

/** How a property is written: a context value on the command line is text, whatever it stands for. */
export type Kind = 'text' | 'list' | 'count' | 'flag';

interface Rule {
  readonly kind: Kind;
  /** Completes the sentence `expected …`. */
  readonly expected: string;
  /** Holds for a value of the kind; tokens are not asked. */
  readonly accepts: (value: unknown) => boolean;
  /** Whether two values that differ in case alone are the same. */
  readonly ignoresCase?: boolean;
}

const always = (): boolean => true;
const flag: Rule = { kind: 'flag', expected: 'true or false', accepts: always };

function text(expected: string, pattern: RegExp, kind: 'text' | 'list' = 'text'): Rule {
  return { kind, expected, accepts: (value) => pattern.test(String(value)) };
}

function list(expected: string, pattern: RegExp): Rule {
  return text(`a list, not empty, of ${expected}`, pattern, 'list');
}

function count(expected: string, accepts: (value: number) => boolean): Rule {
  return { kind: 'count', expected, accepts: (value) => Number.isInteger(value) && accepts(Number(value)) };
}

function from(least: number, most: number): Rule {
  return count(`a whole number from ${least} to ${most}`, (value) => value >= least && value <= most);
}

/** What the functions read themselves is checked by their own code, beyond its kind. */
function setting(kind: Kind, { expected }: { readonly expected: string }): Rule {
  return { kind, expected, accepts: always };
}

/** Properties that the functions take as settings, by the same names. */
export const SETTING_RULES = {
  cluster: setting('text', SETTINGS.cluster),
  clusterCidrs: setting('list', SETTINGS.clusterCidrs),
  routeTables: list('ids such as rtb-0123abcd', /^rtb-[\da-f]+$/),
  nodeTag: setting('text', SETTINGS.nodeTag),
  podCidrTag: setting('text', SETTINGS.podCidrTag),
  podCidrSources: setting('list', SETTINGS.podCidrSources),
  routeLimit: setting('count', SETTINGS.routeLimit),
  maxDeletes: setting('text', { expected: 'text: a count such as "5", or a percentage such as "30%"' }),
  grace: setting('text', SETTINGS.grace),
  kubernetes: setting('text', SETTINGS.kubernetes),
  kubernetesCa: setting('text', SETTINGS.kubernetesCa),
  kubernetesToken: setting('text', SETTINGS.kubernetesToken),
  maxClaims: setting('count', SETTINGS.maxClaims),
  allocate: setting('text', SETTINGS.allocate),
  reservedCidrs: setting('list', SETTINGS.reservedCidrs),
  stoppedNodes: setting('text', SETTINGS.stoppedNodes),
  forwarding: setting('text', SETTINGS.forwarding),
  dryRun: setting('flag', SETTINGS.dryRun),
  eventBus: setting('text', SETTINGS.eventBus),
  lifecycleHook: setting('text', SETTINGS.lifecycleHook),
  monitoring: setting('text', SETTINGS.monitoring),
} as const satisfies Partial<Record<keyof typeof SETTINGS & PropertyName, Rule>>;

export type SettingName = keyof typeof SETTING_RULES;

const RETENTIONS = Object.values(RetentionDays).filter(
  (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

/** Every property, with what it has to be. */
export const RULES: Readonly<Record<PropertyName, Rule>> = {
  ...SETTING_RULES,
  functionSubnetIds: list('ids such as subnet-0123abcd', /^subnet-[\da-f]+$/),
  functionSecurityGroupIds: list('ids such as sg-0123abcd', /^sg-[\da-f]+$/),
  ledger: flag,
  autoScalingGroups: list(
    'names of Auto Scaling groups, without wildcards',
    /^(?!.*[*?])[\x20-\x7e]{1,255}$/,
  ),
  createHooks: flag,
  hookDefaultResult: text('CONTINUE or ABANDON', /^(CONTINUE|ABANDON)$/),
  vpcIds: list('ids such as vpc-0123abcd', /^vpc-[\da-f]+$/),
  driftEvents: flag,
  // An alarm over all tables sees three hours: its metric query reads no more.
  scheduleMinutes: from(1, 180),
  reserveConcurrency: flag,
  memoryMb: from(128, 10_240),
  eventsTimeoutSeconds: from(10, 900),
  reconcileTimeoutSeconds: from(10, 900),
  encryptQueuesWithKey: flag,
  logRetentionDays: count(`one of ${RETENTIONS.join(', ')}`, (days) => RETENTIONS.includes(days)),
  logLevel: text('DEBUG, INFO, WARN or ERROR', /^(DEBUG|INFO|WARN|ERROR)$/),
  alarmEmails: { ...list('addresses such as ops@example.com', /^[^\s@]+@[^\s@]+$/), ignoresCase: true },
  alarmTopicArn: text('the ARN of an SNS topic', /^arn:aws[a-z-]*:sns:[a-z\d-]+:\d{12}:[\w-]+$/),
  docsUrl: text('an address such as https://git.example.com/podroutes/docs', /^https:\/\/\S*[^/\s]$/),
  eventToRouteSeconds: from(1, 86_400),
  dashboard: flag,
};

export function isPropertyName(name: string): name is PropertyName {
  return Object.hasOwn(RULES, name);
}
