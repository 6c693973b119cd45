import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { ALARM_SLUGS, ALARMS } from '../../../infra/alarms.ts';
import type { AlarmName } from '../../../infra/deployed-names.ts';
import { METRIC_UNITS, WRITTEN_METRICS } from '../../../shared/core/telemetry.ts';
import { metricsOf, withFunction } from '../../e2e/deployment.ts';
import { CONFIGURATIONS, EVERYTHING, MINIMAL, propertiesOf, synthesize } from './synthesis.ts';

const minimal = synthesize(MINIMAL);
const everything = synthesize(EVERYTHING);

function about(slug: keyof typeof ALARMS): object {
  return { AlarmDescription: Match.stringLikeRegexp(`docs/alarms/${slug}\\.md`) };
}

describe('The alarms', () => {
  it('tell the topic when they are raised, and when all is well again', () => {
    const [topic] = Object.keys(minimal.findResources('AWS::SNS::Topic'));
    minimal.allResourcesProperties('AWS::CloudWatch::Alarm', {
      ActionsEnabled: Match.absent(),
      AlarmActions: [{ Ref: topic }],
      OKActions: [{ Ref: topic }],
    });
  });

  it('go to the topic that there is', () => {
    everything.resourceCountIs('AWS::SNS::Topic', 0);
    everything.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [EVERYTHING.alarmTopicArn] });
  });

  it('are mailed to the addresses given', () => {
    everything.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
    minimal.resourceCountIs('AWS::SNS::Subscription', 0);
  });

  it('have the bounds of the common list, but for those that were given', () => {
    for (const [slug, { threshold }] of Object.entries(ALARMS)) {
      minimal.hasResourceProperties('AWS::CloudWatch::Alarm', {
        ...about(slug as keyof typeof ALARMS),
        Threshold: threshold,
      });
    }
    everything.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...about('event-to-route-slow'),
      Threshold: 30,
    });
  });

  it('take silence of the full reconcile for an alarm, over three of its intervals', () => {
    everything.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...about('reconcile-missing'),
      TreatMissingData: 'breaching',
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
      Metrics: Match.arrayWith([Match.objectLike({ MetricStat: Match.objectLike({ Period: 900 }) })]),
    });
  });
});

const GOOD = 'notBreaching';
const ABOVE = 'GreaterThanThreshold';

/**
 * By slug: what is measured, as [what, statistic, seconds of a period], and then the evaluated periods, how many of
 * those have to be past the threshold, the threshold, on which side, and what no data means.
 */
const MEASURED: Readonly<Record<AlarmName, readonly [unknown, number, number, number, string, string]>> = {
  'dead-letters': [
    ['AWS/SQS ApproximateNumberOfMessagesVisible DeadLetters', 'Maximum', 300],
    ...([1, 1, 0, ABOVE, GOOD] as const),
  ],
  'dead-letters-undelivered': [
    {
      result: Array.from({ length: 6 }, (_, i) => `FILL(term${i}, 0)`).join(' + '),
      ...Object.fromEntries(
        Object.keys(minimal.findResources('AWS::Events::Rule'))
          .map(nameResource)
          // `podroutes verify` itself says that its event was lost.
          .filter((rule) => rule !== 'Verification')
          .map((rule, i) => [`term${i}`, [`AWS/Events InvocationsFailedToBeSentToDlq ${rule}`, 'Sum', 300]]),
      ),
    },
    ...([3, 1, 0, ABOVE, GOOD] as const),
  ],
  'queue-age': [
    ['AWS/SQS ApproximateAgeOfOldestMessage Events', 'Maximum', 300],
    ...([1, 1, 600, ABOVE, GOOD] as const),
  ],
  'function-errors': [
    {
      result: 'FILL(term0, 0) + FILL(term1, 0)',
      term0: ['AWS/Lambda Errors NodeEvents', 'Sum', 300],
      term1: ['AWS/Lambda Errors Reconcile', 'Sum', 300],
    },
    ...([1, 1, 0, ABOVE, GOOD] as const),
  ],
  'function-throttles': [
    {
      result: 'FILL(term0, 0) + FILL(term1, 0)',
      term0: ['AWS/Lambda Throttles NodeEvents', 'Sum', 300],
      term1: ['AWS/Lambda Throttles Reconcile', 'Sum', 300],
    },
    ...([3, 3, 0, ABOVE, GOOD] as const),
  ],
  'reconcile-missing': [
    {
      result: 'invocations - errors',
      invocations: ['AWS/Lambda Invocations Reconcile', 'Sum', 300],
      errors: ['AWS/Lambda Errors Reconcile', 'Sum', 300],
    },
    ...([3, 3, 1, 'LessThanThreshold', 'breaching'] as const),
  ],
  'apply-failures': [['PodRoutes ApplyFailures kthw', 'Sum', 300], ...([2, 2, 0, ABOVE, GOOD] as const)],
  'error-findings': [['PodRoutes ErrorFindings kthw', 'Maximum', 300], ...([2, 2, 0, ABOVE, GOOD] as const)],
  'route-table-filling': [
    {
      result: [
        `SELECT MAX(RouteTableUtilization) FROM SCHEMA("PodRoutes", Cluster, RouteTable) WHERE Cluster = 'kthw'`,
        300,
      ],
    },
    ...([1, 1, 80, ABOVE, GOOD] as const),
  ],
  'event-to-route-slow': [
    ['PodRoutes EventToRouteSeconds kthw', 'p95', 3600],
    ...([1, 1, 60, ABOVE, GOOD] as const),
  ],
};

