import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnRouteTable, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { PodRoutes } from '../../../infra/aws/pod-routes.ts';
import type { PodRoutesProps } from '../../../infra/aws/props.ts';
import { ALARM_NAMES } from '../../../infra/deployed-names.ts';
import {
  CONFIGURATIONS,
  createApp,
  createStack,
  EVERYTHING,
  MINIMAL,
  propertiesOf,
  synthesize,
} from './synthesis.ts';

const minimal = synthesize(MINIMAL);
const everything = synthesize(EVERYTHING);

describe('The functions', () => {
  it('run on Node 24 and arm64, each with a role and a log group of its own', () => {
    const functions = propertiesOf(minimal, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(2);
    for (const name of ['Role', 'LoggingConfig']) {
      expect(new Set(functions.map((properties) => JSON.stringify(properties[name]))).size).toBe(2);
    }
    minimal.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 60,
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  it('have the settings, and only those that were given', () => {
    minimal.allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          PODROUTES_CLUSTER: 'kthw',
          PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16',
          PODROUTES_SCHEDULE_INTERVAL: '5m',
          PODROUTES_LEDGER: { 'Fn::Join': ['', ['dynamodb:', { Ref: Match.stringLikeRegexp('Ledger') }]] },
          POWERTOOLS_LOG_LEVEL: 'INFO',
          NODE_OPTIONS: '--max-semi-space-size=8',
        },
      },
    });
    everything.allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16,fd00:200::/48',
          PODROUTES_ROUTE_TABLES: 'rtb-0aaaaaaaaaaaaaaaa,rtb-0bbbbbbbbbbbbbbbb',
          PODROUTES_NODE_TAG: 'role=node',
          PODROUTES_POD_CIDR_SOURCES: 'user-data,tag',
          PODROUTES_ALLOCATE: '/24,/64',
          PODROUTES_KUBERNETES: 'https://10.0.0.10:6443',
          PODROUTES_KUBERNETES_CA: EVERYTHING.kubernetesCa,
          PODROUTES_KUBERNETES_TOKEN: 'secret:kthw/podroutes',
          PODROUTES_ROUTE_LIMIT: '1000',
          PODROUTES_GRACE: '30m',
          PODROUTES_MAX_CLAIMS: '4',
          PODROUTES_RESERVED_CIDRS: '10.200.255.0/24',
          PODROUTES_SCHEDULE_INTERVAL: '15m',
          PODROUTES_DRY_RUN: 'false',
          PODROUTES_LIFECYCLE_HOOK: 'routes-first',
        }),
      },
    });
  });

  it('are in the named subnets, and in none where there are no names', () => {
    everything.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: [...EVERYTHING.functionSubnetIds],
        SecurityGroupIds: [...EVERYTHING.functionSecurityGroupIds],
      },
    });
    minimal.allResourcesProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
  });

  it('have the memory, times and level of logs that were given', () => {
    const given = propertiesOf(everything, 'AWS::Lambda::Function').map(
      ({ MemorySize, Timeout, Environment }) => [
        MemorySize,
        Timeout,
        Object(Environment).Variables.POWERTOOLS_LOG_LEVEL,
      ],
    );
    const { memoryMb, eventsTimeoutSeconds, reconcileTimeoutSeconds, logLevel } = EVERYTHING;
    expect(given).toEqual([
      [memoryMb, eventsTimeoutSeconds, logLevel],
      [memoryMb, reconcileTimeoutSeconds, logLevel],
    ]);
  });

  it('reserve an execution where that is asked for', () => {
    everything.allResourcesProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 1 });
  });
});

