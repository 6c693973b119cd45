import { describe, expect, it } from '@jest/globals';
import { podroutes } from './built-command.ts';
import { CLOUDS, withWorld } from './cluster-world.ts';

const CLUSTER = ['--cluster', 'kthw', '--cluster-cidrs', '10.200.0.0/16'];
const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
const ON_AZURE = [...CLUSTER, '--subscription', SUBSCRIPTION, '--resource-groups', 'kubernetes'];
const KEYS = { AWS_ACCESS_KEY_ID: 'person', AWS_SECRET_ACCESS_KEY: 'sandbox' };
/** Nothing listens there. */
const DEAD = '127.0.0.1:1';

/** Each says what was tried, what came back, and what to do. */
const CONNECTIONS = [
  {
    what: 'no region',
    args: CLUSTER,
    env: KEYS,
    code: 2,
    line: /^podroutes: expected a region in --region, AWS_REGION or a profile; found none$/,
  },
  {
    what: 'a profile that is not there',
    args: [...CLUSTER, '--profile', 'nope'],
    env: {},
    code: 2,
    line: /the profile nope, if there is one; found none$/,
  },
  {
    what: 'a region that is none',
    args: [...CLUSTER, '--region', 'a b'],
    env: KEYS,
    code: 2,
    line: /expected a region such as eu-west-1; found "a b"$/,
  },
  {
    what: 'an AWS endpoint that is no address',
    args: [...CLUSTER, '--region', 'eu-west-1'],
    env: { ...KEYS, AWS_ENDPOINT_URL: 'notaurl' },
    code: 2,
    line: /^podroutes: AWS_ENDPOINT_URL: expected an address such as http:\S+; found "notaurl"$/,
  },
  {
    what: 'an endpoint of EC2 that is no address, without the password in it',
    args: [...CLUSTER, '--region', 'eu-west-1'],
    env: { ...KEYS, AWS_ENDPOINT_URL_EC2: 'http//user:password@host' },
    code: 2,
    line: /^podroutes: AWS_ENDPOINT_URL_EC2: expected .*; found "http\/\/…@host"$/,
  },
  {
    what: 'no AWS credentials',
    args: [...CLUSTER, '--region', 'eu-west-1'],
    env: {},
    code: 1,
    line: /^podroutes: could not read the nodes in AWS eu-west-1: CredentialsProviderError: .* "aws sso login" or "aws configure"\.$/,
  },
  {
    what: 'no credentials in the profile',
    args: [...CLUSTER, '--region', 'eu-west-1', '--profile', 'nope'],
    env: {},
    code: 1,
    line: /in AWS eu-west-1 \(profile nope\): .* "aws sso login --profile nope"/,
  },
  {
    what: 'an AWS endpoint that nobody listens at',
    args: [...CLUSTER, '--region', 'eu-west-1'],
    env: { ...KEYS, AWS_ENDPOINT_URL: `http://${DEAD}` },
    code: 1,
    line: /in AWS eu-west-1: ECONNREFUSED: .* Check the network of this machine, and AWS_ENDPOINT_URL where it is set\.$/,
  },
  {
    what: 'no Azure CLI',
    args: ON_AZURE,
    env: { PODROUTES_ARM_ENDPOINT: `https://${DEAD}` },
    code: 1,
    line: /in Azure subscription 1{8}.*: CredentialUnavailableError: .* Log in with "az login"\.$/,
  },
  {
    what: 'an Azure endpoint that nobody listens at',
    args: ON_AZURE,
    env: { PODROUTES_ARM_ENDPOINT: `http://${DEAD}` },
    code: 1,
    line: /ECONNREFUSED: .* Check the network of this machine, and PODROUTES_ARM_ENDPOINT where it is set\.$/,
  },
];

describe.each(['plan', 'nodes', 'routes', 'reconcile'])('%s', (command) => {
  it.each(CONNECTIONS)(
    'answers $what in one line, without a stack trace',
    async ({ args, env, code, line }) => {
      const ended = await podroutes([command, ...args], env);
      expect(ended).toMatchObject({ code, stdout: '' });
      expect(ended.stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(line)]);
    },
  );
});

