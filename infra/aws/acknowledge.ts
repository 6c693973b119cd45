import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CheckedProps } from './read-props.ts';

interface Exception {
  readonly rule: string;
  readonly reason: string;
}

/**
 * Where `Validations.of(construct).acknowledge` writes, and cdk-nag and CDK read. Written here, as that method refuses
 * an id with `::` within its brackets before aws-cdk-lib 2.269, and is not there in older versions:
 * https://github.com/aws/aws-cdk/pull/38787
 */
const ACKNOWLEDGED_RULES = 'aws:cdk:acknowledged-rules';

const ROLES = ['NodeEventsRole', 'ReconcileRole'];
const FUNCTIONS = ['NodeEvents', 'Reconcile'];

/** Rules of cdk-nag that do not hold here, by the constructs that they are not held against. */
const EXCEPTIONS: readonly (readonly [readonly string[], Exception])[] = [
  [
    ['DeadLetters'],
    { rule: 'Serverless::Serverless-SQSRedrivePolicy', reason: 'It is the dead-letter queue.' },
  ],
  [
    FUNCTIONS,
    {
      rule: 'Serverless::Serverless-LambdaDLQ',
      reason:
        'What node-events fails at stays in the queue, which has a dead-letter queue; what reconcile misses the next scheduled run repairs, and alarms tell.',
    },
  ],
  [
    FUNCTIONS,
    {
      rule: 'Serverless::Serverless-LambdaTracing',
      reason: 'Every call is in the log with its outcome, and X-Ray SDKs are in maintenance.',
    },
  ],
  [
    ['EventsMapping'],
    {
      rule: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
      reason: 'For SQS that is the redrive policy of the queue.',
    },
  ],
  [
    ['Reconcile'],
    {
      rule: 'Serverless::Serverless-LambdaAsyncFailureDestination',
      reason: 'The next scheduled run does the same; function-errors and reconcile-missing tell.',
    },
  ],
  [
    ['AlarmTopic'],
    {
      rule: 'Serverless::Serverless-SNSRedrivePolicy',
      reason: 'Mail that does not arrive cannot be sent again from a queue.',
    },
  ],
  [
    ROLES,
    {
      rule: 'Serverless::Serverless-LambdaStarPermissions',
      reason:
        'No action is a wildcard; each resource that is one has its own reason under AwsSolutions-IAM5.',
    },
  ],
];

/** Says to cdk-nag, wherever the construct is checked by it, what is so on purpose. */
export function acknowledgeFindings(scope: Construct, { props }: CheckedProps): void {
  const wildcards = wildcardReasons(Stack.of(scope), props).map(
    ([resource, reason]): readonly [readonly string[], Exception] => [
      ROLES,
      { rule: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`, reason },
    ],
  );
  for (const [ids, { rule, reason }] of [...EXCEPTIONS, ...wildcards]) {
    for (const id of ids) {
      scope.node.tryFindChild(id)?.node.addMetadata(ACKNOWLEDGED_RULES, { [rule]: reason });
    }
  }
}

/** Resources that cannot be named, as cdk-nag writes them. */
function wildcardReasons(
  stack: Stack,
  { autoScalingGroups: groups, kubernetesToken = '' }: CheckedProps['props'],
): readonly (readonly [string, string])[] {
  const place = `${shown(stack.region, 'Region')}:${shown(stack.account, 'AccountId')}`;
  const partition = shown(stack.partition, 'Partition');
  const ec2 = `arn:${partition}:ec2:${place}`;
  const group = `arn:${partition}:autoscaling:${place}:autoScalingGroup:*:autoScalingGroupName`;
  return [
    [
      '*',
      'The calls that list instances, interfaces and tables take no resource; the region is a condition. So do those that place a function in subnets, which its own code may not make, and that of a token, whose audience is a condition.',
    ],
    [`${ec2}:instance/*`, 'Nodes come and go; the tag that selects them is a condition, where there is one.'],
    [`${ec2}:route-table/*`, "Tables are found by the cluster's tag, which is the condition."],
    [`${ec2}:network-interface/*`, 'Nodes come and go; their VPCs are the condition, where they are named.'],
    [
      `arn:${partition}:secretsmanager:${place}:secret:${kubernetesToken.replace(/^secret:/, '')}-??????`,
      'Secrets Manager puts six characters of its own behind the name.',
    ],
    ...groups.map(
      (name) => [`${group}/${name}`, "The middle part is the group's UUID, which has no name."] as const,
    ),
  ];
}

function shown(value: string, pseudoParameter: string): string {
  return Token.isUnresolved(value) ? `<AWS::${pseudoParameter}>` : value;
}
