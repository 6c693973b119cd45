// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import type { Observation, Scope } from '../../shared/core/model.ts';
import type { AwsWorld } from '../contract/aws-world.ts';
import { type Alter, withAlteredAnswers } from './altered-answers.ts';
import { type Look, type Sandbox, targetsOf, withWorld } from './observed-world.ts';

const TAGS_ALONE = { PODROUTES_POD_CIDR_SOURCES: 'tag' };
const UNKNOWN = ['i-0123456789abcdef0', 'i-0123456789abcdef1', 'i-0123456789abcdef2'];
const ALL_INSTANCES = /<reservationSet>.*<\/reservationSet>/s;

function isFiltered(question: URLSearchParams): boolean {
  return question.get('Action') === 'DescribeInstances' && question.has('Filter.1.Name');
}

function asksById(question: URLSearchParams): boolean {
  return question.has('InstanceId.1');
}

/** What EC2 shows by a filter, which is complete as far as anybody can see, lacks every instance. */
const SHORT: Alter = (xml, question) =>
  isFiltered(question) ? xml.replace(ALL_INSTANCES, '<reservationSet/>') : xml;

interface Looked {
  readonly seen: Observation;
  readonly calls: Readonly<Record<string, number>>;
}

async function lookThrough(
  alter: Alter,
  look: Look,
  sandbox: Sandbox,
  scope: Partial<Scope> = {},
): Promise<Looked> {
  let seen: Observation | null = null;
  sandbox.clearCalls();
  await withAlteredAnswers(sandbox, alter, async (ec2) => {
    seen = await look(scope, TAGS_ALONE, ec2);
  });
  if (seen === null) throw new Error('Nothing was read');
  return { seen, calls: sandbox.countCalls() };
}

