import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findProblems, readValues, toSettings } from '../../../infra/azure/parameter-values.ts';
import { PARAMETERS, SETTING_PARAMETERS } from '../../../infra/azure/parameters.ts';
import { readConfig } from '../../../shared/core/config/config.ts';
import { SETTINGS } from '../../../shared/core/config/settings.ts';
import { CASE_NAMES, CASES, deployCase, PLACE } from './template-cases.ts';

/** Settings that no parameter gives, and why. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  PODROUTES_EVENT_BUS: 'of AWS',
  PODROUTES_LIFECYCLE_HOOK: 'of AWS',
  PODROUTES_MONITORING: 'of AWS: on Azure metrics are lines of the log, and the template makes the rules',
};

/** Settings that the template gives by itself. */
const GIVEN = [
  'PODROUTES_AZURE_SUBSCRIPTION',
  'PODROUTES_AZURE_RESOURCE_GROUPS',
  'PODROUTES_ARM_ENDPOINT',
  'PODROUTES_LEDGER',
  'PODROUTES_SCHEDULE_INTERVAL',
];

/** The app settings that a case deploys. */
function appSettingsOf(name: string): Record<string, string> {
  const site = deployCase(name).resources.find(({ type }) => type === 'Microsoft.Web/sites');
  const settings: { name: string; value: string }[] = Object(site?.body['properties']).siteConfig.appSettings;
  return Object.fromEntries(settings.map(({ name: key, value }) => [key, value]));
}

it('Every mistake is named at once: of a parameter, of a setting, of groups and of tables', () => {
  const problems = findProblems({
    ...CASES['the least'],
    appName: '-',
    scheduleMinute: 5,
    maxDeletes: '130%',
    nodeResourceGroups: ['nodes', 'NODES'],
    clusterCidrs: ['10.200.0.1/16'],
  });
  const names = problems.map((problem) => problem.split(':')[0]);
  expect(names).toEqual(
    expect.arrayContaining(['scheduleMinute', 'appName', 'clusterCidrs', 'maxDeletes', 'nodeResourceGroups']),
  );
  expect(new Set(names).size).toBe(names.length);
});

/** What Azure makes of the settings before a function reads them. */
function resolveReferences(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      String(value).replace(/^@Microsoft\.KeyVault\(.*\)$/, 'a.token.of.the.vault'),
    ]),
  );
}

describe('The settings of the function app', () => {
  it.each(CASE_NAMES)('are accepted by the functions, and are what the check reads: %s', (name) => {
    const deployed = appSettingsOf(name);
    const own = Object.fromEntries(Object.entries(deployed).filter(([key]) => key.startsWith('PODROUTES_')));
    expect(readConfig(resolveReferences(own), 'azure')).toMatchObject({ ok: true });
    expect(own).toMatchObject(toSettings(CASES[name] ?? {}));
  });

  it('are all there are, but for those that would do nothing', () => {
    const offered = Object.values(SETTING_PARAMETERS).map(({ setting }) => setting.name);
    const all = Object.values(SETTINGS).map(({ name }) => name);
    expect([...offered, ...GIVEN, ...Object.keys(NOT_OFFERED)].sort()).toEqual([...all].sort());
    const deployed = Object.keys(appSettingsOf('the least')).filter((key) => key.startsWith('PODROUTES_'));
    expect(deployed.sort()).toEqual([...offered, ...GIVEN].sort());
  });

  it('have the defaults of the functions', () => {
    for (const { setting, parameter } of Object.values(SETTING_PARAMETERS)) {
      const value = Object(parameter).defaultValue;
      const text = Array.isArray(value) ? value.join(',') : value === undefined ? '' : String(value);
      if (text === '') continue;
      expect(setting.read(text, 'azure')).toEqual({ ok: true, value: setting.unset('azure') });
    }
  });

  it('name the identity by which the functions ask for tokens, and no key', () => {
    const settings = appSettingsOf('the least');
    const client = expect.stringMatching(/^client-of-.*-app$/);
    expect(settings).toMatchObject({
      AZURE_CLIENT_ID: client,
      AzureWebJobsStorage__credential: 'managedidentity',
      AzureWebJobsStorage__clientId: client,
      ServiceBus__credential: 'managedidentity',
      ServiceBus__clientId: client,
      ServiceBus__fullyQualifiedNamespace: expect.stringMatching(/^[\w-]+\.servicebus\.windows\.net$/),
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: expect.stringMatching(/^ClientId=.*;Authorization=AAD$/),
    });
    expect(settings).not.toHaveProperty('AzureWebJobsStorage');
  });
});

