import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { AREAS } from '../../functions/cli/verify/model.ts';
import { ALARM_SLUGS } from '../../infra/alarms.ts';
import { readText } from '../docs/markdown.ts';
import { withAlerts } from './alerts-world.ts';
import { podroutes } from './built-command.ts';
import { CLOUDS, withWorld } from './cluster-world.ts';

const EVENTS = fileURLToPath(new URL('../../events/', import.meta.url));
const NAMES = ['report', 'nodes', 'routes', 'blocks', 'explain', 'replay', 'alerts', 'doctor', 'verify'];

function readSchema(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url), 'utf8'));
}

/** What is shipped lets fields be added; here, one that the schema lacks is a mistake. */
function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== 'object' || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]));
  return 'properties' in schema ? { ...closed, additionalProperties: false } : closed;
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
formats.default(ajv);
for (const each of NAMES) ajv.addSchema(Object(close(readSchema(each))));

function findMistakes(name: string, document: unknown): unknown {
  return ajv.validate(`${name}.schema.json`, document) ? [] : ajv.errors;
}

const COMMANDS = [
  { name: 'report', args: ['plan'] },
  { name: 'report', args: ['reconcile', '--yes'] },
  { name: 'nodes', args: ['nodes'] },
  { name: 'routes', args: ['routes'] },
  { name: 'doctor', args: ['doctor'] },
  { name: 'doctor', args: ['doctor', 'worker-0', 'worker-2'] },
  ...[0, 1, 2, 3].map((i) => ({ name: 'explain', args: ['explain', `worker-${i}`] })),
  {
    name: 'replay',
    args: [
      'replay',
      `${EVENTS}aws/lifecycle-launch.json`,
      `${EVENTS}aws/scheduled-event.json`,
      `${EVENTS}aws/state-pending.json`,
      '--cloud',
      'aws',
    ],
  },
  {
    name: 'replay',
    args: [
      'replay',
      `${EVENTS}azure/vm-write.json`,
      `${EVENTS}azure/list-of-several.json`,
      '--cloud',
      'azure',
    ],
  },
];

describe.each(CLOUDS)('The JSON of %s', (cloud) => {
  it.each(COMMANDS.filter(({ args }) => !args.includes(cloud === 'aws' ? 'azure' : 'aws')))(
    'has exactly the fields of $name.schema.json: $args',
    ({ name, args }) =>
      withWorld(cloud, async ({ env, fail, launchNamed }) => {
        launchNamed('worker-60', '10.200.0.0/24', '10.240.1.60');
        fail('writes', {
          code: cloud === 'aws' ? 'UnauthorizedOperation' : 'AuthorizationFailed',
          status: 403,
        });
        const { stdout } = await podroutes([...args, '-o', 'json'], env);
        expect(findMistakes(name, JSON.parse(stdout))).toEqual([]);
      }),
  );

  it.each([
    { name: 'report', command: 'plan' },
    { name: 'nodes', command: 'nodes' },
    { name: 'blocks', command: 'blocks' },
  ])(
    'has exactly the fields of $name.schema.json where blocks are handed out: $command',
    ({ name, command }) =>
      withWorld(cloud, async ({ remembering, launchNamed }) => {
        const env = {
          ...remembering,
          PODROUTES_ALLOCATE: '/24',
          PODROUTES_RESERVED_CIDRS: '10.200.240.0/20',
        };
        launchNamed('worker-60', '', '10.240.1.60');
        await podroutes(['reconcile', '--yes'], env);
        const { stdout } = await podroutes([command, '-o', 'json'], env);
        expect(stdout).toContain('worker-60');
        expect(findMistakes(name, JSON.parse(stdout))).toEqual([]);
      }),
  );
});

it.each(CLOUDS)('The JSON of alarms on %s has exactly the fields of alerts.schema.json', (cloud) =>
  withAlerts(cloud, async ({ deploy, raise, log, alerts, deny }) => {
    const now = Date.now();
    deploy(now - 90_000_000);
    raise('apply-failures', now - 7_200_000, now - 3_600_000);
    raise('error-findings', now - 3_600_000, null);
    log(now - 3_600_000, 'error', { message: 'a', reason: 'malformed-claim', remedy: 'b', node: 'c' });
    log(now - 3_600_000, 'warn', { message: 'a', action: 'create', outcome: 'skipped', cidr: 'd' });
    expect(findMistakes('alerts', JSON.parse((await alerts('-o', 'json')).stdout))).toEqual([]);
    deny('history');
    expect(findMistakes('alerts', JSON.parse((await alerts('-o', 'json')).stdout))).toEqual([]);
  }),
);

