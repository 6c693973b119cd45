import { mock } from 'node:test';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { BLOCK_AWAITED, isInPlace, whyRetry } from '../../../shared/core/run/retry.ts';
import { cidr, claim, hopOf, node, settings } from '../builders.ts';
import { failure } from '../memory-cloud.ts';
import {
  add,
  beginAnew,
  blockOf,
  blocks,
  change,
  cloud,
  codes,
  damage,
  launch,
  launchEvent,
  ledger,
  NO_PAUSE,
  ON,
  RANGE,
  run,
  START,
} from './cluster.ts';

beforeEach(beginAnew);

describe('R13 the ledger decides', () => {
  beforeEach(async () => {
    await run();
    add(node('a'));
    await launch('a');
  });

  it.each(['on', 'off'])(
    'keeps what a holder has that lost its tag, with allocation %s, and writes the tag again',
    async (which) => {
      const block = blockOf('a');
      change('a', { claims: [] });
      await run({ settings: settings({ clusterCidrs: RANGE, ...(which === 'on' && ON) }) });
      expect(blockOf('a')).toBe(block);
      expect(cloud.routes()).toEqual([`${block} a`]);
    },
  );

  it('writes a tag again in the run of the event that tells of its loss', async () => {
    const block = blockOf('a');
    change('a', { claims: [] });
    await launch('a');
    expect(blockOf('a')).toBe(block);
    expect(await blocks()).toEqual([`${block} allocated a`]);
  });

  it('leaves the tag alone that a person has changed, and the block with its holder', async () => {
    const block = blockOf('a');
    const other = block === '10.200.3.0/24' ? '10.200.2.0/24' : '10.200.3.0/24';
    change('a', { claims: [claim(other)] });
    await run();
    expect(blockOf('a')).toBe(other);
    expect(cloud.routes().sort()).toEqual([`${block} a`, `${other} a`].sort());
    expect((await blocks()).sort()).toEqual([`${block} allocated a`, `${other} claimed a`].sort());
  });

  it('is told of a block that another node claims by hand: that one gets no route', async () => {
    const block = blockOf('a');
    add(node('thief', [block], { launchedAt: -1 }));
    const done = await run();
    expect(codes(done)).toEqual(['conflicting-claim']);
    expect(cloud.routes()).toEqual([`${block} a`]);
  });

  it('gives a block back to its holder that another had come to before it had a route', async () => {
    const block = blockOf('a');
    cloud.tables.get('rtb-1')?.clear();
    change('a', { claims: [] });
    add(node('thief', [block]));
    cloud.put('rtb-1', cidr(block), hopOf('thief'));
    await run();
    expect(cloud.routes()).toEqual([`${block} a`]);
  });

  it('keeps a block with a holder that stopped, against one that runs and claims the same', async () => {
    const block = blockOf('a');
    change('a', { state: 'stopped' });
    add(node('thief', [block]));
    const done = await run();
    expect(codes(done)).toContain('conflicting-claim');
    expect(await blocks()).toEqual([`${block} allocated a`]);
  });

  it('is not asked about a machine that has the id of an earlier one: it gets a block of its own', async () => {
    const block = blockOf('a');
    add(node('vm', [], { incarnation: 'one' }));
    await launch('vm');
    const first = blockOf('vm');
    add(node('vm', [], { incarnation: 'two' }));
    await launch('vm');
    expect(blockOf('vm')).not.toBe(first);
    expect((await blocks()).sort()).toEqual(
      [`${block} allocated a`, `${first} allocated vm`, `${blockOf('vm')} allocated vm`].sort(),
    );
  });

  it.each<[string, number, boolean]>([
    ['that another run changed', 1, true],
    ['that is changed again and again', Number.POSITIVE_INFINITY, false],
  ])('is read again and planned again: an entry %s', async (_, most, isDone) => {
    const { mock: random } = mock.method(Math, 'random', NO_PAUSE);
    let times = 0;
    ledger.beforeWrite = () => {
      const entry = ledger.entries.get('generation');
      if (entry === undefined || times === most) return;
      times += 1;
      ledger.entries.set('generation', { ...entry, version: `other-${times}` });
    };
    add(node('b'));
    const done = await launch('b');
    random.restore();
    expect(blockOf('b') !== '').toBe(isDone);
    expect(whyRetry(done, launchEvent('b'), START)).toBe(isDone ? null : BLOCK_AWAITED);
    expect(codes(done).filter((code) => code !== 'missing-claim')).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['cannot be read', () => (ledger.readFailure = failure('transient', 'Throttling'))],
    ['cannot be written', () => (ledger.writeFailure = failure('permanent', 'AccessDenied'))],
    ['has an entry of another form', () => damage('generation')],
    ['has a block of another form', () => damage(`block/${blockOf('a')}`)],
  ])('hands out nothing while it %s, lets the launch come again, and stops no other', async (_, fail) => {
    fail();
    add(node('b'), node('c', ['10.200.3.0/25']));
    const block = blockOf('a');
    const done = await launch('b', 'c');
    expect(blockOf('b')).toBe('');
    expect(cloud.routes().filter((line) => !line.startsWith(block))).toEqual(['10.200.3.0/25 c']);
    expect(whyRetry(done, launchEvent('b'), START)).toBe(BLOCK_AWAITED);
    expect(whyRetry(done, launchEvent('c'), START)).toBeNull();
    expect(codes(done)).toContain('ledger-unavailable');
  });

  it('keeps no other node of the batch waiting for a ledger that gives no answer', async () => {
    const inTime = AbortSignal.timeout;
    const { mock: clock } = mock.method(AbortSignal, 'timeout', (ms: number) =>
      inTime.call(AbortSignal, Math.min(ms, 1)),
    );
    ledger.read = async (_, signal) => {
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve());
      });
      return { ok: false, failure: failure('unfinished', 'deadline') };
    };
    add(node('b'), node('c', ['10.200.3.0/25']));
    const done = await launch('b', 'c');
    clock.restore();
    expect(cloud.routes()).toContain('10.200.3.0/25 c');
    expect(whyRetry(done, launchEvent('c'), START)).toBeNull();
    expect(whyRetry(done, launchEvent('b'), START)).toBe(BLOCK_AWAITED);
  });

  it('deletes nothing that a holder may still have where its blocks could not be read, though forced', async () => {
    const block = blockOf('a');
    change('a', { claims: [] });
    ledger.readFailure = failure('transient', 'Throttling');
    await run({ settings: settings({ ...ON, force: true }) });
    expect(cloud.routes()).toEqual([`${block} a`]);
  });

  it('says that a tag could not be written, and tries again', async () => {
    cloud.untaggable.set('b', failure('permanent', 'UnauthorizedOperation'));
    add(node('b'));
    const done = await launch('b');
    expect(codes(done)).toEqual(['block-not-written']);
    expect(isInPlace(done, 'b')).toBe(false);
    expect(cloud.routes()).toHaveLength(2);
    cloud.untaggable.set('b', failure('transient', 'Throttling'));
    expect(whyRetry(await launch('b'), launchEvent('b'), START)).toBe('Throttling');
    cloud.untaggable.clear();
    await run();
    expect(await blocks()).toContain(`${blockOf('b')} allocated b`);
  });
});
