import { describe, expect, it } from '@jest/globals';
import {
  findBegun,
  ignored,
  type NodeEvent,
  type NodesEvent,
  originOf,
  unreadable,
} from '../../shared/core/events/node-event.ts';
import type { Change, ChangeResult, Node, Outcome } from '../../shared/core/model.ts';
import { recordDone, recordIgnored } from '../../shared/core/run/record.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, hopOf, node, observation, runOf } from './builders.ts';
import { keepingTelemetry } from './kept-telemetry.ts';

const NOW = 1_000_000_000;

function event(more: Partial<NodesEvent> = {}): NodesEvent {
  return {
    ...{ kind: 'nodes', id: 'e-1', occurredAt: NOW - 30_000, what: 'running' },
    ...{ nodes: ['a'], expects: 'present' },
    ...more,
  };
}

function created(id: string | null, outcome: Outcome = 'applied'): ChangeResult {
  const change: Change = {
    table: 'rtb-1',
    action: 'create',
    destination: cidr('10.200.0.0/24'),
    nextHop: hopOf('a'),
    previousNextHop: null,
    node: id,
    reason: 'claimed',
    evidence: null,
  };
  return { change, outcome, failure: null };
}

function done(results: readonly ChangeResult[], nodes: readonly Node[] = [node('a')], more = {}) {
  const run: Run = runOf(observation(nodes, []), { results });
  const telemetry = keepingTelemetry();
  recordDone(run, event(more), NOW, telemetry);
  return telemetry;
}

describe('An event that is done', () => {
  it('is one line, with its age', () => {
    expect(done([]).lines).toEqual([
      {
        ...{ level: 'info', message: 'event done', eventId: 'e-1', event: 'running' },
        ...{ nodes: ['a'], eventAgeMs: 30_000 },
      },
    ]);
    expect(done([], [], { occurredAt: null }).lines).toMatchObject([{ eventAgeMs: null }]);
  });

  it.each<[string, readonly ChangeResult[], readonly string[]]>([
    ['made a route of its node', [created('a')], ['EventToRouteSeconds 30']],
    [
      'made one among others',
      [created('b'), created('a', 'failed'), created('a')],
      ['EventToRouteSeconds 30'],
    ],
    ['made none', [], []],
    ['made one of another node', [created('b')], []],
    ["made one that is nobody's", [created(null)], []],
    ['failed to make one', [created('a', 'failed')], []],
  ])('is measured where its run %s', (_, results, measures) => {
    expect(done(results).measures).toEqual(measures);
  });

  it('is not measured where it does not say when it happened', () => {
    expect(done([created('a')], [node('a')], { occurredAt: null }).measures).toEqual([]);
  });

  it.each<[string, readonly Node[], number]>([
    ['the event', [node('a')], 30],
    ['the event, where the node was registered before', [node('a', [], { registeredAt: NOW - 90_000 })], 30],
    ['the registration, where that came later', [node('a', [], { registeredAt: NOW - 5_000 })], 5],
    ['a registration that is yet to come', [node('a', [], { registeredAt: NOW + 5_000 })], 0],
    ['the event, whenever another was registered', [node('a'), node('b', [], { registeredAt: NOW })], 30],
    [
      'the last registration of all its nodes',
      [node('a', [], { registeredAt: NOW - 9_000 }), node('c', [], { registeredAt: NOW - 4_000 })],
      4,
    ],
  ])('is measured from %s', (_, nodes, seconds) => {
    expect(done([created('a')], nodes, { nodes: ['a', 'c'] }).measures).toEqual([
      `EventToRouteSeconds ${seconds}`,
    ]);
  });
});

describe('An event that is none of ours', () => {
  it('is counted, and one line for those who look closely', () => {
    const telemetry = keepingTelemetry();
    recordIgnored(ignored({ id: 'e-1', occurredAt: NOW, what: 'tag-change' }, 'tag-not-ours'), telemetry);
    expect(telemetry.measures).toEqual(['EventsIgnored 1']);
    expect(telemetry.lines).toEqual([
      {
        ...{ level: 'debug', message: 'event ignored', eventId: 'e-1' },
        ...{ reason: 'tag-not-ours', event: 'tag-change' },
      },
    ]);
  });
});

describe('Where an event came from', () => {
  it.each<[unknown, string | null]>([
    ['e-1_A', 'e-1_A'],
    ['x'.repeat(128), 'x'.repeat(128)],
    ['x'.repeat(129), null],
    ['', null],
    ['two words', null],
    [' e', null],
    ['e!', null],
    [1, null],
    [null, null],
    [undefined, null],
    [['e-1'], null],
  ])('has the id %j only in a known form: %j', (id, kept) => {
    expect(originOf(id, null, 'running')).toEqual({ id: kept, occurredAt: null, what: 'running' });
  });

  it.each<[unknown, number | null]>([
    ['2026-11-21T03:00:00Z', Date.UTC(2026, 10, 21, 3)],
    ['2026-11-21T03:00:00.250Z', Date.UTC(2026, 10, 21, 3) + 250],
    ['1970-01-01T00:00:00.001Z', 1],
    ['1970-01-01T00:00:00Z', null],
    ['1969-12-31T23:59:59Z', null],
    ['2026-11-21T03:00:00+01:00', null],
    ['2026-11-21', null],
    [' 2026-11-21T03:00:00Z', null],
    ['2026-11-21T03:00:00Z ', null],
    ['2026-1-21T03:00:00Z', null],
    ['2026-11-1T03:00:00Z', null],
    ['26-11-21T03:00:00Z', null],
    ['2026-11-21TZ', null],
    ['+002026-11-21T03:00:00Z', null],
    [['2026-11-21T03:00:00Z'], null],
    ['2026-99-21T03:00:00Z', null],
    [1_795_230_000_000, null],
    [null, null],
    [{}, null],
  ])('has the time %j only in a known form: %j', (time, occurredAt) => {
    expect(originOf(null, time, 'running').occurredAt).toBe(occurredAt);
  });
});

describe('What events say together', () => {
  const about = (nodes: readonly string[], expects: NodesEvent['expects']): NodeEvent =>
    event({ nodes, expects });

  it.each<[string, readonly NodeEvent[], readonly string[]]>([
    ['that are there', [about(['a', 'b'], 'present')], ['a', 'b']],
    ['once each', [about(['a'], 'present'), about(['a', 'b'], 'present')], ['a', 'b']],
    [
      'not those of which another says that they are gone',
      [about(['a', 'b'], 'present'), about(['a'], 'gone')],
      ['b'],
    ],
    ['not those of which nothing is said', [about(['a'], 'any')], []],
    [
      'not what is about no node',
      [
        unreadable('not-json'),
        { kind: 'all', cause: 'schedule', id: null, occurredAt: null, what: 'schedule' },
        ignored({ id: null, occurredAt: null, what: 'x' }, 'own-call'),
      ],
      [],
    ],
  ])('names nodes that have begun: %s', (_, events, ids) => {
    expect(findBegun(events)).toEqual(ids);
  });

  it('is an answer where it asks for nothing', () => {
    const origin = { id: 'e-1', occurredAt: NOW, what: 'running' };
    expect(ignored(origin, 'own-call')).toEqual({ kind: 'ignored', reason: 'own-call', ...origin });
  });

  it('is nothing where it could not be read, but why', () => {
    expect(unreadable('bad-shape')).toEqual({ kind: 'unreadable', problem: 'bad-shape' });
  });
});