/** @example nameResource('PodRoutesEvents1234ABCD') //=> 'Events' */
function nameResource(logicalId: string): string {
  return logicalId.replace(/^PodRoutes|[\dA-F]{8}$/g, '');
}

interface Measure {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

interface Term {
  readonly Id: string;
  readonly ReturnData: boolean;
  readonly Expression?: string;
  readonly Period?: number;
  readonly MetricStat?: { readonly Metric: Measure; readonly Stat: string; readonly Period: number };
}

/** Namespace, metric, and whose it is: a resource without the hash in its id, or the text that is there. */
function nameMeasure({ Namespace, MetricName, Dimensions }: Measure): string {
  const owners = Dimensions.map(
    ({ Value }) =>
      /"PodRoutes\w+"/.exec(JSON.stringify(Value))?.map((id) => nameResource(id.slice(1, -1)))[0] ?? Value,
  );
  return [Namespace, MetricName, ...owners].join(' ');
}

function nameTerm({ Id, ReturnData, Expression, Period, MetricStat }: Term): [string, unknown] {
  if (MetricStat !== undefined) {
    return [Id, [nameMeasure(MetricStat.Metric), MetricStat.Stat, MetricStat.Period]];
  }
  return [ReturnData ? 'result' : Id, Period === undefined ? Expression : [Expression, Period]];
}

describe('What the alarms measure', () => {
  it.each(Object.entries(MEASURED))('for %s is just this', (slug, expected) => {
    const found = propertiesOf(minimal, 'AWS::CloudWatch::Alarm').filter(
      ({ AlarmName }) => AlarmName === `podroutes/kthw/podroutes/${slug}`,
    );
    const [alarm = {}] = found;
    const measured = Array.isArray(alarm['Metrics'])
      ? Object.fromEntries(alarm['Metrics'].map(nameTerm))
      : [
          nameMeasure(alarm as unknown as Measure),
          alarm['Statistic'] ?? alarm['ExtendedStatistic'],
          alarm['Period'],
        ];
    const evaluation = [
      ...[alarm['EvaluationPeriods'], alarm['DatapointsToAlarm'], alarm['Threshold']],
      ...[alarm['ComparisonOperator'], alarm['TreatMissingData']],
    ];
    expect([measured, ...evaluation]).toEqual(expected);
  });
});

/** What each service calls its metrics by. */
const DIMENSIONS: Readonly<Record<string, readonly string[]>> = {
  'AWS/SQS': ['QueueName'],
  'AWS/Lambda': ['FunctionName'],
  'AWS/Events': ['RuleName'],
  PodRoutes: ['Cluster'],
};

it('Metrics of alarms have the dimensions of their service', () => {
  const alarms = propertiesOf(minimal, 'AWS::CloudWatch::Alarm') as unknown as (Measure & {
    readonly Metrics?: readonly Term[];
  })[];
  const measures = alarms.flatMap(({ Metrics, ...plain }) =>
    Metrics === undefined ? [plain] : Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
  );
  expect(measures).toHaveLength(17);
  for (const { Namespace, Dimensions } of measures) {
    expect(Dimensions.map(({ Name }) => Name)).toEqual(DIMENSIONS[Namespace]);
  }
});

describe('The topic', () => {
  it('is encrypted with a key that CloudWatch may use, and takes nothing without TLS', () => {
    minimal.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    minimal.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
    minimal.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
  });
});

/** Every metric of ours that a text of the template names. */
function namedMetrics(value: unknown): string[] {
  return Object.keys(METRIC_UNITS).filter((name) => new RegExp(`\\b${name}\\b`).test(JSON.stringify(value)));
}

describe('The dashboard', () => {
  it('shows every metric that alarms do not speak for, and most of the others', () => {
    const [dashboard] = propertiesOf(minimal, 'AWS::CloudWatch::Dashboard');
    expect(namedMetrics(dashboard).sort()).toEqual(
      Object.keys(METRIC_UNITS)
        .filter((name) => name !== 'ErrorFindings')
        .sort(),
    );
  });

  it('begins with what to do when an alarm rings, and links to the pages where they are published', () => {
    const [dashboard = {}] = propertiesOf(everything, 'AWS::CloudWatch::Dashboard');
    const text = JSON.stringify(dashboard);
    for (const slug of ALARM_SLUGS) {
      expect(text).toContain(`[${slug}](${EVERYTHING.docsUrl}/alarms/${slug}.md) | ${ALARMS[slug].title}`);
    }
    expect(text.indexOf('`podroutes alerts`')).toBeLessThan(text.indexOf('RoutesCreated'));
  });

  it('shows the state of every alarm', () => {
    const [dashboard] = propertiesOf(minimal, 'AWS::CloudWatch::Dashboard');
    for (const id of Object.keys(minimal.findResources('AWS::CloudWatch::Alarm'))) {
      expect(JSON.stringify(dashboard)).toContain(JSON.stringify({ 'Fn::GetAtt': [id, 'Arn'] }));
    }
  });

  it('can be left out', () => {
    synthesize({ ...MINIMAL, dashboard: false }).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });
});

describe('How much is watched', () => {
  const namesOf = (monitoring: string): unknown[] =>
    propertiesOf(synthesize({ ...MINIMAL, monitoring }), 'AWS::CloudWatch::Alarm').map(({ AlarmName }) =>
      String(AlarmName).replace('podroutes/kthw/podroutes/', ''),
    );

  it('is what loses routes, where that is all that is asked for, by a topic without a key', () => {
    expect(namesOf('essential').toSorted()).toEqual([
      'apply-failures',
      'dead-letters',
      'error-findings',
      'function-errors',
      'queue-age',
      'reconcile-missing',
    ]);
    const essential = synthesize({ ...MINIMAL, monitoring: 'essential' });
    essential.resourceCountIs('AWS::KMS::Key', 0);
    essential.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    essential.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.absent() });
    essential.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny' })]) },
    });
    const queued = synthesize({ ...MINIMAL, monitoring: 'essential', encryptQueuesWithKey: true });
    queued.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.absent() });
    expect(JSON.stringify(queued.findResources('AWS::KMS::Key'))).not.toContain('cloudwatch');
  });

  it('is nothing, where that is asked for: neither alarm nor topic', () => {
    expect(namesOf('off')).toEqual([]);
    const off = synthesize({ ...MINIMAL, monitoring: 'off' });
    for (const type of ['SNS::Topic', 'KMS::Key', 'CloudWatch::Dashboard']) {
      off.resourceCountIs(`AWS::${type}`, 0);
    }
  });

  it('needs the metrics of its alarms, and the functions write those', () => {
    const watched = namedMetrics(
      propertiesOf(synthesize({ ...MINIMAL, monitoring: 'essential' }), 'AWS::CloudWatch::Alarm'),
    );
    expect(watched.toSorted()).toEqual([...WRITTEN_METRICS.essential].toSorted());
    synthesize({ ...MINIMAL, monitoring: 'essential' }).allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ PODROUTES_MONITORING: 'essential' }) },
    });
  });
});

describe('An alarm', () => {
  it.each(Object.keys(CONFIGURATIONS))('looks at ten metrics at most, as CloudWatch demands: %s', (name) => {
    for (const { Metrics = [] } of propertiesOf(
      synthesize(CONFIGURATIONS[name] ?? MINIMAL),
      'AWS::CloudWatch::Alarm',
    )) {
      const looked = [Metrics].flat().filter((metric) => 'MetricStat' in Object(metric));
      expect(looked.length).toBeLessThanOrEqual(10);
    }
  });
});

describe('The metrics of alarms', () => {
  it('are written by the functions with these very dimensions', () =>
    withFunction('node-events', {}, async ({ world, host, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      await deliverEvents();
      const written = metricsOf(host.takeLogs()).map(
        ({ namespace, name, dimensions }) => `${namespace} ${name} ${Object.keys(dimensions).sort()}`,
      );
      expect(written).toEqual(
        expect.arrayContaining([
          'PodRoutes ApplyFailures Cluster',
          'PodRoutes ErrorFindings Cluster',
          'PodRoutes EventToRouteSeconds Cluster',
          'PodRoutes RouteTableUtilization Cluster,RouteTable',
        ]),
      );
    }));
});