const RIGHT = CASES['the least'] ?? {};

/** The id of a table, in a subscription whose own id ends with the digit. */
function tableId(group: string, digit: string): string {
  return `/subscriptions/${PLACE.subscription.slice(0, -1)}${digit}/resourceGroups/${group}/providers/Microsoft.Network/routeTables/rt`;
}

describe('Parameters that are wrong', () => {
  it.each([
    ['clusterCidrs', ['10.200.0.0/33'], /^clusterCidrs: .*10\.200\.0\.0\/33/],
    ['clusterCidrs', ['10.200.0.1/16'], /^clusterCidrs: .*10\.200\.0\.0\/16 would do/],
    ['clusterCidrs', [], /^clusterCidrs: expected at least 1 elements; found 0/],
    ['clusterCidrs', '10.200.0.0/16', /^clusterCidrs: expected a list of texts/],
    ['clusterCidrs', ['10.200.0.0/16', '10.200.1.0/24'], /^clusterCidrs: .*overlaps/],
    ['cluster', '', /^cluster: expected at least 1 characters/],
    ['cluster', 'two words', /^cluster: expected letters/],
    ['cluster', undefined, /^cluster: expected a value; found none/],
    ['maxDeletes', '130%', /^maxDeletes: .*more than all/],
    ['maxDeletes', 'all', /^maxDeletes: expected a whole number, or a percentage/],
    ['routeTables', ['rtb-0123'], /^routeTables: .*names no azure route table/],
    ['routeTables', ['a/b', 'a/b'], /^routeTables: .*more than once/],
    ['nodeResourceGroups', [], /^nodeResourceGroups: expected at least 1 elements/],
    ['nodeResourceGroups', ['a group'], /^nodeResourceGroups .*expected resource group names/],
    ['networkResourceGroups', ['a', 'b.'], /^networkResourceGroups .*found "b\."/],
    ['nodeTag', 'role=*', /^nodeTag: expected key or key=value/],
    ['kubernetes', 'https://10.0.0.10', /^kubernetes: expected kubernetesToken beside an address/],
    ['kubernetes', 'kubeconfig', /^kubernetes: expected an address such as https.*; found "kubeconfig"/],
    [
      'kubernetesToken',
      'token-itself',
      /^kubernetesToken: expected a Key Vault reference.*; found another text$/,
    ],
    ['functionSubnetId', 'functions', /^functionSubnetId: expected the id of a subnet; found "functions"/],
    ['podCidrSources', ['customData'], /^podCidrSources: expected tag, user-data/],
    ['allocate', '24', /^allocate: expected off, a block size such as \/24.*; found "24"/],
    ['allocate', '/16', /^allocate: expected blocks smaller than an IPv4 cluster CIDR; found "\/16"/],
    ['allocate', '/64,/24', /^allocate: /],
    ['routeName', 'no-slot', /^routeName: /],
    ['routeLimit', 0, /^routeLimit: expected at least 1; found 0/],
    ['routeLimit', 1.5, /^routeLimit: expected a whole number/],
    ['stoppedNodes', 'forget', /^stoppedNodes: expected keep, remove/],
    ['forwarding', 'yes', /^forwarding: expected ensure, report, ignore/],
    ['dryRun', 'true', /^dryRun: expected true or false/],
    ['nodeVersion', '20', /^nodeVersion: expected 22, 24/],
    ['instanceMemoryMB', 256, /^instanceMemoryMB: expected 512, 2048, 4096/],
    ['logRetentionDays', 7, /^logRetentionDays: expected at least 30/],
    ['appName', 'a'.repeat(44), /^appName: expected at most 43 characters/],
    ['appName', '', /^appName: expected at least 2 characters/],
    ['appName', 'Has_Underscore', /^appName: expected letters, digits and hyphens.*found "Has_Underscore"/],
    ['appName', '-bad', /^appName: .*found "-bad"/],
    ['appName', 'bad-', /^appName: .*found "bad-"/],
    ['appName', '1app', /^appName: .*found "1app"/],
    ['appName', 'my.app', /^appName: .*found "my\.app"/],
    ['appName', 'Login-app', /^appName: .*found "Login-app"/],
    ['appName', 'pods-on-Windows', /^appName: .*found "pods-on-Windows"/],
    ['alertEmails', ['not an address'], /^alertEmails: expected addresses.*found "not an address"/],
    ['alertEmails', ['a@b'], /^alertEmails: .*found "a@b"/],
    ['alertEmails', ['a@b.c,d@e.f'], /^alertEmails: .*found "a@b\.c,d@e\.f"/],
    ['alertEmails', [''], /^alertEmails: .*found ""/],
    ['alertEmails', ['a@b.c', 'd@e.f', 'A@b.c'], /^alertEmails: .*each once; found "A@b\.c"/],
    ['readSubscription', 'no', /^readSubscription: expected true or false/],
    ['cluster', ' ', /^cluster: expected a text without blanks around it; found " "/],
    ['cluster', ' kthw ', /^cluster: expected a text without blanks.*found " kthw "/],
    ['nodeTag', 'role=worker\n', /^nodeTag: .*found "role=worker\\n"/],
    ['routeTables', ['net/a,net/b'], /^routeTables: expected texts without commas.*found "net\/a,net\/b"/],
    ['nodeResourceGroups', ['a,b'], /^nodeResourceGroups: .*found "a,b"/],
    ['nodeResourceGroups', [' kubernetes'], /^nodeResourceGroups: .*found " kubernetes"/],
    ['networkResourceGroups', ['net '], /^networkResourceGroups: .*found "net "/],
    ['clusterCidrs', ['10.200.0.0/16,10.201.0.0/16'], /^clusterCidrs: expected texts without commas/],
    ['toString', 'x', /^toString: expected one of cluster, clusterCidrs/],
    ['constructor', 'x', /^constructor: expected one of cluster, clusterCidrs/],
    ['clusterCidr', ['10.200.0.0/16'], /^clusterCidr: expected one of cluster, clusterCidrs/],
  ])('are named: %s = %j', (name, value, problem) => {
    const { [name]: _, ...rest } = RIGHT;
    const problems = findProblems(value === undefined ? rest : { ...rest, [name]: value });
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    [
      'a table in a group of neither list',
      { nodeResourceGroups: ['kubernetes'], routeTables: ['net/rt'] },
      /^routeTables: expected tables in nodeResourceGroups or networkResourceGroups; found "net\/rt"$/,
    ],
    [
      'the same by its id',
      { nodeResourceGroups: ['kubernetes'], routeTables: [tableId('net', 'a')] },
      /^routeTables: .*found "\/subscriptions\/.*\/net\/.*"$/,
    ],
    [
      'the second of two groups, of which only one can be that of the app',
      { networkResourceGroups: ['c'], routeTables: ['a/rt', 'c/rt', 'b/rt'] },
      /^routeTables: .*found "(a|b)\/rt"$/,
    ],
    [
      'tables of two subscriptions',
      { nodeResourceGroups: ['net'], routeTables: [tableId('net', 'a'), tableId('net', 'b')] },
      /^routeTables: expected tables of one subscription, the app's; found .*a, .*b$/,
    ],
    [
      'a table in two spellings',
      { nodeResourceGroups: ['net'], routeTables: ['NET/RT', 'net/rt'] },
      /^routeTables: expected each table once; found "net\/rt"$/,
    ],
    [
      'a table by its name and by its id',
      { nodeResourceGroups: ['net'], routeTables: ['net/rt', tableId('net', 'a')] },
      /^routeTables: expected each table once; found "\/subscriptions\/.*"$/,
    ],
    [
      'blocks of podroutes and of Kubernetes',
      {
        allocate: '/24',
        podCidrSources: ['tag', 'kubernetes'],
        kubernetes: 'https://10.0.0.10:6443',
        kubernetesToken: 'identity:api://podroutes',
      },
      /^podCidrSources: expected no kubernetes beside allocate/,
    ],
    [
      'blocks whose tag nobody reads',
      { allocate: '/24', podCidrSources: ['user-data'] },
      /^podCidrSources: expected tag beside allocate/,
    ],
    [
      'a group in two spellings, over both lists',
      { nodeResourceGroups: ['kubernetes'], networkResourceGroups: ['Kubernetes'] },
      /^networkResourceGroups: expected one spelling of a group; found "Kubernetes" and "kubernetes"$/,
    ],
    [
      'addresses that nothing would tell',
      { monitoring: 'off', alertEmails: ['ops@example.com'] },
      /^alertEmails: expected monitoring at full or essential beside it; found off$/,
    ],
    [
      'a group in two spellings, in one list',
      { nodeResourceGroups: ['kubernetes', 'KUBERNETES'] },
      /^nodeResourceGroups: expected one spelling/,
    ],
  ])('are named where they contradict each other: %s', (_, values, problem) => {
    const problems = findProblems({ ...RIGHT, ...values });
    expect(problems).not.toEqual([]);
    for (const text of problems) expect(text).toMatch(problem);
  });

  it('are named all at once', () => {
    const problems = findProblems({ ...RIGHT, maxDeletes: '200%', clusterCidrs: ['10.0.0.1/8', 'x'] });
    expect(problems).toHaveLength(3);
  });

  it('are named where JavaScript has something of the name: __proto__', () => {
    const values = readValues(JSON.parse('{ "parameters": { "__proto__": { "value": "x" } } }'));
    expect(findProblems({ ...RIGHT, ...values })).toEqual([
      expect.stringMatching(/^__proto__: expected one of/),
    ]);
  });

  it('are refused by Azure itself where it has the means', () => {
    expect(PARAMETERS['clusterCidrs']).toMatchObject({ minLength: 1 });
    expect(PARAMETERS['stoppedNodes']).toMatchObject({ allowedValues: ['keep', 'remove'] });
    expect(PARAMETERS['routeLimit']).toMatchObject({ minValue: 1 });
  });
});

