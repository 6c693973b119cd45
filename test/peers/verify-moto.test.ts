import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { commandLine } from '../../shared/doctor/shell.ts';
import { type AwsWorld, createAwsWorld } from '../contract/aws-world.ts';
import { motoBackend } from '../contract/backends.ts';
import { openVerifyWorld, type Seen, type VerifyWorld } from './verify-world.ts';

/** Set by `run`, which starts the server. */
const ENDPOINT = process.env['PODROUTES_TEST_MOTO'] ?? '';

/** What moto's CloudFormation does not make, or makes so that moto cannot read it again. */
const LEFT_OUT = [
  'alarm',
  'event source mapping',
  'key',
  'lifecycle hook',
  'policy of the queue',
  'policy of the topic',
  'queue',
  'retries of the function',
  'role',
  'schedule',
  'subscription',
  'table of the ledger',
  'topic',
];

let cluster: AwsWorld;
let world: VerifyWorld;

beforeAll(async () => {
  cluster = await createAwsWorld(motoBackend(ENDPOINT));
  await cluster.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
  world = await openVerifyWorld(ENDPOINT, 'podroutes-verify', {
    cluster: cluster.env['PODROUTES_CLUSTER'] ?? '',
    clusterCidrs: ['10.200.0.0/16'],
    encryptQueuesWithKey: true,
    alarmEmails: ['ops@example.com'],
    autoScalingGroups: ['verify-workers'],
  });
  const config = '--launch-configuration-name verify-workers';
  await world.type(
    `aws autoscaling create-launch-configuration ${config} --image-id ami-12c6146b --instance-type t3.micro`,
  );
  await world.type(
    `aws autoscaling create-auto-scaling-group --auto-scaling-group-name verify-workers ${config} --min-size 0 --max-size 1 --availability-zones us-east-1a`,
  );
});
afterAll(async () => {
  await world?.close();
  await cluster?.close();
});

/** Runs every command that mends something. */
async function mend({ broken }: Seen): Promise<void> {
  for (const command of broken.flatMap(({ defects }) => defects).flatMap(({ commands }) => commands)) {
    await world.type(command);
  }
}

const namesOf = (parts: Seen['broken']): string[] => parts.map(({ name }) => name);

/** What a person types to break something, with ids in place of the names in the template. */
function fill(line: string): string {
  return line.replaceAll(/\{(\w+)\}/g, (_, name: string) => world.idOf(name));
}

