import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';

/**
 * Invokes the full reconcile. Without an input EventBridge Scheduler sends its own event, by which the function
 * knows the schedule from a person. A run that is missed is not made up for: the next one repairs the same.
 */
export function createSchedule(scope: Construct, reconcile: LambdaFunction, minutes: number): CfnSchedule {
  const role = new Role(scope, 'ScheduleRole', {
    description: 'podroutes: invokes the full reconcile',
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    inlinePolicies: {
      Invoke: new PolicyDocument({
        statements: [
          new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [reconcile.functionArn] }),
        ],
      }),
    },
  });
  return new CfnSchedule(scope, 'Schedule', {
    description: 'podroutes: full reconcile',
    scheduleExpression: rateOf(minutes),
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: reconcile.functionArn,
      roleArn: role.roleArn,
      retryPolicy: { maximumEventAgeInSeconds: minutes * 60, maximumRetryAttempts: 3 },
    },
  });
}

/** @example rateOf(5) //=> 'rate(5 minutes)' */
export function rateOf(minutes: number): string {
  return `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;
}