describe('The ledger', () => {
  it('is billed by use, can be restored, forgets what has expired, and outlives the stack', () => {
    minimal.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        KeySchema: [
          { AttributeName: 'cluster', KeyType: 'HASH' },
          { AttributeName: 'key', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        DeletionProtectionEnabled: true,
        TableName: Match.absent(),
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });
});

describe('The queue', () => {
  it('invokes node-events with up to 1,000 events of a second, two batches at most, and takes single failures', () => {
    minimal.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
      Enabled: Match.absent(),
    });
  });

  it('gets whole events at once from rules of the default bus, and keeps them as long as SQS does by default', () => {
    const rules = propertiesOf(everything, 'AWS::Events::Rule');
    expect(rules.length).toBeGreaterThan(4);
    for (const rule of rules) {
      expect(Object.keys(rule).sort()).toEqual(['Description', 'EventPattern', 'Targets']);
      expect([rule['Targets']].flat().map((target) => Object.keys(Object(target)).sort())).toEqual([
        ['Arn', 'DeadLetterConfig', 'Id'],
      ]);
    }
    minimal.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: Match.anyValue(),
      MessageRetentionPeriod: Match.absent(),
      DelaySeconds: Match.absent(),
    });
  });

  it('is encrypted, outlasts the function, and gives up only after three times as long as 1,000 nodes x 5 tables take', () => {
    minimal.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    minimal.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 66,
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 46 }),
    });
    everything.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 126,
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 60 }),
    });
  });

  it.each([
    ['blocks of Kubernetes', CONFIGURATIONS['blocks of Kubernetes'] ?? MINIMAL],
    ['blocks of podroutes', { ...MINIMAL, allocate: '/24' }],
  ])('delivers launches more often where they wait for %s', (_, props) => {
    synthesize(props).hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 60 }),
    });
  });

  it('keeps dead letters for 14 days, also those that a rule could not put into it', () => {
    const [deadLetters, ...others] = Object.keys(
      minimal.findResources('AWS::SQS::Queue', { Properties: { MessageRetentionPeriod: 14 * 86_400 } }),
    );
    expect(others).toEqual([]);
    const arn = { 'Fn::GetAtt': [deadLetters, 'Arn'] };
    minimal.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: { deadLetterTargetArn: arn, maxReceiveCount: 46 },
    });
    const rules = propertiesOf(everything, 'AWS::Events::Rule');
    expect(rules.length).toBeGreaterThan(4);
    for (const { Targets } of rules) {
      expect(Targets).toEqual([expect.objectContaining({ DeadLetterConfig: { Arn: arn } })]);
    }
  });

  it('is encrypted with the key where asked for, which EventBridge may then use', () => {
    everything.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
    everything.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'events.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            // EventBridge is not documented to name the account.
            Condition: Match.absent(),
          }),
        ]),
      },
    });
  });

  it('and its dead letters take messages from our rules alone, and nothing but TLS', () => {
    const rules = Object.keys(minimal.findResources('AWS::Events::Rule'));
    const policies = propertiesOf(minimal, 'AWS::SQS::QueuePolicy');
    expect(policies).toHaveLength(2);
    minimal.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Condition: {
              ArnEquals: { 'aws:SourceArn': rules.map((rule) => ({ 'Fn::GetAtt': [rule, 'Arn'] })) },
            },
          }),
        ],
      },
    });
  });
});

describe('The schedule', () => {
  it('invokes reconcile without an input, so that the function knows it from a person', () => {
    minimal.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: Match.absent(),
      Target: Match.objectLike({
        Input: Match.absent(),
        RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 3 },
      }),
    });
    synthesize({ ...MINIMAL, scheduleMinutes: 1 }).hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
    });
  });
});

describe('A reconcile that fails', () => {
  it('is tried once more, until the next is due', () => {
    minimal.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: 300,
      MaximumRetryAttempts: 1,
    });
  });
});

describe('The role of the schedule', () => {
  it('may invoke reconcile alone, and is assumed for this account alone', () => {
    const [reconcile] = Object.keys(
      minimal.findResources('AWS::Lambda::Function', {
        Properties: { Description: Match.stringLikeRegexp('returns the report') },
      }),
    );
    minimal.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
      Policies: [
        Match.objectLike({
          PolicyDocument: Match.objectLike({
            Statement: [
              {
                Effect: 'Allow',
                Action: 'lambda:InvokeFunction',
                Resource: { 'Fn::GetAtt': [reconcile, 'Arn'] },
              },
            ],
          }),
        }),
      ],
    });
  });
});

describe('Lifecycle hooks', () => {
  it('are made for named groups, and for none otherwise', () => {
    minimal.resourceCountIs('AWS::AutoScaling::LifecycleHook', 0);
    everything.resourceCountIs('AWS::AutoScaling::LifecycleHook', 2);
    everything.hasResourceProperties('AWS::AutoScaling::LifecycleHook', {
      AutoScalingGroupName: 'workers-a',
      LifecycleHookName: 'routes-first',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      HeartbeatTimeout: 600,
      DefaultResult: 'ABANDON',
    });
  });

  it('come after all that an event passes through, and go before it', () => {
    const onTheWay = ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'AWS::Lambda::EventSourceMapping'];
    const rules = Object.keys(everything.findResources('AWS::Events::Rule'));
    const needed = [
      ...onTheWay.flatMap((type) => Object.keys(everything.findResources(type))),
      ...rules.filter((id) => id.includes('LifecycleAction')),
    ];
    const hooks = Object.values(everything.findResources('AWS::AutoScaling::LifecycleHook'));
    expect(needed.length).toBeGreaterThan(4);
    for (const hook of hooks) expect(hook['DependsOn']).toEqual(expect.arrayContaining(needed));
  });

  it('are left to others where they are there already', () => {
    const template = synthesize({ ...EVERYTHING, createHooks: false });
    template.resourceCountIs('AWS::AutoScaling::LifecycleHook', 0);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({ 'detail-type': ['EC2 Instance-launch Lifecycle Action'] }),
    });
  });
});