/** Breaks one part each: what it is, the kind of part that has to be named, and its id in the template. */
const BREAKS: readonly (readonly [string, string, string, ...string[]])[] = [
  ['a rule is disabled', 'rule', 'Verification', 'aws events disable-rule --name {Verification}'],
  [
    'a rule lets other events through',
    'rule',
    'TagChange',
    `aws events put-rule --name {TagChange} --event-pattern '{"source":["aws.tag"]}'`,
  ],
  ['a rule has no target', 'rule', 'TagChange', 'aws events remove-targets --rule {TagChange} --ids Queue'],
  [
    'a rule is deleted',
    'rule',
    'TagChange',
    'aws events remove-targets --rule {TagChange} --ids Queue',
    'aws events delete-rule --name {TagChange}',
  ],
  [
    'messages come again too soon',
    'queue',
    'Events',
    'aws sqs set-queue-attributes --queue-url {Events} --attributes VisibilityTimeout=5',
  ],
  [
    'the queue has lost its dead letters',
    'queue',
    'Events',
    `aws sqs set-queue-attributes --queue-url {Events} --attributes '{"RedrivePolicy":""}'`,
  ],
  [
    'the queue takes nothing from the rules',
    'policy of the queue',
    'Events',
    `aws sqs set-queue-attributes --queue-url {Events} --attributes '{"Policy":""}'`,
  ],
  [
    'dead letters are kept for a minute',
    'queue',
    'DeadLetters',
    'aws sqs set-queue-attributes --queue-url {DeadLetters} --attributes MessageRetentionPeriod=60',
  ],
  [
    'the mapping is disabled',
    'event source mapping',
    'EventsMapping',
    'aws lambda update-event-source-mapping --uuid {EventsMapping} --no-enabled',
  ],
  [
    'the mapping takes one message at a time',
    'event source mapping',
    'EventsMapping',
    'aws lambda update-event-source-mapping --uuid {EventsMapping} --batch-size 1',
  ],
  [
    'the schedule runs once a day, for another function',
    'schedule',
    'Schedule',
    'aws scheduler update-schedule --name {Schedule} --schedule-expression "rate(1 day)" --flexible-time-window Mode=OFF --target Arn=arn:aws:lambda:us-east-1:123456789012:function:other,RoleArn=arn:aws:iam::123456789012:role/other',
  ],
  ['the schedule is deleted', 'schedule', 'Schedule', 'aws scheduler delete-schedule --name {Schedule}'],
  [
    'a failed run is not tried again',
    'retries of the function',
    'Reconcile',
    'aws lambda delete-function-event-invoke-config --function-name {ReconcileFunction}',
  ],
  [
    'a function has lost its settings, and plans only',
    'function',
    'NodeEventsFunction',
    'aws lambda update-function-configuration --function-name {NodeEventsFunction} --environment Variables={PODROUTES_DRY_RUN=true}',
  ],
  [
    'a function has three seconds',
    'function',
    'ReconcileFunction',
    'aws lambda update-function-configuration --function-name {ReconcileFunction} --timeout 3',
  ],
  [
    'a function may run once at a time, though nobody asked for it',
    'function',
    'NodeEventsFunction',
    'aws lambda put-function-concurrency --function-name {NodeEventsFunction} --reserved-concurrent-executions 1',
  ],
  [
    'a function may read, and write no route',
    'role',
    'NodeEventsRole',
    `aws iam put-role-policy --role-name {NodeEventsRole} --policy-name Calls --policy-document '{"Version":"2012-10-17","Statement":[{"Sid":"ReadNodesAndTables","Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}]}'`,
  ],
  [
    'a function may write no log',
    'role',
    'NodeEventsRole',
    'aws iam delete-role-policy --role-name {NodeEventsRole} --policy-name Logs',
  ],
  [
    'the schedule may not take its role',
    'role',
    'ScheduleRole',
    `aws iam update-assume-role-policy --role-name {ScheduleRole} --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}'`,
  ],
  [
    'a boundary was put around a role',
    'role',
    'ReconcileRole',
    'aws iam put-role-permissions-boundary --role-name {ReconcileRole} --permissions-boundary arn:aws:iam::aws:policy/ReadOnlyAccess',
  ],
  [
    'what the ledger should forget stays',
    'table of the ledger',
    'Ledger',
    'aws dynamodb update-time-to-live --table-name {Ledger} --time-to-live-specification Enabled=false,AttributeName=expiresAt',
  ],
  [
    'the ledger can be deleted',
    'table of the ledger',
    'Ledger',
    'aws dynamodb update-table --table-name {Ledger} --no-deletion-protection-enabled',
  ],
  [
    'the ledger cannot be recovered',
    'table of the ledger',
    'Ledger',
    'aws dynamodb update-continuous-backups --table-name {Ledger} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=false',
  ],
  [
    'logs are kept for ever',
    'log group',
    'ReconcileLogs',
    'aws logs delete-retention-policy --log-group-name {ReconcileLogs}',
  ],
  [
    'a log group is deleted',
    'log group',
    'NodeEventsLogs',
    'aws logs delete-log-group --log-group-name {NodeEventsLogs}',
  ],
  [
    'an alarm is deleted',
    'alarm',
    'Alarmdeadletters',
    'aws cloudwatch delete-alarms --alarm-names {Alarmdeadletters}',
  ],
  [
    'an alarm tells nobody',
    'alarm',
    'Alarmqueueage',
    'aws cloudwatch put-metric-alarm --alarm-name {Alarmqueueage} --no-actions-enabled --namespace AWS/SQS --metric-name ApproximateAgeOfOldestMessage --statistic Maximum --period 300 --evaluation-periods 1 --threshold 600 --comparison-operator GreaterThanThreshold',
  ],
  [
    'alarms may not publish to the topic',
    'policy of the topic',
    'AlarmTopic',
    `aws sns set-topic-attributes --topic-arn {AlarmTopic} --attribute-name Policy --attribute-value '{"Version":"2012-10-17","Statement":[]}'`,
  ],
  ['the key is disabled', 'key', 'Key', 'aws kms disable-key --key-id {Key}'],
  ['the key is to be deleted', 'key', 'Key', 'aws kms schedule-key-deletion --key-id {Key}'],
  ['the key does not rotate', 'key', 'Key', 'aws kms disable-key-rotation --key-id {Key}'],
  [
    'a group has lost its hook',
    'lifecycle hook',
    'Hook',
    'aws autoscaling delete-lifecycle-hook --auto-scaling-group-name verify-workers --lifecycle-hook-name podroutes',
  ],
];

