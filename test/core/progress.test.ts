import { describe, expect, it } from '@jest/globals';
import type { GuardedPlan, TableSteps } from '../../shared/core/guard/guard.ts';
import type { Change, ChangeResult } from '../../shared/core/model.ts';
import { Progress } from '../../shared/core/run/progress.ts';
import { cidr, hopOf, show, table } from './builders.ts';
import { failure } from './memory-cloud.ts';

const [A, B, C] = ['10.200.0.0/24', '10.200.1.0/24', '10.200.2.0/24'] as const;

function create(text: string, id: string, more: Partial<Change> = {}): Change {
  return {
    table: 'rtb-1',
    action: 'create',
    destination: cidr(text),
    nextHop: hopOf(id),
    previousNextHop: null,
    node: id,
    reason: 'claimed',
    evidence: null,
    ...more,
  };
}

function replace(text: string, from: string, to: string): Change {
  return create(text, to, { action: 'replace', previousNextHop: hopOf(from), reason: 'wrong-next-hop' });
}

function remove(text: string, id: string, more: Partial<Change> = {}): Change {
  return create(text, id, {
    action: 'delete',
    nextHop: null,
    previousNextHop: hopOf(id),
    reason: 'claim-withdrawn',
    evidence: 'withdrawn',
    ...more,
  });
}

const applied = (change: Change): ChangeResult => ({ change, outcome: 'applied', failure: null });
const failed = (change: Change, kind: Parameters<typeof failure>[0] = 'permanent'): ChangeResult => ({
  change,
  outcome: 'failed',
  failure: failure(kind),
});

function steps(more: Partial<TableSteps>): TableSteps {
  return { table: table(), makeRoom: [], writes: [], deletes: [], ...more };
}

function guarded(more: Partial<TableSteps>, vetoed: readonly ChangeResult[] = []): GuardedPlan {
  return { steps: [steps(more)], vetoed, findings: [], decisions: [], memories: new Map() };
}

/** What is tried after the given results, of what a look asks for. */
function next(results: readonly ChangeResult[], asked: Partial<TableSteps>, isAtomic = false): string[] {
  const progress = new Progress(isAtomic);
  progress.record(results);
  const { makeRoom, changes } = progress.next(steps(asked));
  return [...makeRoom.map((change) => `room: ${show(change)}`), ...changes.map(show)];
}

describe('R8 under reads that lag behind, what a run has', () => {
  it.each<[string, Change, Partial<TableSteps>, boolean]>([
    ['made is not made again', create(A, 'a'), { writes: [create(A, 'a')] }, false],
    ['made is not made for another', create(A, 'a'), { writes: [create(A, 'b')] }, false],
    ['made is not turned to another', create(A, 'a'), { writes: [replace(A, 'a', 'b')] }, false],
    ['made is not deleted', create(A, 'a'), { deletes: [remove(A, 'a')] }, false],
    ['replaced is not replaced again', replace(A, 'x', 'a'), { writes: [replace(A, 'x', 'b')] }, false],
    ['replaced is not deleted', replace(A, 'x', 'a'), { deletes: [remove(A, 'x')] }, false],
    ['deleted is not deleted again', remove(A, 'x'), { deletes: [remove(A, 'x')] }, false],
    ['deleted is made anew for who came to claim it', remove(A, 'x'), { writes: [create(A, 'a')] }, true],
    ['made in one place is made in another', create(A, 'a'), { writes: [create(B, 'a')] }, true],
    [
      'made in one table is made in another',
      create(A, 'a', { table: 'rtb-2' }),
      { writes: [create(A, 'a')] },
      true,
    ],
  ])('%s', (_, done, asked, isTried) => {
    for (const isAtomic of [false, true])
      expect(next([applied(done)], asked, isAtomic)).toHaveLength(isTried ? 1 : 0);
  });
});

describe('R6 after a creation that failed', () => {
  const undone = failed(create(B, 'a'));

  it.each<[string, readonly ChangeResult[], Change, boolean]>([
    ['what its node has is not deleted', [undone], remove(A, 'a'), false],
    ['what is proven to be of no use goes', [undone], remove(A, 'a', { evidence: 'proven' }), true],
    ['what another node has goes', [undone], remove(A, 'b'), true],
    [
      'what its node has in another table goes',
      [failed(create(B, 'a', { table: 'rtb-2' }))],
      remove(A, 'a'),
      true,
    ],
    ['that was a deletion, what its node has goes', [failed(remove(C, 'a'))], remove(A, 'a'), true],
    ['that came to pass, what its node has goes', [applied(create(B, 'a'))], remove(A, 'a'), true],
  ])('%s', (_, results, deletion, isTried) => {
    for (const isAtomic of [false, true]) {
      expect(next(results, { deletes: [deletion] }, isAtomic)).toHaveLength(isTried ? 1 : 0);
    }
  });

  it('nobody is given what its node has', () => {
    expect(next([undone], { writes: [replace(A, 'a', 'b')] })).toEqual([]);
  });
});

