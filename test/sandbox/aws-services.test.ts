import {
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from '@jest/globals';
import { startAwsSandbox } from '../../shared/sandbox/aws-server.ts';
import { clientConfig, refusal, withSandbox } from './setup.ts';

const HOOK = {
  group: 'workers',
  hook: 'routes',
  instance: 'i-0cb0e48788838daa4',
  transition: 'launching',
} as const;

const COMPLETE = {
  AutoScalingGroupName: 'workers',
  LifecycleHookName: 'routes',
  LifecycleActionResult: 'CONTINUE',
};

describe('The server of the AWS sandbox', () => {
  it('listens on loopback at the port that was asked for', async () => {
    const first = await startAwsSandbox();
    const port = Number(new URL(first.endpoint).port);
    expect(new URL(first.endpoint).hostname).toBe('127.0.0.1');
    await first.close();
    const second = await startAwsSandbox({ port });
    expect(second.endpoint).toBe(first.endpoint);
    await expect(startAwsSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.close();
  });

  it('refuses actions that it does not know', () =>
    withSandbox({}, async ({ ec2, autoScaling, eventBridge }) => {
      const codes = [
        await refusal(ec2.send(new DescribeVolumesCommand({}))),
        await refusal(autoScaling.send(new DescribeAutoScalingGroupsCommand({}))),
        await refusal(eventBridge.send(new ListRulesCommand({}))),
      ].map(({ code }) => code);
      expect(codes).toEqual(['UnsupportedOperation', 'UnsupportedOperation', 'UnknownOperationException']);
    }));

  it('refuses a client of another region', () =>
    withSandbox({ region: 'eu-central-1' }, async ({ sandbox }) => {
      const stranger = new EC2Client({ ...clientConfig(sandbox), region: 'us-east-1' });
      expect(await refusal(stranger.send(new DescribeVpcsCommand({})))).toMatchObject({
        code: 'AuthFailure',
        status: 401,
        message: "Credential should be scoped to a valid region, not 'us-east-1'.",
      });
      stranger.destroy();
    }));

  it.each([
    ['without a signature', {}, 403, 'MissingAuthenticationToken'],
    [
      'of a service that it does not model',
      { authorization: 'AWS4-HMAC-SHA256 Credential=a/20261121/us-east-1/rds/aws4_request' },
      400,
      'UnsupportedOperation',
    ],
  ])('refuses a request %s', (_case, headers: Record<string, string>, status, code) =>
    withSandbox({}, async ({ sandbox }) => {
      const response = await fetch(sandbox.endpoint, {
        method: 'POST',
        headers,
        body: 'Action=DescribeVpcs',
      });
      expect(response.status).toBe(status);
      expect(await response.text()).toContain(`<Errors><Error><Code>${code}</Code>`);
    }),
  );

  it('logs every call with its parameters, outcome and user agent', () => {
    const now = () => 1_795_230_000_000;
    return withSandbox({ now }, async ({ sandbox, ec2 }) => {
      await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'vpc-id', Values: ['x'] }] }));
      await refusal(ec2.send(new DescribeInstancesCommand({ InstanceIds: ['i-xyz'] })));
      expect(sandbox.calls).toEqual([
        {
          service: 'ec2',
          action: 'DescribeVpcs',
          params: expect.objectContaining({ 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': 'x' }),
          mutating: false,
          at: now(),
          outcome: 'ok',
          userAgent: expect.stringContaining('aws-sdk-js'),
        },
        expect.objectContaining({ action: 'DescribeInstances', outcome: 'InvalidInstanceID.Malformed' }),
      ]);
      expect(sandbox.countCalls()).toEqual({ DescribeVpcs: 1, DescribeInstances: 1 });
      sandbox.clearCalls();
      expect(sandbox.calls).toEqual([]);
    });
  });
});

