import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  type EC2Client,
  ModifyInstanceMetadataOptionsCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { metadataEndpoint } from '../../shared/sandbox/instance-metadata.ts';
import { createClock, createNetwork, launch, refusal, type World, withSandbox } from './setup.ts';

const WITH_TAGS = { MetadataOptions: { InstanceMetadataTags: 'enabled' as const } };
const TAG = '/latest/meta-data/tags/instance/pod-cidr';

function taggedAs(key: string) {
  return { TagSpecifications: [{ ResourceType: 'instance' as const, Tags: [{ Key: key, Value: 'owned' }] }] };
}

/** Asks the metadata service of an instance. */
async function ask(
  { sandbox }: World,
  id: string,
  path: string,
  init: { readonly method?: string; readonly headers?: Record<string, string> } = {},
) {
  const response = await fetch(`${metadataEndpoint(sandbox.endpoint, id)}${path}`, init);
  return { status: response.status, text: await response.text() };
}

async function takeToken(world: World, id: string, seconds = '60'): Promise<Record<string, string>> {
  const headers = { 'X-aws-ec2-metadata-token-ttl-seconds': seconds };
  const { text } = await ask(world, id, '/latest/api/token', { method: 'PUT', headers });
  return { 'X-aws-ec2-metadata-token': text };
}

async function optionsOf(ec2: EC2Client, id: string) {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0]?.MetadataOptions;
}

describe('The metadata service of an instance of the sandbox', () => {
  it('tells the instance its id and its tags, as they are at that moment, to whoever has a token', () =>
    withSandbox({}, async (world) => {
      const { subnet } = await createNetwork(world.ec2);
      const id = await launch(world.ec2, subnet, { ...WITH_TAGS, ...taggedAs('Name') });
      const headers = await takeToken(world, id);
      expect(await ask(world, id, '/latest/meta-data/instance-id', { headers })).toEqual({
        status: 200,
        text: id,
      });
      expect(await ask(world, id, TAG, { headers })).toMatchObject({ status: 404 });
      const tag = { Key: 'pod-cidr', Value: '10.200.1.0/24' };
      await world.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [tag] }));
      expect(await ask(world, id, TAG, { headers })).toEqual({ status: 200, text: '10.200.1.0/24' });
      expect(await ask(world, id, '/latest/meta-data/tags/instance', { headers })).toEqual({
        status: 200,
        text: 'Name\npod-cidr',
      });
      await world.ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'pod-cidr' }] }));
      expect(await ask(world, id, TAG, { headers })).toMatchObject({ status: 404 });
    }));

  it('refuses who has no token, an old one, or that of another instance', () => {
    const clock = createClock();
    return withSandbox({ now: clock.now }, async (world) => {
      const { subnet } = await createNetwork(world.ec2);
      const id = await launch(world.ec2, subnet, WITH_TAGS);
      const other = await launch(world.ec2, subnet, WITH_TAGS);
      const path = '/latest/meta-data/instance-id';
      const headers = await takeToken(world, id);
      expect(await ask(world, id, path)).toMatchObject({ status: 401 });
      expect(await ask(world, other, path, { headers })).toMatchObject({ status: 401 });
      expect(await ask(world, id, path, { headers: { 'X-aws-ec2-metadata-token': 'x' } })).toMatchObject({
        status: 401,
      });
      clock.advance(60_000);
      expect(await ask(world, id, path, { headers })).toMatchObject({ status: 401 });
    });
  });

  it.each([
    { method: 'GET', headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' }, status: 405 },
    { method: 'PUT', headers: {}, status: 400 },
    { method: 'PUT', headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '0' }, status: 400 },
    { method: 'PUT', headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '21601' }, status: 400 },
    {
      method: 'PUT',
      headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60', 'X-Forwarded-For': '10.0.0.1' },
      status: 403,
    },
  ])('gives no token for $method with $headers', ({ method, headers, status }) =>
    withSandbox({}, async (world) => {
      const { subnet } = await createNetwork(world.ec2);
      const id = await launch(world.ec2, subnet);
      expect(await ask(world, id, '/latest/api/token', { method, headers })).toMatchObject({ status });
    }),
  );

  it('does as the metadata options say', () =>
    withSandbox({}, async (world) => {
      const { subnet } = await createNetwork(world.ec2);
      const id = await launch(world.ec2, subnet, taggedAs('pod-cidr'));
      const modify = (options: object) =>
        world.ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: id, ...options }));
      expect(await optionsOf(world.ec2, id)).toMatchObject({
        HttpTokens: 'required',
        InstanceMetadataTags: 'disabled',
      });
      expect(await ask(world, id, TAG, { headers: await takeToken(world, id) })).toMatchObject({
        status: 404,
      });
      await modify({ InstanceMetadataTags: 'enabled', HttpTokens: 'optional' });
      expect(await ask(world, id, TAG)).toEqual({ status: 200, text: 'owned' });
      await modify({ HttpEndpoint: 'disabled' });
      expect(await ask(world, id, TAG)).toMatchObject({ status: 403 });
      expect(await optionsOf(world.ec2, id)).toMatchObject({
        HttpEndpoint: 'disabled',
        HttpTokens: 'optional',
        InstanceMetadataTags: 'enabled',
      });
    }));

  it('is that of a running instance', () =>
    withSandbox({}, async (world) => {
      const { subnet } = await createNetwork(world.ec2);
      const id = await launch(world.ec2, subnet, WITH_TAGS);
      await world.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
      expect(await ask(world, id, '/latest/meta-data/instance-id')).toMatchObject({ status: 404 });
    }));
});

/** As EC2 refuses it: https://github.com/kubernetes/cloud-provider-aws/issues/762 */
function untellable(key: string) {
  return {
    code: 'InvalidParameterValue',
    status: 400,
    message: `'${key}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')`,
  };
}

describe('Tags that a metadata service cannot tell', () => {
  const KEYS = ['kubernetes.io/cluster/kthw', 'Patch Group', '.', '..', '_index'];

  it.each(KEYS)('keep an instance from its launch where it is to tell them: %s', (key) =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      expect(await refusal(launch(ec2, subnet, { ...WITH_TAGS, ...taggedAs(key) }))).toEqual(untellable(key));
      await launch(ec2, subnet, taggedAs(key));
    }),
  );

  it.each(KEYS)('cannot be told later, nor be set where tags are told: %s', (key) =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const id = await launch(ec2, subnet, taggedAs(key));
      const options = { InstanceId: id, InstanceMetadataTags: 'enabled' as const };
      const enable = () => ec2.send(new ModifyInstanceMetadataOptionsCommand(options));
      const create = () =>
        ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: key, Value: 'owned' }] }));
      expect(await refusal(enable())).toEqual(untellable(key));
      await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: key }] }));
      await enable();
      expect(await refusal(create())).toEqual(untellable(key));
    }),
  );
});
