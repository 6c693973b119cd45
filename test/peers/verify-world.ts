import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { PodRoutesProps } from '../../infra/aws/props.ts';
import { commandLine } from '../../shared/doctor/shell.ts';
import { podroutes } from '../cli/built-command.ts';
import { type Query, type Row, startLambdaInFront } from './lambda-in-front.ts';
import { deployToMoto, type MotoStack } from './moto-stack.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' };
const REGION = 'us-east-1';

interface Defect {
  readonly problem: string;
  readonly remedy: string;
  readonly commands: readonly string[];
}

/** What `podroutes verify -o json` says of a part. */
interface SeenPart {
  readonly area: string;
  readonly name: string;
  readonly state: 'whole' | 'broken' | 'unseen';
  readonly defects: readonly Defect[];
  readonly why: { readonly code: string; readonly needs: readonly string[]; readonly message: string } | null;
}

export interface Seen {
  readonly code: unknown;
  readonly verdict: string;
  readonly sentence: string;
  readonly parts: readonly SeenPart[];
  readonly broken: readonly SeenPart[];
  readonly unseen: readonly SeenPart[];
}

/** A stack in moto, of which nothing is missing once it was mended. */
export interface VerifyWorld {
  readonly stack: MotoStack;
  /** The id of a resource, by the beginning of its name in the template. */
  readonly idOf: (prefix: string) => string;
  /** What a part is called by that id. */
  readonly labelOf: (prefix: string) => string;
  readonly verify: (...options: readonly string[]) => Promise<Seen>;
  /** What the command prints for people. */
  readonly show: (...options: readonly string[]) => Promise<string>;
  /** Runs a command line of the aws program as a person would. */
  readonly type: (line: string) => Promise<string>;
  /** Saved queries, by id. */
  readonly queries: Map<string, Query>;
  /** Log groups of functions, by the functions' names. */
  readonly logging: Map<string, string>;
  readonly deny: (action: string | null) => void;
  readonly hold: (isHeld: boolean) => void;
  readonly denyFunctions: (action: string | null) => void;
  readonly close: () => Promise<void>;
}

/** Deploys into moto, and makes ids for what its CloudFormation leaves out, so that it can be made by hand. */
export async function openVerifyWorld(
  moto: string,
  name: string,
  props: PodRoutesProps,
): Promise<VerifyWorld> {
  const front = await startLambdaInFront(moto);
  const stack = await deployToMoto(moto, name, props);
  const key = await replaceKey(moto, stack);
  const rows = rowsOf(stack, name);
  const queries = new Map(queriesOf(stack, rows));
  const ids = new Map([
    ...stack.resources,
    ...key,
    ...rows.map(({ logicalId, id }) => [logicalId, id] as const),
  ]);
  const functions = {
    'node-events': functionOf(stack, 'NodeEvents'),
    reconcile: functionOf(stack, 'Reconcile'),
  };
  const idOf = (prefix: string): string => {
    if (prefix === 'NodeEventsFunction') return functions['node-events'];
    if (prefix === 'ReconcileFunction') return functions.reconcile;
    // CDK ends a name with eight digits of a hash; the beginning of one will do where there is no such name.
    const found =
      [...ids].find(([id]) => new RegExp(`^PodRoutes${prefix}[0-9A-F]{8}$`).test(id)) ??
      [...ids].find(([id]) => id.startsWith(`PodRoutes${prefix}`));
    if (found === undefined)
      throw new Error(`expected a resource ${prefix}; found ${[...ids.keys()].join(', ')}`);
    return found[1];
  };
  front.serve(
    {
      queueUrl: idOf('Events'),
      mapping: idOf('EventsMapping'),
      functions,
    },
    [...rows, ...key.map(([logicalId, id]) => ({ logicalId, type: 'AWS::KMS::Key', id }))],
    queries,
  );
  for (const [role, name] of Object.entries(functions)) {
    const logs = idOf(role === 'reconcile' ? 'ReconcileLogs' : 'NodeEventsLogs');
    front.logging.set(name, logs);
  }
  const aws = startAws(moto);
  const env = {
    ...KEYS,
    AWS_ENDPOINT_URL: front.endpoint,
    AWS_REGION: REGION,
    PODROUTES_CLUSTER: props.cluster ?? '',
    PODROUTES_CLUSTER_CIDRS: props.clusterCidrs.join(','),
  };
  return {
    stack,
    idOf,
    labelOf: (prefix) => idOf(prefix).replace(/.*[/:](?=.)/, ''),
    verify: async (...options) => {
      const { code, stdout, stderr } = await podroutes(['verify', '-o', 'json', ...options], env);
      if (stdout === '') throw new Error(stderr);
      const { parts, ...rest } = JSON.parse(stdout);
      const inState = (state: string) => parts.filter((part: SeenPart) => part.state === state);
      return { code, ...rest, parts, broken: inState('broken'), unseen: inState('unseen') };
    },
    show: async (...options) => (await podroutes(['verify', ...options], env)).stdout,
    type: aws.type,
    queries,
    logging: front.logging,
    deny: front.deny,
    hold: front.hold,
    denyFunctions: front.denyFunctions,
    close: async () => {
      stack.close();
      await aws.close();
      await front.close();
    },
  };
}

