import { beforeEach, describe, expect, it } from '@jest/globals';
import { readMemory } from '../../shared/core/ledger/table-memory.ts';
import type { Node } from '../../shared/core/model.ts';
import { type ReconcileRequest, reconcile } from '../../shared/core/run/reconcile.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, hopOf, node, settings, show } from './builders.ts';
import { failure, type MemoryCloud, memoryCloud } from './memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from './memory-ledger.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.UTC(2026, 10, 21, 3);
const A = '10.200.0.0/24';
const KEY = 'table/rtb-1';
/** What a full run reads: of tables, and of blocks, whose generation comes first. */
/** Of the whole ledger. */
const READS = ['read '];

let cloud: MemoryCloud;
let ledger: MemoryLedger;

beforeEach(() => {
  const nodes = Array.from({ length: 4 }, (_, i) => node(`n${i}`, [`10.200.${i}.0/24`]));
  cloud = memoryCloud(nodes);
  for (const [i, { id }] of nodes.entries()) cloud.put('rtb-1', cidr(`10.200.${i}.0/24`), hopOf(id));
  ledger = memoryLedger(START);
});

function change(id: string, more: Partial<Node>): void {
  const current = cloud.nodes.get(id);
  if (current !== undefined) cloud.nodes.set(id, { ...current, ...more });
}

function runOnce(more: Partial<ReconcileRequest> = {}): Promise<Run> {
  return reconcile(cloud, {
    scope: { kind: 'all', ids: [] },
    dryRun: false,
    settings: settings(),
    signal: new AbortController().signal,
    ledger: async () => ledger,
    ...more,
  });
}

/** The schedule's runs, ten minutes apart; the last run. */
async function schedule(runs: number): Promise<Run> {
  let last = await runOnce();
  for (let i = 1; i < runs; i += 1) {
    ledger.now += 10 * MINUTE;
    last = await runOnce();
  }
  return last;
}

function outcomes({ results }: Run): string[] {
  return results.map(({ change: each, outcome, wait }) => `${outcome} ${wait?.reason ?? ''}: ${show(each)}`);
}

const LINE = `delete ${A} n0 (claim-withdrawn)`;

