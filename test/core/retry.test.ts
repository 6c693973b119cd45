import { describe, expect, it } from '@jest/globals';
import type { AllEvent, NodesEvent } from '../../shared/core/events/node-event.ts';
import type { ChangeResult, Observation } from '../../shared/core/model.ts';
import { isInPlace, whyRetry, whyRetryCondition, whyRetryFull } from '../../shared/core/run/retry.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, hopOf, node, observation, runOf as runThatSaw } from './builders.ts';
import { failure } from './memory-cloud.ts';

const NOW = 1_000_000_000;
const claimant = node('a', ['10.200.0.0/24']);

function runOf(more: Partial<Run> = {}, seen: Partial<Observation> = {}): Run {
  return runThatSaw(observation([claimant], [], seen), more);
}

function result(
  id: string | null,
  outcome: ChangeResult['outcome'],
  why: ChangeResult['failure'],
): ChangeResult {
  const destination = cidr('10.200.0.0/24');
  return {
    change: {
      table: 'rtb-1',
      action: 'create',
      destination,
      nextHop: hopOf('a'),
      previousNextHop: null,
      node: id,
      reason: 'claimed',
      evidence: null,
    },
    outcome,
    failure: why,
  };
}

function withdrawal(id: string, outcome: ChangeResult['outcome']): ChangeResult {
  const { change } = result(id, outcome, null);
  return { change: { ...change, action: 'delete', reason: 'claim-withdrawn' }, outcome, failure: null };
}

function event(more: Partial<NodesEvent> = {}): NodesEvent {
  return {
    kind: 'nodes',
    id: 'e',
    occurredAt: NOW,
    what: 'running',
    nodes: ['a'],
    expects: 'present',
    ...more,
  };
}

function all(more: Partial<AllEvent> = {}): AllEvent {
  return { kind: 'all', cause: 'schedule', id: 'e', occurredAt: NOW, what: 'schedule', ...more };
}

describe('A launch that waits for Kubernetes', () => {
  const waiting = { ...claimant, claims: [], awaits: 'no Node object names it' };
  const seen = { observation: observation([waiting], []) };
  const unread = { failure: failure('transient', 'timeout'), conditions: [] };
  const refused = { failure: failure('permanent', 'Forbidden'), conditions: [] };
  const untold = {
    failure: null,
    conditions: [{ node: claimant, status: 'False', failure: failure('stale', 'Conflict') }],
  } as const;

  it.each<[string, Partial<Run>, Partial<NodesEvent>, string | null]>([
    ['comes again while it has no block', seen, {}, 'pod-cidr-not-known-yet'],
    ['is given up in time', seen, { occurredAt: NOW - 20 * 60_000 }, null],
    ['is given up at the quarter of an hour', seen, { occurredAt: NOW - 15 * 60_000 }, null],
    ['is not waited for where the event tells of no launch', seen, { expects: 'any' }, null],
    [
      'is waited for where others have theirs',
      { observation: observation([claimant, { ...waiting, id: 'b' }], []) },
      { nodes: ['a', 'b'] },
      'pod-cidr-not-known-yet',
    ],
    ['is not waited for by another', seen, { nodes: ['b'] }, null],
    [
      'is not waited for once it has its block',
      { observation: observation([claimant], []) },
      { nodes: ['a'] },
      null,
    ],
    [
      'is not waited for where it has ended',
      { observation: observation([{ ...waiting, state: 'gone' }], []) },
      {},
      null,
    ],
  ])('%s', (_, run, told, why) => {
    expect(whyRetry(runOf(run), event(told), NOW)).toBe(why);
  });

  it.each<[string, Partial<Run>, Partial<NodesEvent>, string | null]>([
    ['comes again where the Nodes could not be read', { kubernetes: unread }, {}, 'timeout'],
    ['does not come again for a right that is missing', { kubernetes: refused }, {}, null],
    ['comes again where its condition could not be written', { kubernetes: untold }, {}, 'Conflict'],
    ['does not come again for the condition of another', { kubernetes: untold }, { nodes: ['b'] }, null],
    ['is left to the schedule in time', { kubernetes: unread }, { occurredAt: NOW - 15 * 60_000 }, null],
    ['comes again where nobody knows how old it is', { kubernetes: unread }, { occurredAt: null }, 'timeout'],
    [
      'of a death does not come again for conditions',
      { kubernetes: unread },
      { expects: 'gone', nodes: ['b'] },
      null,
    ],
    ['does not come again where Kubernetes is not asked', {}, {}, null],
  ])('and has its routes %s', (_, run, told, why) => {
    expect(whyRetry(runOf(run), event(told), NOW)).toBeNull();
    expect(whyRetryCondition(runOf(run), event(told), NOW)).toBe(why);
  });

  it('keeps the event of a growing scale set while one of its new nodes waits', () => {
    const young = { ...waiting, launchedAt: NOW - 60_000 };
    const old = { ...waiting, launchedAt: NOW - 3_600_000 };
    const grown = all({ cause: 'scale-set' });
    expect(whyRetryFull(runOf({ observation: observation([young], []) }), grown, NOW)).toBe(
      'pod-cidr-not-known-yet',
    );
    expect(whyRetryFull(runOf({ observation: observation([old], []) }), grown, NOW)).toBeNull();
    expect(whyRetryFull(runOf({ observation: observation([old, young], []) }), grown, NOW)).toBe(
      'pod-cidr-not-known-yet',
    );
    const quarter = { ...waiting, launchedAt: NOW - 15 * 60_000 };
    expect(whyRetryFull(runOf({ observation: observation([quarter], []) }), grown, NOW)).toBeNull();
  });

  it.each<[string, Partial<Run>, string | null]>([
    ['comes again where the Nodes could not be read', { kubernetes: unread }, 'timeout'],
    ['does not come again for a right that is missing', { kubernetes: refused }, null],
    ['comes again where a condition could not be written', { kubernetes: untold }, 'Conflict'],
    ['is done where they were written', { kubernetes: { failure: null, conditions: [] } }, null],
  ])('and is one of a full run %s', (_, run, why) => {
    expect(whyRetryFull(runOf(run), all(), NOW)).toBe(why);
  });
});

