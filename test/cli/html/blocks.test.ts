import { describe, expect, it } from '@jest/globals';
import { findBlocks } from '../../../functions/cli/html/blocks.ts';
import { cidr, hopOf, node } from '../../core/builders.ts';
import { failure, type MemoryCloud, memoryCloud, strangerHop } from '../../core/memory-cloud.ts';
import { reportOf } from './sample-reports.ts';

const CLUSTER = { clusterCidrs: ['10.200.0.0/16'] };
const BLOCK = '10.200.1.0/24';

/** Two nodes, the first with a claim. */
function cloudOf(more: Parameters<typeof node>[2] = {}): MemoryCloud {
  return memoryCloud([node('a', [BLOCK], more), node('b')], ['rtb-1', 'rtb-2']);
}

function routed(cloud: MemoryCloud, to = 'a', tables = ['rtb-1', 'rtb-2']): MemoryCloud {
  for (const table of tables) cloud.put(table, cidr(BLOCK), hopOf(to));
  return cloud;
}

/** The route to the block leads to the other node, which has another one of its own. */
function misled(): MemoryCloud {
  const cloud = memoryCloud([node('a', [BLOCK]), node('b', ['10.200.9.0/24'])], ['rtb-1', 'rtb-2']);
  for (const table of ['rtb-1', 'rtb-2']) cloud.put(table, cidr('10.200.9.0/24'), hopOf('b'));
  return routed(cloud, 'b');
}

function foreign(cloud: MemoryCloud): MemoryCloud {
  for (const table of ['rtb-1', 'rtb-2']) cloud.put(table, cidr(BLOCK), strangerHop('pcx-1'), false);
  return cloud;
}

async function statesOf(cloud: MemoryCloud, dryRun = true): Promise<string[]> {
  const report = await reportOf(cloud, { ...CLUSTER, dryRun });
  return findBlocks(report).map(({ cidr: { text }, state }) => `${text} ${state}`);
}

describe('the state of a block', () => {
  it.each([
    { what: 'every route leads to its node', cloud: () => routed(cloudOf()), state: 'routed' },
    { what: 'a table has no route', cloud: () => routed(cloudOf(), 'a', ['rtb-2']), state: 'unrouted' },
    {
      what: 'its routes lead to another node, which has no other',
      cloud: () => routed(cloudOf(), 'b'),
      state: 'conflicting',
    },
    {
      what: 'there is no route and the node starts',
      cloud: () => cloudOf({ state: 'pending' }),
      state: 'unrouted',
    },
    { what: 'the node is stopped', cloud: () => routed(cloudOf({ state: 'stopped' })), state: 'stopped' },
    { what: 'foreign routes are in the way', cloud: () => foreign(cloudOf()), state: 'foreign' },
    { what: 'its node is gone', cloud: () => routed(cloudOf({ state: 'gone' })), state: 'unclaimed' },
    {
      what: 'nobody claims a foreign route',
      cloud: () => foreign(cloudOf({ claims: [] })),
      state: 'foreign',
    },
  ])('is $state where $what', async ({ cloud, state }) => {
    expect(await statesOf(cloud())).toEqual([`${BLOCK} ${state}`]);
  });

  it.each([
    { what: 'stands beside its route', cloud: () => routed(cloudOf()), state: 'routed' },
    { what: 'is there alone', cloud: () => cloudOf(), state: 'unrouted' },
  ])('is $state where a propagated route $what', async ({ cloud, state }) => {
    const report = await reportOf(cloud(), CLUSTER);
    const learnt = {
      destination: BLOCK,
      nextHop: null,
      state: 'active',
      managed: false,
      node: null,
      nodeId: null,
      propagated: true,
    } as const;
    const tables = report.tables.map((table) => ({ ...table, entries: [learnt, ...table.entries] }));
    expect(findBlocks({ ...report, tables }).map((block) => block.state)).toEqual([state]);
  });

  it('is conflicting for all claims that overlap', async () => {
    const cloud = memoryCloud([
      node('a', ['10.200.0.0/23']),
      node('b', [BLOCK]),
      node('c', ['10.200.2.0/24']),
    ]);
    expect(await statesOf(cloud)).toEqual([
      '10.200.0.0/23 conflicting',
      `${BLOCK} conflicting`,
      '10.200.2.0/24 unrouted',
    ]);
  });

  it('is unrouted where its routes lead to another node, which has its own', async () => {
    expect(await statesOf(misled())).toEqual([`${BLOCK} unrouted`, '10.200.9.0/24 routed']);
  });

  it('is what the run has made of it', async () => {
    expect(await statesOf(misled(), false)).toEqual([`${BLOCK} routed`, '10.200.9.0/24 routed']);
    expect(await statesOf(routed(cloudOf({ state: 'gone' })), false)).toEqual([]);
  });

  it('stays unrouted where the run failed', async () => {
    const cloud = cloudOf();
    cloud.failing.set(`rtb-1 ${BLOCK}`, [failure('permanent', 'Denied')]);
    expect(await statesOf(cloud, false)).toEqual([`${BLOCK} unrouted`]);
  });

  it('leaves out a refused claim to the whole cluster CIDR', async () => {
    const cloud = memoryCloud([node('a', ['10.200.0.0/16']), node('b', [BLOCK])]);
    expect(await statesOf(cloud)).toEqual([`${BLOCK} unrouted`]);
  });

  it('is what the ledger says where there is neither a claim nor a route', async () => {
    const report = await reportOf(routed(cloudOf()), CLUSTER);
    const since = '2026-11-20T03:00:00.000Z';
    const entry = { kind: 'allocated', node: 'a', nodeId: 'a', since, leaving: null } as const;
    const kept = [
      { ...entry, cidr: BLOCK },
      { ...entry, cidr: '10.200.2.0/24' },
      { ...entry, cidr: '10.200.3.0/24', leaving: since },
    ];
    const blocks = { sizes: [24], reserved: ['10.200.240.0/20'], adopted: true, kept };
    const found = findBlocks({ ...report, blocks });
    expect(found.map(({ cidr: { text }, state, names }) => `${text} ${state} ${names.join()}`)).toEqual([
      `${BLOCK} routed a`,
      '10.200.2.0/24 held a',
      '10.200.3.0/24 leaving a',
      '10.200.240.0/20 reserved ',
    ]);
    expect(found.map((block) => block.entry)).toEqual([...kept, null]);
  });
});
