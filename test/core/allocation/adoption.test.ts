import { beforeEach, describe, expect, it } from '@jest/globals';
import { BLOCK_AWAITED, whyRetry } from '../../../shared/core/run/retry.ts';
import { cidr, node, settings } from '../builders.ts';
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
  ON,
  RANGE,
  run,
  START,
} from './cluster.ts';

beforeEach(beginAnew);

describe('R13 adoption', () => {
  it('lets a launch come again until a full run has entered what there is', async () => {
    add(node('b', ['10.200.3.0/24']), node('a'));
    const early = await launch('a');
    expect(await blocks()).toEqual([]);
    expect(whyRetry(early, launchEvent('a'), START)).toBe(BLOCK_AWAITED);
    await run();
    const done = await launch('a');
    expect(whyRetry(done, launchEvent('a'), START)).toBeNull();
    expect((await blocks()).sort()).toEqual(
      [`${blockOf('a')} allocated a`, '10.200.3.0/24 claimed b'].sort(),
    );
  });

  it.each<[string, () => void]>([
    ['a table', () => cloud.unread.push({ what: 'table', id: 'rtb-1', failure: failure('permanent') })],
    ['the nodes', () => cloud.unread.push({ what: 'nodes', id: null, failure: failure('transient') })],
    ['the claims of a node', () => add(node('b', [], { claimsKnown: false }))],
  ])('does not come to pass where %s could not be read', async (_, fail) => {
    fail();
    await run();
    cloud.unread.length = 0;
    add(node('a'));
    await launch('a');
    expect((await blocks()).filter((line) => line.includes('allocated'))).toEqual([]);
  });

  it('enters hundreds of claims in as many transactions as they take, and marks the last', async () => {
    const wide = settings({ ...ON, clusterCidrs: [cidr('10.200.0.0/16')] });
    add(...Array.from({ length: 250 }, (_, i) => node(`n${i}`, [`10.200.${i}.0/24`])));
    await run({ settings: wide });
    expect(await blocks()).toHaveLength(250);
    expect(JSON.parse(ledger.entries.get('generation')?.value ?? '')).toMatchObject({ adopted: true });
    expect(ledger.log.filter((line) => line === 'write generation')).toHaveLength(3);
  });

  it('begins anew where somebody has removed the mark', async () => {
    await run();
    add(node('a'));
    await run();
    ledger.entries.delete('generation');
    add(node('b'));
    await launch('b');
    expect(blockOf('b')).toBe('');
    await run();
    expect(blockOf('b')).not.toBe('');
    expect(new Set([blockOf('a'), blockOf('b')]).size).toBe(2);
  });

  it('enters nothing where blocks are not handed out', async () => {
    add(node('b', ['10.200.3.0/24']));
    await run({ settings: settings({ clusterCidrs: RANGE }) });
    expect(await blocks()).toEqual([]);
  });

  it('is kept true where blocks are handed out no more', async () => {
    await run();
    add(node('b', ['10.200.3.0/24']));
    await run({ settings: settings({ clusterCidrs: RANGE }) });
    expect(await blocks()).toEqual(['10.200.3.0/24 claimed b']);
  });

  it('keeps a claim for its node until full runs 40 minutes apart have found it claimed no more', async () => {
    add(node('b', ['10.200.3.0/24']));
    await run();
    cloud.nodes.delete('b');
    cloud.tables.get('rtb-1')?.clear();
    await run();
    expect(await blocks()).toEqual(['10.200.3.0/24 claimed b leaving']);
    ledger.now += 39 * MINUTE;
    await run();
    expect(await blocks()).toHaveLength(1);
    ledger.now += MINUTE;
    await run();
    expect(await blocks()).toEqual([]);
  });
});

describe('R13 a claim whose node the list lacks', () => {
  /** What the list of a full run leaves out; a call by the id does not. */
  const hidden = new Set<string>();

  beforeEach(async () => {
    hidden.clear();
    const observe = cloud.observe;
    cloud.observe = async (scope, signal) => {
      const seen = await observe(scope, signal);
      if (scope.kind === 'nodes') return seen;
      return { ...seen, nodes: seen.nodes.filter(({ id }) => !hidden.has(id)) };
    };
    add(node('b', ['10.200.3.0/24'], { incarnation: 'one' }));
    await run();
    cloud.tables.get('rtb-1')?.clear();
    hidden.add('b');
  });

  async function afterTwoLooks(): Promise<string[]> {
    await run();
    ledger.now += 41 * MINUTE;
    await run();
    return blocks();
  }

  it.each<[string, () => void]>([
    ['lives', () => {}],
    ['is stopped', () => change('b', { state: 'stopped' })],
  ])('is kept where a call by the id shows that it %s', async (_, alter) => {
    alter();
    expect(await afterTwoLooks()).toEqual(['10.200.3.0/24 claimed b']);
  });

  it('is kept where nobody knows what has become of it', async () => {
    const observe = cloud.observe;
    cloud.observe = async (scope, signal) => {
      const seen = await observe(scope, signal);
      return scope.kind === 'nodes' ? { ...seen, nodes: [], missing: [] } : seen;
    };
    expect(await afterTwoLooks()).toEqual(['10.200.3.0/24 claimed b']);
  });

  it.each<[string, () => void]>([
    ['it has ended', () => change('b', { state: 'gone' })],
    ['its id is unknown', () => void cloud.nodes.delete('b')],
    ["its id is another machine's", () => change('b', { incarnation: 'two', claims: [] })],
  ])('is given up where a call by the id shows that %s', async (_, alter) => {
    alter();
    expect(await afterTwoLooks()).toEqual([]);
  });

  it('is kept for it though somebody else had a route there meanwhile', async () => {
    cloud.put('rtb-1', cidr('10.200.3.0/24'), { id: 'stranger-vpn', shown: 'vpn' });
    await run();
    cloud.tables.get('rtb-1')?.clear();
    expect(await afterTwoLooks()).toEqual(['10.200.3.0/24 claimed b']);
  });

  it('is noted as that of the machine which has the id now', async () => {
    hidden.clear();
    change('b', { incarnation: 'two' });
    await run();
    expect(ledger.entries.get('block/10.200.3.0/24')?.value).toContain('"incarnation":"two"');
  });
});
