import { Token } from 'aws-cdk-lib';
import { type Config, describeProblems, readConfig } from '../../shared/core/config/config.ts';
import { SETTINGS } from '../../shared/core/config/settings.ts';
import type { Monitoring } from '../../shared/core/telemetry.ts';
import { DEFAULTS, isPropertyName, type Kind, RULES, SETTING_RULES, type SettingName } from './prop-rules.ts';
import type { PodRoutesProps, PropertyName } from './props.ts';

const SETTING_NAMES = Object.keys(SETTING_RULES) as SettingName[];

/** Those that mistakes may name: the ledger's the construct gives itself. */
const NAMED_SETTINGS = [...SETTING_NAMES, 'ledger'] as const;

/** Stand in for values that are known only when the stack is deployed. */
const PLACEHOLDERS: Readonly<Partial<Record<PropertyName, string>>> = {
  routeTables: 'rtb-00000000',
  eventBus: 'placeholder',
  kubernetes: 'https://placeholder',
  kubernetesToken: 'secret:placeholder',
};

/** The properties with their defaults, the environment of the functions, and what they will read in it. */
export interface CheckedProps {
  readonly props: Resolved;
  readonly environment: Readonly<Record<string, string>>;
  readonly config: Config;
  /** The cluster's name as metrics and logs have it: without one, the ids of the tables. */
  readonly cluster: string;
}

/** Every property that has a default is there. */
type Resolved = PodRoutesProps & Required<Pick<PodRoutesProps, keyof typeof DEFAULTS>>;

/**
 * Checks every property by the code that the functions read their settings with; throws one error that lists all
 * mistakes, each with the name of its property.
 *
 * @param region of the stack; null where that is known only when it is deployed
 */
