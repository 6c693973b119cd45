import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Registry } from '../../shared/core/model.ts';
import type { NodeDirectory, OpenDirectory } from '../../shared/core/run/node-directory.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import type { ConditionResult, Run } from '../../shared/core/run/run.ts';
import { node, settings } from './builders.ts';
import { failure, type MemoryCloud, memoryCloud } from './memory-cloud.ts';

const A = '10.200.0.0/24';
const KNOWN: Registry = { ok: true, nodes: new Map() };
const UNREAD: Registry = { ok: false, failure: failure('transient', 'timeout') };
const SET: ConditionResult = { node: node('a'), status: 'False', failure: null };

let cloud: MemoryCloud;
/** How often the Nodes were read, and each call that tells them, in order. */
let reads: number;
let told: { run: Run; registry: Registry; forwarding: string; routes: string[] }[];

beforeEach(() => {
  cloud = memoryCloud([node('a', [A])]);
  reads = 0;
  told = [];
});

/** A directory that answers so. */
function directory(registry: Registry, conditions: readonly ConditionResult[] = []): OpenDirectory {
  const opened: NodeDirectory = {
    read: async () => {
      reads += 1;
      return registry;
    },
    tell: async (run, read, { forwarding }) => {
      told.push({ run, registry: read, forwarding, routes: cloud.routes() });
      return [...conditions];
    },
    assign: async () => [],
  };
  return async () => opened;
}

function run(open: OpenDirectory | null, dryRun = false): Promise<Run> {
  return reconcile(cloud, {
    scope: { kind: 'all', ids: [] },
    dryRun,
    settings: settings({ forwarding: 'report' }),
    signal: new AbortController().signal,
    ledger: null,
    directory: open,
  });
}

describe('Kubernetes in a run', () => {
  it('is not asked where there is no directory', async () => {
    const done = await run(null);
    expect(done).not.toHaveProperty('kubernetes');
    expect(cloud.looks).toEqual([{ kind: 'all', ids: [] }]);
  });

  it('is read once, for every look', async () => {
    cloud.beforeLook = (look) => {
      if (look === 1) cloud.failing.set(`rtb-1 ${A}`, [failure('stale')]);
    };
    await run(directory(KNOWN));
    expect(reads).toBe(1);
    expect(await Promise.all(cloud.looks.map(({ registry }) => registry))).toEqual([KNOWN, KNOWN]);
  });

  it('is told in the end, when the routes are there, and how forwarding is seen to', async () => {
    const done = await run(directory(KNOWN, [SET]));
    expect(told).toMatchObject([{ registry: KNOWN, forwarding: 'report', routes: [`${A} a`] }]);
    expect(told[0]?.run.results).toEqual(done.results);
    expect(done.kubernetes).toEqual({ failure: null, conditions: [SET] });
    expect(done.findings).toEqual([]);
  });

  it('is told nothing by a dry run', async () => {
    const done = await run(directory(KNOWN, [SET]), true);
    expect(told).toEqual([]);
    expect(done.kubernetes).toEqual({ failure: null, conditions: [] });
  });

  it('is told nothing where it could not be read, which is a finding', async () => {
    const done = await run(directory(UNREAD, [SET]));
    expect(told).toEqual([]);
    expect(done.kubernetes).toEqual({ failure: failure('transient', 'timeout'), conditions: [] });
    expect(done.findings.map(({ code, message }) => [code, message])).toEqual([
      ['kubernetes-unavailable', expect.stringContaining('timeout: timeout.')],
    ]);
  });

  it('is one finding where it could not be told, among what it was told', async () => {
    const refused: ConditionResult = { ...SET, failure: failure('permanent', 'Forbidden') };
    const done = await run(directory(KNOWN, [SET, refused, { ...SET, failure: failure('stale') }]));
    expect(done.kubernetes?.conditions).toHaveLength(3);
    expect(done.findings.map(({ code, message, remedy }) => [code, message, remedy])).toEqual([
      ['kubernetes-unavailable', expect.stringContaining('Forbidden'), expect.stringContaining('Check')],
    ]);
  });

  it('keeps the other findings', async () => {
    cloud.nodes.set('b', node('b', [A]));
    const done = await run(directory(UNREAD));
    expect(done.findings.map(({ code }) => code).sort()).toEqual([
      'conflicting-claim',
      'kubernetes-unavailable',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['an error', new Error('no such context'), 'no such context'],
    ['anything else', 'lost', 'lost'],
  ])('that cannot be opened for %s is a finding, not the end of the run', async (_, thrown, message) => {
    const done = await run(async () => Promise.reject(thrown));
    expect(cloud.routes()).toEqual([`${A} a`]);
    expect(done.kubernetes).toEqual({
      failure: { kind: 'permanent', code: 'kubernetes-access', message },
      conditions: [],
    });
    expect(done.findings.map(({ code }) => code)).toEqual(['kubernetes-unavailable']);
  });
});