describe('R4 the second look', () => {
  it('takes a route away once full runs have seen it unclaimed for the grace', async () => {
    await runOnce();
    change('n0', { claims: [] });
    expect(outcomes(await schedule(2))).toEqual([`waiting second-look: ${LINE}`]);
    ledger.now += 10 * MINUTE;
    expect(outcomes(await runOnce())).toEqual([`applied : ${LINE}`]);
    expect(cloud.routes()).toHaveLength(3);
  });

  it('is for each table by itself: an entry of another form keeps what waits in that table alone', async () => {
    cloud.tables.set('rtb-2', new Map());
    for (let i = 0; i < 4; i += 1) cloud.put('rtb-2', cidr(`10.200.${i}.0/24`), hopOf(`n${i}`));
    await runOnce();
    change('n0', { claims: [] });
    await schedule(2);
    const entry = ledger.entries.get(KEY);
    if (entry !== undefined) ledger.entries.set(KEY, { ...entry, value: '{"format":99}' });
    ledger.now += 10 * MINUTE;
    const run = await runOnce();
    expect(outcomes(run).sort()).toEqual([`applied : ${LINE}`, `waiting ledger-not-read: ${LINE}`]);
    expect(run.results.find(({ outcome }) => outcome === 'applied')?.change.table).toBe('rtb-2');
    expect(run.findings).toEqual([
      expect.objectContaining({
        code: 'ledger-unavailable',
        message: expect.stringContaining(`The entry ${KEY} of the ledger is not of this version`),
      }),
    ]);
  });

  it('begins anew where the schedule was paused', async () => {
    await runOnce();
    change('n0', { claims: [] });
    await schedule(2);
    ledger.now += DAY;
    expect(outcomes(await runOnce())).toEqual([`waiting second-look: ${LINE}`]);
  });

  it('begins anew where a run saw the route claimed, though the erasure was refused', async () => {
    await runOnce();
    change('n0', { claims: [] });
    await schedule(2);
    change('n0', { claims: [{ cidr: cidr(A), source: 'tag' }] });
    ledger.writeFailure = failure('transient', 'Throttling');
    ledger.now += 10 * MINUTE;
    await runOnce();
    ledger.writeFailure = null;
    change('n0', { claims: [] });
    ledger.now += 10 * MINUTE;
    expect(outcomes(await runOnce())).toEqual([`waiting second-look: ${LINE}`]);
  });

  it('keeps the route where another run wrote the entry first', async () => {
    await runOnce();
    change('n0', { claims: [] });
    await schedule(2);
    ledger.now += 10 * MINUTE;
    ledger.beforeWrite = () => {
      const entry = ledger.entries.get(KEY);
      if (entry !== undefined) ledger.entries.set(KEY, { ...entry, version: 'another' });
      ledger.beforeWrite = () => {};
    };
    const done = await runOnce();
    expect(outcomes(done)).toEqual([`waiting ledger-not-written: ${LINE}`]);
    expect(done.findings).toEqual([]);
    expect(cloud.routes()).toHaveLength(4);
  });

  it.each(['no', 'a'])('lets by force go what is meant, with %s ledger to write to', async (which) => {
    await runOnce();
    change('n0', { claims: [] });
    ledger.writeFailure = which === 'no' ? failure('permanent', 'AccessDenied') : null;
    const done = await runOnce({ settings: settings({ force: true }) });
    expect(outcomes(done)).toEqual([`applied : ${LINE}`]);
  });

  it('goes in one of two full runs that come at the same time', async () => {
    await runOnce();
    change('n0', { claims: [] });
    await schedule(2);
    ledger.now += 10 * MINUTE;
    const both = await Promise.all([runOnce(), runOnce()]);
    expect(both.flatMap(outcomes).sort()).toEqual([
      `applied : ${LINE}`,
      `waiting ledger-not-written: ${LINE}`,
    ]);
  });

  it('writes the entry before it deletes, and what was spent', async () => {
    await runOnce();
    change('n0', { claims: [] });
    await schedule(2);
    ledger.now += 10 * MINUTE;
    let spending: unknown = null;
    cloud.afterWrite = () => {
      spending = readMemory(ledger.entries.get(KEY)?.value ?? '')?.spending;
    };
    await runOnce();
    expect(spending).toEqual([{ node: 'n0', family: 4, at: ledger.now }]);
  });

  it('gives a block that has waited to the node that claims it, in place', async () => {
    await runOnce();
    change('n0', { claims: [] });
    cloud.nodes.set('heir', node('heir', [A]));
    const before = await schedule(2);
    expect(before.findings.map(({ code }) => code)).toEqual(['conflicting-claim']);
    ledger.now += 10 * MINUTE;
    expect(outcomes(await runOnce())).toEqual([`applied : replace ${A} heir (wrong-next-hop)`]);
    expect(await runOnce()).toMatchObject({ results: [], findings: [] });
  });

  it('takes the old routes of nodes that all moved after 24 hours, with no person needed', async () => {
    await runOnce();
    for (let i = 0; i < 4; i += 1)
      change(`n${i}`, { claims: [{ cidr: cidr(`10.200.1${i}.0/24`), source: 'tag' }] });
    const during = await schedule(24 * 6);
    expect(during.findings).toEqual([]);
    expect(cloud.routes()).toHaveLength(8);
    await schedule(3);
    expect(cloud.routes()).toEqual([
      '10.200.10.0/24 n0',
      '10.200.11.0/24 n1',
      '10.200.12.0/24 n2',
      '10.200.13.0/24 n3',
    ]);
  });

  it('looks the recorded claimant up by its id where its route leads to another by now', async () => {
    await runOnce();
    cloud.nodes.delete('n0');
    cloud.nodes.set('new', node('new', ['10.200.9.0/24'], { nextHops: { 4: hopOf('n0'), 6: hopOf('n0') } }));
    await schedule(2);
    ledger.now += 10 * MINUTE;
    const done = await runOnce({ settings: settings({ maxDeletes: { count: 0 } }) });
    expect(outcomes(done)).toContain(`applied : delete ${A} n0 (claimant-gone)`);
  });

  it('does not take being on no list for being gone', async () => {
    await runOnce();
    cloud.nodes.delete('n0');
    cloud.nodes.set('new', node('new', ['10.200.9.0/24'], { nextHops: { 4: hopOf('n0'), 6: hopOf('n0') } }));
    // A claimant that still lives, and is selected no more.
    const observe = cloud.observe.bind(cloud);
    Object.assign(cloud, {
      observe: async (...[scope, signal]: Parameters<typeof observe>) => ({
        ...(await observe(scope, signal)),
        missing: [],
      }),
    });
    const done = await schedule(9);
    expect(outcomes(done)).toEqual([`waiting second-look: delete ${A} n0 (claim-withdrawn)`]);
  });
});

