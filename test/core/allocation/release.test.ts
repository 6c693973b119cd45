import { mock } from 'node:test';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { isInPlace, whyRetry } from '../../../shared/core/run/retry.ts';
import { cidr, hopOf, node, settings } from '../builders.ts';
import { failure } from '../memory-cloud.ts';
import {
  add,
  beginAnew,
  blockOf,
  blocks,
  change,
  cloud,
  launch,
  launchEvent,
  ledger,
  MINUTE,
  NO_PAUSE,
  ON,
  run,
  START,
} from './cluster.ts';

beforeEach(beginAnew);

describe('R13 release', () => {
  beforeEach(async () => {
    await run();
    add(node('a'));
    await launch('a');
  });

  async function minutesLater(minutes: number): Promise<string[]> {
    ledger.now += minutes * MINUTE;
    await run();
    return blocks();
  }

  it('frees a block once full runs 40 minutes apart have found its holder gone, and no route to it', async () => {
    const block = blockOf('a');
    cloud.nodes.delete('a');
    expect(await minutesLater(0)).toEqual([`${block} allocated a`]);
    expect(cloud.routes()).toEqual([]);
    expect(await minutesLater(10)).toEqual([`${block} allocated a leaving`]);
    expect(await minutesLater(29)).toEqual([`${block} allocated a leaving`]);
    expect(await minutesLater(11)).toEqual([]);
  });

  it('frees no block while a run may be under way that began before its mark was written', async () => {
    const block = blockOf('a');
    cloud.nodes.delete('a');
    await minutesLater(0);
    // The mark is as old as what its run has read.
    ledger.beforeWrite = () => {
      ledger.now += 14 * MINUTE;
      ledger.beforeWrite = () => {};
    };
    expect(await minutesLater(0)).toEqual([`${block} allocated a leaving`]);
    expect(await minutesLater(15)).toEqual([`${block} allocated a leaving`]);
  });

  it.each<[string, () => void]>([
    ['is alive and no node any more', () => change('a', { domain: 'vpc-2', state: 'running' })],
    ['is stopped', () => change('a', { state: 'stopped' })],
  ])('frees no block whose holder %s', async (_, alter) => {
    alter();
    const block = blockOf('a');
    expect(await minutesLater(41)).toEqual([`${block} allocated a`]);
    expect(await minutesLater(41)).toEqual([`${block} allocated a`]);
  });

  it('frees no block to which a route leads, whoever has made it', async () => {
    const block = blockOf('a');
    cloud.nodes.delete('a');
    cloud.tables.get('rtb-1')?.clear();
    cloud.put('rtb-1', cidr(block), { id: 'stranger-vpn', shown: 'vpn' });
    await minutesLater(41);
    expect(await minutesLater(41)).toEqual([`${block} allocated a`]);
  });

  it('erases the mark where the holder lives after all', async () => {
    const block = blockOf('a');
    const holder = cloud.nodes.get('a');
    cloud.nodes.delete('a');
    await minutesLater(0);
    expect(await minutesLater(10)).toEqual([`${block} allocated a leaving`]);
    if (holder !== undefined) add(holder);
    expect(await minutesLater(10)).toEqual([`${block} allocated a`]);
    cloud.nodes.delete('a');
    await minutesLater(0);
    expect(await minutesLater(39)).toEqual([`${block} allocated a leaving`]);
  });

  describe('while the ledger does not take that a marked holder lives', () => {
    const refusals: [string, ReturnType<typeof failure>][] = [
      ['refuses the writes', failure('permanent', 'AccessDenied')],
      ['is changed by others again and again', failure('stale', 'version')],
    ];
    let block: string;

    beforeEach(async () => {
      block = blockOf('a');
      const holder = cloud.nodes.get('a');
      cloud.nodes.delete('a');
      await minutesLater(0);
      expect(await minutesLater(10)).toEqual([`${block} allocated a leaving`]);
      if (holder !== undefined) add(holder);
    });

    it.each(refusals)(
      'writes neither its tag nor its routes where it %s, and lets its launch come again',
      async (_, refusal) => {
        const { mock: random } = mock.method(Math, 'random', NO_PAUSE);
        change('a', { claims: [] });
        ledger.writeFailure = refusal;
        for (const done of [await run(), await launch('a')]) {
          expect(cloud.routes()).toEqual([]);
          expect(blockOf('a')).toBe('');
          expect(whyRetry(done, launchEvent('a'), START)).toBe('block-still-leaving');
          expect(isInPlace(done, 'a')).toBe(false);
        }
        random.restore();
        ledger.writeFailure = null;
        await launch('a');
        expect(cloud.routes()).toEqual([`${block} a`]);
        expect(await blocks()).toEqual([`${block} allocated a`]);
      },
    );

    it('makes no route by its tag either, and deletes none that it has, though forced', async () => {
      ledger.writeFailure = failure('permanent', 'AccessDenied');
      await run();
      expect(cloud.routes()).toEqual([]);
      cloud.put('rtb-1', cidr(block), hopOf('a'));
      await run({ settings: settings({ ...ON, force: true }) });
      expect(cloud.routes()).toEqual([`${block} a`]);
      ledger.writeFailure = null;
      await run();
      expect(cloud.routes()).toEqual([`${block} a`]);
    });

    it('plans in a dry run what the next run does', async () => {
      const done = await run({ dryRun: true });
      expect(
        done.results.map(({ change: { action, destination } }) => `${action} ${destination.text}`),
      ).toEqual([`create ${block}`]);
    });
  });

  it('marks and frees nothing in a run that could not read a table, or not whether the holder lives', async () => {
    const block = blockOf('a');
    cloud.nodes.delete('a');
    cloud.tables.get('rtb-1')?.clear();
    cloud.unread.push({ what: 'table', id: 'rtb-1', failure: failure('transient') });
    expect(await minutesLater(41)).toEqual([`${block} allocated a`]);
  });

  it('frees nothing where somebody has written the ledger since it was read', async () => {
    const block = blockOf('a');
    cloud.nodes.delete('a');
    await minutesLater(0);
    await minutesLater(1);
    ledger.now += 41 * MINUTE;
    const holder = node('a', [block]);
    ledger.beforeWrite = () => {
      ledger.beforeWrite = () => {};
      const entry = ledger.entries.get('generation');
      const kept = ledger.entries.get(`block/${block}`);
      if (entry === undefined || kept === undefined) return;
      ledger.entries.set('generation', { ...entry, version: 'another' });
      // The other run has read the holder as alive.
      ledger.entries.set(kept.key, {
        ...kept,
        version: 'another',
        value: kept.value.replace(/"leaving":\d+/, '"leaving":null'),
      });
      add(holder);
    };
    await run();
    expect((await blocks()).filter((line) => line.startsWith(block))).toHaveLength(1);
  });

  it('does not hand out next the block that has just been freed', async () => {
    const wide = { settings: settings({ ...ON, clusterCidrs: [cidr('10.200.0.0/16')] }) };
    add(node('x'));
    await run(wide);
    const freed = blockOf('x');
    cloud.nodes.delete('x');
    for (const minutes of [0, 1, 41]) {
      ledger.now += minutes * MINUTE;
      await run(wide);
    }
    add(node('y'));
    await run(wide);
    expect(blockOf('y')).not.toBe('');
    expect(blockOf('y')).not.toBe(freed);
  });
});
