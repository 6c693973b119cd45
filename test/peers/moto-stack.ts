import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { PodRoutesProps } from '../../infra/aws/props.ts';
import { type LambdaHost, startLambda } from '../../shared/sandbox/lambda-host.ts';
import { ACCOUNT } from '../e2e/deployment.ts';
import { synthesize, withFolder } from '../infra/aws/synthesis.ts';

const run = promisify(execFile);
const REGION = 'us-east-1';
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' };

/** An archive without files: moto keeps the code of a function, and does not run it. */
const EMPTY_ZIP = Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex');

interface Definition {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: { readonly Code?: { readonly S3Key?: string; readonly ZipFile?: string } };
}

/** The template that is a deployment of its own, as `npm run template` writes it. */
export const ONE_FILE = 'dist/podroutes.template.json';

/** What an EventBridge event brings along; EventBridge itself adds the id, the account and the region. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly time?: string;
  readonly resources?: readonly string[];
  readonly detail: object;
}

/** The template, deployed into moto by CloudFormation. */
export interface MotoStack {
  /** Ids of what was made, by the names in the template. */
  readonly resources: ReadonlyMap<string, string>;
  /** Resources of the template. */
  readonly wanted: Readonly<Record<string, Definition>>;
  /** Resource types of the template that moto's CloudFormation left out. */
  readonly leftOut: readonly string[];
  /** Puts the events on the default bus; gives their ids. */
  readonly put: (events: readonly BusEvent[]) => Promise<readonly string[]>;
  /** Takes everything out of the queue: bodies, in no order. */
  readonly receive: () => Promise<readonly string[]>;
  /** The built function with the settings that the deployed one has. */
  readonly startNodeEvents: () => Promise<LambdaHost>;
  /** The settings of the deployed functions. */
  readonly readSettings: () => Promise<Readonly<Record<string, string>>>;
  /** Types commands in a shell in which `aws` is the real program; gives what they show. */
  readonly type: (commands: string) => Promise<string>;
  readonly close: () => void;
}

/** Deploys the construct with these properties as a stack of this name. */
export async function deployToMoto(
  endpoint: string,
  name: string,
  props: PodRoutesProps,
): Promise<MotoStack> {
  const aws = awsAgainst(endpoint);
  // The dashboard names the alarms' ARNs, and moto's CloudFormation makes no alarms.
  const template = synthesize({ ...props, dashboard: false }).toJSON();
  const wanted: Readonly<Record<string, Definition>> = template['Resources'];
  await uploadAssets(aws, Object.values(wanted));
  await withFolder(async (folder) => {
    const path = join(folder, 'template.json');
    await writeFile(path, JSON.stringify(template));
    // Another suite may have left one of that name, and moto deletes at once.
    await aws(['cloudformation', 'delete-stack', '--stack-name', name]);
    await aws([
      'cloudformation',
      'create-stack',
      '--stack-name',
      name,
      '--capabilities',
      'CAPABILITY_IAM',
      '--template-body',
      `file://${path}`,
    ]);
  });
  return openStack(aws, { endpoint, name, wanted, bundle: BUILT, remove: () => {} });
}

const BUILT = new URL('../../dist/aws/node-events/index.mjs', import.meta.url);

/** Deploys the template in one file with these parameters, as the docs say, as a stack of this name. */
export async function deployOneFileToMoto(
  endpoint: string,
  name: string,
  parameters: Readonly<Record<string, string>>,
): Promise<MotoStack> {
  // By that name moto knows that a bucket is in the path of the address.
  const aws = awsAgainst(endpoint.replace('127.0.0.1', 'localhost'));
  const bucket = 'podroutes-templates';
  await aws(['s3api', 'create-bucket', '--bucket', bucket]);
  await aws([
    ...['cloudformation', 'deploy', '--stack-name', name, '--template-file', ONE_FILE],
    ...['--s3-bucket', bucket, '--capabilities', 'CAPABILITY_IAM', '--parameter-overrides'],
    // The dashboard names the alarms' ARNs, and moto's CloudFormation makes no alarms.
    ...Object.entries({ ...parameters, Dashboard: 'false' }).map(([key, value]) => `${key}=${value}`),
  ]);
  const template = JSON.parse(await readFile(ONE_FILE, 'utf8'));
  const wanted: Readonly<Record<string, Definition>> = template['Resources'];
  const source = Object.entries(wanted).find(([id]) => /^PodRoutesNodeEvents[\dA-F]{8}$/.test(id))?.[1];
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-'));
  const path = join(folder, 'index.js');
  const remove = (): void => rmSync(folder, { recursive: true });
  await writeFile(path, source?.Properties.Code?.ZipFile ?? '');
  return openStack(aws, { endpoint, name, wanted, bundle: pathToFileURL(path), remove });
}