describe.each(CLOUDS)('A refusal by %s', (cloud) => {
  const codes = {
    denied: { aws: 'UnauthorizedOperation', azure: 'AuthorizationFailed' },
    expired: { aws: 'RequestExpired', azure: 'ExpiredAuthenticationToken' },
  };

  it.each([
    {
      what: 'that denies the list of tables',
      call: 'tables',
      code: codes.denied[cloud],
      status: 403,
      line: /^podroutes: could not read the route tables in /,
    },
    {
      what: 'that denies the list of nodes',
      call: 'nodes',
      code: codes.denied[cloud],
      status: 403,
      line: /^podroutes: could not read the nodes in /,
    },
    {
      what: 'of credentials that have expired',
      call: 'nodes',
      code: codes.expired[cloud],
      status: cloud === 'aws' ? 400 : 401,
      line: /[Ll]og in again/,
    },
  ] as const)('$what is one line, with exit code 1', ({ call, code, status, line }) =>
    withWorld(cloud, async ({ env, fail }) => {
      fail(call, { code, status, times: 50 });
      const ended = await podroutes(['plan'], env);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      const lines = ended.stderr.trimEnd().split('\n');
      expect(lines).toEqual([expect.stringMatching(line)]);
      expect(lines).toEqual([expect.stringContaining(code)]);
    }),
  );

  it('to read one of many claims leaves the rest to be seen, with exit code 1', () =>
    withWorld(cloud, async ({ env, fail }) => {
      fail('claims', { code: codes.denied[cloud], status: 403, times: 1 });
      const { code, stdout } = await podroutes(['plan'], env);
      expect(code).toBe(1);
      expect(stdout).toContain('read-incomplete');
      expect(stdout).toContain('10.200.2.0/24');
    }));
});

it('A subscription that is not the one is named in the refusal', () =>
  withWorld('azure', async ({ env }) => {
    const other = '99999999-2222-3333-4444-555555555555';
    const { code, stderr } = await podroutes(['plan', '--subscription', other], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^podroutes: could not read the nodes in Azure subscription ${other}: SubscriptionNotFound: .*az account list.*\\n$`,
      ),
    );
  }));

it('A cluster that has no table is named in the refusal', () =>
  withWorld('aws', async ({ env }) => {
    const { code, stderr } = await podroutes(['plan', '--cluster', 'other'], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /no-route-table: .*kubernetes\.io\/cluster\/other.* Check region, account and cluster name.*\n$/,
    );
  }));

describe('Mistakes in the settings', () => {
  it('are all in one message, by the names that people gave', async () => {
    const { code, stdout, stderr } = await podroutes(
      [
        'plan',
        '--cluster-cidrs',
        '10.200.0.5/16',
        '--node-tag',
        'a*b',
        '--region',
        'eu-west-1',
        '--cloud',
        'azure',
      ],
      { PODROUTES_STOPPED_NODES: 'never', PODROUTES_CLUSTR: 'x' },
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const names = stderr.split('\n').flatMap((line) => /^- (\S+)/.exec(line)?.[1] ?? []);
    expect(names.sort()).toEqual(
      [
        '--cluster',
        '--cluster-cidrs:',
        '--node-tag:',
        '--region:',
        '--resource-groups',
        '--subscription',
        'PODROUTES_CLUSTR:',
        'PODROUTES_STOPPED_NODES:',
      ].sort(),
    );
    expect(stderr).toContain('10.200.0.0/16 would do');
  });

  it('do not arise from variables that an option replaces', () =>
    withWorld('aws', async ({ env }) => {
      const { code } = await podroutes(['plan', ...CLUSTER], {
        ...env,
        PODROUTES_CLUSTER: '',
        PODROUTES_CLUSTER_CIDRS: 'x',
      });
      expect(code).toBe(3);
    }));

  it('include what else a setting needs', async () => {
    const { code, stderr } = await podroutes(['plan', ...CLUSTER], {
      PODROUTES_ALLOCATE: '/24',
      AWS_REGION: 'eu-west-1',
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'podroutes: The configuration has a mistake:\n- PODROUTES_ALLOCATE: expected --ledger (PODROUTES_LEDGER) beside it; found nothing\n',
    });
  });
});

it('An Azure endpoint that is no address is called by its variable', async () => {
  const { code, stderr } = await podroutes(['plan', ...ON_AZURE], { PODROUTES_ARM_ENDPOINT: 'notaurl' });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^- PODROUTES_ARM_ENDPOINT: expected an address such as \S+ .*; found "notaurl"$/m);
});

describe('The cloud', () => {
  it.each([
    { what: 'AWS without a word', args: [], place: 'AWS eu-west-1' },
    {
      what: 'Azure where an option is for it',
      args: ['--subscription', SUBSCRIPTION, '--resource-groups', 'k'],
      place: 'Azure subscription',
    },
    { what: 'the one that is named', args: ['--cloud', 'aws'], place: 'AWS eu-west-1' },
  ])('is $what', async ({ args, place }) => {
    const env = {
      ...KEYS,
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: `http://${DEAD}`,
      ...(place.startsWith('Azure') && { PODROUTES_ARM_ENDPOINT: `http://${DEAD}` }),
    };
    expect((await podroutes(['plan', ...CLUSTER, ...args], env)).stderr).toContain(`in ${place}`);
  });
});

it('Decisions are told with --debug, on stderr', () =>
  withWorld('aws', async ({ env }) => {
    const { stdout, stderr } = await podroutes(['plan', '--debug', '-o', 'json'], env);
    expect(() => JSON.parse(stdout)).not.toThrow();
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toContainEqual(
      expect.objectContaining({ action: 'create', cidr: '10.200.1.0/24', outcome: 'planned' }),
    );
  }));