const WORKERS = [0, 1, 2].map((i) => ({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` }));

async function launchWorkers(world: AwsWorld): Promise<string[]> {
  for (const { name, podCidr } of WORKERS) {
    await world.launch({ name, podCidr });
    await world.addRoute(podCidr, { machine: name });
  }
  return WORKERS.map(({ name }) => world.idOf(name));
}

describe('A short answer that looks complete', () => {
  it('does not make a cluster gone that is stopped for the night', () =>
    withWorld({}, async (world, look, sandbox) => {
      const ids = await launchWorkers(world);
      for (const { name } of WORKERS) await world.stop(name);
      const { seen, calls } = await lookThrough(SHORT, look, sandbox);
      expect(seen.nodes.map(({ id, state, claims }) => [id, state, claims.length])).toEqual(
        ids.map((id) => [id, 'stopped', 1]),
      );
      expect(targetsOf(seen)).toMatchObject({
        '10.200.0.0/24': 'node',
        '10.200.1.0/24': 'node',
        '10.200.2.0/24': 'node',
      });
      expect(calls).toEqual({ DescribeInstances: 2, DescribeRouteTables: 1 });
    }));

  it('makes strangers of those that run, whose routes are left alone', () =>
    withWorld({}, async (world, look, sandbox) => {
      await launchWorkers(world);
      const { seen, calls } = await lookThrough(SHORT, look, sandbox);
      expect(targetsOf(seen)['10.200.0.0/24']).toBe('stranger');
      expect(calls).toEqual({ DescribeInstances: 1, DescribeRouteTables: 1 });
    }));

  it('does not make a node missing that an event names', () =>
    withWorld({}, async (world, look, sandbox) => {
      const ids = await launchWorkers(world);
      const { seen, calls } = await lookThrough(SHORT, look, sandbox, { kind: 'nodes', ids });
      expect(seen.nodes.map(({ id, claims }) => [id, claims.length])).toEqual(ids.map((id) => [id, 1]));
      expect({ missing: seen.missing, failures: seen.failures }).toEqual({ missing: [], failures: [] });
      expect(calls).toEqual({ DescribeInstances: 2, DescribeRouteTables: 1 });
    }));
});

describe('A look for an event', () => {
  it('reads instances once where all are known', () =>
    withWorld({}, async (world, look, sandbox) => {
      const ids = await launchWorkers(world);
      const { seen, calls } = await lookThrough((xml) => xml, look, sandbox, { kind: 'nodes', ids });
      expect(seen.missing).toEqual([]);
      expect(calls).toEqual({ DescribeInstances: 1, DescribeRouteTables: 1 });
    }));

  it.each([
    { kind: 'nodes', names: 'a node', calls: 1 },
    { kind: 'all', names: 'a node', calls: 1 },
    { kind: 'all', names: 'an instance that is none', calls: 2 },
  ] as const)('for $kind that names $names reads instances in $calls calls', ({ kind, names, calls }) =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launch({ name: 'named', podCidr: '10.200.0.0/24', isNode: names === 'a node' });
      const looked = await lookThrough((xml) => xml, look, sandbox, { kind, ids: [world.idOf('named')] });
      expect(looked.seen.missing).toEqual([]);
      expect(looked.seen.nodes.length).toBe(names === 'a node' ? 1 : 0);
      expect(looked.calls).toEqual({ DescribeInstances: calls, DescribeRouteTables: 1 });
    }),
  );

  it.each(['nodes', 'all'] as const)(
    'for %s does not take for gone what EC2 does not know yet, but already routes to',
    (kind) =>
      withWorld({}, async (world, look, sandbox) => {
        const [id = ''] = await launchWorkers(world);
        const message = `The instance ID '${id}' does not exist`;
        const where = (params: ReadonlyMap<string, string>): boolean => params.has('InstanceId.1');
        sandbox.failNext('DescribeInstances', { code: 'InvalidInstanceID.NotFound', message, where });
        const { seen } = await lookThrough(SHORT, look, sandbox, { kind, ids: [id] });
        expect(seen.missing).toEqual([id]);
        expect(targetsOf(seen)['10.200.0.0/24']).toBe(kind === 'all' ? 'stranger' : 'unread');
      }),
  );

  it('says nothing of the missing where the list of the named could not be read', () =>
    withWorld({}, async (_world, look, sandbox) => {
      sandbox.failNext('DescribeInstances', { code: 'UnauthorizedOperation' });
      const { seen, calls } = await lookThrough((xml) => xml, look, sandbox, { kind: 'nodes', ids: UNKNOWN });
      expect(seen.missing).toEqual([]);
      expect(seen.failures).toMatchObject([{ what: 'nodes', id: null }]);
      expect(calls).toEqual({ DescribeInstances: 1, DescribeRouteTables: 1 });
    }));
});

/** How a refusal of several ids may be worded, and how many calls by id it then takes to tell them all. */
const WORDINGS: readonly { readonly what: string; readonly alter: Alter; readonly calls: number }[] = [
  { what: 'names them all', alter: (xml) => xml, calls: 2 },
  {
    what: 'names one at a time',
    alter: (xml) => xml.replace(/IDs '([^,']+),[^']*' do /, "ID '$1' does "),
    calls: 4,
  },
  {
    what: 'names none',
    alter: (xml) => xml.replace(/The instance IDs? '[^']*' do(es)? not/, 'Some of these do not'),
    calls: 7,
  },
];

describe('A refusal of unknown ids beside a known one', () => {
  it.each(WORDINGS)('that $what tells them apart in $calls calls', ({ alter, calls }) =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launch({ name: 'worker', podCidr: '10.200.0.0/24' });
      const scope = { kind: 'nodes', ids: [...UNKNOWN, world.idOf('worker')] } as const;
      const both: Alter = (xml, question) => alter(SHORT(xml, question), question);
      const looked = await lookThrough(both, look, sandbox, scope);
      expect(looked.seen.missing).toEqual(UNKNOWN);
      expect(looked.seen.nodes.map(({ name }) => name)).toEqual(['worker']);
      expect(looked.seen.failures).toEqual([]);
      expect(looked.calls['DescribeInstances']).toBe(1 + calls);
    }),
  );

  it('that names none of 200 is given up after 50 calls: the others are a read that failed', () =>
    withWorld({}, async (_world, look, sandbox) => {
      const ids = Array.from({ length: 200 }, (_, i) => `i-0000000000000${String(i).padStart(4, '0')}`);
      const alter: Alter = (xml) => xml.replace(/The instance IDs? '[^']*' do/, 'Some of these do');
      const { seen, calls } = await lookThrough(alter, look, sandbox, { kind: 'nodes', ids });
      expect(calls['DescribeInstances']).toBe(1 + 50);
      expect(seen.missing.length).toBeLessThan(50);
      expect(seen.failures).toMatchObject([
        { what: 'nodes', id: null, failure: { kind: 'transient', code: 'incomplete-answer' } },
      ]);
    }));
});

it.each(['missing', 'gone'])('An id of a call that was answered without it is not %s', (kind) =>
  withWorld({ sandbox: { blackholeShows: 'instance' } }, async (world, look, sandbox) => {
    const [id = ''] = await launchWorkers(world);
    await world.stop('worker-0');
    const alter: Alter = (xml, question) =>
      asksById(question) || isFiltered(question) ? xml.replace(ALL_INSTANCES, '<reservationSet/>') : xml;
    const scope = kind === 'missing' ? { kind: 'nodes' as const, ids: [id] } : {};
    const { seen } = await lookThrough(alter, look, sandbox, scope);
    expect(seen.missing).toEqual([]);
    expect(targetsOf(seen)['10.200.0.0/24']).toBe('unread');
    expect(seen.failures).toMatchObject([
      {
        what: 'nodes',
        id: null,
        failure: { code: 'incomplete-answer', message: expect.stringContaining(id) },
      },
    ]);
  }),
);
