import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ALARM_SLUGS, type AlarmSlug } from '../../infra/alarms.ts';
import { nameAlarm, nameLogGroup } from '../../infra/deployed-names.ts';
import { podroutes } from '../cli/built-command.ts';
import { type AwsWorld, createAwsWorld } from '../contract/aws-world.ts';
import { motoBackend } from '../contract/backends.ts';

/** Set by `run`, which starts the server. */
const ENDPOINT = process.env['PODROUTES_TEST_MOTO'] ?? '';

/** What moto does not know, and what is therefore not proved here. */
const LACKING = {
  DescribeAlarmHistory: 'when alarms that are over began and ended; its pages',
  'the filter of a Logs Insights query': 'that the query asks for warnings and errors alone',
};

const SETTINGS = {
  endpoint: ENDPOINT,
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
};
const cloudWatch = new CloudWatchClient(SETTINGS);
const logs = new CloudWatchLogsClient(SETTINGS);
const PERSON = { AWS_ENDPOINT_URL: ENDPOINT, AWS_REGION: 'us-east-1', ...keys() };

function keys() {
  return { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' };
}

let world: AwsWorld;
let cluster = '';

beforeAll(async () => {
  world = await createAwsWorld(motoBackend(ENDPOINT));
  cluster = world.env['PODROUTES_CLUSTER'] ?? '';
});
afterAll(async () => {
  cloudWatch.destroy();
  logs.destroy();
  await world.close();
});

function deployed() {
  return { cluster, stack: `podroutes-${cluster}` };
}

async function putAlarm(name: string): Promise<void> {
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: name, Namespace: 'PodRoutes', MetricName: 'ErrorFindings', Statistic: 'Maximum' },
      ...{ Period: 300, EvaluationPeriods: 2, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' },
    }),
  );
  await cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName: name, StateValue: 'OK', StateReason: 'Quiet' }),
  );
}

async function fire(slug: AlarmSlug): Promise<void> {
  await cloudWatch.send(
    new SetAlarmStateCommand({
      ...{ AlarmName: nameAlarm(deployed(), slug), StateValue: 'ALARM', StateReason: 'Threshold Crossed' },
    }),
  );
}

async function write(messages: readonly string[]): Promise<void> {
  const logGroupName = nameLogGroup(deployed(), 'reconcile');
  const logStreamName = 'stream';
  for (const name of [logGroupName, nameLogGroup(deployed(), 'node-events')]) {
    await logs.send(new CreateLogGroupCommand({ logGroupName: name }));
  }
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const timestamp = Date.now() - 60_000;
  const logEvents = messages.map((message) => ({ message, timestamp }));
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

const FINDING = {
  level: 'ERROR',
  message: 'worker-9 claims what worker-8 holds',
  node: 'worker-9',
  reason: 'conflicting-claim',
  remedy: 'Give worker-9 a free pod CIDR.',
};

// These follow one upon another: a moto server is shared.
it('podroutes alerts says that there are none in moto', async () => {
  const { code, stderr } = await podroutes(['alerts'], { ...world.env, ...PERSON });
  expect(code).toBe(1);
  expect(stderr).toContain(`there are no alarms of ${cluster} in AWS us-east-1`);
});

it('podroutes alerts finds the alarms of its cluster in moto, the lines of its log, and names what moto lacks', async () => {
  for (const slug of ALARM_SLUGS) await putAlarm(nameAlarm(deployed(), slug));
  await putAlarm(nameAlarm({ cluster: `${cluster}-other`, stack: 'podroutes-other' }, 'dead-letters'));
  await fire('error-findings');
  await write([
    'START RequestId: 1 Version: $LATEST',
    JSON.stringify({ _aws: {}, Findings: 1, Code: 'conflicting-claim' }),
    JSON.stringify({ ...FINDING, level: 'INFO', remedy: 'not asked for' }),
    JSON.stringify(FINDING),
    JSON.stringify(FINDING),
  ]);
  const { code, stdout } = await podroutes(['alerts', '-o', 'json'], { ...world.env, ...PERSON });
  // The history is missing, so that it cannot be said of the others that they never fired.
  expect(code).toBe(1);
  const { alarms, gaps } = JSON.parse(stdout);
  expect(gaps.map(({ what }: { what: string }) => what)).toEqual(['the history of the alarms']);
  expect(gaps[0].message).toContain(Object.keys(LACKING)[0]);
  const firing = alarms.filter(({ state }: { state: string }) => state === 'firing');
  expect(firing).toMatchObject([
    {
      alarm: 'error-findings',
      names: [nameAlarm(deployed(), 'error-findings')],
      holds: 'no',
      causes: [{ kind: 'finding', code: 'conflicting-claim', times: 2, remedy: FINDING.remedy }],
    },
  ]);
  const others = alarms.filter(({ state }: { state: string }) => state === 'unknown');
  expect(others).toHaveLength(ALARM_SLUGS.length - 1);
});
