import { beforeEach, describe, expect, it } from '@jest/globals';
import { overlaps } from '../../../shared/core/cidr.ts';
import type { ReconcileRequest } from '../../../shared/core/run/reconcile.ts';
import { cidr, hopOf, node, settings } from '../builders.ts';
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
  ledger,
  MINUTE,
  ON,
  RANGE,
  run,
} from './cluster.ts';

beforeEach(beginAnew);

describe('R13 under other settings', () => {
  const OFF = settings({ clusterCidrs: RANGE });

  it('gives no second block to a node whose route in force is all that tells what it has', async () => {
    add(node('byHand'), node('a'));
    cloud.put('rtb-1', cidr('10.200.3.0/24'), hopOf('byHand'));
    await run();
    await launch('byHand');
    expect(blockOf('byHand')).toBe('');
    expect(cloud.routes()).toEqual([`${blockOf('a')} a`, '10.200.3.0/24 byHand'].sort());
  });

  it('hands a block to a machine to which only the route of another leads that has ended', async () => {
    cloud.hops = 'addresses';
    await run();
    add(node('a'));
    await launch('a');
    const first = blockOf('a');
    cloud.nodes.delete('a');
    add(node('heir', [], { nextHops: { 4: hopOf('a'), 6: null } }));
    await launch('heir');
    expect(blockOf('heir')).not.toBe('');
    expect(blockOf('heir')).not.toBe(first);
  });

  it('keeps the claims of a range that is not configured here', async () => {
    add(node('b', ['10.200.3.0/24']));
    await run();
    const other = settings({ clusterCidrs: [cidr('10.201.0.0/22')], allocate: { 4: 24, 6: null } });
    await run({ settings: other });
    ledger.now += 41 * MINUTE;
    await run({ settings: other });
    expect(await blocks()).toEqual(['10.200.3.0/24 claimed b']);
  });

  it('deletes no route of a holder where blocks are handed out no more and cannot be read', async () => {
    await run();
    add(node('a'), node('b', ['10.200.3.0/25']));
    await run();
    const block = blockOf('a');
    const isA = (line: string): boolean => line.endsWith(' a');
    await run({ settings: OFF });
    change('a', { claims: [] });
    damage(`block/${block}`);
    for (const minutes of [0, 10, 10, 10]) {
      ledger.now += minutes * MINUTE;
      await run({ settings: OFF });
    }
    await run({ settings: settings({ clusterCidrs: RANGE, force: true }) });
    expect(cloud.routes().filter(isA)).toEqual([`${block} a`]);
  });

  it.each<[string, typeof OFF, string[]]>([
    ['once where none are handed out', OFF, ['ledger-unavailable']],
    [
      'of routes and of blocks where they are',
      settings(ON),
      ['read-incomplete', 'ledger-unavailable', 'ledger-unavailable'],
    ],
  ])('says that the ledger does not answer: %s', async (_, chosen, expected) => {
    ledger.readFailure = failure('transient', 'Throttling');
    expect(codes(await run({ settings: chosen }))).toStrictEqual(expected);
  });

  it('says that blocks cannot be read where none are handed out, and the ledger answers', async () => {
    await run();
    damage('generation');
    expect(codes(await run({ settings: OFF }))).toStrictEqual(['read-incomplete', 'ledger-unavailable']);
  });

  it.each<[string, Partial<ReconcileRequest>, boolean]>([
    ['by the ledger, where a person has named nodes', {}, true],
    ['by the ledger for blocks, where there is one', { ledger: 'events', blocks: async () => ledger }, true],
    ['by no ledger where runs for events have none', { ledger: 'events' }, false],
    ['by no ledger where there is none for blocks', { blocks: null }, false],
  ])('hands out %s', async (_, more, isGiven) => {
    await run();
    add(node('a'));
    const done = await run({ scope: { kind: 'nodes', ids: ['a'] }, ...more });
    expect(blockOf('a') !== '').toBe(isGiven);
    expect(codes(done)).toStrictEqual([]);
  });

  it('hands out smaller blocks beside the old ones, which stay as they are', async () => {
    await run();
    add(node('a'));
    await run();
    const first = blockOf('a');
    const smaller = settings({ ...ON, allocate: { 4: 25, 6: null } });
    const ids = ['b', 'c', 'd', 'e', 'f', 'g'];
    add(...ids.map((id) => node(id)));
    await run({ settings: smaller });
    expect(blockOf('a')).toBe(first);
    const given = ids.map((id) => cidr(blockOf(id)));
    expect(given.every(({ prefix }) => prefix === 25)).toBe(true);
    expect(given.some((each) => overlaps(each, cidr(first)))).toBe(false);
    expect(new Set(given.map(({ text }) => text)).size).toBe(6);
  });

  it('hands out blocks of IPv6 alone', async () => {
    const only = settings({ clusterCidrs: [cidr('fd00:200::/62')], allocate: { 4: null, 6: 64 } });
    await run({ settings: only });
    add(...['a', 'b', 'c', 'd', 'e'].map((id, i) => node(id, [], { launchedAt: i })));
    const done = await run({ settings: only });
    expect(cloud.routes()).toHaveLength(4);
    expect(codes(done)).toContain('no-free-cidr');
  });

  it.each([1, 400 * 24 * 60])(
    'frees a block in time whose mark was dated %s minutes ahead',
    async (ahead) => {
      await run();
      add(node('a'));
      await run();
      cloud.nodes.delete('a');
      await run();
      ledger.now += ahead * MINUTE;
      await run();
      expect((await blocks())[0]).toContain('leaving');
      ledger.now -= ahead * MINUTE;
      await run();
      ledger.now += 39 * MINUTE;
      await run();
      expect(await blocks()).toHaveLength(1);
      ledger.now += 2 * MINUTE;
      await run();
      expect(await blocks()).toEqual([]);
    },
  );
});