describe('Log groups and alarms', () => {
  it('have the names that the command line looks for', () => {
    const groups = propertiesOf(minimal, 'AWS::Logs::LogGroup').map(({ LogGroupName }) => LogGroupName);
    expect(groups.sort()).toEqual([
      '/podroutes/kthw/podroutes/node-events',
      '/podroutes/kthw/podroutes/reconcile',
    ]);
    const alarms = propertiesOf(minimal, 'AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName);
    expect(alarms.sort()).toEqual(ALARM_NAMES.map((name) => `podroutes/kthw/podroutes/${name}`).sort());
  });
});

describe('Two stacks of one cluster', () => {
  it('have no name in common', () => {
    const [first = [], second = []] = ['network-a', 'network-b'].map((name) => namesIn(name));
    expect(first.length).toBeGreaterThan(ALARM_NAMES.length);
    expect(first.filter((name) => second.includes(name))).toEqual([]);
  });

  /** Whatever the template itself names: CloudFormation names all else, and never twice. */
  function namesIn(stackName: string): string[] {
    const stack = new Stack(createApp({ context: flags }), stackName);
    new PodRoutes(stack, 'PodRoutes', { ...EVERYTHING, createHooks: false });
    const resources: Record<string, { Properties?: Record<string, unknown> }> =
      Template.fromStack(stack).toJSON()['Resources'];
    return Object.values(resources).flatMap(({ Properties = {} }) =>
      Object.entries(Properties).flatMap(([key, value]) =>
        /(?<!Display|Metric)Name$/.test(key) && typeof value === 'string' ? [value] : [],
      ),
    );
  }
});

describe('The outputs', () => {
  it('name the functions, the queues and the table that they say', () => {
    const idOf = (type: string, properties: object): string | undefined =>
      Object.keys(minimal.findResources(type, { Properties: properties }))[0];
    const ofFunction = (words: string) => ({ Description: Match.stringLikeRegexp(words) });
    const outputs = Object.entries(minimal.findOutputs('*')).map(([id, { Value }]) => [
      id.replace(/^PodRoutes|[\dA-F]{8}$/g, ''),
      Value.Ref,
    ]);
    expect(Object.fromEntries(outputs)).toMatchObject({
      ReconcileFunction: idOf('AWS::Lambda::Function', ofFunction('returns the report')),
      NodeEventsFunction: idOf('AWS::Lambda::Function', ofFunction('that events name')),
      EventsQueue: idOf('AWS::SQS::Queue', { RedrivePolicy: Match.anyValue() }),
      DeadLettersQueue: idOf('AWS::SQS::Queue', { RedrivePolicy: Match.absent() }),
      LedgerTable: idOf('AWS::DynamoDB::Table', {}),
    });
  });
});

describe('What is kept', () => {
  it('is nothing that outlives the stack', () => {
    for (const type of ['AWS::SQS::Queue', 'AWS::Logs::LogGroup', 'AWS::KMS::Key']) {
      minimal.allResources(type, { DeletionPolicy: 'Delete' });
    }
  });

  it('are logs for the days given', () => {
    minimal.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    everything.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });
});

describe('The construct in an app of its user', () => {
  it('takes a route table and a bus that are made in the same app', () => {
    const stack = createStack();
    const table = new CfnRouteTable(stack, 'Table', { vpcId: new Vpc(stack, 'Vpc').vpcId });
    new PodRoutes(stack, 'PodRoutes', {
      clusterCidrs: ['10.200.0.0/16'],
      routeTables: [table.ref],
      eventBus: new EventBus(stack, 'Bus').eventBusArn,
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ PODROUTES_ROUTE_TABLES: { Ref: 'Table' } }) },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { LogGroupName: Match.absent() });
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmName: Match.absent() });
  });
});

describe('The outputs', () => {
  const valuesOf = (props: PodRoutesProps): Record<string, string> =>
    Object.fromEntries(
      Object.entries(synthesize(props).findOutputs('*')).map(([id, { Value }]) => [
        id.replace(/^PodRoutes|[\dA-F]{8}$/g, ''),
        JSON.stringify(Value),
      ]),
    );

  it('name functions, queues and topic, and link to the dashboard and the logs', () => {
    const outputs = valuesOf(MINIMAL);
    expect(Object.keys(outputs)).toEqual(
      expect.arrayContaining([
        ...['ReconcileFunction', 'NodeEventsFunction', 'EventsQueue', 'DeadLettersQueue'],
        ...['AlarmsTopic', 'DashboardLink', 'NodeEventsLogsLink', 'ReconcileLogsLink'],
      ]),
    );
    expect(outputs['DashboardLink']).toMatch(
      /home\?region=.*#dashboards\/dashboard\/.*"Ref":"PodRoutesDashboard/,
    );
    expect(outputs['ReconcileLogsLink']).toMatch(/#logsV2:log-groups\/log-group\/.*\$252F/);
  });

  it('have no topic and no dashboard where there is none', () => {
    const outputs = valuesOf({ ...MINIMAL, monitoring: 'off' });
    expect(Object.keys(outputs)).not.toContain('AlarmsTopic');
    expect(Object.keys(outputs)).not.toContain('DashboardLink');
    expect(valuesOf(EVERYTHING)['AlarmsTopic']).toBe(JSON.stringify(EVERYTHING.alarmTopicArn));
  });
});
