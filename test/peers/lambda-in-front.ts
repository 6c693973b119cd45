import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetEventSourceMappingCommand, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type LambdaHost, startLambda } from '../../shared/sandbox/lambda-host.ts';
import { BUILT, type FunctionName } from '../e2e/deployment.ts';

const REGION = 'us-east-1';
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' };
const ACCOUNT = '123456789012';

/** A resource that moto's CloudFormation left out, and that was made beside it. */
export interface Row {
  readonly logicalId: string;
  readonly type: string;
  readonly id: string;
}

/** A saved query of Logs Insights. */
export interface Query {
  readonly name: string;
  readonly queryString: string;
  readonly logGroupNames: readonly string[];
}

/** What a stack of moto has that an event goes through. */
interface Way {
  readonly queueUrl: string;
  readonly mapping: string;
  readonly functions: Readonly<Record<FunctionName, string>>;
}

/**
 * Stands before moto, which runs no functions without containers: invokes the built ones with the settings that moto
 * keeps for them, takes messages to them while moto's mapping is enabled, and writes what they log to moto's logs and
 * metrics. What moto's CloudFormation left out is put into its lists.
 */
export interface LambdaInFront {
  readonly endpoint: string;
  /** The stack, once it is there. */
  readonly serve: (way: Way, rows: readonly Row[], queries: ReadonlyMap<string, Query>) => void;
  /** Where functions log, by their names: moto does not keep it. */
  readonly logging: Map<string, string>;
  /** Denies an action to whoever asks here; null for none. Names are those of IAM. */
  readonly deny: (action: string | null) => void;
  /** Takes no more messages to the function, or does so again. */
  readonly hold: (isHeld: boolean) => void;
  /** Denies an action to the functions. */
  readonly denyFunctions: (action: string | null) => void;
  readonly close: () => Promise<void>;
}

export async function startLambdaInFront(moto: string): Promise<LambdaInFront> {
  let denied: string | null = null;
  let deniedToFunctions: string | null = null;
  let way: Way | null = null;
  let isHeld = false;
  let rows: readonly Row[] = [];
  let queries: ReadonlyMap<string, Query> = new Map();
  const logging = new Map<string, string>();
  const runtime = createRuntime(moto, () => inner.endpoint, logging);
  // What the functions call goes by a way of its own, so that they can lack other rights than a person.
  const inner = await listen(async (question, body, answer) => {
    if (isDenied(question, body, deniedToFunctions)) return refuseAsEc2(answer);
    forward(moto, question, body, answer, (text) => text);
  });
  const outer = await listen(async (question, body, answer) => {
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(question.url ?? '') ?? [];
    if (isDenied(question, body, denied)) return refuse(question, answer);
    const role = Object.entries(way?.functions ?? {}).find(([, id]) => id === name)?.[0];
    if (role !== undefined && name !== undefined) {
      return runtime.answer(role as FunctionName, name, JSON.parse(body || 'null'), answer);
    }
    if (actionOf(question, body) === 'DescribeQueryDefinitions') return listQueries(queries, answer);
    const isList = new URLSearchParams(body).get('Action') === 'ListStackResources';
    const isFunction = /^\/2015-03-31\/functions\/[^/]+$/.test(question.url ?? '');
    forward(moto, question, body, answer, (text) =>
      isList ? addRows(text, rows) : isFunction ? addLogging(text, logging) : text,
    );
  });
  const timer = setInterval(() => void (way !== null && !isHeld && runtime.pump(way)), 300);
  return {
    endpoint: outer.endpoint,
    serve: (served, left, saved) => {
      way = served;
      rows = left;
      queries = saved;
    },
    logging,
    deny: (action) => {
      denied = action;
    },
    denyFunctions: (action) => {
      deniedToFunctions = action;
    },
    hold: (held) => {
      isHeld = held;
    },
    close: async () => {
      clearInterval(timer);
      await runtime.close();
      await Promise.all([outer.close(), inner.close()]);
    },
  };
}

function createRuntime(
  moto: string,
  endpointOfFunctions: () => string,
  logging: ReadonlyMap<string, string>,
) {
  const settings = {
    endpoint: moto,
    region: REGION,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  };
  const lambda = new LambdaClient(settings);
  const sqs = new SQSClient(settings);
  const logs = new CloudWatchLogsClient(settings);
  const cloudWatch = new CloudWatchClient(settings);
  const hosts = new Map<string, Promise<LambdaHost>>();
  let isPumping = false;

  /** Settings that were changed need a process of their own, as in Lambda. */
  async function hostOf(role: FunctionName, name: string) {
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: name }));
    const variables = Configuration?.Environment?.Variables ?? {};
    const key = JSON.stringify([name, variables]);
    const env = { ...CREDENTIALS, ...variables, AWS_ENDPOINT_URL: endpointOfFunctions() };
    const bundle = new URL(`${role}/index.mjs`, BUILT);
    const host = hosts.get(key) ?? startLambda(bundle, { env, region: REGION, account: ACCOUNT });
    hosts.set(key, host);
    return { host: await host, logGroup: logging.get(name) ?? `/aws/lambda/${name}` };
  }

  async function run(role: FunctionName, name: string, event: unknown) {
    const { host, logGroup } = await hostOf(role, name);
    const answer = await host.invoke(event);
    await write(logGroup, host.takeLogs());
    return answer;
  }

  async function write(logGroupName: string, lines: readonly Record<string, unknown>[]): Promise<void> {
    const logStreamName = 'stream';
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).catch(() => null);
    const logEvents = lines.map((line) => ({ message: JSON.stringify(line), timestamp: Date.now() }));
    // A group that was deleted takes no lines.
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents })).catch(() => null);
    for (const line of lines) {
      if (typeof line['EventsIgnored'] !== 'number') continue;
      const dimensions = [{ Name: 'Cluster', Value: String(line['Cluster']) }];
      const datum = { MetricName: 'EventsIgnored', Value: line['EventsIgnored'], Dimensions: dimensions };
      await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'PodRoutes', MetricData: [datum] }));
    }
  }

  async function deliver({ queueUrl: QueueUrl, mapping: UUID, functions }: Way): Promise<void> {
    const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    if (State !== 'Enabled') return;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return;
    // moto leaves out whose event it is.
    const Records = Messages.map(({ MessageId: messageId, Body = '' }) => ({
      messageId,
      body: JSON.stringify({ account: ACCOUNT, ...JSON.parse(Body) }),
    }));
    await run('node-events', functions['node-events'], { Records });
    for (const { ReceiptHandle } of Messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }

  return {
    answer: async (role: FunctionName, name: string, event: unknown, answer: ServerResponse) => {
      const result = await run(role, name, event);
      if (result.ok) return void answer.writeHead(200).end(JSON.stringify(result.value));
      const { name: errorType, message: errorMessage } = result.error;
      answer.writeHead(200, { 'x-amz-function-error': 'Unhandled' });
      return void answer.end(JSON.stringify({ errorType, errorMessage }));
    },
    pump: async (way: Way): Promise<void> => {
      if (isPumping) return;
      isPumping = true;
      // A part that the test has just taken away.
      await deliver(way).catch(() => null);
      isPumping = false;
    },
    close: async () => {
      for (const host of hosts.values()) await (await host).close();
    },
  };
}

