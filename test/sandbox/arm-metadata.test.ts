import { describe, expect, it } from '@jest/globals';
import { createMachine, setPower } from '../../shared/sandbox/arm/machines.ts';
import { tagResource } from '../../shared/sandbox/arm/tags.ts';
import { metadataEndpoint } from '../../shared/sandbox/instance-metadata.ts';
import { GROUP, type World, withArm } from './arm-setup.ts';

const VERSION = 'api-version=2021-02-01';
const TAGS = `/metadata/instance/compute/tagsList?${VERSION}`;
const ASKED = { headers: { Metadata: 'true' } };

function withMachine(use: (world: World, id: string) => Promise<void>): Promise<void> {
  return withArm({}, async (world) => {
    const request = { group: GROUP, name: 'worker-0', subnet: world.subnet.id, tags: { role: 'worker' } };
    await use(world, createMachine(world.arm, request).id);
  });
}

async function ask({ sandbox }: World, id: string, path: string, init: RequestInit = ASKED) {
  const response = await fetch(`${metadataEndpoint(sandbox.endpoint, id)}${path}`, init);
  return { status: response.status, text: await response.text() };
}

describe('The metadata service of a virtual machine of the sandbox', () => {
  it('tells the machine its id and its tags, as they are at that moment', () =>
    withMachine(async (world, id) => {
      tagResource(world.arm, id, { 'pod-cidr': '10.200.1.0/24' });
      expect(await ask(world, id, TAGS)).toEqual({
        status: 200,
        text: '[{"name":"role","value":"worker"},{"name":"pod-cidr","value":"10.200.1.0/24"}]',
      });
      const { text } = await ask(world, id, `/metadata/instance/compute/vmId?${VERSION}&format=text`);
      expect(text).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    }));

  it.each([
    { what: 'no header', path: TAGS, init: {}, status: 400, says: 'Required metadata header not specified' },
    {
      what: 'no version',
      path: '/metadata/instance/compute/tagsList',
      init: ASKED,
      status: 400,
      says: 'api-version',
    },
    {
      what: 'a version before there was a list of tags',
      path: '/metadata/instance/compute/tagsList?api-version=2019-03-11',
      ...{ init: ASKED, status: 400, says: 'api-version' },
    },
    { what: 'another method', path: TAGS, init: { ...ASKED, method: 'POST' }, status: 405, says: 'Method' },
    {
      what: 'what is not there',
      path: `/metadata/instance/x?${VERSION}`,
      init: ASKED,
      status: 404,
      says: 'Not found',
    },
    {
      what: 'a text as a structure',
      path: `/metadata/instance/compute/vmId?${VERSION}`,
      ...{ init: ASKED, status: 400, says: 'format=text' },
    },
  ])('refuses a request with $what', ({ path, init, status, says }) =>
    withMachine(async (world, id) => {
      const answer = await ask(world, id, path, init);
      expect(answer).toEqual({ status, text: expect.stringContaining(says) });
      expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String) });
    }),
  );

  it('is that of a running machine', () =>
    withMachine(async (world, id) => {
      setPower(world.arm, id, 'deallocate');
      expect(await ask(world, id, TAGS)).toMatchObject({ status: 404 });
      expect(await ask(world, `${id}-other`, TAGS)).toMatchObject({ status: 404 });
    }));
});
