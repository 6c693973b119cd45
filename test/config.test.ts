import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Config, describeProblems, readConfig, settingsTable } from '../shared/core/config/config.ts';
import type { CloudName } from '../shared/core/model.ts';
import { anyCharacter } from './any-character.ts';

type Environment = Record<string, string | undefined>;

const MINIMAL = { PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' };

function read(env: Environment, cloud: CloudName = 'aws'): Config {
  const result = readConfig(env, cloud);
  if (!result.ok) throw new Error(describeProblems(result.problems));
  return result.config;
}

function problemsOf(env: Environment, cloud: CloudName = 'aws'): readonly string[] {
  const result = readConfig(env, cloud);
  return result.ok ? [] : result.problems;
}

describe('readConfig', () => {
  it('needs a cluster name and its ranges, and has a default for everything else', () => {
    expect(read(MINIMAL)).toEqual({
      cloud: 'aws',
      cluster: 'kthw',
      clusterCidrs: [expect.objectContaining({ text: '10.200.0.0/16' })],
      routeTables: [],
      nodeTag: null,
      podCidrTag: 'pod-cidr',
      podCidrSources: ['tag', 'user-data'],
      routeName: 'kubernetes-route-{cidr}',
      routeLimit: 500,
      maxDeletes: { percent: 30 },
      grace: 900_000,
      scheduleInterval: 600_000,
      ledger: null,
      kubernetes: null,
      maxClaims: 8,
      stoppedNodes: 'keep',
      forwarding: 'ensure',
      allocate: { 4: null, 6: null },
      reservedCidrs: [],
      dryRun: false,
      eventBus: null,
      lifecycleHook: 'podroutes',
      monitoring: 'full',
      azure: { subscription: null, resourceGroups: [], endpoint: null },
    });
  });

  it.each<[CloudName, Partial<Config>]>([
    ['aws', { routeLimit: 500, forwarding: 'ensure' }],
    ['azure', { routeLimit: 1000, forwarding: 'report' }],
    ['openstack', { routeLimit: 30, forwarding: 'report' }],
    ['gcp', { routeLimit: 300, forwarding: 'report' }],
    ['linux', { routeLimit: Number.MAX_SAFE_INTEGER, forwarding: 'report' }],
  ])('takes the defaults of %s', (cloud, expected) => {
    expect(read(MINIMAL, cloud)).toMatchObject(expected);
  });

  it.each<[string, string, CloudName, object]>([
    ['CLUSTER', 'my.k8s_cluster-1', 'aws', { cluster: 'my.k8s_cluster-1' }],
    ['CLUSTER_CIDRS', ' 10.200.0.0/16 ,fd00::/48 ', 'aws', { clusterCidrs: [{ family: 4 }, { family: 6 }] }],
    ['ROUTE_TABLES', 'rtb-0a1b, rtb-2c', 'aws', { routeTables: ['rtb-0a1b', 'rtb-2c'] }],
    ['ROUTE_TABLES', 'group/table', 'azure', { routeTables: ['group/table'] }],
    [
      'ROUTE_TABLES',
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/t',
      'azure',
      { routeTables: ['/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/t'] },
    ],
    ['NODE_TAG', 'role', 'aws', { nodeTag: { key: 'role', value: null } }],
    ['NODE_TAG', 'role=worker', 'aws', { nodeTag: { key: 'role', value: 'worker' } }],
    ['NODE_TAG', 'role=', 'aws', { nodeTag: { key: 'role', value: '' } }],
    ['NODE_TAG', 'role=a=b', 'aws', { nodeTag: { key: 'role', value: 'a=b' } }],
    ['POD_CIDR_TAG', 'example.org/pods', 'aws', { podCidrTag: 'example.org/pods' }],
    ['POD_CIDR_SOURCES', 'user-data,tag', 'aws', { podCidrSources: ['user-data', 'tag'] }],
    ['POD_CIDR_SOURCES', 'tag', 'aws', { podCidrSources: ['tag'] }],
    ['ROUTE_NAME', '{cidr}', 'azure', { routeName: '{cidr}' }],
    ['ROUTE_NAME', 'pods.{cidr}_v1', 'azure', { routeName: 'pods.{cidr}_v1' }],
    ['ROUTE_LIMIT', '50', 'aws', { routeLimit: 50 }],
    ['MAX_DELETES', '0', 'aws', { maxDeletes: { count: 0 } }],
    ['MAX_DELETES', '12', 'aws', { maxDeletes: { count: 12 } }],
    ['MAX_DELETES', '100%', 'aws', { maxDeletes: { percent: 100 } }],
    ['GRACE', '90s', 'aws', { grace: 90_000 }],
    ['GRACE', '24h', 'azure', { grace: 86_400_000 }],
    ['SCHEDULE_INTERVAL', '5m', 'aws', { scheduleInterval: 300_000 }],
    ['MAX_CLAIMS', '1', 'aws', { maxClaims: 1 }],
    [
      'LEDGER',
      'dynamodb:podroutes-Ledger_1.A',
      'aws',
      { ledger: { kind: 'dynamodb', table: 'podroutes-Ledger_1.A' } },
    ],
    [
      'LEDGER',
      'file:/var/lib/podroutes/ledger.db',
      'linux',
      { ledger: { kind: 'file', path: '/var/lib/podroutes/ledger.db' } },
    ],
    ['LEDGER', 'file:ledger.db', 'aws', { ledger: { kind: 'file', path: 'ledger.db' } }],
    ['LEDGER', 'file:C:\\ledger.db', 'azure', { ledger: { kind: 'file', path: 'C:\\ledger.db' } }],
    [
      'LEDGER',
      'https://podroutes1.table.core.windows.net/ledger',
      'azure',
      {
        ledger: {
          kind: 'azure-table',
          endpoint: 'https://podroutes1.table.core.windows.net',
          table: 'ledger',
        },
      },
    ],
    [
      'LEDGER',
      'http://127.0.0.1:10002/devstoreaccount1/ledger',
      'azure',
      {
        ledger: { kind: 'azure-table', endpoint: 'http://127.0.0.1:10002/devstoreaccount1', table: 'ledger' },
      },
    ],
    ['STOPPED_NODES', 'remove', 'aws', { stoppedNodes: 'remove' }],
    ['STOPPED_NODES', 'keep', 'aws', { stoppedNodes: 'keep' }],
    ['FORWARDING', 'ignore', 'aws', { forwarding: 'ignore' }],
    ['FORWARDING', 'report', 'aws', { forwarding: 'report' }],
    ['FORWARDING', 'ensure', 'azure', { forwarding: 'ensure' }],
    ['ALLOCATE', 'off', 'aws', { allocate: { 4: null, 6: null } }],
    [
      'RESERVED_CIDRS',
      '10.200.0.0/24,10.200.9.0/24',
      'aws',
      { reservedCidrs: [{ prefix: 24 }, { prefix: 24 }] },
    ],
    ['RESERVED_CIDRS', '10.200.0.0/16', 'aws', { reservedCidrs: [{ prefix: 16 }] }],
    ['DRY_RUN', 'true', 'aws', { dryRun: true }],
    ['DRY_RUN', 'false', 'aws', { dryRun: false }],
    ['EVENT_BUS', 'ops', 'aws', { eventBus: 'ops' }],
    [
      'EVENT_BUS',
      'arn:aws-cn:events:cn-north-1:123456789012:event-bus/ops',
      'aws',
      { eventBus: 'arn:aws-cn:events:cn-north-1:123456789012:event-bus/ops' },
    ],
    [
      'AZURE_SUBSCRIPTION',
      '8d1bcba4-3c51-4c79-a8f2-000000000001',
      'azure',
      { azure: { subscription: '8d1bcba4-3c51-4c79-a8f2-000000000001' } },
    ],
    [
      'AZURE_RESOURCE_GROUPS',
      'kubernetes, gruppe_(ü)',
      'azure',
      { azure: { resourceGroups: ['kubernetes', 'gruppe_(ü)'] } },
    ],
    [
      'ARM_ENDPOINT',
      'https://management.usgovcloudapi.net/',
      'azure',
      { azure: { endpoint: 'https://management.usgovcloudapi.net' } },
    ],
    ['ARM_ENDPOINT', 'http://127.0.0.1:8080', 'azure', { azure: { endpoint: 'http://127.0.0.1:8080' } }],
  ])('reads PODROUTES_%s=%s on %s', (name, value, cloud, expected) => {
    expect(read({ ...MINIMAL, [`PODROUTES_${name}`]: value }, cloud)).toMatchObject(expected);
  });

  it('needs the name of the cluster for a ledger, which is a part of one', () => {
    const env = {
      PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16',
      PODROUTES_ROUTE_TABLES: 'rtb-1',
      PODROUTES_LEDGER: 'dynamodb:ledger',
    };
    expect(problemsOf(env)).toEqual([
      'PODROUTES_LEDGER: expected PODROUTES_CLUSTER beside it; found nothing',
    ]);
  });

  it.each<[string, string, string]>([
    ['CLUSTER', 'a b', 'found "a b"'],
    ['CLUSTER', 'kthw*', 'found "kthw*"'],
    ['CLUSTER_CIDRS', '', 'found an empty value'],
    ['CLUSTER_CIDRS', ' ', 'found an empty value'],
    ['CLUSTER_CIDRS', '10.200.0.0', 'is not of the form address/prefix'],
    ['CLUSTER_CIDRS', '10.200.0.5/16', 'has host bits set; 10.200.0.0/16 would do'],
    ['CLUSTER_CIDRS', '0.0.0.0/0', 'every address there is'],
    ['CLUSTER_CIDRS', '::/0', 'every address there is'],
    ['CLUSTER_CIDRS', '10.200.0.0/16,', 'has an empty element'],
    ['CLUSTER_CIDRS', '10.200.0.0/16,10.200.0.0/16', 'found "10.200.0.0/16", more than once'],
    ['CLUSTER_CIDRS', '10.0.0.0/8,10.200.0.0/16', 'found "10.200.0.0/16", which overlaps 10.0.0.0/8'],
    ['CLUSTER_CIDRS', 'fd00:200::/48,FD00:0200::/64', 'found "fd00:200::/64", which overlaps fd00:200::/48'],
    ['ROUTE_TABLES', 'group/table', 'names no aws route table'],
    ['ROUTE_TABLES', 'rtb-XYZ', 'names no aws route table'],
    ['ROUTE_TABLES', 'rtb-1,rtb-1', 'more than once'],
    ['NODE_TAG', '=worker', 'found "=worker"'],
    ['NODE_TAG', 'role=*', 'without * and ?'],
    ['GRACE', '0m', 'found "0m"'],
    ['GRACE', '15', 'expected a time such as 90s, 15m or 24h'],
    ['GRACE', '', 'found an empty value'],
    ['SCHEDULE_INTERVAL', '10 m', 'found "10 m"'],
    ['MAX_CLAIMS', '0', 'found "0"'],
    ['LEDGER', 'podroutes', 'expected dynamodb:TABLE'],
    ['LEDGER', 'dynamodb:', 'found "dynamodb:"'],
    ['LEDGER', 'dynamodb:a b c', 'found "dynamodb:a b c"'],
    ['LEDGER', 'file:', 'found "file:"'],
    ['LEDGER', 'http://example.com/ledger', 'found "http://example.com/ledger"'],
    ['LEDGER', 'https://a.table.core.windows.net/ledger?sig=x', 'expected dynamodb:TABLE'],
    ['LEDGER', 'https://a.table.core.windows.net/ledger', 'which is no ledger for aws'],
    ['POD_CIDR_TAG', '', 'found an empty value'],
    ['POD_CIDR_TAG', 'a?b', 'without * and ?'],
    ['POD_CIDR_SOURCES', '', 'found an empty value'],
    ['POD_CIDR_SOURCES', 'tag,metadata', 'found "metadata"'],
    ['POD_CIDR_SOURCES', 'tag,tag', 'more than once'],
    ['ROUTE_NAME', 'route', 'has 0 times {cidr}'],
    ['ROUTE_NAME', '{cidr}-{cidr}', 'has 2 times {cidr}'],
    ['ROUTE_NAME', '-{cidr}', 'found "-{cidr}"'],
    ['ROUTE_NAME', '{cidr}-', 'found "{cidr}-"'],
    ['ROUTE_NAME', 'a/{cidr}', 'found "a/{cidr}"'],
    ['ROUTE_NAME', `${'a'.repeat(38)}{cidr}`, 'more than 37 characters'],
    ['ROUTE_LIMIT', '0', 'a whole number from 1'],
    ['ROUTE_LIMIT', '5e2', 'found "5e2"'],
    ['ROUTE_LIMIT', '-5', 'found "-5"'],
    ['MAX_DELETES', '101%', 'more than all'],
    ['MAX_DELETES', '1.5', 'found "1.5"'],
    ['MAX_DELETES', '30 %', 'found "30 %"'],
    ['STOPPED_NODES', 'Keep', 'expected keep or remove; found "Keep"'],
    ['FORWARDING', 'on', 'expected ensure, report or ignore; found "on"'],
    ['ALLOCATE', '24', 'found "24"'],
    ['ALLOCATE', '/24,/64,/64', 'found "/24,/64,/64"'],
    ['ALLOCATE', '/129', 'found "/129"'],
    ['ALLOCATE', '/33,/64', 'found "/33,/64"'],
    ['ALLOCATE', '/64,/24', 'found "/64,/24"'],
    ['RESERVED_CIDRS', '10.201.0.0/24', 'which lies outside them'],
    ['RESERVED_CIDRS', '10.0.0.0/8', 'which lies outside them'],
    ['DRY_RUN', 'TRUE', 'expected true or false; found "TRUE"'],
    ['DRY_RUN', '1', 'found "1"'],
    ['DRY_RUN', '', 'found an empty value'],
    ['EVENT_BUS', 'my bus', 'found "my bus"'],
    ['EVENT_BUS', 'arn:aws:sns:eu-west-1:123456789012:topic', 'found "arn:aws:sns'],
    ['AZURE_SUBSCRIPTION', 'production', 'found "production"'],
    ['AZURE_RESOURCE_GROUPS', 'a,,b', 'has an empty element'],
    ['AZURE_RESOURCE_GROUPS', 'ends.', 'found "ends."'],
    ['ARM_ENDPOINT', 'management.azure.com', 'found "management.azure.com"'],
    ['ARM_ENDPOINT', 'http://management.azure.com', 'would send tokens unencrypted'],
    ['ARM_ENDPOINT', 'http://127.0.0.1.example.org', 'would send tokens unencrypted'],
    ['ARM_ENDPOINT', 'https://management.azure.com/x', 'which has a path'],
    ['ARM_ENDPOINT', 'ftp://localhost', 'found "ftp://localhost"'],
  ])('refuses PODROUTES_%s=%s', (name, value, expected) => {
    const problems = problemsOf({ ...MINIMAL, [`PODROUTES_${name}`]: value });
    expect(problems).toEqual([expect.stringContaining(expected)]);
    expect(problems[0]).toMatch(`PODROUTES_${name}: expected `);
  });

  it.each([
    'ROUTE_TABLES',
    'NODE_TAG',
    'ROUTE_LIMIT',
    'FORWARDING',
    'ALLOCATE',
    'RESERVED_CIDRS',
    'EVENT_BUS',
  ])('takes an empty PODROUTES_%s for an unset one, as deployment templates leave it', (name) => {
    expect(read({ ...MINIMAL, [`PODROUTES_${name}`]: '' })).toEqual(read(MINIMAL));
  });

  it('does without a cluster name where route tables are given', () => {
    const { PODROUTES_CLUSTER_CIDRS } = MINIMAL;
    const tables = { PODROUTES_CLUSTER_CIDRS, PODROUTES_ROUTE_TABLES: 'rtb-1' };
    expect(read(tables)).toMatchObject({ cluster: null, nodeTag: null, routeTables: ['rtb-1'] });
    expect(problemsOf({ PODROUTES_CLUSTER_CIDRS })).toEqual([
      'PODROUTES_CLUSTER or PODROUTES_ROUTE_TABLES: expected one of them, found neither',
    ]);
    expect(
      problemsOf({ PODROUTES_CLUSTER_CIDRS, PODROUTES_NODE_TAG: 'role', PODROUTES_CLUSTER: '' }),
    ).toHaveLength(1);
  });

  it('says only what is wrong with a cluster name, and not that there is none', () => {
    const problems = problemsOf({ ...MINIMAL, PODROUTES_CLUSTER: 'a b' });
    expect(problems).toHaveLength(1);
  });

  it('says nothing of what lies outside cluster ranges that cannot be read', () => {
    const ranges = { PODROUTES_CLUSTER_CIDRS: 'x', PODROUTES_RESERVED_CIDRS: '10.9.0.0/24' };
    const env = { ...MINIMAL, ...ranges, PODROUTES_LEDGER: 'file:ledger.db' };
    expect(problemsOf({ ...env, PODROUTES_ALLOCATE: '/8' })).toHaveLength(1);
  });

  it.each([
    ['PODROUTES_CLUSTER_CIDR', 'PODROUTES_CLUSTER_CIDRS'],
    ['PODROUTES_DRYRUN', 'PODROUTES_DRY_RUN'],
    ['PODROUTES_MAX_DELETE', 'PODROUTES_MAX_DELETES'],
    ['podroutes_cluster', 'PODROUTES_CLUSTER'],
  ])('refuses %s and names %s', (unknown, nearest) => {
    expect(problemsOf({ ...MINIMAL, [unknown]: 'x' })).toEqual([
      `${unknown}: expected a known setting; the nearest is ${nearest}`,
    ]);
  });

  it('passes over variables of others, and those that are undefined', () => {
    const env = {
      ...MINIMAL,
      PATH: '/bin',
      AWS_REGION: 'eu-west-1',
      XPODROUTES_A: '1',
      PODROUTES_B: undefined,
    };
    expect(problemsOf(env)).toEqual([]);
  });

  it('lists every mistake at once', () => {
    const problems = problemsOf({
      PODROUTES_CLUSTER_CIDRS: '10.0.0.0/33, 10.0.0.1/8',
      PODROUTES_DRY_RUN: 'yes',
      PODROUTES_COLOUR: 'red',
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'PODROUTES_COLOUR',
      'PODROUTES_CLUSTER_CIDRS',
      'PODROUTES_CLUSTER_CIDRS',
      'PODROUTES_DRY_RUN',
      'PODROUTES_CLUSTER or PODROUTES_ROUTE_TABLES',
    ]);
    expect(describeProblems(problems).split('\n')).toEqual([
      'The configuration has 5 mistakes:',
      ...problems.map((problem) => `- ${problem}`),
    ]);
  });

  it('shows at most 80 characters of a value, none of them a control character, and no password', () => {
    const [long] = problemsOf({ ...MINIMAL, PODROUTES_DRY_RUN: `\u001b${'x'.repeat(200)}` });
    expect(long).toContain(`found "\\u001b${'x'.repeat(79)}…"`);
    const [endpoint] = problemsOf({ ...MINIMAL, PODROUTES_ARM_ENDPOINT: 'https://me:hunter2@example.org' });
    expect(endpoint).toContain('found "example.org", with a user name or password');
    expect(endpoint).not.toContain('hunter2');
  });

  it('reads any environment without throwing', () => {
    const names = fc.constantFrom(...settingsTable().map(({ name }) => name), 'PODROUTES_X');
    const values = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.string({ unit: fc.constantFrom(...'0123456789./:,%{}cidr-rtb') }),
    );
    fc.assert(
      fc.property(fc.dictionary(names, values), fc.constantFrom<CloudName>('aws', 'azure'), (env, cloud) => {
        const result = readConfig(env, cloud);
        if (result.ok) expect(result.config.clusterCidrs.length).toBeGreaterThan(0);
        else expect(result.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('settingsTable', () => {
  it('has a meaning and a default for every setting, each once', () => {
    const table = settingsTable();
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
    for (const row of table) expect(Object.values(row)).not.toContain('');
    expect(table).toContainEqual({
      name: 'PODROUTES_MAX_DELETES',
      meaning:
        'living nodes that may be left without a route in a table within 24 hours: a count, or a percentage of those that have one',
      default: '`30%`',
    });
  });
});
