import { describe, expect, it } from '@jest/globals';
import type { OpenLedger } from '../../shared/core/ledger/ledger.ts';
import type { Claimant, TableMemory } from '../../shared/core/ledger/table-memory.ts';
import type { Change, Observation, Scope } from '../../shared/core/model.ts';
import { recall, toMemory, withoutLedger } from '../../shared/core/run/recall.ts';
import { cidr, hopOf, node, observation } from './builders.ts';
import { type MemoryCloud, memoryCloud } from './memory-cloud.ts';
import { memoryLedger } from './memory-ledger.ts';

const A = '10.200.0.0/24';
const { signal } = new AbortController();
const ALL: Scope = { kind: 'all', ids: [] };
const NAMED: Scope = { kind: 'nodes', ids: ['a', 'b'] };
const open: OpenLedger = async () => memoryLedger(0);
const gone = { state: 'gone' } as const;

describe('R4 what a run rests on that did not read the ledger', () => {
  it.each<[string, OpenLedger | null, object]>([
    ['has none', null, { kind: 'none', reason: 'no-ledger' }],
    ['could not read it', open, { kind: 'none', reason: 'ledger-not-read' }],
  ])('is nothing, where a full run %s', (_, ledger, memory) => {
    expect(withoutLedger(ledger, ALL, observation([node('a', [], gone)], []))).toEqual(memory);
  });

  it.each<[string, Scope, Partial<Observation>, number]>([
    ['none, where all that were asked for live', NAMED, { nodes: [node('a'), node('b')] }, 0],
    ['one that was read as gone', NAMED, { nodes: [node('a', [], gone), node('b')] }, 1],
    ['one that is unknown', NAMED, { nodes: [node('b')], missing: ['a'] }, 1],
    ['of either kind', NAMED, { nodes: [node('a', [], gone)], missing: ['b'] }, 2],
    ['none that nobody asked for', NAMED, { nodes: [node('c', [], gone)] }, 0],
    ['none that may be too new to be known', { ...NAMED, begun: ['a'] }, { nodes: [], missing: ['a'] }, 0],
    [
      'one that was read as gone, however new it is',
      { ...NAMED, begun: ['a'] },
      { nodes: [node('a', [], gone)] },
      1,
    ],
  ])('is a count of deaths, for events: %s', (_, scope, seen, count) => {
    expect(withoutLedger('events', scope, observation([], [], seen))).toEqual({
      kind: 'events',
      gone: count,
    });
  });

  it.each<[string, OpenLedger | 'events' | null, Scope]>([
    ['events ask for all nodes', 'events', ALL],
    ['a person names nodes', open, NAMED],
    ['a person names nodes and there is no ledger', null, NAMED],
  ])('is a count of deaths, too, where %s', (_, ledger, scope) => {
    expect(withoutLedger(ledger, scope, observation([node('a')], []))).toEqual({ kind: 'events', gone: 0 });
  });
});

/** The deletion of a route to `n0`. */
function deletion(more: Partial<Change> = {}): Change {
  return {
    table: 'rtb-1',
    action: 'delete',
    destination: cidr(A),
    nextHop: null,
    previousNextHop: hopOf('n0'),
    node: null,
    reason: 'next-hop-unknown',
    evidence: 'vacant',
    ...more,
  };
}

const CLAIMANT: Claimant = { node: 'n0', incarnation: null, nextHop: hopOf('n0').id };

function remembering(claimant: Claimant): ReadonlyMap<string, TableMemory> {
  const claimants = new Map([[A, claimant]]);
  return new Map([['rtb-1', { claimants, sightings: new Map(), spending: [] }]]);
}

/** What the guard is told of the claimant, after one full look of this kind. */
async function ask(
  cloud: MemoryCloud,
  seen: Observation,
  { change = {}, claimant = {} }: { change?: Partial<Change>; claimant?: Partial<Claimant> } = {},
): Promise<boolean | null> {
  const remembered = { ...CLAIMANT, ...claimant };
  const recalled = {
    ledger: memoryLedger(0),
    whole: { entries: [], now: 0 },
    tables: remembering(remembered),
    entries: new Map(),
    unreadable: new Map(),
    now: 0,
  };
  const memory = await toMemory(cloud, recalled, { changes: [deletion(change)], observation: seen, signal });
  return memory.kind === 'read' ? memory.isGone(remembered) : null;
}