describe('One round', () => {
  const asked = {
    makeRoom: [remove(C, 'gone', { evidence: 'proven' })],
    writes: [create(B, 'a'), replace(A, 'a', 'b')],
    deletes: [remove('10.200.3.0/24', 'x')],
  };
  const room = `room: delete ${C} gone (claim-withdrawn)`;

  it('makes room and routes first, then what takes the place of others, then deletes', () => {
    expect(next([], asked)).toEqual([room, `create ${B} a (claimed)`]);
    const made = [...asked.makeRoom, create(B, 'a')].map(applied);
    expect(next(made, asked)).toEqual([`replace ${A} b (wrong-next-hop)`]);
    expect(next([...made, applied(replace(A, 'a', 'b'))], asked)).toEqual([
      'delete 10.200.3.0/24 x (claim-withdrawn)',
    ]);
  });

  it('makes room once', () => {
    expect(next(asked.makeRoom.map(applied), asked)).toEqual([`create ${B} a (claimed)`]);
  });

  it('tries for another what failed for one', () => {
    expect(next([failed(create(A, 'a'))], { writes: [create(A, 'a'), create(A, 'b')] })).toEqual([
      `create ${A} b (claimed)`,
    ]);
  });

  it('makes no room before it has something to make', () => {
    expect(next([], { ...asked, writes: [replace(A, 'x', 'b')] })).toEqual([
      `replace ${A} b (wrong-next-hop)`,
    ]);
    expect(next([], { ...asked, writes: [] })).toEqual([
      `delete ${C} gone (claim-withdrawn)`,
      'delete 10.200.3.0/24 x (claim-withdrawn)',
    ]);
  });

  it('does all at once where a table is written so', () => {
    expect(next([], asked, true)).toEqual([
      `delete ${C} gone (claim-withdrawn)`,
      `create ${B} a (claimed)`,
      `replace ${A} b (wrong-next-hop)`,
      'delete 10.200.3.0/24 x (claim-withdrawn)',
    ]);
  });
});

describe('State that has moved', () => {
  function after(
    result: ChangeResult,
    then: (progress: Progress) => void,
  ): { moved: boolean; tried: number } {
    const progress = new Progress(false);
    progress.record([result]);
    const moved = progress.hasMoved();
    then(progress);
    return { moved, tried: progress.next(steps({ writes: [result.change] })).changes.length };
  }

  it.each([
    ['stale', 'rtb-2', true, 1],
    ['contradicted', 'rtb-1', true, 0],
    ['full', 'rtb-1', false, 1],
    ['full', 'rtb-2', false, 0],
    ['transient', 'rtb-1', false, 0],
    ['permanent', 'rtb-1', false, 0],
  ] as const)(
    '%s, where the run has deleted from %s: moved %s, tried again %i',
    (kind, emptied, moved, tried) => {
      const result = failed(create(A, 'a'), kind);
      expect(after(result, (progress) => progress.forgetOutdated(new Set([emptied])))).toEqual({
        moved,
        tried,
      });
    },
  );

  it.each<[string, ChangeResult, Partial<TableSteps>, number]>([
    [
      'asks for the same',
      failed(replace(A, 'x', 'a'), 'contradicted'),
      { writes: [replace(A, 'x', 'a')] },
      0,
    ],
    [
      'reads it otherwise',
      failed(replace(A, 'x', 'a'), 'contradicted'),
      { writes: [replace(A, 'y', 'a')] },
      1,
    ],
    ['asks for nothing', failed(create(A, 'a'), 'contradicted'), {}, 1],
    ['asks for something else', failed(create(A, 'a'), 'contradicted'), { deletes: [remove(A, 'a')] }, 1],
    [
      'asks for the same of no next hop',
      failed(create(A, 'a'), 'contradicted'),
      { writes: [create(A, 'a')] },
      0,
    ],
    ['asks for nothing', failed(create(A, 'a')), {}, 0],
  ])('after a refusal is tried again or not where a later look %s', (_, result, asked, tried) => {
    expect(after(result, (progress) => progress.forgetRefuted(guarded(asked))).tried).toBe(tried);
  });
});

describe('What is told of a run in the end', () => {
  it('is what came of each change, and why the others were not tried', () => {
    const progress = new Progress(false);
    progress.record([failed(create(B, 'a')), applied(create(C, 'c'))]);
    const left = progress.results(
      guarded(
        {
          writes: [create(C, 'c'), create('10.200.3.0/24', 'd')],
          deletes: [remove(A, 'a')],
          makeRoom: [remove('10.200.4.0/24', 'x')],
        },
        [
          { change: create(C, 'c'), outcome: 'waiting', failure: null },
          { change: create('10.200.5.0/24', 'e'), outcome: 'waiting', failure: null },
        ],
      ),
    );
    expect(
      left.map(({ change, outcome, failure: why }) => [outcome, show(change), why?.kind, why?.code]),
    ).toEqual([
      ['failed', `create ${B} a (claimed)`, 'permanent', 'permanent'],
      ['applied', `create ${C} c (claimed)`, undefined, undefined],
      ['skipped', 'delete 10.200.4.0/24 x (claim-withdrawn)', 'unfinished', 'unfinished'],
      ['skipped', 'create 10.200.3.0/24 d (claimed)', 'unfinished', 'unfinished'],
      ['skipped', `delete ${A} a (claim-withdrawn)`, 'permanent', 'replacement-failed'],
      ['waiting', 'create 10.200.5.0/24 e (claimed)', undefined, undefined],
    ]);
    expect(left.flatMap(({ outcome, failure: why }) => (outcome === 'skipped' ? why?.message : []))).toEqual([
      'The run ended, or the state changed, before this change was due.',
      'The run ended, or the state changed, before this change was due.',
      'The route that replaces it could not be created.',
    ]);
  });
});
