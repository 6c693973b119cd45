import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { VERIFICATION } from '../../shared/aws/events/verification.ts';
import { type RulePattern, rulePatterns } from './event-patterns.ts';
import type { CheckedProps } from './read-props.ts';
import { awaitsBlocks, redeliveryOf } from './redelivery.ts';

export interface EventQueue {
  readonly queue: Queue;
  /** Messages received too often, and events that a rule could not put into the queue. */
  readonly deadLetters: Queue;
  /** Those of events about nodes. */
  readonly rules: readonly CfnRule[];
}

/** The queue of events, what is given up, and the rules that fill it from the default bus. */
export function createEventQueue(scope: Construct, checked: CheckedProps, key: IKey | null): EventQueue {
  const protection: QueueProps = {
    ...(key === null
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: key }),
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
  };
  const deadLetters = new Queue(scope, 'DeadLetters', { ...protection, retentionPeriod: Duration.days(14) });
  const { visibilitySeconds, maxReceives } = redeliveryOf(
    checked.props.eventsTimeoutSeconds,
    awaitsBlocks(checked.config),
  );
  const queue = new Queue(scope, 'Events', {
    ...protection,
    visibilityTimeout: Duration.seconds(visibilitySeconds),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: maxReceives },
  });
  const patterns = rulePatterns(checked);
  const all = patterns.map((pattern) => createRule(scope, pattern, { queue, deadLetters }));
  for (const target of [queue, deadLetters]) target.addToResourcePolicy(sendStatement(target, all));
  // That a verification was lost says `podroutes verify` itself.
  const rules = all.filter((_, i) => !patterns[i]?.source.includes(VERIFICATION.source));
  return { queue, deadLetters, rules };
}

/** EC2 Instance Launch Successful -> EC2InstanceLaunchSuccessful */
function ruleId({ 'detail-type': types }: RulePattern): string {
  return types.join().replace(/[^A-Za-z0-9]/g, '');
}

function createRule(
  scope: Construct,
  pattern: RulePattern,
  { queue, deadLetters }: Omit<EventQueue, 'rules'>,
): CfnRule {
  return new CfnRule(scope, ruleId(pattern), {
    description: `podroutes: ${pattern['detail-type'].join()}`,
    eventPattern: pattern,
    targets: [{ id: 'Queue', arn: queue.queueArn, deadLetterConfig: { arn: deadLetters.queueArn } }],
  });
}

function sendStatement(target: Queue, rules: readonly CfnRule[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'OnlyOurRules',
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [target.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': rules.map(({ attrArn }) => attrArn) } },
  });
}
