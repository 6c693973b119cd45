import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Node } from '../../../shared/core/model.ts';
import { isInPlace } from '../../../shared/core/run/retry.ts';
import { cidr, node, settings } from '../builders.ts';
import { add, beginAnew, blockOf, blocks, cloud, codes, launch, ledger, ON, RANGE, run } from './cluster.ts';

beforeEach(beginAnew);

describe('R13 one block, one node', () => {
  it('hands a launched node a block, whose tag and routes follow in the same run', async () => {
    await run();
    add(node('a'));
    const done = await launch('a');
    const block = blockOf('a');
    expect(await blocks()).toEqual([`${block} allocated a`]);
    expect(cloud.routes()).toEqual([`${block} a`]);
    expect(isInPlace(done, 'a')).toBe(true);
    expect(done.findings).toEqual([]);
  });

  it('needs no more looks at the cloud for that than for a given claim', async () => {
    await run();
    add(node('a'));
    cloud.looks.length = 0;
    await launch('a');
    expect(cloud.looks).toEqual([{ kind: 'nodes', ids: ['a'] }]);
  });

  it('asks the ledger nothing about launches with given claims', async () => {
    add(node('a', ['10.200.1.0/24']));
    await launch('a');
    expect(ledger.log).toEqual([]);
    expect(cloud.routes()).toEqual(['10.200.1.0/24 a']);
  });

  it('hands all nodes of a run their blocks in one transaction', async () => {
    await run();
    ledger.log.length = 0;
    const ids = ['a', 'b', 'c', 'd'];
    add(...ids.map((id) => node(id)));
    await launch(...ids);
    expect(new Set(ids.map(blockOf)).size).toBe(4);
    expect(ledger.log.filter((line) => line === 'write generation')).toHaveLength(1);
    expect(cloud.routes()).toHaveLength(4);
  });

  it('hands out hundreds in as many transactions as they take', async () => {
    await run();
    const ids = Array.from({ length: 250 }, (_, i) => `n${i}`);
    add(...ids.map((id) => node(id)));
    ledger.log.length = 0;
    const wide = { ...ON, clusterCidrs: [cidr('10.200.0.0/16')] };
    const request = { scope: { kind: 'nodes', ids }, settings: settings(wide) } as const;
    await run({ ...request, ledger: 'events', blocks: async () => ledger });
    expect(new Set(ids.map(blockOf)).size).toBe(250);
    expect(ledger.log.filter((line) => line === 'write generation')).toHaveLength(3);
  });

  it('gives a node of both families a block of each', async () => {
    const both = settings({
      clusterCidrs: [...RANGE, cidr('fd00:200::/48')],
      allocate: { 4: 24, 6: 64 },
    });
    await run({ settings: both });
    add(node('a'));
    await run({ settings: both });
    expect(cloud.routes()).toHaveLength(2);
    expect(blockOf('a')).toMatch(/^10\.200\.\d\.0\/24,fd00:200:.*\/64$/);
  });

  it('gives a holder the block of a family that is handed out later, and its tag that too', async () => {
    await run();
    add(node('a'));
    await run();
    const first = blockOf('a');
    const both = settings({ clusterCidrs: [...RANGE, cidr('fd00:200::/48')], allocate: { 4: 24, 6: 64 } });
    await run({ settings: both });
    expect(blockOf('a')).toMatch(new RegExp(`^${first},fd00:200:.*/64$`));
  });

  it.each<[string, Partial<Node>]>([
    ['does not run yet', { state: 'pending' }],
    ['is stopped', { state: 'stopped' }],
    ['has ended', { state: 'gone' }],
    ['has claims that could not be read', { claimsKnown: false }],
    ['may have a claim in its user data that was not seen', { unsearched: 'is too large to be searched' }],
    ['has a tag of another spelling', { otherSpelling: 'Pod-Cidr' }],
    ['has no address yet', { nextHops: { 4: null, 6: null } }],
    ['keeps no tag, where nothing else can tell it', { claimAdvice: 'Use a flexible set.' }],
    [
      'seems to mean something',
      {
        defects: [
          {
            source: 'tag',
            text: '10.200.1.5/24',
            problem: 'has host bits set',
            corrected: '10.200.1.0/24',
            correctedList: null,
          },
        ],
      },
    ],
  ])('hands nothing to a node that %s', async (_, more) => {
    await run();
    add(node('a', [], more));
    await run();
    expect((await blocks()).filter((line) => line.includes('allocated'))).toEqual([]);
  });

  it('hands out none that overlaps what somebody has, whoever that is', async () => {
    add(
      node('tagged', ['10.200.0.0/24']),
      node('mistyped', [], {
        defects: [
          {
            source: 'tag',
            text: '10.200.1.9/25',
            problem: 'has host bits set',
            corrected: '10.200.1.0/25',
            correctedList: null,
          },
        ],
      }),
    );
    cloud.put('rtb-1', cidr('10.200.2.128/25'), { id: 'stranger-vpn', shown: 'vpn' });
    await run();
    add(node('a'));
    await launch('a');
    expect(blockOf('a')).toBe('10.200.3.0/24');
  });

  it('says that none is free, and what nodes wait for one, until there is one', async () => {
    await run();
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    add(...ids.map((id, i) => node(id, [], { launchedAt: i })));
    const done = await launch(...ids);
    expect(codes(done).filter((code) => code !== 'missing-claim')).toEqual(['no-free-cidr']);
    const [told] = done.findings.filter(({ code }) => code === 'no-free-cidr');
    expect(told?.message).toBe(
      'No block is free: the 4 blocks of /24 in 10.200.0.0/22 are all taken, and 2 nodes wait for one.',
    );
    // The older ones come first.
    expect(ids.map((id) => blockOf(id) !== '')).toEqual([true, true, true, true, false, false]);
  });

  it('warns from 80 per cent', async () => {
    const half = settings({ ...ON, allocate: { 4: 25, 6: null } });
    await run({ settings: half });
    add(...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => node(id)));
    expect(codes(await run({ settings: half }))).toEqual([]);
    add(node('g'));
    const done = await run({ settings: half });
    expect(done.findings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'blocks-filling: Of the 8 blocks of /25 in 10.200.0.0/22, 7 are taken; 1 is left for new nodes.',
    ]);
  });

  it('counts neither reserved ranges nor the addresses of the network among the blocks there are', async () => {
    const most = settings({ ...ON, reservedCidrs: [cidr('10.200.0.0/23')] });
    await run({ settings: most });
    add(...['a', 'b', 'c'].map((id) => node(id)));
    const done = await run({ settings: most });
    expect(done.findings.find(({ code }) => code === 'no-free-cidr')?.message).toContain(
      'the 2 blocks of /24 in 10.200.0.0/22 are all taken, and 1 node waits for one',
    );
  });

  it('changes nothing in a dry run', async () => {
    await run();
    const before = [...ledger.entries];
    add(node('a'));
    const done = await run({ dryRun: true });
    expect([...ledger.entries]).toEqual(before);
    expect(cloud.log.filter((line) => line !== 'observe')).toEqual([]);
    expect(done.observation.nodes[0]?.awaitsBlock).toBe('a run that is no dry run hands one out');
  });

  it('makes no change in a run after all is done', async () => {
    await run();
    add(node('a'), node('b', ['10.200.3.0/24']));
    await run();
    // This one notes whose the routes are.
    await run();
    cloud.log.length = 0;
    ledger.log.length = 0;
    await run();
    expect(cloud.log).toEqual(['observe']);
    expect(ledger.log).toEqual(['read ', 'read block/']);
  });
});
