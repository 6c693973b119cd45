/** The template of a stack, as far as a deployment reads it. */
export interface Deployable {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
}

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly [attribute: string]: unknown;
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::StackName': 'podroutes',
  'AWS::URLSuffix': 'amazonaws.com',
};

const NOTHING = Symbol('AWS::NoValue');

/** What CloudFormation makes of a template with these parameters: resources by id, as their services get them. */
export function resolve(template: Deployable, given: Readonly<Record<string, string>> = {}): unknown {
  const evaluator = createEvaluator(template, given);
  const there = Object.entries(template.Resources).filter(
    ([, { Condition: name }]) => name === undefined || evaluator.holds({ Condition: name }),
  );
  const ids = new Set(there.map(([id]) => id));
  const Resources = there.map(([id, { Condition: _, Metadata: __, DependsOn: needs = [], ...resource }]) => {
    const DependsOn = [needs].flat().filter((need) => ids.has(need));
    const plain = normalize(evaluator.value(resource)) as Record<string, Record<string, unknown>>;
    return [nameResource(id, plain), { ...plain, DependsOn: DependsOn.toSorted() }];
  });
  const outputs = Object.entries(template.Outputs ?? {}).flatMap(([id, { Condition: name, ...output }]) =>
    name === undefined || evaluator.holds({ Condition: name }) ? [[id, output] as const] : [],
  );
  const Outputs = normalize(evaluator.value(Object.fromEntries(outputs)));
  return { Resources: Object.fromEntries(Resources), Outputs };
}

/** Whether every rule that applies holds; gives what those say that do not. */
export function brokenRules(
  template: Deployable & { readonly Rules?: Readonly<Record<string, Rule>> },
  given: Readonly<Record<string, string>>,
): string[] {
  const { holds } = createEvaluator(template, given);
  return Object.values(template.Rules ?? {}).flatMap(
    ({ RuleCondition: condition, Assertions: assertions }) =>
      condition !== undefined && !holds(condition)
        ? []
        : assertions.flatMap(({ Assert, AssertDescription: text }) => (holds(Assert) ? [] : [text])),
  );
}

interface Rule {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription: string }[];
}

function createEvaluator(template: Deployable, given: Readonly<Record<string, string>>) {
  const parameters = Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [
      name,
      given[name] ?? String(Default),
    ]),
  );

  const lookUp = (name: string): unknown => {
    if (name === 'AWS::NoValue') return NOTHING;
    return parameters[name] ?? PSEUDO_PARAMETERS[name] ?? `<${name}>`;
  };

  const functions: Readonly<Record<string, (args: never) => unknown>> = {
    Ref: lookUp,
    'Fn::GetAtt': (args: readonly string[]) => `<${args.join('.')}>`,
    'Fn::If': ([name, yes, no]: readonly [string, unknown, unknown]) =>
      value(holds({ Condition: name }) ? yes : no),
    'Fn::Join': ([delimiter, list]: readonly [string, unknown]) => asList(value(list)).join(delimiter),
    'Fn::Split': ([delimiter, text]: readonly [string, unknown]) => String(value(text)).split(delimiter),
    'Fn::Select': ([i, list]: readonly [number, unknown]) => {
      const found = asList(value(list))[i];
      if (found === undefined)
        throw new Error(`expected ${i} to be in bounds; found ${JSON.stringify(list)}`);
      return found;
    },
    'Fn::FindInMap': ([map, key, name]: readonly [string, unknown, string]) => {
      const found = template.Mappings?.[map]?.[String(value(key))]?.[name];
      if (found === undefined) throw new Error(`expected ${name} of ${value(key)} in ${map}; found nothing`);
      return found;
    },
    'Fn::Sub': (args: string | readonly [string, Readonly<Record<string, unknown>>]) => {
      const [text, values] = typeof args === 'string' ? [args, {}] : args;
      return text.replaceAll(/\$\{([\w:]+)\}/g, (_, name: string) =>
        String(Object.hasOwn(values, name) ? value(values[name]) : lookUp(name)),
      );
    },
  };

  const value = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(value).filter((each) => each !== NOTHING);
    if (typeof node !== 'object' || node === null) return node;
    const [[name, args] = ['', undefined]] = Object.entries(node);
    const evaluate = functions[name];
    if (evaluate !== undefined) return evaluate(args as never);
    const entries = Object.entries(node).map(([key, each]) => [key, value(each)] as const);
    return Object.fromEntries(entries.filter(([, each]) => each !== NOTHING));
  };

  const holds = (condition: unknown): boolean => {
    const [[name, args] = ['', undefined]] = Object.entries(condition as object);
    const of: Readonly<Record<string, () => boolean>> = {
      Condition: () => holds(template.Conditions?.[args]),
      'Fn::And': () => args.every(holds),
      'Fn::Or': () => args.some(holds),
      'Fn::Not': () => !holds(args[0]),
      'Fn::Equals': () => value(args[0]) === value(args[1]),
      'Fn::Contains': () => args[0].includes(value(args[1])),
    };
    const evaluate = of[name];
    if (evaluate === undefined) throw new Error(`expected a condition; found ${JSON.stringify(condition)}`);
    return evaluate();
  };

  return { value, holds };
}

function asList(node: unknown): readonly unknown[] {
  if (!Array.isArray(node)) throw new Error(`expected a list; found ${JSON.stringify(node)}`);
  return node;
}

/** Numbers may be texts, policies may be texts, a list of one may be the one, and resources have no order: services see no difference. */
function normalize(node: unknown, name = ''): unknown {
  if (typeof node === 'number' || typeof node === 'boolean') return String(node);
  if (typeof node === 'string')
    return name === 'PolicyDocument' && node.startsWith('{') ? normalize(JSON.parse(node)) : node;
  if (Array.isArray(node)) {
    if (node.length === 1) return normalize(node[0]);
    const elements = node.map((each) => normalize(each));
    return name === 'Resource' ? elements.toSorted() : elements;
  }
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([key]) => key !== 'Code');
  return Object.fromEntries(entries.map(([key, value]) => [key, normalize(value, key)]));
}

/** The CDK makes the id of a subscription of its address. */
function nameResource(id: string, { Properties }: Record<string, Record<string, unknown>>): string {
  return Properties?.['Endpoint'] === undefined ? id : `subscription of ${Properties['Endpoint']}`;
}