// These follow one upon another: it is one deployment.
it('podroutes verify names what moto left out, and its commands make it', async () => {
  const seen = await world.verify('--wait', '20');
  expect(seen.code).toBe(3);
  const kinds = [
    ...new Set(namesOf(seen.broken).map((name) => name.replace(/ [^ ]+$/, '').replace(/ podroutes of$/, ''))),
  ];
  expect(kinds.sort()).toEqual(LEFT_OUT);
  expect(seen.unseen).toMatchObject([{ area: 'event', why: { code: 'not-sent' } }]);
  await mend(seen);
});

it('A whole deployment is called whole: a dry run and an event went through', async () => {
  const seen = await world.verify('--wait', '20');
  expect(seen.broken).toEqual([]);
  expect(seen.unseen).toEqual([]);
  expect(seen.code).toBe(0);
  const steps = seen.parts.filter(({ area }) => area === 'dry run' || area === 'event');
  expect(steps.map(({ name }) => name.replace(/ of .*/, ''))).toEqual([
    'dry run',
    'event from the bus to the log',
    'event in the metric',
  ]);
  expect(await cluster.routes()).toEqual([...cluster.given].sort());
});

describe('One broken part is named, no other is, and its commands mend it', () => {
  it.each(BREAKS)('%s', async (_, kind, id, ...lines) => {
    for (const line of lines) await world.type(fill(line));
    const seen = await world.verify('--wait', '20');
    // First, so that the next begins with a whole deployment whatever comes of this one.
    await mend(seen);
    expect(namesOf(seen.broken)).toEqual([expect.stringMatching(new RegExp(`^${kind} `))]);
    // A hook is called by its name and its group's; moto calls it by its id.
    expect(seen.broken[0]?.name).toContain(id === 'Hook' ? 'podroutes of verify-workers' : world.labelOf(id));
    expect(seen.code).toBe(3);
  });

  it('an address was taken from the topic', async () => {
    const asked = `aws sns list-subscriptions-by-topic --topic-arn ${world.idOf('AlarmTopic')}`;
    const { Subscriptions } = JSON.parse(await world.type(asked));
    await world.type(`aws sns unsubscribe --subscription-arn ${Subscriptions[0].SubscriptionArn}`);
    const seen = await world.verify('--wait', '20');
    expect(namesOf(seen.broken)).toEqual(['subscription ops@example.com']);
    await mend(seen);
  });

  it("a route table has lost the cluster's tag, which only the dry run sees", async () => {
    const [table = ''] = cluster.tables;
    const tag = `kubernetes.io/cluster/${cluster.env['PODROUTES_CLUSTER']}`;
    await world.type(`aws ec2 delete-tags --resources ${table} --tags Key=${tag}`);
    const seen = await world.verify('--wait', '20');
    expect(seen.broken.map(({ area }) => area)).toEqual(['dry run']);
    const [command = ''] = seen.broken[0]?.defects[0]?.commands ?? [];
    await world.type(command.replace('rtb-…', table));
  });

  it('an alarm that tells others, too, is whole, and still tells them once it was mended', async () => {
    const [id, other] = [world.idOf('Alarmqueueage'), 'arn:aws:sns:us-east-1:123456789012:others'];
    const ask = `aws cloudwatch describe-alarms --alarm-names ${id} --query MetricAlarms[0]`;
    const { AlarmActions, ...alarm } = JSON.parse(await world.type(ask));
    const put = (changes: object): Promise<string> => {
      const names = [
        'AlarmName',
        'Namespace',
        'MetricName',
        'Dimensions',
        'Statistic',
        'Period',
        'Threshold',
      ];
      const more = [
        'EvaluationPeriods',
        'DatapointsToAlarm',
        'AlarmDescription',
        'ComparisonOperator',
        'TreatMissingData',
        'OKActions',
      ];
      const kept = [...names, ...more].map((name) => [name, alarm[name]]);
      const input = { ...Object.fromEntries(kept), AlarmActions: [other, ...AlarmActions], ...changes };
      return world.type(
        commandLine('aws', 'cloudwatch', 'put-metric-alarm', '--cli-input-json', JSON.stringify(input)),
      );
    };
    await put({});
    expect((await world.verify('--wait', '20')).broken).toEqual([]);
    await put({ Threshold: 1 });
    const seen = await world.verify('--wait', '20');
    expect(namesOf(seen.broken)).toEqual([`alarm ${world.labelOf('Alarmqueueage')}`]);
    await mend(seen);
    expect(JSON.parse(await world.type(ask))).toMatchObject({ Threshold: alarm.Threshold });
    expect(JSON.parse(await world.type(ask)).AlarmActions).toContain(other);
  });

  it('and after all of them the deployment is whole', async () => {
    expect(await world.verify('--wait', '20')).toMatchObject({ code: 0, broken: [], unseen: [] });
  });
});