it('The JSON of events alone is that of the schema', async () => {
  const { stdout } = await podroutes(['replay', '-o', 'json', `${EVENTS}aws/lifecycle-launch.json`]);
  expect(findMistakes('replay', JSON.parse(stdout))).toEqual([]);
});

it('A schema notices a field that is missing, and one that it lacks', () => {
  expect(findMistakes('nodes', { cluster: null, cloud: 'aws', nodes: [], findings: [] })).toEqual([]);
  expect(findMistakes('nodes', { cluster: null, cloud: 'aws', nodes: [] })).not.toEqual([]);
  expect(
    findMistakes('nodes', { cluster: null, cloud: 'aws', nodes: [], findings: [], more: 1 }),
  ).not.toEqual([]);
});

/** The words of a union as the source declares it; a type leaves nothing to ask at run time. */
async function readWords(path: string, type: string): Promise<string[]> {
  const [, union = ''] = new RegExp(`type ${type} =([^;]+);`).exec(await readText(path)) ?? [];
  return [...union.matchAll(/'([^']+)'/g)].map(([, word = '']) => word).sort();
}

function enumAt(name: string, path: readonly string[]): unknown {
  const found = path.reduce<unknown>((value, key) => Object(value)[key], readSchema(name));
  return Array.isArray(found) ? [...found].sort() : found;
}

describe('The words of a schema', () => {
  it.each([
    ['shared/core/model.ts', 'FindingCode', 'report', '$defs.findingCode.enum'],
    ['shared/core/model.ts', 'Severity', 'report', '$defs.finding.properties.severity.enum'],
    ['shared/core/model.ts', 'NodeState', 'report', '$defs.node.properties.state.enum'],
    [
      'shared/core/model.ts',
      'ClaimSource',
      'report',
      '$defs.node.properties.claims.items.properties.source.enum',
    ],
    ['shared/core/model.ts', 'ChangeAction', 'report', '$defs.change.properties.action.enum'],
    ['shared/core/model.ts', 'ChangeReason', 'report', '$defs.change.properties.reason.enum'],
    ['shared/core/model.ts', 'Outcome', 'report', '$defs.change.properties.outcome.enum'],
    ['shared/core/model.ts', 'CloudName', 'report', 'properties.cloud.enum'],
    [
      'functions/cli/route-state.ts',
      'RouteState',
      'nodes',
      'properties.nodes.items.properties.claims.items.properties.routes.items.properties.state.enum',
    ],
    [
      'functions/cli/explain/facts.ts',
      'CheckName',
      'explain',
      'properties.checks.items.properties.check.enum',
    ],
    [
      'functions/cli/explain/facts.ts',
      'CheckResult',
      'explain',
      'properties.checks.items.properties.result.enum',
    ],
    ['shared/doctor/model.ts', 'DiagnosisCode', 'doctor', '$defs.diagnosis.properties.code.enum'],
    ['shared/doctor/model.ts', 'Certainty', 'doctor', '$defs.diagnosis.properties.certainty.enum'],
    [
      'shared/core/events/node-event.ts',
      'IgnoredReason',
      'replay',
      'properties.files.items.properties.events.items.oneOf.2.properties.reason.enum',
    ],
    [
      'shared/core/events/node-event.ts',
      'Expectation',
      'replay',
      'properties.files.items.properties.events.items.oneOf.0.properties.expects.enum',
    ],
    [
      'functions/cli/alerts/causes.ts',
      'CauseKind',
      'alerts',
      'properties.alarms.items.properties.causes.items.properties.kind.enum',
    ],
  ])('are those of the type: %s, %s', async (path, type, name, place) => {
    const words = await readWords(path, type);
    expect(words.length).toBeGreaterThan(0);
    expect(enumAt(name, place.split('.'))).toEqual(words);
  });
});

it('The areas of the schema are those that are looked at', () => {
  expect(enumAt('verify', ['$defs', 'part', 'properties', 'area', 'enum'])).toEqual([...AREAS].sort());
});

it('The alarms of the schema are those that are deployed', () => {
  expect(enumAt('alerts', ['$defs', 'slug', 'enum'])).toEqual([...ALARM_SLUGS].sort());
});
