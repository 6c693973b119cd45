import { mock } from 'node:test';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FailureKind } from '../../../shared/core/errors.ts';
import { node } from '../builders.ts';
import { failure } from '../memory-cloud.ts';
import { adopt, beginAnew, ledger, type More, OFF, resolve, resolveFully } from './resolving.ts';

beforeEach(beginAnew);

describe('R3 blocks that could not be read', () => {
  const throttled = { ok: false, failure: failure('transient', 'Throttling') } as const;

  it.each<[string, More, boolean]>([
    ['are unknown claims where blocks are handed out', { hasAnswered: false }, true],
    ['are unknown claims where the ledger has answered', { hasAnswered: true, how: OFF }, true],
    ['do not matter where there is only a ledger that does not answer', { how: OFF }, false],
  ])('%s', async (_, more, isUnread) => {
    const blocks = await resolve([node('a')], { opened: throttled, ...more });
    const isOn = more.how === undefined;
    expect(blocks).toMatchObject({
      ...{ blocks: [], entered: [], isAdopted: null, unread: isUnread ? throttled.failure : null },
      ...{ lacking: new Set(isOn ? ['a'] : []), findings: [{ code: 'ledger-unavailable' }] },
    });
    const why = 'the ledger could not be read (Throttling)';
    expect([...blocks.waiting]).toEqual(isOn ? [['a', why]] : []);
  });

  it.each<[string, () => void, More]>([
    ['where it cannot be opened', () => {}, { open: () => Promise.reject(new Error('No such table.')) }],
    ['where it cannot be read', () => (ledger.readFailure = failure('transient')), {}],
    [
      'where it cannot be read again',
      () => {
        ledger.writeFailure = failure('stale');
        ledger.beforeWrite = () => (ledger.readFailure = failure('transient'));
      },
      {},
    ],
  ])('keep nobody waiting without a word: %s', async (_, fail, more) => {
    await adopt();
    fail();
    const { waiting, findings } = await resolve([node('a')], more);
    expect(waiting.get('a')).toMatch(/^the ledger could not be read \(.+\)$/);
    expect(findings.map(({ code }) => code)).toEqual(['ledger-unavailable']);
  });
});

describe('R13 a run that comes second', () => {
  let pauses: number[];
  let restore: () => void;

  beforeEach(async () => {
    await adopt();
    pauses = [];
    const { mock: random } = mock.method(Math, 'random', () => 1);
    const { mock: clock } = mock.method(globalThis, 'setTimeout', ((done: () => void, ms: number) => {
      pauses.push(ms);
      queueMicrotask(done);
      return 0;
    }) as never);
    restore = () => {
      random.restore();
      clock.restore();
    };
  });

  afterEach(() => restore());

  it.each<[FailureKind, string, string[]]>([
    ['stale', 'other runs changed the ledger at the same time', []],
    ['transient', 'the ledger failed (Why)', ['ledger-unavailable']],
  ])('tries again, each time later, and then leaves it to others: %s', async (kind, why, codes) => {
    ledger.writeFailure = failure(kind, 'Why');
    const { waiting, findings, lacking, blocks, isAdopted } = await resolve([node('a')]);
    expect(pauses).toEqual([80, 160, 320, 640, 1_280, ...Array.from({ length: 7 }, () => 1_500)]);
    expect([...waiting]).toEqual([['a', why]]);
    expect(findings.map(({ code }) => code)).toEqual(codes);
    expect([...lacking]).toEqual(['a']);
    expect([blocks, isAdopted]).toEqual([[], true]);
  });

  it.each<[string, () => More]>([
    [
      'that the ledger refuses',
      () => {
        ledger.writeFailure = failure('permanent', 'AccessDenied');
        return {};
      },
    ],
    [
      'whose time is over',
      () => {
        ledger.writeFailure = failure('unfinished', 'deadline');
        return { signal: AbortSignal.abort() };
      },
    ],
  ])('does not try again %s', async (_, fail) => {
    const { waiting, findings } = await resolve([node('a')], fail());
    expect(pauses).toEqual([]);
    expect(waiting.get('a')).toBe(`the ledger failed (${ledger.writeFailure?.code})`);
    expect(findings.map(({ code }) => code)).toEqual(['ledger-unavailable']);
  });

  it('keeps what waits for something else', async () => {
    ledger.writeFailure = failure('permanent', 'AccessDenied');
    ledger.entries.clear();
    const { waiting } = await resolveFully([node('a')]);
    expect(waiting.get('a')).toBe(
      'no scheduled run has entered all claims and routes of the cluster in the ledger yet',
    );
  });
});