export function readProps(given: PodRoutesProps, region: string | null): CheckedProps {
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  const wrong = present.flatMap(([name, value]) => checkProperty(name, value));
  const reading = readConfig({ ...environmentOf(given, standIn), ...ledgerOf(given) }, 'aws');
  const unreadable = reading.ok ? [] : reading.problems.map(nameProperty);
  // What is wrong in itself is named once, in the words of the property.
  const others = unreadable.filter((text) => !wrong.some(({ name }) => mentions(text, name)));
  const isSound = (...names: readonly PropertyName[]): boolean =>
    !wrong.some(({ name }) => names.some((each) => each === name));
  const interval = isSound('reconcileTimeoutSeconds', 'scheduleMinutes') ? checkInterval(given) : [];
  const elsewhere = checkRegion(given, region).filter(
    ({ name }) => !wrong.some((each) => each.name === name),
  );
  const problems = [
    ...wrong.map(({ problem }) => problem),
    ...others,
    ...interval,
    ...checkPlacement(given, reading.ok ? reading.config : null),
    ...checkMonitoring(given, reading.ok ? reading.config.monitoring : null),
    ...elsewhere.map(({ problem }) => problem),
  ];
  if (!reading.ok || problems.length > 0) throw new Error(describeProblems(problems));
  return {
    props: { ...DEFAULTS, ...Object.fromEntries(present), clusterCidrs: given.clusterCidrs },
    environment: {
      ...environmentOf(given, (_, value) => value),
      [SETTINGS.scheduleInterval.name]: `${given.scheduleMinutes ?? DEFAULTS.scheduleMinutes}m`,
    },
    config: reading.config,
    cluster: given.cluster ?? (given.routeTables ?? []).join(','),
  };
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(^|\\s)${name}\\b`).test(text.split(':')[0] ?? '');
}

/** What is wrong with a property. */
interface Mistake {
  readonly name: string;
  readonly problem: string;
}

function checkProperty(name: string, value: unknown): Mistake[] {
  if (!isPropertyName(name)) {
    const problem = `${name}: expected a known property; known: ${Object.keys(RULES).join(', ')}`;
    return [{ name, problem }];
  }
  const { kind, expected, accepts, ignoresCase = false } = RULES[name];
  const values = kind === 'list' && Array.isArray(value) ? value : [value];
  const right = values.length > 0 && values.every((single) => isOfKind(kind, single));
  const isMistake = !right || (kind === 'list' && !Array.isArray(value));
  if (
    isMistake ||
    !values.every((single) => Token.isUnresolved(single) || (isPlain(single) && accepts(single)))
  ) {
    return [{ name, problem: `${name}: expected ${expected}; found ${JSON.stringify(value)}` }];
  }
  const keys = values.map((single) => (ignoresCase ? String(single).toLowerCase() : single));
  const doubles = values.filter((_, i) => keys.indexOf(keys[i]) !== i && keys.lastIndexOf(keys[i]) === i);
  return doubles.map((double) => ({
    name,
    problem: `${name}: expected every value once; found ${JSON.stringify(double)} twice`,
  }));
}

/** The functions read their settings without the blanks around them; names made here would keep them. */
function isPlain(value: unknown): boolean {
  return typeof value !== 'string' || (value !== '' && value === value.trim());
}

/** What only several properties together show. */
function checkPlacement(
  { functionSubnetIds = [], functionSecurityGroupIds = [] }: PodRoutesProps,
  config: Config | null,
): string[] {
  const hasSubnets = functionSubnetIds.length > 0;
  const hasGroups = functionSecurityGroupIds.length > 0;
  return [
    ...(hasSubnets && !hasGroups
      ? ['functionSubnetIds: expected functionSecurityGroupIds beside it; found nothing']
      : []),
    ...(hasGroups && !hasSubnets
      ? ['functionSecurityGroupIds: expected functionSubnetIds beside it; found nothing']
      : []),
    ...(config?.kubernetes?.kind === 'kubeconfig'
      ? ['kubernetes: expected an address such as https://10.0.0.10:6443; found a kubeconfig']
      : []),
  ];
}

/** Whoever gives these expects to be told, or to have something to look at. */
function checkMonitoring(given: PodRoutesProps, found: Monitoring | null): string[] {
  const needs = [
    ['alarmEmails', given.alarmEmails !== undefined, ['full', 'essential']],
    ['alarmTopicArn', given.alarmTopicArn !== undefined, ['full', 'essential']],
    ['dashboard', given.dashboard === true, ['full']],
  ] as const;
  return needs
    .filter(([, isGiven, levels]) => isGiven && found !== null && !levels.some((level) => level === found))
    .map(
      ([name, , levels]) =>
        `${name}: expected monitoring at ${levels.join(' or ')} beside it; found ${found}`,
    );
}

/** A run that may outlast the interval would meet the next one. */
function checkInterval(given: PodRoutesProps): string[] {
  const seconds = given.reconcileTimeoutSeconds ?? DEFAULTS.reconcileTimeoutSeconds;
  const minutes = given.scheduleMinutes ?? DEFAULTS.scheduleMinutes;
  if (Token.isUnresolved(seconds) || Token.isUnresolved(minutes) || seconds <= minutes * 60) return [];
  const most = `at most ${minutes * 60}, the seconds of scheduleMinutes`;
  return [`reconcileTimeoutSeconds: expected ${most}; found ${seconds}`];
}

/** Neither do alarms reach a topic of another region, nor calls of the functions a bus of one. */
function checkRegion({ alarmTopicArn, eventBus }: PodRoutesProps, region: string | null): Mistake[] {
  if (region === null) return [];
  return Object.entries({ alarmTopicArn, eventBus }).flatMap(([name, value]) => {
    const [scheme, , , found] = Token.isUnresolved(value) ? [] : String(value).split(':');
    if (scheme !== 'arn' || found === region) return [];
    const expected = `expected an ARN of ${region}, where the stack is`;
    return [{ name, problem: `${name}: ${expected}; found ${JSON.stringify(value)}` }];
  });
}

function isOfKind(kind: Kind, value: unknown): boolean {
  const types = { text: 'string', list: 'string', count: 'number', flag: 'boolean' } as const;
  return typeof value === types[kind];
}

type Text = string | number | boolean;

function environmentOf(
  props: PodRoutesProps,
  write: (name: PropertyName, value: Text) => Text,
): Record<string, string> {
  return Object.fromEntries(
    SETTING_NAMES.flatMap((name): [string, string][] => {
      const value: Text | readonly Text[] | undefined = props[name];
      if (value === undefined) return [];
      const texts = [value].flat().map((single) => write(name, single));
      return [[SETTINGS[name].name, texts.join(',')]];
    }),
  );
}

/** Stands in for the table that is made, where something needs it. */
function ledgerOf({ ledger = DEFAULTS.ledger, allocate }: PodRoutesProps): Record<string, string> {
  return ledger && allocate !== undefined ? { [SETTINGS.ledger.name]: 'dynamodb:placeholder' } : {};
}

function standIn(name: PropertyName, value: Text): Text {
  return Token.isUnresolved(value) ? (PLACEHOLDERS[name] ?? value) : value;
}

/** The functions name the variable; who writes a template knows the property. */
function nameProperty(problem: string): string {
  return NAMED_SETTINGS.reduce(
    (text, name) => text.replace(new RegExp(`\\b${SETTINGS[name].name}\\b`, 'g'), name),
    problem,
  );
}