async function openStack(
  aws: Aws,
  { endpoint, name, wanted, bundle, remove }: StackOptions,
): Promise<MotoStack> {
  const ids = await resourceIds(aws, name);
  const types = new Set(
    Object.entries(wanted).flatMap(([id, { Type, Condition }]) =>
      ids.has(id) || Condition !== undefined ? [] : [Type],
    ),
  );
  const find = (prefix: string): string => findId(ids, prefix);
  // moto would run the function in a container; the test takes the messages itself.
  await aws([
    ...['lambda', 'update-event-source-mapping', '--uuid', find('PodRoutesEventsMapping'), '--no-enabled'],
  ]);
  const client = new EventBridgeClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  });
  const readSettings = async (): Promise<Readonly<Record<string, string>>> => {
    const name = find('PodRoutesNodeEvents');
    const shown = await aws(['lambda', 'get-function-configuration', '--function-name', name]);
    return JSON.parse(shown).Environment.Variables;
  };
  return {
    resources: ids,
    wanted,
    leftOut: [...types].sort(),
    put: (events) => putEvents(client, events),
    receive: () => receiveAll(endpoint, find('PodRoutesEvents')),
    readSettings,
    startNodeEvents: async () => {
      const env = { ...CREDENTIALS, ...(await readSettings()), AWS_ENDPOINT_URL: endpoint };
      return startLambda(bundle, { env, region: REGION, account: ACCOUNT });
    },
    type: async (commands) => {
      const shell = `aws() { "${programOf()}" "$@"; }\n${commands}`;
      return (await run('bash', ['-euc', shell], { env: environmentOf(endpoint) })).stdout;
    },
    close: () => {
      client.destroy();
      remove();
    },
  };
}

interface StackOptions {
  readonly endpoint: string;
  readonly name: string;
  readonly wanted: Readonly<Record<string, Definition>>;
  /** The function for events. */
  readonly bundle: URL;
  /** Removes what was written for it. */
  readonly remove: () => void;
}

type Aws = (args: readonly string[]) => Promise<string>;

function awsAgainst(endpoint: string): Aws {
  const program = programOf();
  const env = environmentOf(endpoint);
  return async (args) => (await run(program, [...args, '--output', 'json'], { env })).stdout;
}

function programOf(): string {
  const program = process.env['PODROUTES_TEST_AWS'];
  if (program === undefined) throw new Error('No aws program: start this suite by test/peers/run');
  return program;
}

function environmentOf(endpoint: string): Readonly<Record<string, string | undefined>> {
  return {
    ...CREDENTIALS,
    AWS_ENDPOINT_URL: endpoint,
    AWS_DEFAULT_REGION: REGION,
    AWS_CONFIG_FILE: '/dev/null',
    PATH: process.env['PATH'],
  };
}

/** What `cdk bootstrap` and `cdk deploy` would have brought before the template. */
async function uploadAssets(aws: Aws, resources: readonly Definition[]): Promise<void> {
  const bucket = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;
  await aws(['s3api', 'create-bucket', '--bucket', bucket]);
  await aws([
    'ssm',
    'put-parameter',
    '--overwrite',
    '--type',
    'String',
    '--name',
    '/cdk-bootstrap/hnb659fds/version',
    '--value',
    '30',
  ]);
  await withFolder(async (folder) => {
    const path = join(folder, 'code.zip');
    await writeFile(path, EMPTY_ZIP);
    for (const key of resources.flatMap(({ Properties }) => Properties.Code?.S3Key ?? [])) {
      await aws(['s3api', 'put-object', '--bucket', bucket, '--key', key, '--body', path]);
    }
  });
}

/** Physical ids by logical id, of the resources that were made. */
async function resourceIds(aws: Aws, name: string): Promise<ReadonlyMap<string, string>> {
  const { StackResources } = JSON.parse(
    await aws(['cloudformation', 'describe-stack-resources', '--stack-name', name]),
  );
  const made: { LogicalResourceId: string; PhysicalResourceId?: string }[] = StackResources;
  return new Map(
    made.flatMap(({ LogicalResourceId: id, PhysicalResourceId: physical }) =>
      physical === undefined ? [] : [[id, physical]],
    ),
  );
}

/** CDK ends a logical id with eight digits of a hash. */
function findId(ids: ReadonlyMap<string, string>, prefix: string): string {
  const found = [...ids].find(([id]) => new RegExp(`^${prefix}[0-9A-F]{8}$`).test(id));
  if (found === undefined)
    throw new Error(`expected a resource ${prefix}; found ${[...ids.keys()].join(', ')}`);
  return found[1];
}

const MOST_ENTRIES = 10;

async function putEvents(client: EventBridgeClient, events: readonly BusEvent[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let i = 0; i < events.length; i += MOST_ENTRIES) {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: events.slice(i, i + MOST_ENTRIES).map((event) => ({
          Source: event.source,
          DetailType: event['detail-type'],
          Detail: JSON.stringify(event.detail),
          Resources: [...(event.resources ?? [])],
          ...(event.time !== undefined && { Time: new Date(event.time) }),
        })),
      }),
    );
    ids.push(...Entries.map(({ EventId, ErrorCode }) => EventId ?? `refused: ${ErrorCode}`));
  }
  return ids;
}

/** The aws program would ask the host that the queue's address names, whatever endpoint it is given. */
async function receiveAll(endpoint: string, queue: string): Promise<readonly string[]> {
  const scope = `${CREDENTIALS.AWS_ACCESS_KEY_ID}/20261121/${REGION}/sqs/aws4_request`;
  const bodies: string[] = [];
  for (;;) {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.ReceiveMessage',
      },
      body: JSON.stringify({ QueueUrl: queue, MaxNumberOfMessages: 10 }),
    });
    if (!answer.ok) throw new Error(`ReceiveMessage: ${answer.status} ${await answer.text()}`);
    const { Messages: messages = [] } = (await answer.json()) as { Messages?: { Body: string }[] };
    if (messages.length === 0) return bodies;
    // EventBridge says whose event it is; moto's leaves that out.
    bodies.push(...messages.map(({ Body }) => JSON.stringify({ account: ACCOUNT, ...JSON.parse(Body) })));
  }
}
