// @ts-nocheck
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { podroutes } from './built-command.ts';
import { withWorld } from './cluster-world.ts';

/** @param endpoint that of a loopback cloud */
const describeProfiles = (endpoint: string) => `[profile staging]
region = us-east-1
[profile elsewhere]
region = eu-central-1
[profile loopback]
region = us-east-1
endpoint_url = ${endpoint}
[profile astray]
region = us-east-1
endpoint_url = notaurl
`;
const CREDENTIALS = `[staging]
aws_access_key_id = person
aws_secret_access_key = sandbox
[elsewhere]
aws_access_key_id = person
aws_secret_access_key = sandbox
[loopback]
aws_access_key_id = person
aws_secret_access_key = sandbox
[astray]
aws_access_key_id = person
aws_secret_access_key = sandbox
`;

/** Runs podroutes as somebody whose region and credentials are in profiles alone. */
async function planAs(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(`${tmpdir()}/podroutes-profiles-`);
  await writeFile(`${folder}/credentials`, CREDENTIALS);
  const files = { AWS_CONFIG_FILE: `${folder}/config`, AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials` };
  let ended: Awaited<ReturnType<typeof podroutes>> | undefined;
  await withWorld('aws', async (world) => {
    const { AWS_ENDPOINT_URL = '', PODROUTES_CLUSTER = '', PODROUTES_CLUSTER_CIDRS = '' } = world.env;
    await writeFile(`${folder}/config`, describeProfiles(AWS_ENDPOINT_URL));
    const reachable = { AWS_ENDPOINT_URL, PODROUTES_CLUSTER, PODROUTES_CLUSTER_CIDRS };
    ended = await podroutes(['plan', ...args], { ...reachable, ...files, ...env });
  });
  await rm(folder, { recursive: true });
  return ended;
}

describe('A profile of the aws tool', () => {
  it('is taken by its name', async () => {
    expect(await planAs(['--profile', 'staging'])).toMatchObject({ code: 3, stderr: '' });
  });

  it('is taken from AWS_PROFILE', async () => {
    expect(await planAs([], { AWS_PROFILE: 'staging' })).toMatchObject({ code: 3, stderr: '' });
  });

  it('is named in what goes wrong, with its region', async () => {
    const ended = await planAs(['--profile', 'elsewhere', 'worker-77']);
    expect(ended?.stderr).toContain('in AWS eu-central-1 (profile elsewhere)');
  });

  it.each([
    ['--profile', ['--profile', 'loopback'], {}],
    ['AWS_PROFILE', [], { AWS_PROFILE: 'loopback' }],
  ])('of %s has the endpoint, too', async (_, args, env) => {
    expect(await planAs(args, { ...env, AWS_ENDPOINT_URL: '' })).toMatchObject({ code: 3, stderr: '' });
  });

  it('whose endpoint is no address is what to look at', async () => {
    const ended = await planAs(['--profile', 'astray'], { AWS_ENDPOINT_URL: '' });
    expect(ended?.code).toBe(1);
    expect(ended?.stderr).toMatch(/^.*Invalid URL\. Check endpoint_url of the profile, where it is set\.\n$/);
  });

  it('gives way to a region that is named', async () => {
    const ended = await planAs(['--profile', 'elsewhere', '--region', 'us-west-2', 'worker-77']);
    expect(ended?.stderr).toContain('in AWS us-west-2 (profile elsewhere)');
  });
});
