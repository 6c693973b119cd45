import { Stack, Token } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { CheckedProps } from './read-props.ts';

const SECRET = 'secret:';
const IDENTITY = 'identity:';

/** What both functions need to get the token for the Kubernetes API, and no more. */
export function tokenStatements(scope: Construct, { props }: CheckedProps): PolicyStatement[] {
  const token = props.kubernetesToken ?? '';
  if (token.startsWith(SECRET)) {
    return [
      new PolicyStatement({
        sid: 'ReadKubernetesToken',
        actions: ['secretsmanager:GetSecretValue'],
        resources: [secretArn(scope, token.slice(SECRET.length))],
      }),
    ];
  }
  if (!token.startsWith(IDENTITY)) return [];
  return [
    new PolicyStatement({
      sid: 'BeKnownToKubernetes',
      actions: ['sts:GetWebIdentityToken'],
      // A token is for the role itself: there is no resource to name.
      resources: ['*'],
      conditions: {
        'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': [token.slice(IDENTITY.length)] },
      },
    }),
  ];
}

/**
 * Secrets Manager puts six characters of its own behind the name in the ARN.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
 */
function secretArn(scope: Construct, name: string): string {
  // What is known only when the stack is deployed is the ARN of a secret made in the same app.
  if (name.startsWith('arn:') || Token.isUnresolved(name)) return name;
  const stack = Stack.of(scope);
  return `arn:${stack.partition}:secretsmanager:${stack.region}:${stack.account}:secret:${name}-??????`;
}

/** What Lambda itself does to place a function in subnets. */
const PLACING = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * The rights to place a function in subnets, for Lambda alone and not for the code of the function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export function placingStatements(scope: Construct, { props }: CheckedProps): PolicyStatement[] {
  if (props.functionSubnetIds.length === 0) return [];
  const functions = Stack.of(scope).formatArn({ service: 'lambda', resource: 'function:*' });
  return [
    new PolicyStatement({
      sid: 'PlaceInSubnets',
      actions: [...PLACING, 'ec2:DescribeNetworkInterfaces'],
      resources: ['*'],
    }),
    new PolicyStatement({
      sid: 'PlaceByLambdaAlone',
      effect: Effect.DENY,
      actions: PLACING,
      resources: ['*'],
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': functions } },
    }),
  ];
}

/** Places a function in the subnets that are named. */
export function placeFunction(handler: LambdaFunction, { props }: CheckedProps): void {
  const { functionSubnetIds, functionSecurityGroupIds } = props;
  if (functionSubnetIds.length === 0) return;
  const resource = handler.node.defaultChild as CfnFunction;
  resource.vpcConfig = {
    subnetIds: [...functionSubnetIds],
    securityGroupIds: [...functionSecurityGroupIds],
  };
}
