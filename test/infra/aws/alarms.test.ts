import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { ALARMS } from '../../../infra/alarms.ts';
import { METRIC_UNITS } from '../../../shared/telemetry.ts';
import { metricsOf, withFunction } from '../../e2e/deployment.ts';
import { EVERYTHING, MINIMAL, propertiesOf, synthesize } from './synthesis.ts';

const minimal = synthesize(MINIMAL);
const everything = synthesize(EVERYTHING);

function about(slug: keyof typeof ALARMS): object {
  return { AlarmDescription: Match.stringLikeRegexp(`docs/alarms/${slug}\\.md`) };
}

describe('The alarms', () => {
  it('tell the topic when they are raised, and when all is well again', () => {
    const [topic] = Object.keys(minimal.findResources('AWS::SNS::Topic'));
    minimal.allResourcesProperties('AWS::CloudWatch::Alarm', {
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

  it('ask for the tables of this cluster alone', () => {
    minimal.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...about('route-table-filling'),
      Metrics: [
        Match.objectLike({
          Expression:
            'SELECT MAX(RouteTableUtilization) FROM SCHEMA("PodRoutes", Cluster, RouteTable) WHERE Cluster = \'kthw\'',
        }),
      ],
    });
  });
});

describe('The topic', () => {
  it('is encrypted with a key that CloudWatch may use, and takes nothing without TLS', () => {
    minimal.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    minimal.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } }),
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

  it('can be left out', () => {
    synthesize({ ...MINIMAL, dashboard: false }).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });
});

describe('The metrics of alarms', () => {
  it('are written by the functions with these very dimensions', () =>
    withFunction('node-events', {}, async ({ world, host, settle }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      await settle();
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
