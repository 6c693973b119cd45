import * as z from 'zod/mini';
import { parseJson } from './kind.ts';

/** A stack as CloudFormation knows it: what it was told to make, and what it made. */
export interface Stack {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  /** What it was allowed to make. */
  readonly capabilities: readonly string[];
  readonly parameters: ReadonlyMap<string, string>;
  readonly template: Template;
  /** Ids of what was made, by the names in the template. */
  readonly resources: ReadonlyMap<string, string>;
}

const Resource = z.object({
  Type: z.string(),
  Condition: z.optional(z.string()),
  Properties: z._default(z.record(z.string(), z.unknown()), {}),
});

const Template = z.object({
  Parameters: z._default(z.record(z.string(), z.object({ Type: z.string() })), {}),
  Conditions: z._default(z.record(z.string(), z.unknown()), {}),
  Mappings: z._default(z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))), {}),
  Resources: z.record(z.string(), Resource),
});

export type Template = z.infer<typeof Template>;

/** The template, or null where the text is none that can be read here. */
export function readTemplate(body: string): Template | null {
  try {
    return Template.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

/** A resource as the template wants it. */
export interface Wanted {
  /** In the template. */
  readonly logicalId: string;
  readonly type: string;
  /** As the services call it; null where it was not made. */
  readonly id: string | null;
  /** With every function of the template carried out. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Why others cannot be known here, such as what another stack exports, by their names. */
  readonly unknown: ReadonlyMap<string, string>;
}

/** Those resources whose conditions hold; people make others in the same stack. */
export function wantedOf(stack: Stack): Wanted[] {
  const evaluate = evaluator(stack);
  return Object.entries(stack.template.Resources).flatMap(([logicalId, { Type, Condition, Properties }]) => {
    if (Condition !== undefined && evaluate({ Condition }) !== true) return [];
    const id = stack.resources.get(logicalId) ?? null;
    return [{ logicalId, type: Type, id, ...readProperties(Properties, evaluate) }];
  });
}

function readProperties(
  given: Readonly<Record<string, unknown>>,
  evaluate: Evaluate,
): Pick<Wanted, 'properties' | 'unknown'> {
  const properties: Record<string, unknown> = {};
  const unknown = new Map<string, string>();
  for (const [key, value] of Object.entries(given)) {
    try {
      const evaluated = evaluate(value);
      if (evaluated !== undefined) properties[key] = evaluated;
    } catch (thrown) {
      unknown.set(key, thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  return { properties, unknown };
}

/** Where a stack is: arn:aws:cloudformation:us-east-1:123456789012:stack/name/uuid */
function placeOf({ id }: Pick<Stack, 'id'>): { partition: string; region: string; account: string } {
  const [, partition = 'aws', , region = '', account = ''] = id.split(':');
  return { partition, region, account };
}

type Evaluate = (value: unknown) => unknown;
type Carry = (argument: unknown, evaluate: Evaluate, stack: Stack) => unknown;

/** What stands for a resource that was not made: it equals nothing that a service answers. */
const NOT_MADE = '(not made)';

/** Functions of templates: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const FUNCTIONS: Readonly<Record<string, Carry>> = {
  Ref: (name, _evaluate, stack) => refer(String(name), stack),
  'Fn::GetAtt': (argument, _evaluate, stack) => {
    const [name = '', attribute = ''] =
      typeof argument === 'string' ? argument.split(/\.(.*)/) : listOf(argument).map(String);
    return attributeOf(name, attribute, stack);
  },
  'Fn::Join': (argument, evaluate) => {
    const [separator, parts] = listOf(evaluate(argument));
    return listOf(parts).join(String(separator));
  },
  'Fn::Sub': (argument, evaluate, stack) => {
    const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
    const values = Object.entries(Object(evaluate(own) ?? {}));
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      const given = values.find(([key]) => key === name.trim());
      if (given !== undefined) return String(given[1]);
      const [resource = '', attribute] = name.trim().split(/\.(.*)/);
      return String(
        attribute === undefined ? refer(resource, stack) : attributeOf(resource, attribute, stack),
      );
    });
  },
  'Fn::If': (argument, evaluate) => {
    const [condition, yes, no] = listOf(argument);
    return evaluate({ Condition: condition }) === true ? evaluate(yes) : evaluate(no);
  },
  'Fn::Equals': (argument, evaluate) => {
    const [a, b] = listOf(evaluate(argument));
    return String(a) === String(b);
  },
  'Fn::And': (argument, evaluate) => listOf(argument).every((each) => evaluate(each) === true),
  'Fn::Or': (argument, evaluate) => listOf(argument).some((each) => evaluate(each) === true),
  'Fn::Not': (argument, evaluate) => listOf(argument).every((each) => evaluate(each) !== true),
  'Fn::Select': (argument, evaluate) => {
    const [index, list] = listOf(evaluate(argument));
    return listOf(list)[Number(index)];
  },
  'Fn::Split': (argument, evaluate) => {
    const [separator, text] = listOf(evaluate(argument));
    return String(text).split(String(separator));
  },
  'Fn::FindInMap': (argument, evaluate, { template }) => {
    const [map, first, second] = listOf(evaluate(argument)).map(String);
    return template.Mappings[map ?? '']?.[first ?? '']?.[second ?? ''];
  },
};

function evaluator(stack: Stack): Evaluate {
  const evaluate: Evaluate = (value) => {
    if (Array.isArray(value)) return value.map(evaluate).filter((each) => each !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, argument] = ['', null]] = entries;
    if (entries.length === 1 && name === 'Condition' && typeof argument === 'string') {
      return evaluate(stack.template.Conditions[argument]);
    }
    const carry = entries.length === 1 ? FUNCTIONS[name] : undefined;
    if (carry !== undefined) return carry(argument, evaluate, stack);
    if (entries.length === 1 && name.startsWith('Fn::')) {
      throw new Error(`expected functions such as Ref and Fn::GetAtt in the template; found ${name}`);
    }
    const rest = entries.map(([key, each]) => [key, readPolicy(key, evaluate(each))] as const);
    return Object.fromEntries(rest.filter(([, each]) => each !== undefined));
  };
  return evaluate;
}

/** CloudFormation takes a policy as text as well, which the template in one file makes use of. */
function readPolicy(key: string, value: unknown): unknown {
  return key === 'PolicyDocument' && typeof value === 'string' ? parseJson(value) : value;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function refer(name: string, stack: Stack): unknown {
  const pseudo = pseudoParameters(stack);
  if (Object.hasOwn(pseudo, name)) return pseudo[name];
  const given = stack.parameters.get(name);
  const type = stack.template.Parameters[name]?.Type ?? '';
  if (given !== undefined) return /List\b/.test(type) ? given.split(',').map((each) => each.trim()) : given;
  return stack.resources.get(name) ?? NOT_MADE;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
function pseudoParameters(stack: Stack): Readonly<Record<string, unknown>> {
  const { partition, region, account } = placeOf(stack);
  return {
    'AWS::AccountId': account,
    'AWS::NoValue': undefined,
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::StackId': stack.id,
    'AWS::StackName': stack.name,
    'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
}

interface Place {
  readonly id: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** What a resource's ARN and name are, from the id that CloudFormation has of it. */
const ATTRIBUTES: Readonly<Record<string, (place: Place) => Readonly<Record<string, string>>>> = {
  'AWS::SQS::Queue': (place) => {
    const QueueName = place.id.slice(place.id.lastIndexOf('/') + 1);
    return { Arn: arn('sqs', place, QueueName), QueueName };
  },
  'AWS::Events::Rule': (place) => ({ Arn: arn('events', place, `rule/${place.id}`) }),
  'AWS::Events::EventBus': (place) => ({
    Arn: arn('events', place, `event-bus/${place.id}`),
    Name: place.id,
  }),
  'AWS::EC2::SecurityGroup': ({ id }) => ({ GroupId: id }),
  'AWS::Lambda::Function': (place) => ({ Arn: arn('lambda', place, `function:${place.id}`) }),
  'AWS::IAM::Role': ({ partition, account, id }) => ({ Arn: `arn:${partition}:iam::${account}:role/${id}` }),
  'AWS::DynamoDB::Table': (place) => ({ Arn: arn('dynamodb', place, `table/${place.id}`) }),
  'AWS::SNS::Topic': ({ id }) => ({ TopicArn: id, TopicName: id.slice(id.lastIndexOf(':') + 1) }),
  'AWS::KMS::Key': (place) => ({ Arn: arn('kms', place, `key/${place.id}`), KeyId: place.id }),
  'AWS::Logs::LogGroup': (place) => ({ Arn: arn('logs', place, `log-group:${place.id}:*`) }),
  'AWS::CloudWatch::Alarm': (place) => ({ Arn: arn('cloudwatch', place, `alarm:${place.id}`) }),
};

function arn(service: string, { partition, region, account }: Place, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

function attributeOf(name: string, attribute: string, stack: Stack): string {
  const id = stack.resources.get(name);
  if (id === undefined) return NOT_MADE;
  const type = stack.template.Resources[name]?.Type ?? '';
  const value = ATTRIBUTES[type]?.({ id, ...placeOf(stack) })[attribute];
  if (value === undefined)
    throw new Error(`expected a known attribute in the template; found ${type} ${attribute}`);
  return value;
}