describe('R4 what waited and is claimed again before the run ends', () => {
  const B = '10.200.1.0/24';

  /** Two routes have been seen unclaimed; then the next run's second look sees the first of them claimed. */
  async function reclaim(meanwhile: () => void = () => {}): Promise<Run> {
    await runOnce();
    for (const id of ['n0', 'n1']) change(id, { claims: [] });
    await runOnce();
    cloud.nodes.set('new', node('new', ['10.200.9.0/24']));
    cloud.failing.set('rtb-1 10.200.9.0/24', [failure('stale')]);
    const next = cloud.looks.length + 2;
    cloud.beforeLook = (look) => {
      if (look !== next) return;
      change('n0', { claims: [{ cidr: cidr(A), source: 'tag' }] });
      meanwhile();
    };
    ledger.now += MINUTE;
    ledger.log.length = 0;
    return runOnce();
  }

  function waiting(): string[] {
    return [...(readMemory(ledger.entries.get(KEY)?.value ?? '')?.sightings.keys() ?? [])];
  }

  it('begins to wait anew, and nothing else does', async () => {
    const done = await reclaim();
    expect(outcomes(done)).toEqual([
      'applied : create 10.200.9.0/24 new (claimed)',
      `waiting second-look: delete ${B} n1 (claim-withdrawn)`,
    ]);
    expect(waiting()).toEqual([B]);
    expect(done.findings).toEqual([]);
    expect(ledger.log).toEqual(['read ', `write ${KEY}`, 'read ', `write ${KEY}`]);
  });

  it.each<[string, () => void]>([
    ['read', () => Object.assign(ledger, { readFailure: failure('transient', 'Throttling') })],
    ['written', () => Object.assign(ledger, { writeFailure: failure('transient', 'Throttling') })],
  ])('is a finding where the ledger cannot be %s then', async (_, spoil) => {
    expect((await reclaim(spoil)).findings.map(({ code }) => code)).toEqual(['ledger-unavailable']);
    expect(waiting()).toEqual([A, B]);
  });

  it('is no finding where another run has written meanwhile, which saw the same', async () => {
    const done = await reclaim(() => {
      ledger.beforeWrite = () => {
        ledger.beforeWrite = () => {};
        const entry = ledger.entries.get(KEY);
        if (entry !== undefined) ledger.entries.set(KEY, { ...entry, version: 'another' });
      };
    });
    expect(done.findings).toEqual([]);
    expect(waiting()).toEqual([B]);
  });

  it.each<[string, number, readonly string[], readonly string[]]>([
    ['at the same time begins to wait anew', 1, [B], []],
    ['again and again is told', 99, [A, B], ['ledger-unavailable']],
  ])('and is renewed by another run %s', async (_, renewals, left, codes) => {
    await runOnce();
    for (const id of ['n0', 'n1']) change(id, { claims: [] });
    await runOnce();
    change('n0', { claims: [{ cidr: cidr(A), source: 'tag' }] });
    ledger.now += MINUTE;
    let renewed = 0;
    // The other one looked a moment before the claim came back, and is quicker.
    ledger.beforeWrite = () => {
      const entry = ledger.entries.get(KEY);
      if (entry === undefined || renewed === renewals) return;
      renewed += 1;
      ledger.entries.set(KEY, { ...entry, version: `renewed-${renewed}` });
    };
    const done = await runOnce();
    expect(waiting()).toEqual(left);
    expect(done.findings.map(({ code }) => code)).toEqual(codes);
  });

  it('is left alone by a run that looked but once', async () => {
    await runOnce();
    change('n0', { claims: [] });
    await runOnce();
    ledger.now += MINUTE;
    ledger.log.length = 0;
    await runOnce();
    expect(ledger.log).toEqual(['read ', `write ${KEY}`]);
    expect(waiting()).toEqual([A]);
  });
});

describe('R4 what was replaced between two full runs', () => {
  it('counts as never recorded, so that a misspelt tag takes it from nobody', async () => {
    await runOnce();
    // Events alone: every node is replaced, and its block goes to the next.
    for (let i = 0; i < 4; i += 1) {
      cloud.nodes.delete(`n${i}`);
      cloud.nodes.set(`m${i}`, node(`m${i}`, [`10.200.${i}.0/24`]));
      await runOnce({ ledger: 'events', scope: { kind: 'nodes', ids: [`m${i}`] } });
    }
    const before = cloud.routes();
    for (let i = 0; i < 4; i += 1) change(`m${i}`, { claims: [] });
    const done = await schedule(6);
    expect(cloud.routes()).toEqual(before);
    expect(done.findings.map(({ code }) => code)).toEqual(['no-claims']);
    expect(done.results.map(({ wait }) => wait?.reason)).toEqual(Array(4).fill('never-recorded'));
  });
});

describe('R7 a node that may have one claim', () => {
  it('moves, and moves again, and keeps one route in the end', async () => {
    const one = { settings: settings({ maxClaims: 1 }) };
    const claimOf = (text: string) => ({ claims: [{ cidr: cidr(text), source: 'tag' as const }] });
    await runOnce(one);
    for (const text of ['10.200.50.0/24', '10.200.51.0/24', '10.200.52.0/24']) {
      change('n0', claimOf(text));
      ledger.now += 10 * MINUTE;
      await runOnce(one);
    }
    for (let i = 0; i < 3 * 24 * 6; i += 1) {
      ledger.now += 10 * MINUTE;
      await runOnce(one);
    }
    expect(cloud.routes().filter((line) => line.endsWith(' n0'))).toEqual(['10.200.52.0/24 n0']);
  });
});

