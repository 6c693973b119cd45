import { runInNewContext } from 'node:vm';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { CreateRouteCommand, DescribeInstanceAttributeCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { classifyAwsFailure, isAnswered, isThrottled } from '../../shared/aws/failures.ts';
import { isRetryable } from '../../shared/core/errors.ts';
import { clientConfig, createNetwork, launch, withSandbox } from '../sandbox/setup.ts';
import { withAlteredAnswers } from './altered-answers.ts';

const ROUTE = { RouteTableId: 'rtb-0123456789abcdef0', DestinationCidrBlock: '10.200.0.0/24' };
const ACTION = 'ec2:CreateRoute';
const ABORT_ERROR = `Object.assign(new Error('aborted'), { name: 'AbortError' })`;

async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('The call was accepted');
}

const NO_ROUTE = "There is no route defined for '10.200.0.0/24' in the route table. Use CreateRoute instead.";
const SEVERAL = "There are multiple interfaces attached to instance 'i-0'. Please specify an interface ID.";
const PENDING = "The pending instance 'i-0' is not in a valid state for this operation.";

describe('A failed call to EC2', () => {
  it.each([
    { code: 'RouteAlreadyExists', kind: 'contradicted' },
    { code: 'InvalidRoute.NotFound', kind: 'contradicted' },
    { code: 'InvalidInstanceID.NotFound', kind: 'stale' },
    { code: 'InvalidNetworkInterfaceID.NotFound', kind: 'stale' },
    { code: 'InvalidParameterValue', message: NO_ROUTE, kind: 'contradicted' },
    { code: 'InvalidInstanceID', message: SEVERAL, kind: 'stale' },
    { code: 'InvalidInstanceID', message: PENDING, kind: 'transient' },
    { code: 'IncorrectInstanceState', kind: 'transient' },
    { code: 'RequestLimitExceeded', status: 503, kind: 'transient' },
    { code: 'Throttling', kind: 'transient' },
    { code: 'InternalError', status: 500, kind: 'transient' },
    { code: 'Unavailable', status: 503, kind: 'transient' },
    { code: 'SomethingNew', status: 502, kind: 'transient' },
    { code: 'RouteLimitExceeded', kind: 'full' },
    { code: 'UnauthorizedOperation', status: 403, kind: 'permanent' },
    { code: 'InvalidRouteTableID.NotFound', kind: 'permanent' },
    { code: 'InvalidParameterValue', message: 'Something else is wrong.', kind: 'permanent' },
    { code: 'InvalidInstanceID', message: 'Something else is wrong.', kind: 'permanent' },
    { code: 'SomethingNew', status: 400, kind: 'permanent' },
  ])('with $code ($message, status $status) is $kind', ({ code, message, status, kind }) =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      sandbox.failNext('CreateRoute', { code, ...(message && { message }), ...(status && { status }) });
      const failure = classifyAwsFailure(await thrownBy(ec2.send(new CreateRouteCommand(ROUTE))), ACTION);
      expect(failure).toMatchObject({ kind, code });
      expect(failure.message).toContain(ACTION);
    }),
  );

  it('for want of permission says which policy is in the way, as far as EC2 tells', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const reason = 'You are not authorized, with an explicit deny in a service control policy.';
      const message = `${reason} Encoded authorization failure message: ${'AbCdEf0123'.repeat(100)}`;
      for (const said of [message, `${reason}${'x'.repeat(1_000)}`]) {
        sandbox.failNext('CreateRoute', { code: 'UnauthorizedOperation', message: said, status: 403 });
        const failure = classifyAwsFailure(await thrownBy(ec2.send(new CreateRouteCommand(ROUTE))), ACTION);
        expect(failure.message).toContain(
          `is not allowed to call ${ACTION}. Allow it in the IAM policy. AWS says: ${reason}`,
        );
        expect(failure.message).not.toContain('AbCdEf0123');
        expect(failure.message.length).toBeLessThan(400);
      }
    }));

  it('for want of permission names the action to allow, and not the encoded details', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const message = 'You are not authorized. Encoded authorization failure message: AbCdEf0123';
      for (const code of ['UnauthorizedOperation', 'SomethingNew']) {
        sandbox.failNext('CreateRoute', { code, message, status: 403 });
        const failure = classifyAwsFailure(await thrownBy(ec2.send(new CreateRouteCommand(ROUTE))), ACTION);
        expect(failure.message).toContain(ACTION);
        expect(failure.message).not.toContain('AbCdEf0123');
      }
    }));

  it('with a long message is cut short', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      sandbox.failNext('CreateRoute', { code: 'SomethingNew', message: 'x'.repeat(5_000) });
      const failure = classifyAwsFailure(await thrownBy(ec2.send(new CreateRouteCommand(ROUTE))), ACTION);
      expect(failure.message.length).toBeLessThan(400);
    }));

  it('by a broken connection may come right', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      sandbox.failNext('CreateRoute', { answer: 'reset', times: 10 });
      const failure = classifyAwsFailure(await thrownBy(ec2.send(new CreateRouteCommand(ROUTE))), ACTION);
      expect(isRetryable(failure)).toBe(true);
    }));

  it.each([
    ['ECONNRESET', 'the connection broke before the answer came (socket hang up)'],
    ['EPIPE', 'the connection broke before the answer came (socket hang up)'],
    ['ETIMEDOUT', 'socket hang up'],
  ])('by %s is no time-out of the SDK, which calls it so', (code, said) => {
    const thrown = Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code });
    expect(classifyAwsFailure(thrown, ACTION)).toEqual({
      kind: 'transient',
      code,
      message: `${ACTION}: ${said}`,
    });
  });

  it.each([
    ['a signal that timed out', new DOMException('The operation timed out.', 'TimeoutError')],
    ['a signal that was aborted', new DOMException('This operation was aborted', 'AbortError')],
    ['the host, whose errors are of another realm', runInNewContext(ABORT_ERROR)],
  ])('by %s is the deadline', (_, thrown) => {
    expect(classifyAwsFailure(thrown, ACTION)).toMatchObject({ kind: 'unfinished', code: 'deadline' });
    expect(isAnswered(thrown)).toBe(true);
  });

  it('by an answer that is late for the client alone is no deadline', () => {
    const late = Object.assign(new Error('Connection timed out after 1000 ms'), { name: 'TimeoutError' });
    expect(classifyAwsFailure(late, ACTION)).toMatchObject({ kind: 'transient', code: 'TimeoutError' });
    expect(isAnswered(late)).toBe(false);
  });

  it('is read as well where it is an error of another realm', () => {
    const thrown = runInNewContext(`Object.assign(new Error('slow down'), { name: 'Throttling' })`);
    expect(classifyAwsFailure(thrown, ACTION)).toMatchObject({ kind: 'transient', code: 'Throttling' });
    expect(isThrottled(thrown)).toBe(true);
  });

  it('by an answer that was cut short may come right, and shows nothing of it', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const UserData = Buffer.from('token=hunter2').toString('base64');
      const InstanceId = await launch(ec2, subnet, { UserData });
      const command = new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' });
      const cut = (xml: string): string => xml.slice(0, xml.indexOf(UserData) + UserData.length - 2);
      await withAlteredAnswers(sandbox, cut, async (altered) => {
        const thrown = await thrownBy(altered.send(command));
        const failure = classifyAwsFailure(thrown, 'ec2:DescribeInstanceAttribute');
        expect(failure).toEqual({
          kind: 'transient',
          code: 'unreadable-answer',
          message: 'ec2:DescribeInstanceAttribute: the response could not be read.',
        });
      });
    }));

  it('by an aborted signal is the deadline, whenever that comes', () =>
    withSandbox({ latencyMs: 200 }, async ({ ec2 }) => {
      const before = ec2.send(new CreateRouteCommand(ROUTE), { abortSignal: AbortSignal.abort() });
      const amid = ec2.send(new CreateRouteCommand(ROUTE), { abortSignal: AbortSignal.timeout(20) });
      for (const call of [before, amid]) {
        expect(classifyAwsFailure(await thrownBy(call), ACTION)).toMatchObject({
          kind: 'unfinished',
          code: 'deadline',
        });
      }
    }));

  it('for want of credentials says so and is permanent', () =>
    withSandbox({}, async ({ sandbox }) => {
      const credentials = async () => {
        throw Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' });
      };
      const client = new EC2Client({ ...clientConfig(sandbox), credentials });
      const thrown = await thrownBy(client.send(new CreateRouteCommand(ROUTE)));
      client.destroy();
      expect(classifyAwsFailure(thrown, ACTION)).toMatchObject({
        kind: 'permanent',
        code: 'CredentialsProviderError',
      });
    }));

  it('that throws something that is no error is told all the same', () => {
    expect(classifyAwsFailure('nonsense', ACTION).message).toBe(`${ACTION}: nonsense`);
  });
});