describe('R4 whoever a route was made for', () => {
  it.each<[string, Partial<Change>, Partial<Claimant>]>([
    ['nothing rests on it', { evidence: null }, {}],
    ['the change is proven', { evidence: 'proven' }, {}],
    ['it is the node that the route leads to', { node: 'n0' }, {}],
    ['another route was recorded', {}, { nextHop: 'eni-other' }],
    ['the destination is another', { destination: cidr('10.200.9.0/24') }, {}],
    ['the table is another', { table: 'rtb-2' }, {}],
  ])('is not looked up where %s', async (_, change, claimant) => {
    const cloud = memoryCloud([]);
    expect(await ask(cloud, observation([], []), { change, claimant })).toBe(false);
    expect(cloud.looks).toEqual([]);
  });

  it('is looked up by its id where the list does not have it', async () => {
    const cloud = memoryCloud([]);
    expect(await ask(cloud, observation([node('x')], []))).toBe(true);
    expect(cloud.looks).toEqual([{ kind: 'nodes', ids: ['n0'] }]);
  });

  it('is not looked up where the list has it', async () => {
    const cloud = memoryCloud([]);
    expect(await ask(cloud, observation([node('n0')], []))).toBe(false);
    expect(cloud.looks).toEqual([]);
  });

  it('is gone where it was asked for in the first place and is unknown', async () => {
    const seen = observation([node('x')], [], { missing: ['n0'] });
    expect(await ask(memoryCloud([node('n0')]), seen)).toBe(true);
  });

  it.each<[string, Parameters<typeof node>[2], Partial<Claimant>, boolean]>([
    ['is there where it runs', {}, {}, false],
    ['is there where it is stopped', { state: 'stopped' }, {}, false],
    ['is gone where it has ended', gone, {}, true],
    ['is there where it is the same machine', { incarnation: 'first' }, { incarnation: 'first' }, false],
    ['is gone where its id has another machine', { incarnation: 'second' }, { incarnation: 'first' }, true],
    ['is there where nothing tells machines apart', { incarnation: 'second' }, { incarnation: null }, false],
    ['is there where the read tells nothing', { incarnation: null }, { incarnation: 'first' }, false],
  ])('%s, listed or not', async (_, more, claimant, isGone) => {
    const machine = node('n0', [], more);
    expect(await ask(memoryCloud([]), observation([machine], []), { claimant })).toBe(isGone);
    expect(await ask(memoryCloud([machine]), observation([], []), { claimant })).toBe(isGone);
  });

  it('is not gone for being on no list', async () => {
    const cloud = memoryCloud([]);
    Object.assign(cloud, { observe: async () => observation([], []) });
    expect(await ask(cloud, observation([], []))).toBe(false);
  });
});

describe('A ledger that a run cannot use', () => {
  it('says that it was not opened, and why', async () => {
    expect(await recall(async () => Promise.reject(new Error('no such file')), signal)).toEqual({
      ok: false,
      failure: { kind: 'permanent', code: 'ledger-not-opened', message: 'no such file' },
    });
  });

  it('says which entry has another form, and what to do', async () => {
    const ledger = memoryLedger(0);
    const entry = { key: 'table/rtb-1', version: '1', value: '{"format":99}', expiresAt: null };
    ledger.entries.set(entry.key, entry);
    const recalled = await recall(async () => ledger, signal);
    expect(recalled.ok && [...recalled.value.unreadable]).toEqual([
      [
        'rtb-1',
        {
          kind: 'permanent',
          code: 'ledger-entry-unreadable',
          message:
            "The entry table/rtb-1 of the ledger is not of this version's form. Remove it; routes that wait then start to wait again.",
        },
      ],
    ]);
  });
});
