/**
 * Stands in for the aws program: the commands of the guides as the one call that each of them is for.
 * See https://docs.aws.amazon.com/cli/latest/reference/ec2/
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  type EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { AwsSandbox } from '../../../shared/sandbox/aws-server.ts';
import type { Files } from './place.ts';

/** An account in the sandbox, and a client of whoever it belongs to. */
export interface Account {
  readonly sandbox: AwsSandbox;
  readonly ec2: EC2Client;
}

/** The input of a call, as far as it has been read from options. */
type Input = ReturnType<typeof Object>;

const CALLS: Readonly<Record<string, (account: Account, input: Input) => Promise<object>>> = {
  'ec2 create-tags': ({ ec2 }, input) => ec2.send(new CreateTagsCommand(input)),
  'ec2 describe-instances': ({ ec2 }, input) => ec2.send(new DescribeInstancesCommand(input)),
  'ec2 run-instances': ({ ec2 }, input) => ec2.send(new RunInstancesCommand({ ...ONE, ...input })),
  'ec2 terminate-instances': ({ ec2 }, input) => ec2.send(new TerminateInstancesCommand(input)),
  'secretsmanager create-secret': async ({ sandbox }, { Name, SecretString }) => {
    sandbox.secrets.values.set(Name, SecretString);
    return { Name };
  },
};

const ONE = { MinCount: 1, MaxCount: 1 };

type Option = (words: readonly string[], files: Files) => Input | Promise<Input>;

function named(name: string): Option {
  return ([word]) => ({ [name]: word });
}

const OPTIONS: Readonly<Record<string, Option>> = {
  count: ([count]) => ({ MinCount: Number(count), MaxCount: Number(count) }),
  filters: ([word = '']) => {
    const { Name, Values } = readPairs(word);
    return { Filters: [{ Name, Values: [Values] }] };
  },
  'image-id': named('ImageId'),
  'instance-ids': (words) => ({ InstanceIds: words }),
  'metadata-options': ([word = '']) => ({ MetadataOptions: readPairs(word) }),
  name: named('Name'),
  'private-ip-address': named('PrivateIpAddress'),
  resources: (words) => ({ Resources: words }),
  'secret-string': named('SecretString'),
  'subnet-id': named('SubnetId'),
  'tag-specifications': ([word = '']) => ({
    TagSpecifications: [{ ResourceType: 'instance', Tags: readTags(word) }],
  }),
  tags: (words) => ({ Tags: words.map(readPairs) }),
  'user-data': async ([word = ''], { folder }) => {
    const text = word.startsWith('file://')
      ? await readFile(join(folder, word.slice('file://'.length)), 'utf8')
      : word;
    return { UserData: Buffer.from(text).toString('base64') };
  },
};

/** @example readPairs('Key=pod-cidr,Value=10.200.0.0/24') //=> { Key: 'pod-cidr', Value: '10.200.0.0/24' } */
function readPairs(word: string): Record<string, string> {
  return Object.fromEntries(word.split(',').map((pair) => /^([^=]*)=(.*)$/.exec(pair)?.slice(1) ?? []));
}

/** @example readTags('ResourceType=instance,Tags=[{Key=a,Value=b}]') //=> [{ Key: 'a', Value: 'b' }] */
function readTags(word: string): Record<string, string>[] {
  return [...word.matchAll(/\{([^}]*)\}/g)].map(([, pairs = '']) => readPairs(pairs));
}

/** Runs a command. */
export async function runAws(account: Account, args: readonly string[], files: Files): Promise<string> {
  const [service, operation, ...words] = args;
  const call = CALLS[`${service} ${operation}`];
  const options = readOptions(words);
  const { query, output, ...asked } = Object.fromEntries(options);
  const inputs = Object.entries(asked).map(([name, values]) => OPTIONS[name]?.(values, files) ?? null);
  if (call === undefined || inputs.includes(null)) throw new Error(`aws ${args.join(' ')}: no stand-in`);
  const input = Object.assign({}, ...(await Promise.all(inputs)));
  const answer = await call(account, input).catch(({ name, message }: Error) => {
    const action = operation?.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    throw new Error(`\nAn error occurred (${name}) when calling the ${action} operation: ${message}`);
  });
  if (query === undefined) return '';
  return `${select(answer, query.join()).join(output?.[0] === 'text' ? '\t' : '\n')}\n`;
}

function readOptions(words: readonly string[]): Map<string, readonly string[]> {
  const options = new Map<string, string[]>();
  let name = '';
  for (const word of words) {
    if (word.startsWith('--')) name = word.slice(2);
    options.set(name, [...(options.get(name) ?? []), ...(word.startsWith('--') ? [] : [word])]);
  }
  return options;
}

/** @example select({ a: [{ b: 1 }] }, 'a[].b') //=> [1] */
function select(value: unknown, path: string): unknown[] {
  return path
    .split('.')
    .reduce<unknown[]>(
      (found, step) => found.flatMap((each) => Object(each)[step.replace('[]', '')] ?? []),
      [value],
    );
}
