// @ts-nocheck
import {
  CreateRouteCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  DeleteTagsCommand,
  DescribeTagsCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceRouteCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { type AwsSandbox, startAwsSandbox } from '../../shared/sandbox/aws-server.ts';
import type { CloudEvent } from '../../shared/sandbox/cloud-events.ts';
import { clientConfig, createClock, createNetwork, launch, refusal, text, withSandbox } from './setup.ts';

const POD = '10.200.0.0/24';

function takeDetails(sandbox: AwsSandbox, detailType: string) {
  const events = sandbox.takeEvents().filter((event) => event['detail-type'] === detailType);
  return events.map(({ detail }) => detail);
}

describe('Events of the sandbox EC2', () => {
  it('come in the envelope of EventBridge', () => {
    const clock = createClock(Date.parse('2026-11-21T03:00:00.789Z'));
    return withSandbox({ now: clock.now, region: 'eu-central-1', account: '523358537305' }, async (world) => {
      const { subnet } = await createNetwork(world.ec2);
      const id = await launch(world.ec2, subnet);
      expect(world.sandbox.takeEvents()[1]).toEqual({
        version: '0',
        id: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
        'detail-type': 'EC2 Instance State-change Notification',
        source: 'aws.ec2',
        account: '523358537305',
        time: '2026-11-21T03:00:00Z',
        region: 'eu-central-1',
        resources: [`arn:aws:ec2:eu-central-1:523358537305:instance/${id}`],
        detail: { 'instance-id': id, state: 'running' },
      });
    });
  });

  it('tell every state that an instance enters, each once', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const InstanceIds = [await launch(ec2, subnet)];
      await ec2.send(new StopInstancesCommand({ InstanceIds }));
      await ec2.send(new StopInstancesCommand({ InstanceIds }));
      await ec2.send(new StartInstancesCommand({ InstanceIds }));
      await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
      const details = takeDetails(sandbox, 'EC2 Instance State-change Notification');
      expect(details.map(({ state }) => state)).toEqual([
        'pending',
        'running',
        'stopping',
        'stopped',
        'pending',
        'running',
        'shutting-down',
        'terminated',
      ]);
      expect(sandbox.takeEvents()).toEqual([]);
    }));

  it('reach the listener as they happen', async () => {
    const heard: CloudEvent[] = [];
    await withSandbox({ emit: (event) => heard.push(event) }, async ({ sandbox, ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      await launch(ec2, subnet);
      expect(heard).toEqual(sandbox.takeEvents());
      expect(heard).toHaveLength(2);
    });
  });

  it('tell tag changes after launch with the tags that are then set', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const id = await launch(ec2, subnet, {
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'worker-0' }] }],
      });
      const tag = (Key: string, Value: string) =>
        ec2.send(new CreateTagsCommand({ Resources: [id, table], Tags: [{ Key, Value }] }));
      await tag('pod-cidr', POD);
      await tag('pod-cidr', POD);
      await tag('pod-cidr', '10.200.1.0/24');
      await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'pod-cidr' }] }));
      const details = takeDetails(sandbox, 'Tag Change on Resource');
      const change = { service: 'ec2', 'resource-type': 'instance', version: expect.any(Number) };
      const changed = { ...change, 'changed-tag-keys': ['pod-cidr'] };
      expect(details).toEqual([
        { ...changed, tags: { Name: 'worker-0', 'pod-cidr': POD } },
        { ...changed, tags: { Name: 'worker-0', 'pod-cidr': '10.200.1.0/24' } },
        { ...changed, tags: { Name: 'worker-0' } },
      ]);
      const versions = details.map(({ version }) => Number(version));
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
    }));

  it.each([
    ['any value of a key', [{ Key: 'a' }], ['b', 'aws-like']],
    ['a key of that value', [{ Key: 'a', Value: '1' }], ['b', 'aws-like']],
    ['no key of another value', [{ Key: 'a', Value: '2' }], ['a', 'b', 'aws-like']],
    ['all keys where none is named', undefined, []],
  ])('and deletes %s', (_case, Tags, left) =>
    withSandbox({}, async ({ ec2 }) => {
      const { table } = await createNetwork(ec2);
      const set = ['a', 'b', 'aws-like'].map((Key) => ({ Key, Value: '1' }));
      await ec2.send(new CreateTagsCommand({ Resources: [table], Tags: set }));
      await ec2.send(new DeleteTagsCommand({ Resources: [table], ...(Tags && { Tags }) }));
      const found = await ec2.send(new DescribeTagsCommand({}));
      expect(found.Tags?.map(({ Key }) => Key)).toEqual(left);
    }),
  );

  const tooMany = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
  it.each([
    [
      'for an unknown instance',
      'i-0123456789abcdef0',
      [{ Key: 'a', Value: '1' }],
      'InvalidInstanceID.NotFound',
    ],
    ['for a thing of no known kind', 'thing-1', [{ Key: 'a', Value: '1' }], 'InvalidID'],
    ['with a key that AWS keeps for itself', null, [{ Key: 'aws:a', Value: '1' }], 'InvalidParameterValue'],
    ['beyond 50 of a resource', null, tooMany, 'TagLimitExceeded'],
  ])('and refuses tags %s', (_case, id, Tags, code) =>
    withSandbox({}, async ({ ec2 }) => {
      const { table } = await createNetwork(ec2);
      const command = new CreateTagsCommand({ Resources: [table, ...(id === null ? [] : [id])], Tags });
      expect(await refusal(ec2.send(command))).toMatchObject({ code, status: 400 });
      expect((await ec2.send(new DescribeTagsCommand({}))).Tags).toEqual([]);
    }),
  );

  it('record the calls that change routes and attributes, with the client that made them', async () => {
    const sandbox = await startAwsSandbox();
    const ec2 = new EC2Client({ ...clientConfig(sandbox), customUserAgent: 'podroutes/0.1.0' });
    const { subnet, table } = await createNetwork(ec2);
    const InstanceId = await launch(ec2, subnet);
    const [interfaceId] = sandbox.ec2.state.instances.get(InstanceId)?.interfaces ?? [];
    const NetworkInterfaceId = text(interfaceId);
    const route = { RouteTableId: table, DestinationCidrBlock: POD };
    await ec2.send(new CreateRouteCommand({ ...route, InstanceId }));
    await ec2.send(new ReplaceRouteCommand({ ...route, NetworkInterfaceId }));
    await ec2.send(new DeleteRouteCommand(route));
    await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, SourceDestCheck: { Value: false } }));
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck: { Value: true } }),
    );
    const details = takeDetails(sandbox, 'AWS API Call via CloudTrail');
    const wire = { routeTableId: table, destinationCidrBlock: POD };
    expect(details.map(({ eventName, requestParameters }) => [eventName, requestParameters])).toEqual([
      ['CreateRoute', { ...wire, instanceId: InstanceId }],
      ['ReplaceRoute', { ...wire, networkInterfaceId: NetworkInterfaceId }],
      ['DeleteRoute', wire],
      ['ModifyInstanceAttribute', { instanceId: InstanceId, sourceDestCheck: { value: false } }],
      [
        'ModifyNetworkInterfaceAttribute',
        { networkInterfaceId: NetworkInterfaceId, sourceDestCheck: { value: true } },
      ],
    ]);
    for (const detail of details) {
      expect(detail).toMatchObject({
        eventSource: 'ec2.amazonaws.com',
        awsRegion: 'us-east-1',
        userAgent: expect.stringContaining('podroutes/0.1.0'),
        userIdentity: { accessKeyId: 'AKIATEST', accountId: '123456789012' },
        responseElements: { _return: true },
      });
      expect(detail).not.toHaveProperty('errorCode');
    }
    ec2.destroy();
    await sandbox.close();
  });

  it('record failed calls with their error and no response', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { table } = await createNetwork(ec2);
      const command = new DeleteRouteCommand({ RouteTableId: table, DestinationCidrBlock: POD });
      await refusal(ec2.send(command));
      expect(takeDetails(sandbox, 'AWS API Call via CloudTrail')).toMatchObject([
        { eventName: 'DeleteRoute', errorCode: 'Client.InvalidRoute.NotFound', responseElements: null },
      ]);
    }));

  it.each([
    ['its own parameter', { UserData: { Value: Buffer.from('secret') } }],
    [
      'attribute and value',
      { Attribute: 'userData' as const, Value: Buffer.from('secret').toString('base64') },
    ],
  ])('never show user data, sent as %s', (_form, change) =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const InstanceId = await launch(ec2, subnet);
      await ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] }));
      sandbox.takeEvents();
      await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, ...change }));
      const events = JSON.stringify(sandbox.takeEvents());
      expect(events).toContain('<sensitiveDataRemoved>');
      expect(events).not.toContain(Buffer.from('secret').toString('base64'));
    }),
  );
});