describe('Parameters that are right', () => {
  it.each([
    ['tables in a group that may be that of the app', { routeTables: ['net/a', 'NET/b'] }],
    [
      'the same besides a group that is listed',
      { networkResourceGroups: ['x'], routeTables: ['net/a', 'X/b'] },
    ],
    ['a table in a listed group, in another case', { nodeResourceGroups: ['Net'], routeTables: ['net/a'] }],
    [
      'tables of one name in two groups',
      { nodeResourceGroups: ['net', 'x'], routeTables: ['net/rt', 'x/rt'] },
    ],
    ['a comma in a text that is no list', { nodeTag: 'roles=worker,edge' }],
    ['blocks to hand out', { allocate: '/24' }],
    ['a group in both lists', { nodeResourceGroups: ['a', 'b'], networkResourceGroups: ['b'] }],
    ['names and addresses as people have them', { appName: 'Pods-1', alertEmails: ["o'b+x@sub.example.co"] }],
  ])('have no problem: %s', (_, values) => {
    expect(findProblems({ ...RIGHT, ...values })).toEqual([]);
  });

  it.each(CASE_NAMES)('have no problem: %s', (name) => {
    expect(findProblems(CASES[name] ?? {})).toEqual([]);
  });
});

async function check(document: unknown) {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-'));
  const path = join(folder, 'parameters.json');
  await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document));
  const { status, stderr } = spawnSync(process.execPath, ['infra/azure/check-parameters.ts', path], {
    encoding: 'utf8',
  });
  await rm(folder, { recursive: true });
  return { status, text: stderr.replaceAll(path, 'FILE') };
}

describe('The check of a parameter file', () => {
  it('accepts one that is right', async () => {
    const parameters = { cluster: { value: 'kthw' }, clusterCidrs: { value: ['10.200.0.0/16'] } };
    expect(await check({ parameters })).toEqual({
      status: 0,
      text: 'FILE: the functions accept these parameters.\n',
    });
  });

  it('lists every mistake of one that is wrong', async () => {
    const parameters = { cluster: { value: 'kthw' }, clusterCidrs: { value: ['10.200.0.0/33', 'x'] } };
    const { status, text } = await check({ parameters });
    expect(status).toBe(1);
    expect(text).toContain('2 mistakes');
  });

  it.each([[[]], [{ cluster: 'kthw' }], [null]])('refuses %j, which is no parameter file', (document) => {
    expect(() => readValues(document)).toThrow('expected a parameter file');
  });
});
