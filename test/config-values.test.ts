import { describe, expect, it } from '@jest/globals';
import { describeProblems, readConfig } from '../shared/core/config/config.ts';
import type { CloudName } from '../shared/core/model.ts';

const MINIMAL = { PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' };
/** What beside an address of Kubernetes has to be there. */
const KUBERNETES = { PODROUTES_KUBERNETES: 'https://10.0.0.10', PODROUTES_KUBERNETES_TOKEN: 'secret:k' };

/** What is said against one setting; nothing where it is taken. */
function problemsOf(name: string, value: string, cloud: CloudName = 'aws', beside = {}): readonly string[] {
  const result = readConfig({ ...MINIMAL, ...beside, [`PODROUTES_${name}`]: value }, cloud);
  return result.ok ? [] : result.problems;
}

/** A value that no setting takes, and what each says that it expected. */
const BAD = '\u0001*';
const EXPECTED: readonly (readonly [name: string, expected: string])[] = [
  [
    'CLUSTER',
    'letters, digits, dots, hyphens and underscores, at most 100, beginning with a letter or digit',
  ],
  ['CLUSTER_CIDRS', 'networks such as 10.200.0.0/16 or fd00:200::/48, separated by commas'],
  ['ROUTE_TABLES', 'ids such as rtb-0123abcd, Azure route table ids, or group/name, separated by commas'],
  ['NODE_TAG', 'key or key=value, without * and ?'],
  ['POD_CIDR_TAG', 'a tag name of at most 128 characters, without * and ?'],
  ['POD_CIDR_SOURCES', 'tag, user-data, kubernetes or several of them, separated by commas'],
  ['ROUTE_NAME', '{cidr} once among letters, digits, dots, hyphens and underscores that make an Azure name'],
  ['ROUTE_LIMIT', 'a whole number from 1'],
  ['MAX_DELETES', 'a whole number, or a percentage from 0% to 100%'],
  ['GRACE', 'a time such as 90s, 15m or 24h'],
  ['SCHEDULE_INTERVAL', 'a time such as 90s, 15m or 24h'],
  ['LEDGER', 'dynamodb:TABLE, https://ACCOUNT.table.core.windows.net/TABLE or file:PATH'],
  ['MAX_CLAIMS', 'a whole number from 1'],
  ['KUBERNETES', 'an address such as https://10.0.0.10:6443, kubeconfig or kubeconfig:CONTEXT'],
  ['KUBERNETES_CA', 'certificates in PEM, or Base64 of them'],
  ['KUBERNETES_TOKEN', 'secret:NAME on AWS, a token by a Key Vault reference on Azure, or identity:AUDIENCE'],
  ['STOPPED_NODES', 'keep or remove'],
  ['FORWARDING', 'ensure, report or ignore'],
  ['ALLOCATE', 'off, a block size such as /24, or an IPv4 and an IPv6 one such as /24,/64'],
  ['RESERVED_CIDRS', 'networks inside the cluster CIDRs, separated by commas'],
  ['DRY_RUN', 'true or false'],
  ['EVENT_BUS', 'the name or the ARN of an event bus'],
  ['LIFECYCLE_HOOK', 'the name of a lifecycle hook'],
  ['AZURE_SUBSCRIPTION', 'a subscription id such as 00000000-0000-0000-0000-000000000000'],
  ['AZURE_RESOURCE_GROUPS', 'resource group names, separated by commas'],
  ['ARM_ENDPOINT', 'an address such as https://management.azure.com (http only for this machine)'],
];
/** Those that have a default of their own, or must be set: an empty value is a mistake. */
const NEVER_EMPTY = new Set([
  ...['CLUSTER_CIDRS', 'POD_CIDR_TAG', 'POD_CIDR_SOURCES', 'ROUTE_NAME', 'MAX_DELETES', 'GRACE'],
  ...['SCHEDULE_INTERVAL', 'MAX_CLAIMS', 'STOPPED_NODES', 'DRY_RUN', 'LIFECYCLE_HOOK'],
]);

describe('A setting', () => {
  it.each(EXPECTED)('PODROUTES_%s says what it expected, and what it found', (name, expected) => {
    const shown = name === 'KUBERNETES_TOKEN' ? '"a text of another form"' : JSON.stringify(BAD);
    const problems = problemsOf(name, BAD, 'aws', name.startsWith('KUBERNETES') ? KUBERNETES : {});
    expect(problems[0]).toMatch(`PODROUTES_${name}: expected ${expected}; found ${shown}`);
  });

  it.each(EXPECTED)(
    'PODROUTES_%s may be empty only where that is no default of its own',
    (name, expected) => {
      const beside = name === 'CLUSTER' ? { PODROUTES_ROUTE_TABLES: 'rtb-1' } : {};
      expect(problemsOf(name, ' ', 'aws', beside)).toEqual(
        NEVER_EMPTY.has(name) ? [`PODROUTES_${name}: expected ${expected}; found an empty value`] : [],
      );
    },
  );

  it('that is required says that there is nothing', () => {
    expect(readConfig({ PODROUTES_CLUSTER: 'kthw' }, 'aws')).toEqual({
      ok: false,
      problems: [
        'PODROUTES_CLUSTER_CIDRS: expected networks such as 10.200.0.0/16 or fd00:200::/48, separated by commas; found nothing',
      ],
    });
  });

  it('says why only where that is not plain', () => {
    expect(problemsOf('DRY_RUN', 'yes')).toEqual(['PODROUTES_DRY_RUN: expected true or false; found "yes"']);
    expect(problemsOf('CLUSTER_CIDRS', '10.200.0.0/33')).toEqual([
      expect.stringMatching(/found "10\.200\.0\.0\/33", which needs a prefix length from 0 to 32$/),
    ]);
  });

  it('is shown up to 80 characters', () => {
    expect(problemsOf('DRY_RUN', 'x'.repeat(80))).toEqual([
      `PODROUTES_DRY_RUN: expected true or false; found "${'x'.repeat(80)}"`,
    ]);
  });

  it('that stands alone is a mistake', () => {
    expect(describeProblems(['PODROUTES_X: expected y; found z'])).toBe(
      'The configuration has a mistake:\n- PODROUTES_X: expected y; found z',
    );
  });

  it('that is unknown comes in the order of names', () => {
    const result = readConfig({ ...MINIMAL, PODROUTES_Z: '1', PODROUTES_B: '1', PODROUTES_M: '1' }, 'aws');
    const names = result.ok ? [] : result.problems.map((problem) => problem.split(':')[0]);
    expect(names).toEqual(['PODROUTES_B', 'PODROUTES_M', 'PODROUTES_Z']);
  });

  it('is set where it is more than white space', () => {
    const { PODROUTES_CLUSTER_CIDRS } = MINIMAL;
    const result = readConfig({ PODROUTES_CLUSTER_CIDRS, PODROUTES_CLUSTER: ' ' }, 'aws');
    expect(result).toEqual({
      ok: false,
      problems: ['PODROUTES_CLUSTER or PODROUTES_ROUTE_TABLES: expected one of them, found neither'],
    });
  });
});

/** Where blocks are kept: nothing is handed out without. */
const LEDGER = 'dynamodb:podroutes';
const ALLOCATING = { PODROUTES_ALLOCATE: '/24', PODROUTES_LEDGER: LEDGER };

describe('Settings contradict each other', () => {
  it.each<[string, Record<string, string>, string]>([
    [
      'where two ranges overlap',
      { CLUSTER_CIDRS: '10.0.0.0/8,10.200.0.0/16' },
      'PODROUTES_CLUSTER_CIDRS: expected networks apart from one another; found "10.200.0.0/16", which overlaps 10.0.0.0/8',
    ],
    [
      'where blocks are as large as the range',
      { ALLOCATE: '/16', LEDGER },
      'PODROUTES_ALLOCATE: expected blocks smaller than an IPv4 cluster CIDR; found "/16", no part of 10.200.0.0/16',
    ],
    [
      'where blocks have no range',
      { ALLOCATE: '/24,/64', LEDGER },
      'PODROUTES_ALLOCATE: expected blocks smaller than an IPv6 cluster CIDR; found "/64", but there are none of that family',
    ],
  ])('%s', (_, settings, problem) => {
    const named = Object.entries(settings).map(([name, value]) => [`PODROUTES_${name}`, value]);
    expect(readConfig({ ...MINIMAL, ...Object.fromEntries(named) }, 'aws')).toEqual({
      ok: false,
      problems: [problem],
    });
  });

  it('not where a reserved range lies in one of several', () => {
    const ranges = { PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16,10.201.0.0/16' };
    expect(problemsOf('RESERVED_CIDRS', '10.201.0.0/24', 'aws', ranges)).toEqual([]);
  });

  it('not in what cannot be read', () => {
    const env = { PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: 'x', ...ALLOCATING };
    const result = readConfig(env, 'aws');
    expect(result.ok || result.problems).toEqual([expect.stringContaining('PODROUTES_CLUSTER_CIDRS')]);
  });
});

/** Texts at the edge of what a setting takes, and just beyond. */
const EDGES: readonly (readonly [name: string, cloud: CloudName, taken: string[], refused: string[]])[] = [
  ['CLUSTER', 'aws', ['A', '0', 'a.b_c-d', 'a'.repeat(100)], ['-a', '.a', '_a', 'é', 'a/b', 'a'.repeat(101)]],
  ['ROUTE_TABLES', 'aws', ['rtb-0a1'], ['rtb-', 'rtb-0a1x', 'x-rtb-0a1', 'rtb-0A1']],
  [
    'ROUTE_TABLES',
    'azure',
    ['group/table', '/SUBSCRIPTIONS/sub/resourcegroups/group/providers/microsoft.network/routetables/table'],
    [
      ...['table', 'a/b/c', '/group/table', 'a b/c', 'a/b c', 'x y/z'],
      '/subscriptions/sub/resourceGroups/group/providers/Microsoft.Network/routeTables/table/x',
      'x/subscriptions/sub/resourceGroups/group/providers/Microsoft.Network/routeTables/table',
      '/subscriptions/s b/resourceGroups/group/providers/Microsoft.Network/routeTables/table',
      '/subscriptions/sub/resourceGroups/gr oup/providers/Microsoft.Network/routeTables/table',
      '/subscriptions/sub/resourceGroups/group/providers/Microsoft.Network/routeTables/ta ble',
    ],
  ],
  ['ROUTE_TABLES', 'linux', ['main', 'a/b'], ['a b']],
  ['ROUTE_TABLES', 'openstack', ['main', 'a/b'], ['a b']],
  ['ROUTE_TABLES', 'gcp', ['main', 'a/b'], ['a b']],
  [
    'NODE_TAG',
    'aws',
    ['k'.repeat(512), `k=${'v'.repeat(256)}`],
    ['k'.repeat(513), `k=${'v'.repeat(257)}`, 'k=v?', 'k\u0001', 'k=v\u0001'],
  ],
  ['POD_CIDR_TAG', 'aws', ['k'.repeat(128), 'a=b'], ['k'.repeat(129), 'a\u0001b', 'a*b']],
  ['POD_CIDR_SOURCES', 'aws', ['user-data', 'user-data , tag'], ['kubernetes tag', 'tag,,user-data']],
  [
    'ROUTE_NAME',
    'azure',
    ['A{cidr}', '0{cidr}', '{cidr}_', '{cidr}.a', `${'a'.repeat(37)}{cidr}`],
    ['{cidr}.', '_{cidr}', 'é{cidr}', '{cidr}é', 'a b{cidr}', `{cidr}${'a'.repeat(38)}`],
  ],
  ['ROUTE_LIMIT', 'aws', ['1', '9999999'], ['01', '10000000', '1x', 'x1']],
  ['MAX_DELETES', 'aws', ['0%', '9999999', '100%'], ['00', '01', '10000000', 'x1', '1x', '1%%']],
  ['GRACE', 'aws', ['1s', '999999h'], ['1000000h', '1d', 'x1s', '1sx', '01s', '1.5m']],
  [
    'LEDGER',
    'aws',
    ['dynamodb:abc', `dynamodb:${'a'.repeat(255)}`, 'file:a\nb'],
    ['dynamodb:ab', `dynamodb:${'a'.repeat(256)}`, 'xdynamodb:abc', 'xfile:a'],
  ],
  [
    'LEDGER',
    'azure',
    [
      'https://a.table.core.windows.net/abc',
      `https://a.table.core.windows.net/a${'b'.repeat(62)}`,
      'https://a.example/account1/abc',
    ],
    [
      'dynamodb:abc',
      'https://a.table.core.windows.net/ab',
      `https://a.table.core.windows.net/a${'b'.repeat(63)}`,
      'https://a.table.core.windows.net/1bc',
      'https://a.table.core.windows.net/abc/',
      'https://a.example/x/account1/abc',
      'https://a.table.core.windows.net/abc#x',
      'https://a.table.core.windows.net/abc?x',
      'https://a.table.core.windows.net',
    ],
  ],
  ['LEDGER', 'linux', ['file:a'], ['dynamodb:abc', 'https://a.table.core.windows.net/abc']],
  [
    'ALLOCATE',
    'aws',
    ['/17', '/32', '/24 , /64', '/128', '/32,/128'],
    ['x/24', '/24x', '/024', '/1000', '/24,', '/24;/64', '/24,/129', '/24,/064'],
  ],
  [
    'EVENT_BUS',
    'aws',
    ['a', 'a./_-1', 'a'.repeat(256), 'arn:aws-us-gov:events:us-gov-west-1:123456789012:event-bus/a'],
    [
      'a'.repeat(257),
      'arn:aws:events:eu-west-1:12345678901:event-bus/a',
      'x:arn:aws:events:eu-west-1:123456789012:event-bus/a',
      'arn:aws:events:EU-1:123456789012:event-bus/a',
      'a:b',
    ],
  ],
  [
    'LIFECYCLE_HOOK',
    'aws',
    ['a', 'pod_routes/1-a', 'a'.repeat(255)],
    ['a b', 'a.b', '!a', 'a!', 'a'.repeat(256)],
  ],
  [
    'AZURE_SUBSCRIPTION',
    'azure',
    ['8D1BCBA4-3c51-4c79-a8f2-000000000001'],
    [
      'x8d1bcba4-3c51-4c79-a8f2-000000000001',
      '8d1bcba4-3c51-4c79-a8f2-0000000000012',
      '8d1bcba4-3c51-4c79-000000000001',
      '8d1bcba4-3c51-4c79-a8f2-00000000000g',
    ],
  ],
  [
    'AZURE_RESOURCE_GROUPS',
    'azure',
    ['a.b', '1', '(a)-_b', 'ü'.repeat(90)],
    ['a b', ' !a', 'a!', 'a..', 'ü'.repeat(91)],
  ],
  [
    'ARM_ENDPOINT',
    'azure',
    ['http://localhost:1', 'http://[::1]:1', 'https://a.example:8443'],
    [
      'http://localhost.example',
      'http://a.127.0.0.1',
      'https://a.example/?x',
      'https://a.example/#x',
      'https://:b@a.example',
      'https://a@a.example',
      'xhttps://a.example',
      'httpsx://a.example',
    ],
  ],
];

describe('What a setting takes', () => {
  it.each(EDGES.flatMap(([name, cloud, taken]) => taken.map((value) => [name, value, cloud] as const)))(
    'is PODROUTES_%s=%s on %s',
    (name, value, cloud) => {
      const beside =
        name === 'ALLOCATE'
          ? { PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16,fd00::/48', PODROUTES_LEDGER: LEDGER }
          : {};
      expect(problemsOf(name, value, cloud, beside)).toEqual([]);
    },
  );

  it.each(EDGES.flatMap(([name, cloud, , refused]) => refused.map((value) => [name, value, cloud] as const)))(
    'is not PODROUTES_%s=%s on %s',
    (name, value, cloud) => {
      const beside =
        name === 'ALLOCATE'
          ? { PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16,fd00::/48', PODROUTES_LEDGER: LEDGER }
          : {};
      expect(problemsOf(name, value, cloud, beside)).toEqual([
        expect.stringContaining(`PODROUTES_${name}: expected`),
      ]);
    },
  );
});
