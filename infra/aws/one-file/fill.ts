import { SETTINGS } from '../../../shared/core/config/settings.ts';
import { SETTING_RULES, type SettingName } from '../prop-rules.ts';
import { redeliveryOf } from '../redelivery.ts';
import { LISTS, type ListName, MARKS, NUMBERS } from './marks.ts';
import { NO_VALUE } from './merge.ts';

type Expression = Readonly<Record<string, unknown>>;

/** Parameters that something is worked out of, and the mapping that has it. */
export const MAPPINGS_OF = { ScheduleMinutes: 'Schedules', EventsTimeoutSeconds: 'Redeliveries' } as const;

type MappedParameter = keyof typeof MAPPINGS_OF;

const ref = (name: string): Expression => ({ Ref: name });
const lookUp = (parameter: MappedParameter, what: string): Expression => ({
  'Fn::FindInMap': [MAPPINGS_OF[parameter], ref(parameter), what],
});
/** In a text of `Fn::Sub`. */
const placeFor = (name: string): string => `\${${name}}`;
const unlessEmpty = (parameter: string, value: Expression = ref(parameter)): Expression => ({
  'Fn::If': [`Has${parameter}`, value, NO_VALUE],
});

/** Parameters whose marks have other names than they themselves. */
const REFERENCES: Readonly<Partial<Record<keyof typeof MARKS, string>>> = {
  StackName: 'AWS::StackName',
  KubernetesTokenSecretArn: 'KubernetesTokenSecret',
  EventBusArn: 'EventBus',
};

/** The element of a list; behind the list stand empty ones, so that none is out of bounds. */
export function elementOf(name: ListName, i: number): Expression {
  const padding = ','.repeat(LISTS[name].most);
  return { 'Fn::Select': [i, { 'Fn::Split': [',', { 'Fn::Sub': `${placeFor(name)}${padding}` }] }] };
}

/** What a mark in a text stands for: a parameter, or a value by the name that it has in `Fn::Sub`. */
interface Filling {
  readonly name: string;
  readonly value: Expression | null;
}

const TEXTS: ReadonlyMap<string, Filling> = new Map<string, Filling>([
  ...Object.entries(MARKS).map(
    ([mark, text]) => [text, { name: REFERENCES[mark as keyof typeof MARKS] ?? mark, value: null }] as const,
  ),
  ...Object.entries(LISTS).flatMap(([name, { most, mark }]) =>
    Array.from({ length: most }, (_, i) => {
      const value = elementOf(name as ListName, i);
      return [mark(i), { name: `${name}${i + 1}`, value }] as const;
    }),
  ),
]);

const MARK = new RegExp([...TEXTS.keys()].map((text) => text.replaceAll('.', '\\.')).join('|'), 'g');

const { visibilitySeconds, maxReceives } = redeliveryOf(NUMBERS.EventsTimeoutSeconds);

/** Numbers that are those of a parameter, or follow from them. */
const NUMBERS_OF: ReadonlyMap<unknown, Expression> = new Map([
  ...Object.entries(NUMBERS).map(([name, number]) => [number, ref(name)] as const),
  [NUMBERS.ScheduleMinutes * 60, lookUp('ScheduleMinutes', 'Seconds')],
  [visibilitySeconds, lookUp('EventsTimeoutSeconds', 'Visibility')],
]);

/** Small enough to stand elsewhere, too. */
const RECEIVES: ReadonlyMap<unknown, Expression> = new Map([
  [maxReceives, lookUp('EventsTimeoutSeconds', 'Receives')],
  [
    redeliveryOf(NUMBERS.EventsTimeoutSeconds, true).maxReceives,
    lookUp('EventsTimeoutSeconds', 'ReceivesWaiting'),
  ],
]);

/** Settings that are given wherever they are not empty; all others have a default in the template. */
const OPTIONAL: ReadonlySet<SettingName> = new Set([
  ...(['routeTables', 'kubernetes', 'kubernetesCa', 'allocate', 'reservedCidrs', 'eventBus'] as const),
]);

/** The functions' settings, as `environmentOf` writes them of properties. */
const SETTING_VALUES: Expression = {
  ...Object.fromEntries(
    (Object.keys(SETTING_RULES) as SettingName[]).map((name) => {
      const parameter = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return [SETTINGS[name].name, OPTIONAL.has(name) ? unlessEmpty(parameter) : ref(parameter)];
    }),
  ),
  [SETTINGS.nodeTag.name]: unlessEmpty('NodeTagKey', {
    'Fn::If': [
      'HasNodeTagValue',
      { 'Fn::Sub': `${placeFor('NodeTagKey')}=${placeFor('NodeTagValue')}` },
      ref('NodeTagKey'),
    ],
  }),
  [SETTINGS.kubernetesToken.name]: {
    'Fn::If': [
      'HasTokenSecret',
      { 'Fn::Sub': `secret:${placeFor('KubernetesTokenSecret')}` },
      {
        'Fn::If': [
          'HasTokenAudience',
          { 'Fn::Sub': `identity:${placeFor('KubernetesTokenAudience')}` },
          NO_VALUE,
        ],
      },
    ],
  },
  [SETTINGS.scheduleInterval.name]: { 'Fn::Sub': `${placeFor('ScheduleMinutes')}m` },
};

/** What stands under a name, whatever stands there in a sample. */
const BY_NAME: Expression = {
  ...SETTING_VALUES,
  POWERTOOLS_LOG_LEVEL: ref('LogLevel'),
  DefaultResult: ref('HookDefaultResult'),
  ScheduleExpression: lookUp('ScheduleMinutes', 'Rate'),
};

/** The template with parameters in place of marks. */
export function fill(node: unknown, name = ''): unknown {
  if (Array.isArray(node)) return node.map((element) => fill(element, name));
  if (typeof node === 'string') return fillText(node);
  if (typeof node !== 'object' || node === null) {
    return (name === 'maxReceiveCount' ? RECEIVES : NUMBERS_OF).get(node) ?? node;
  }
  const entries = Object.entries(node).map(([key, value]) => {
    const isFunction = key.startsWith('Fn::');
    return [key, BY_NAME[key] ?? fill(value, isFunction ? name : key)] as const;
  });
  return { ...Object.fromEntries(entries), ...(name === 'Variables' && SETTING_VALUES) };
}

function fillText(text: string): unknown {
  const found = [...new Set(text.match(MARK) ?? [])].flatMap((mark) => TEXTS.get(mark) ?? []);
  if (found.length === 0) return text;
  const whole = TEXTS.get(text);
  if (whole !== undefined) return whole.value ?? ref(whole.name);
  const pattern = text.replaceAll('${', '${!').replace(MARK, (mark) => placeFor(TEXTS.get(mark)?.name ?? ''));
  const values = found.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const]));
  return { 'Fn::Sub': values.length === 0 ? pattern : [pattern, Object.fromEntries(values)] };
}