describe('Auto Scaling of the sandbox', () => {
  it.each([
    ['launching', 'EC2 Instance-launch Lifecycle Action', 'EC2', 'AutoScalingGroup'],
    ['terminating', 'EC2 Instance-terminate Lifecycle Action', 'AutoScalingGroup', 'EC2'],
  ] as const)('emits the lifecycle event of an instance %s', (transition, detailType, Origin, Destination) =>
    withSandbox({}, async ({ sandbox }) => {
      const token = sandbox.autoScaling.startHook({ ...HOOK, transition, metadata: 'x' });
      expect(sandbox.takeEvents()).toEqual([
        {
          version: '0',
          id: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
          'detail-type': detailType,
          source: 'aws.autoscaling',
          account: '123456789012',
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          region: 'us-east-1',
          resources: [expect.stringMatching(/:autoScalingGroupName\/workers$/)],
          detail: {
            LifecycleActionToken: token,
            AutoScalingGroupName: 'workers',
            LifecycleHookName: 'routes',
            EC2InstanceId: HOOK.instance,
            LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition.toUpperCase()}`,
            NotificationMetadata: 'x',
            Origin,
            Destination,
          },
        },
      ]);
    }),
  );

  it.each([
    ['token', (LifecycleActionToken: string) => ({ LifecycleActionToken })],
    ['instance', () => ({ InstanceId: HOOK.instance })],
  ])('completes a hook by its %s, once', (_by, more) =>
    withSandbox({}, async ({ sandbox, autoScaling }) => {
      const token = sandbox.autoScaling.startHook(HOOK);
      const command = new CompleteLifecycleActionCommand({ ...COMPLETE, ...more(token) });
      await autoScaling.send(command);
      expect(sandbox.autoScaling.completed).toEqual([{ ...HOOK, token, result: 'CONTINUE' }]);
      expect(sandbox.autoScaling.pending.size).toBe(0);
      expect(await refusal(autoScaling.send(command))).toEqual({
        code: 'ValidationError',
        status: 400,
        message: expect.stringMatching(/^No active Lifecycle Action found with /),
      });
    }),
  );

  it('knows no hook of another name', () =>
    withSandbox({}, async ({ sandbox, autoScaling }) => {
      const LifecycleActionToken = sandbox.autoScaling.startHook({ ...HOOK, hook: 'other' });
      const command = new CompleteLifecycleActionCommand({ ...COMPLETE, LifecycleActionToken });
      expect(await refusal(autoScaling.send(command))).toMatchObject({ code: 'ValidationError' });
      expect(sandbox.autoScaling.pending.size).toBe(1);
    }));
});

describe('EventBridge of the sandbox', () => {
  const entry = { Source: 'podroutes', DetailType: 'Route created', Detail: '{"cidr":"10.200.0.0/24"}' };

  it('keeps the entries that it was given', () =>
    withSandbox({}, async ({ sandbox, eventBridge }) => {
      const answer = await eventBridge.send(new PutEventsCommand({ Entries: [entry, entry] }));
      expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{}, {}] });
      expect(answer.Entries?.every(({ EventId }) => EventId !== undefined)).toBe(true);
      expect(sandbox.eventBridge.entries).toEqual([entry, entry]);
    }));

  it('fails single entries of calls that succeed', () =>
    withSandbox({}, async ({ sandbox, eventBridge }) => {
      sandbox.eventBridge.failEntries(1);
      const send = () =>
        eventBridge.send(new PutEventsCommand({ Entries: [entry, { ...entry, Detail: 'x' }, entry] }));
      const codes = async () => (await send()).Entries?.map(({ ErrorCode }) => ErrorCode);
      expect(await codes()).toEqual(['InternalFailure', 'MalformedDetail', undefined]);
      expect(await codes()).toEqual([undefined, 'MalformedDetail', undefined]);
      expect(sandbox.eventBridge.entries).toHaveLength(3);
    }));

  it.each([0, 11])('refuses a call with %d entries', (count) =>
    withSandbox({}, async ({ eventBridge }) => {
      const command = new PutEventsCommand({ Entries: Array.from({ length: count }, () => entry) });
      expect(await refusal(eventBridge.send(command))).toMatchObject({
        code: 'ValidationException',
        status: 400,
      });
    }),
  );
});