type Handle = (question: IncomingMessage, body: string, answer: ServerResponse) => unknown;

async function listen(handle: Handle) {
  const server = createServer(async (question, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of question) chunks.push(chunk);
    await handle(question, Buffer.concat(chunks).toString('latin1'), answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The services that are called by addresses, and which address stands for what. */
const PATHS: readonly (readonly [string, RegExp])[] = [
  ['lambda:GetFunction', /^GET \/2015-03-31\/functions\/[^/]+$/],
  ['lambda:InvokeFunction', /^POST \/2015-03-31\/functions\/[^/]+\/invocations/],
  ['lambda:GetEventSourceMapping', /^GET \/2015-03-31\/event-source-mappings\//],
  ['scheduler:GetSchedule', /^GET \/schedules\//],
];

/** The action of a call, without its service where the call does not name it. */
function actionOf({ headers, method, url }: IncomingMessage, body: string): string {
  const [, target] = String(headers['x-amz-target'] ?? '').split('.');
  const byPath = PATHS.find(([, path]) => path.test(`${method} ${url}`))?.[0].split(':')[1];
  return target ?? byPath ?? new URLSearchParams(body).get('Action') ?? '';
}

function isDenied(question: IncomingMessage, body: string, denied: string | null): boolean {
  return denied !== null && actionOf(question, body) === denied.split(':')[1];
}

/** In the protocol of the question. */
function refuse({ headers }: IncomingMessage, answer: ServerResponse): void {
  const message = 'User is not authorized to perform this action';
  const isQuery = String(headers['content-type'] ?? '').includes('x-www-form-urlencoded');
  if (isQuery) {
    const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
    answer.writeHead(403, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`);
    return;
  }
  const type = 'AccessDeniedException';
  answer.writeHead(403, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  answer.end(JSON.stringify({ __type: type, message }));
}

function refuseAsEc2(answer: ServerResponse): void {
  const error = '<Error><Code>UnauthorizedOperation</Code><Message>Not authorized</Message></Error>';
  const body = `<Response><Errors>${error}</Errors><RequestID>1</RequestID></Response>`;
  answer.writeHead(403, { 'content-type': 'text/xml' }).end(body);
}

/** moto knows no saved queries. */
function listQueries(queries: ReadonlyMap<string, Query>, answer: ServerResponse): void {
  const queryDefinitions = [...queries].map(([queryDefinitionId, query]) => ({
    queryDefinitionId,
    ...query,
  }));
  answer.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
  answer.end(JSON.stringify({ queryDefinitions }));
}

function addLogging(text: string, logging: ReadonlyMap<string, string>): string {
  const answer = JSON.parse(text);
  const group = logging.get(answer.Configuration?.FunctionName);
  if (group === undefined) return text;
  answer.Configuration.LoggingConfig = { LogGroup: group, LogFormat: 'Text' };
  return JSON.stringify(answer);
}

/** Of a resource that is there twice, the last counts. */
function addRows(xml: string, rows: readonly Row[]): string {
  const members = rows.map(({ logicalId, type, id }) =>
    [
      '<member>',
      `<LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId>`,
      `<ResourceType>${type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus>`,
      '</member>',
    ].join(''),
  );
  return xml.replace('</StackResourceSummaries>', `${members.join('')}</StackResourceSummaries>`);
}

function forward(
  target: string,
  { method, headers, url = '/' }: IncomingMessage,
  body: string,
  answer: ServerResponse,
  change: (text: string) => string,
): void {
  const outgoing = request(new URL(url, target), { method, headers }, async (answered) => {
    const chunks: Buffer[] = [];
    for await (const chunk of answered) chunks.push(chunk);
    const text = change(Buffer.concat(chunks).toString('latin1'));
    const { 'content-length': _, 'transfer-encoding': __, ...others } = answered.headers;
    answer.writeHead(answered.statusCode ?? 502, others).end(Buffer.from(text, 'latin1'));
  });
  outgoing.on('error', () => answer.destroy());
  outgoing.end(Buffer.from(body, 'latin1'));
}