describe('What the parts themselves do not show', () => {
  afterEach(() => {
    world.denyFunctions(null);
    world.hold(false);
  });

  it('the dry run does: a right that a function lacks, whatever its policy says', async () => {
    world.denyFunctions('ec2:DescribeInstances');
    const { broken, code } = await world.verify('--wait', '20');
    expect(code).toBe(3);
    expect(broken.map(({ area }) => area)).toEqual(['dry run']);
    expect(broken[0]?.defects[0]?.problem).toContain('ec2:DescribeInstances');
  });

  it('the event does: messages that nobody takes', async () => {
    world.hold(true);
    const { broken, code } = await world.verify('--wait', '2');
    expect(code).toBe(3);
    expect(broken.map(({ area }) => area)).toEqual(['event']);
    expect(broken[0]?.defects[0]?.problem).toContain('within 2 s');
  });
});

describe('A right that the caller lacks is told, and nothing is called broken', () => {
  afterEach(() => world.deny(null));

  it.each([
    ['events:DescribeRule', 'rules'],
    ['sqs:GetQueueAttributes', 'queue'],
    ['lambda:GetFunction', 'functions'],
    ['lambda:GetEventSourceMapping', 'mapping'],
    ['scheduler:GetSchedule', 'schedule'],
    ['iam:GetRolePolicy', 'rights'],
    ['kms:GetKeyPolicy', 'rights'],
    ['dynamodb:DescribeTable', 'ledger'],
    ['sns:GetTopicAttributes', 'alarms'],
    ['events:PutEvents', 'event'],
    ['logs:FilterLogEvents', 'event'],
    ['lambda:InvokeFunction', 'dry run'],
  ])('%s', async (action, area) => {
    world.deny(action);
    const { broken, unseen, code } = await world.verify('--wait', '20');
    expect(broken).toEqual([]);
    expect(code).toBe(1);
    expect([...new Set(unseen.map((part) => part.area))]).toEqual([area]);
    expect(unseen[0]?.why?.needs).toContain(action);
  });
});

describe('What is gone and has no command of its own', () => {
  it.each([
    ['a saved query', 'saved query', async () => void world.queries.clear()],
    [
      'the mapping',
      'event source mapping',
      () => world.type(fill('aws lambda delete-event-source-mapping --uuid {EventsMapping}')),
    ],
    ['a queue', 'queue', () => world.type(fill('aws sqs delete-queue --queue-url {DeadLetters}'))],
    [
      'a function',
      'function',
      () => world.type(fill('aws lambda delete-function --function-name {ReconcileFunction}')),
    ],
  ])('is for CloudFormation to bring back: %s', async (_, kind, remove) => {
    await remove();
    const { broken } = await world.verify('--wait', '20');
    const part = broken.find(({ name }) => name.startsWith(`${kind} `));
    expect(part?.defects[0]?.problem).toBe('It is not there.');
    const [create] = part?.defects[0]?.commands ?? [];
    expect(create).toMatch(/^aws cloudformation create-change-set .*--deployment-mode REVERT_DRIFT/);
  });
});