describe('an event is tried again', () => {
  it.each<[string, Run, string]>([
    [
      'when a change for its node may work later',
      runOf({ results: [result('a', 'failed', failure('transient', 'slow'))] }),
      'slow',
    ],
    [
      'when the state had moved',
      runOf({ results: [result('a', 'failed', failure('stale', 'moved'))] }),
      'moved',
    ],
    [
      'when its node was not forwarding yet',
      runOf({ forwarding: [{ node: claimant, failure: failure('transient', 'slow') }] }),
      'slow',
    ],
    [
      'when the claims of its node were not read',
      runOf({}, { failures: [{ what: 'claims', id: 'a', failure: failure('transient', 'slow') }] }),
      'slow',
    ],
    [
      'when the nodes were not read',
      runOf({}, { failures: [{ what: 'nodes', id: null, failure: failure('transient', 'slow') }] }),
      'slow',
    ],
    [
      'when its node may not be read, for somebody to see it end where messages are set aside',
      runOf({}, { failures: [{ what: 'nodes', id: 'a', failure: failure('permanent', 'denied') }] }),
      'denied',
    ],
    ['when its node is not visible yet', runOf({}, { missing: ['a'] }), 'node-not-visible-yet'],
    [
      'when its node does not run yet',
      runOf({}, { nodes: [claimant, node('a', [], { state: 'pending' })] }),
      'node-state-not-visible-yet',
    ],
    [
      'when the tables were not read',
      runOf({}, { failures: [{ what: 'table', id: null, failure: failure('transient', 'slow') }] }),
      'slow',
    ],
  ])('%s', (_, run, why) => {
    expect(whyRetry(run, event(), NOW)).toBe(why);
  });

  it.each(['running', 'stopped', 'pending'] as const)(
    'when its node was to be gone and is read as %s',
    (state) => {
      const run = runOf({}, { nodes: [node('a', [], { state, launchedAt: NOW - 60_001 })] });
      expect(whyRetry(run, event({ expects: 'gone' }), NOW)).toBe('node-state-not-visible-yet');
    },
  );
});