describe('the ledger in a run', () => {
  it.each<[string, Partial<ReconcileRequest>]>([
    ['for events', { ledger: 'events' }],
    ['for some nodes', { scope: { kind: 'nodes', ids: ['n0'] } }],
  ])('is left alone %s', async (_, more) => {
    const done = await runOnce({ ledger: async () => Promise.reject(new Error('opened')), ...more });
    expect(done.findings).toEqual([]);
  });

  it('is read once and not written by a full run that finds nothing new', async () => {
    await runOnce();
    ledger.log.length = 0;
    await runOnce();
    expect(ledger.log).toEqual(READS);
  });

  it("is written again before half of an entry's life is over", async () => {
    await runOnce();
    ledger.now += 46 * DAY;
    ledger.log.length = 0;
    await runOnce();
    expect(ledger.log).toEqual([...READS, `write ${KEY}`]);
  });

  it('is not written again while more than half of it is left', async () => {
    await runOnce();
    expect(ledger.entries.get(KEY)?.expiresAt).toBe(START + 90 * DAY);
    ledger.now += 45 * DAY;
    ledger.log.length = 0;
    await runOnce();
    expect(ledger.log).toEqual(['read ']);
  });

  it('is not written again where it has no end', async () => {
    await runOnce();
    const entry = ledger.entries.get(KEY);
    if (entry !== undefined) ledger.entries.set(KEY, { ...entry, expiresAt: null });
    ledger.log.length = 0;
    await runOnce();
    expect(ledger.log).toEqual(['read ']);
  });

  it('is read once by a run that looks again and sees nothing else that waited', async () => {
    await runOnce();
    ledger.log.length = 0;
    cloud.nodes.set('new', node('new', ['10.200.9.0/24']));
    cloud.failing.set('rtb-1 10.200.9.0/24', [failure('stale')]);
    const looks = cloud.looks.length;
    await runOnce();
    expect(cloud.looks.length).toBe(looks + 2);
    expect(ledger.log).toEqual(['read ']);
  });

  it('is not written for a table of which there is nothing to remember', async () => {
    cloud.tables.set('rtb-2', new Map());
    for (let i = 0; i < 4; i += 1) cloud.failing.set(`rtb-2 10.200.${i}.0/24`, [failure('permanent')]);
    await runOnce();
    expect([...ledger.entries.keys()]).toEqual([KEY]);
  });

  it('is not written by a dry run', async () => {
    await runOnce({ dryRun: true });
    expect(ledger.log).toEqual(READS);
  });

  it.each<[string, () => void, string, string[]]>([
    [
      'cannot be read',
      () => {
        ledger.readFailure = failure('permanent', 'AccessDenied');
      },
      'ledger-not-read',
      ['ledger-unavailable'],
    ],
    [
      'cannot be written',
      () => {
        ledger.writeFailure = failure('transient', 'Throttling');
      },
      'second-look',
      ['ledger-unavailable'],
    ],
    [
      'holds what is not of its form',
      () => {
        ledger.entries.set(KEY, { key: KEY, version: '1', value: '{}', expiresAt: null });
      },
      'ledger-not-read',
      ['ledger-unavailable'],
    ],
    [
      'is empty',
      () => {
        ledger.entries.clear();
      },
      'never-recorded',
      [],
    ],
  ])(
    'makes routes all the same, and nothing that waits goes, where it %s',
    async (_, spoil, reason, codes) => {
      await runOnce();
      change('n0', { claims: [] });
      await schedule(2);
      cloud.nodes.set('new', node('new', ['10.200.9.0/24']));
      ledger.now += 5 * MINUTE - 1;
      spoil();
      const done = await runOnce();
      expect(cloud.routes()).toHaveLength(5);
      expect(outcomes(done)).toContain(`waiting ${reason}: ${LINE}`);
      expect(done.findings.map(({ code }) => code)).toEqual(codes);
    },
  );

  it('that was restored from yesterday lets nothing go that waits', async () => {
    await runOnce();
    change('n0', { claims: [] });
    await schedule(2);
    const yesterday = new Map(ledger.entries);
    ledger.now += DAY;
    await runOnce();
    ledger.entries.clear();
    for (const [key, entry] of yesterday) ledger.entries.set(key, entry);
    expect(outcomes(await runOnce())).toEqual([`waiting second-look: ${LINE}`]);
  });

  it('that cannot be opened is a finding, not the end of the run', async () => {
    const done = await runOnce({ ledger: async () => Promise.reject(new Error('no such file')) });
    expect(done.findings).toMatchObject([{ code: 'ledger-unavailable', severity: 'error' }]);
  });
});