describe('A failed call to Auto Scaling', () => {
  it('for contention may come right', async () => {
    const { CompleteLifecycleActionCommand } = await import('@aws-sdk/client-auto-scaling');
    await withSandbox({}, async ({ sandbox, autoScaling }) => {
      sandbox.failNext('CompleteLifecycleAction', { code: 'ResourceContention', status: 500 });
      const command = new CompleteLifecycleActionCommand({
        AutoScalingGroupName: 'workers',
        LifecycleHookName: 'podroutes',
        LifecycleActionToken: '87654321-4321-4321-4321-210987654321',
        LifecycleActionResult: 'CONTINUE',
      });
      const action = 'autoscaling:CompleteLifecycleAction';
      expect(classifyAwsFailure(await thrownBy(autoScaling.send(command)), action).kind).toBe('transient');
    });
  });
});

describe('A transaction of DynamoDB that was cancelled', () => {
  it.each([
    { codes: ['ConditionalCheckFailed', 'None'], kind: 'stale' },
    { codes: ['None', 'TransactionConflict'], kind: 'stale' },
    { codes: ['ThrottlingError', 'ConditionalCheckFailed'], kind: 'stale' },
    { codes: ['None', 'ThrottlingError'], kind: 'transient' },
    { codes: ['ProvisionedThroughputExceeded'], kind: 'transient' },
    { codes: ['ValidationError'], kind: 'permanent' },
    { codes: [], kind: 'permanent' },
  ])('for $codes is $kind', ({ codes, kind }) => {
    const thrown = new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: { httpStatusCode: 400 },
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
    expect(classifyAwsFailure(thrown, 'dynamodb:PutItem')).toMatchObject({
      kind,
      code: 'TransactionCanceledException',
    });
  });
});