describe("a deletion that is nobody's and is left undone", () => {
  const run = runOf({
    observation: observation([], [], { missing: ['a'] }),
    results: [result(null, 'skipped', failure('transient', 'slow'))],
  });

  it.each<[NodesEvent['expects'], string | null]>([
    ['gone', 'slow'],
    ['any', null],
  ])('brings back an event by which its node is %s: %s', (expects, why) => {
    expect(whyRetry(run, event({ expects }), NOW)).toBe(why);
  });

  it('does not bring back the launch of another node', () => {
    const launch = runOf({ results: [result(null, 'skipped', failure('transient', 'slow'))] });
    expect(whyRetry(launch, event(), NOW)).toBeNull();
  });
});

describe('an event is done', () => {
  it.each<[string, Run, Partial<NodesEvent>]>([
    ['when everything was applied', runOf({ results: [result('a', 'applied', null)] }), {}],
    ['when it failed for good', runOf({ results: [result('a', 'failed', failure('permanent'))] }), {}],
    ['when the table is full', runOf({ results: [result('a', 'skipped', failure('full'))] }), {}],
    [
      'when only a change for another node failed',
      runOf({ results: [result('b', 'failed', failure('transient'))] }),
      {},
    ],
    [
      'when only another node was not forwarding',
      runOf({ forwarding: [{ node: node('b'), failure: failure('transient') }] }),
      {},
    ],
    [
      'when only the claims of another node were not read',
      runOf({}, { failures: [{ what: 'claims', id: 'b', failure: failure('transient') }] }),
      {},
    ],
    [
      'when only one table was not read',
      runOf({}, { failures: [{ what: 'table', id: 'rtb-2', failure: failure('transient') }] }),
      {},
    ],
    ['when its node was to be gone and is', runOf({}, { nodes: [], missing: ['a'] }), { expects: 'gone' }],
    [
      'when another node has taken the id of the one that is gone since',
      runOf({}, { nodes: [node('a', [], { launchedAt: NOW - 2_000 })] }),
      { expects: 'gone' },
    ],
    [
      'when its node was to be gone and is read as that',
      runOf({}, { nodes: [node('a', [], { state: 'gone' })] }),
      { expects: 'gone' },
    ],
    [
      'when it is older than any node takes to show',
      runOf({}, { missing: ['a'] }),
      { occurredAt: NOW - 15 * 60_000 },
    ],
    ['when another node is missing', runOf({}, { missing: ['b'] }), {}],
    [
      'when only the list of claims was not read',
      runOf({}, { failures: [{ what: 'claims', id: null, failure: failure('transient') }] }),
      {},
    ],
    [
      'when a table has the name of its node',
      runOf({}, { failures: [{ what: 'table', id: 'a', failure: failure('transient') }] }),
      {},
    ],
    [
      'when its node does not run, and the event is a quarter of an hour old',
      runOf({}, { nodes: [node('a', [], { state: 'pending' })] }),
      { occurredAt: NOW - 15 * 60_000 },
    ],
    [
      'when its node was to be gone and the next of its id began a minute before',
      runOf({}, { nodes: [node('a', [], { launchedAt: NOW - 60_000 })] }),
      { expects: 'gone' },
    ],
    [
      'when nothing was expected of its node, which still runs',
      runOf({}, { nodes: [node('a')] }),
      { expects: 'any' },
    ],
    [
      'when nothing was expected of its node, which starts',
      runOf({}, { nodes: [node('a', [], { state: 'pending' })] }),
      { expects: 'any' },
    ],
    [
      'when its node is to end, and still runs for the hook',
      runOf({}, { nodes: [node('a')] }),
      {
        expects: 'gone',
        hook: { group: 'g', hook: 'h', token: 't', instance: 'a', transition: 'terminating' },
      },
    ],
    [
      'when its node forwards, and so does another',
      runOf({
        forwarding: [
          { node: claimant, failure: null },
          { node: node('b'), failure: null },
        ],
      }),
      {},
    ],
    [
      'when forwarding is refused for good',
      runOf({ forwarding: [{ node: claimant, failure: failure('permanent') }] }),
      {},
    ],
  ])('%s', (_, run, more) => {
    expect(whyRetry(run, event(more), NOW)).toBeNull();
  });

  it('waits for a node that is not visible when the event does not say how old it is', () => {
    expect(whyRetry(runOf({}, { missing: ['a'] }), event({ occurredAt: null }), NOW)).toBe(
      'node-not-visible-yet',
    );
  });
});