function functionOf(stack: MotoStack, prefix: string): string {
  const found = [...stack.resources].find(
    ([id]) => id.startsWith(`PodRoutes${prefix}`) && stack.wanted[id]?.Type === 'AWS::Lambda::Function',
  );
  return found?.[1] ?? '';
}

/** What is not there yet has an id, so that it can be looked for. */
function rowsOf({ wanted, resources }: MotoStack, stackName: string): Row[] {
  return Object.entries(wanted).flatMap(([logicalId, { Type: type, Properties }]): Row[] => {
    if (resources.has(logicalId)) return [];
    const properties: Readonly<Record<string, unknown>> = { ...Properties };
    return [{ logicalId, type, id: String(properties['AlarmName'] ?? `${stackName}-${logicalId}`) }];
  });
}

/**
 * moto cannot read the policy of a key that its CloudFormation made: one that was made by hand takes its place. What
 * is encrypted with the first is mended like everything else. Gives the logical and the new id.
 */
async function replaceKey(moto: string, { wanted }: MotoStack): Promise<[string, string][]> {
  const kms = new KMSClient({
    ...{ endpoint: moto, region: REGION },
    credentials: { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY },
  });
  const keys = Object.entries(wanted).filter(([, { Type }]) => Type === 'AWS::KMS::Key');
  const made = keys.map(async ([logicalId]): Promise<[string, string]> => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    return [logicalId, KeyMetadata?.KeyId ?? ''];
  });
  return Promise.all(made).finally(() => kms.destroy());
}

/** moto knows no saved queries: those of the template are there from the beginning, by their ids. */
function queriesOf({ wanted, resources }: MotoStack, rows: readonly Row[]): [string, Query][] {
  return rows.flatMap(({ logicalId, type, id }): [string, Query][] => {
    if (type !== 'AWS::Logs::QueryDefinition') return [];
    const { Name, QueryString, LogGroupNames }: Readonly<Record<string, unknown>> = {
      ...wanted[logicalId]?.Properties,
    };
    const groups = [LogGroupNames].flat().map((group) => resources.get(Object(group)['Ref']) ?? '');
    return [[id, { name: String(Name), queryString: String(QueryString), logGroupNames: groups }]];
  });
}

/** One process of the aws program, which takes a command line after another. */
function startAws(moto: string) {
  const python = process.env['PODROUTES_TEST_PYTHON'];
  if (python === undefined) throw new Error('No Python: start this suite by test/peers/run');
  const script = fileURLToPath(new URL('aws_session.py', import.meta.url));
  const env = {
    ...KEYS,
    AWS_ENDPOINT_URL: moto,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_DEFAULT_REGION: REGION,
    AWS_PAGER: '',
    PATH: process.env['PATH'],
  };
  const child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const type = async (line: string): Promise<string> => {
    // For queues, the aws program takes an endpoint from its options alone.
    const local = line.replace(/^aws sqs /, `aws --endpoint-url ${moto} sqs `);
    child.stdin.write(`${JSON.stringify(local)}\n`);
    const { value } = await answers.next();
    const { code, output } = JSON.parse(value ?? '{}');
    if (code !== 0) throw new Error(`${line}\n${output}`);
    return output;
  };
  return {
    type: async (line: string): Promise<string> => {
      const [, queue] = /^aws sqs set-queue-attributes --queue-url (\S+)/.exec(line) ?? [];
      if (queue === undefined || line.includes('Policy":"{') || line.includes('"Policy":""'))
        return type(line);
      // moto forgets the policy of a queue when it is given any other attribute.
      const kept = await type(`aws sqs get-queue-attributes --queue-url ${queue} --attribute-names All`);
      const output = await type(line);
      const { Policy } = JSON.parse(kept).Attributes;
      const attributes = JSON.stringify({ Policy });
      if (Policy === undefined) return output;
      await type(
        commandLine('aws', 'sqs', 'set-queue-attributes', '--queue-url', queue, '--attributes', attributes),
      );
      return output;
    },
    close: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