describe('a full run leaves something undone', () => {
  it.each<[string, Run, string | null]>([
    [
      'where a change may work later',
      runOf({ results: [result('b', 'failed', failure('transient', 'slow'))] }),
      'slow',
    ],
    [
      'where a read may',
      runOf({}, { failures: [{ what: 'table', id: 'rtb-1', failure: failure('transient', 'slow') }] }),
      'slow',
    ],
    [
      'where forwarding may',
      runOf({ forwarding: [{ node: claimant, failure: failure('transient', 'slow') }] }),
      'slow',
    ],
    [
      'but not where it failed for good',
      runOf({ results: [result('a', 'failed', failure('permanent'))] }),
      null,
    ],
    [
      'but not where all is well',
      runOf({ results: [result('a', 'applied', null)], forwarding: [{ node: claimant, failure: null }] }),
      null,
    ],
  ])('%s', (_, run, why) => {
    expect(whyRetryFull(run, all(), NOW)).toBe(why);
  });

  const starting = runOf({}, { nodes: [node('a', ['10.200.0.0/24'], { state: 'pending' })] });
  const unclaiming = runOf({}, { nodes: [node('a', [], { state: 'pending' })] });

  it.each<[string, Run, Partial<AllEvent>, string | null]>([
    ['where nodes of a scale set do not run yet', starting, {}, 'node-state-not-visible-yet'],
    [
      'where one of them does not',
      runOf({}, { nodes: [claimant, node('b', ['10.200.1.0/24'], { state: 'pending' })] }),
      {},
      'node-state-not-visible-yet',
    ],
    ['where nobody knows when it grew', starting, { occurredAt: null }, 'node-state-not-visible-yet'],
    ['but not for ever', starting, { occurredAt: NOW - 15 * 60_000 }, null],
    ['but not where they run', runOf(), {}, null],
    ['but not where they claim nothing', unclaiming, {}, null],
    ['but not where something else was changed', starting, { cause: 'drift' }, null],
  ])('%s', (_, run, more, why) => {
    expect(whyRetryFull(run, all({ cause: 'scale-set', ...more }), NOW)).toBe(why);
  });
});

describe('the routes of a node', () => {
  const seeing = (more: Parameters<typeof node>[2], claims = ['10.200.0.0/24']): Run =>
    runOf({}, { nodes: [node('a', claims, more)] });

  it.each<[string, Run, boolean]>([
    ['are in place when nothing was left to do', runOf(), true],
    ['are in place when all was applied', runOf({ results: [result('a', 'applied', null)] }), true],
    [
      'are in place when only another node is in trouble',
      runOf({ results: [result('b', 'failed', failure('full'))] }),
      true,
    ],
    ['are not waited for when the node is none of ours', runOf({}, { nodes: [] }), true],
    ['are not waited for when the node is gone', seeing({ state: 'gone' }), true],
    ['are not in place while it is not found', runOf({}, { nodes: [], missing: ['a'] }), false],
    ['are not in place before it runs', seeing({ state: 'pending' }), false],
    ['are not in place before it claims anything', seeing({}, []), false],
    ['are not in place when a claim is unmet', runOf({ unmet: new Set(['a']) }), false],
    [
      'are not in place when one failed',
      runOf({ results: [result('a', 'failed', failure('permanent'))] }),
      false,
    ],
    [
      'are not in place when one was held back',
      runOf({ results: [result('a', 'skipped', failure('full'))] }),
      false,
    ],
    [
      'are in place where what it gives up is still there',
      runOf({ results: [withdrawal('a', 'waiting')] }),
      true,
    ],
    [
      'are in place whether the forwarding of another failed',
      runOf({ forwarding: [{ node: node('b'), failure: failure('permanent') }] }),
      true,
    ],
    ['are in place once it forwards', runOf({ forwarding: [{ node: claimant, failure: null }] }), true],
    [
      'are in place whatever is the matter with the first of all nodes',
      runOf({}, { nodes: [node('b', [], { state: 'pending' }), claimant] }),
      true,
    ],
    [
      'are of no use without forwarding',
      runOf({ forwarding: [{ node: claimant, failure: failure('permanent') }] }),
      false,
    ],
  ])('%s', (_, run, inPlace) => {
    expect(isInPlace(run, 'a')).toBe(inPlace);
  });
});
