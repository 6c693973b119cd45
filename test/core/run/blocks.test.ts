import { mock } from 'node:test';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Node, RegisteredNode, Registry } from '../../../shared/core/model.ts';
import { cidr, node, observation, route, table } from '../builders.ts';
import { failure } from '../memory-cloud.ts';
import {
  adopt,
  beginAnew,
  block,
  cloud,
  held,
  ledger,
  MINUTE,
  type More,
  NOW,
  OF_NO_RUN,
  ON,
  resolve,
  resolveFully,
  show,
} from './resolving.ts';

beforeEach(beginAnew);

function registryOf(more: Partial<RegisteredNode> = {}): Registry {
  const object = { name: 'a', uid: 'u', version: '1', createdAt: 0, networkUnavailable: null };
  return { ok: true, nodes: new Map([['a', { ...object, claims: [], defects: [], ...more }]]) };
}

describe('R13 the ledger is asked', () => {
  it.each<[string, Node[], More, boolean]>([
    ['for a node without a claim', [node('a')], {}, true],
    [
      'for a block that the Node object may lack',
      [node('a', ['10.200.1.0/24'])],
      { registry: registryOf() },
      true,
    ],
    ['for nothing, where all claim something', [node('a', ['10.200.1.0/24'])], {}, false],
    ['for nothing, where there is none', [node('a')], { open: null }, false],
  ])('%s', async (_, nodes, more, isAsked) => {
    const blocks = await resolve(nodes, more);
    expect(ledger.log.length > 0).toBe(isAsked);
    if (!isAsked) expect(blocks).toEqual(OF_NO_RUN);
  });

  it.each<[string, Node[], More, number[]]>([
    ['not long where others wait', [node('a'), node('b', ['10.200.1.0/24'])], {}, [3_000]],
    ['as long as the run lasts for its own', [node('a')], {}, []],
    ['as long as that where the others are gone', [node('a'), node('b', [], { state: 'gone' })], {}, []],
  ])('%s', async (_, nodes, more, expected) => {
    const limits: number[] = [];
    const { mock: clock } = mock.method(AbortSignal, 'timeout', (ms: number) => {
      limits.push(ms);
      return AbortSignal.abort();
    });
    const signals: AbortSignal[] = [];
    const { read } = ledger;
    ledger.read = (prefix, each) => {
      signals.push(each);
      return read(prefix, each);
    };
    await resolve(nodes, more);
    clock.restore();
    expect(limits).toEqual(expected);
    expect(signals.map(({ aborted }) => aborted)).toEqual(signals.map(() => expected.length > 0));
  });

  it('as long as the run lasts where it is a full one', async () => {
    const limits: number[] = [];
    const { mock: clock } = mock.method(AbortSignal, 'timeout', (ms: number) => {
      limits.push(ms);
      return AbortSignal.abort();
    });
    await resolveFully([node('a'), node('b', ['10.200.1.0/24'])]);
    clock.restore();
    expect(limits).toEqual([]);
  });
});

describe('R13 a full run', () => {
  const claimants = (count: number): Node[] =>
    Array.from({ length: count }, (_, i) => node(`n${i}`, [`10.200.${i}.0/24`]));
  const CLAIMING = [node('a'), node('b', ['10.200.1.0/24'])];
  const WIDE = { ...ON, clusterCidrs: [cidr('10.200.0.0/16')] };

  it('does not say that all was adopted before all is entered', async () => {
    ledger.beforeWrite = () => {
      if (ledger.entries.size > 0) ledger.writeFailure = failure('permanent');
    };
    const { isAdopted } = await resolveFully(claimants(100), { how: WIDE });
    expect(await held()).toHaveLength(99);
    expect(isAdopted).toBe(false);
    expect(ledger.entries.get('generation')?.value).toContain('"adopted":false');
  });

  it('leaves the rest to the next after 500 transactions', async () => {
    await adopt();
    ledger.write = async (writes) => {
      ledger.log.push(`wrote ${writes.length}`);
      return { ok: true, value: null };
    };
    const { blocks } = await resolveFully(claimants(100), { how: WIDE });
    expect(ledger.log.filter((line) => line === 'wrote 100')).toHaveLength(500);
    expect(blocks).toHaveLength(99);
  });

  it('hands out what it has adopted room for', async () => {
    const { blocks, lacking } = await resolveFully([node('a'), ...claimants(3)]);
    expect(blocks.map(show)).toContain('10.200.3.0/24 a');
    expect([...lacking]).toEqual([]);
  });

  it('hands out what it has freed, where somebody waits for it', async () => {
    const leaving = { leaving: NOW - 40 * MINUTE };
    const others = [0, 1, 2].map((i) => block(`10.200.${i}.0/24`, `n${i}`));
    await adopt(...others, block('10.200.3.0/24', 'gone', leaving));
    const nodes = [0, 1, 2].map((i) => node(`n${i}`));
    const { blocks, findings } = await resolveFully([...nodes, node('a')]);
    expect(blocks.map(show)).toContain('10.200.3.0/24 a');
    expect(findings.map(({ code }) => code)).toEqual(['blocks-filling']);
  });

  it('hands out in one family what it has freed there, beside what it has entered', async () => {
    const how = { clusterCidrs: ['10.200.0.0/23', 'fd00:200::/48'].map(cidr), allocate: { 4: 24, 6: 64 } };
    await adopt(block('10.200.0.0/24', 'gone', { leaving: NOW - 40 * MINUTE }));
    const { blocks } = await resolveFully([node('a'), node('b', ['10.200.1.0/24'])], { how });
    expect(blocks.map(show)).toContain('10.200.0.0/24 a');
  });

  it.each<[string, string[], Node[]]>([
    ['nobody waits for what it has freed', ['10.200.3.0/24'], [node('a')]],
    ['nodes wait and it has freed nothing', [], ['a', 'b', 'c', 'd', 'e'].map((id) => node(id))],
    ['there is nothing to be done', [], []],
  ])('looks no further where %s', async (_, leaving, nodes) => {
    await adopt(...leaving.map((text) => block(text, 'gone', { leaving: NOW - 40 * MINUTE })));
    await resolveFully(nodes);
    expect(ledger.log.filter((line) => line.startsWith('read'))).toEqual([]);
    expect(ledger.log.length > 0).toBe(nodes.length > 0);
  });

  it('asks what has become of holders that its list lacks, and a run for events does not', async () => {
    const nobody = block('10.200.2.0/24', '', { kind: 'claimed', holder: null });
    await adopt(block('10.200.3.0/24', 'x'), nobody);
    await resolveFully([node('a')]);
    expect(cloud.looks).toStrictEqual([{ kind: 'nodes', ids: ['x'] }]);
    await resolve([node('b')]);
    await resolve(observation([node('c')], [table()]));
    expect(cloud.looks).toHaveLength(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['follows events and looks at everything', () => resolve(observation(CLAIMING, [table()]))],
    [
      'has read the ledger and looks at some nodes',
      () => resolveFully(CLAIMING, { scope: { kind: 'nodes', ids: ['a', 'b'] } }),
    ],
  ])('is none that %s: that enters no claim', async (_, run) => {
    await adopt();
    await run();
    expect((await held()).filter((line) => line.endsWith('b'))).toEqual([]);
  });
});

describe('R13 a dry run', () => {
  it('counts what holders have, and hands nothing out', async () => {
    await adopt(block('10.200.1.0/24', 'a', { leaving: NOW }));
    const nodes = [node('a'), node('b'), node('c', ['10.200.2.0/24'])];
    const { blocks, entered, waiting, lacking } = await resolveFully(nodes, { dryRun: true });
    expect(blocks.map(show)).toEqual(['10.200.1.0/24 a']);
    expect(entered.map(show)).toEqual(['10.200.1.0/24 a leaving']);
    expect([...waiting]).toEqual([['b', 'a run that is no dry run hands one out']]);
    expect([...lacking]).toEqual(['b']);
    expect(await held()).toEqual(['10.200.1.0/24 a leaving']);
  });
});

describe('R13 blocks that run out', () => {
  /** Five blocks of eight. */
  const FIVE = {
    ...ON,
    clusterCidrs: [cidr('10.200.0.0/21')],
    reservedCidrs: ['10.200.5.0/24', '10.200.6.0/23'].map(cidr),
  };

  it.each<[number, boolean, string[]]>([
    [3, true, []],
    [4, true, ['blocks-filling']],
    [4, false, []],
    [5, true, ['blocks-filling']],
    [6, true, ['no-free-cidr']],
    [6, false, ['no-free-cidr']],
  ])('%s nodes on five; a full run: %s', async (count, isFull, expected) => {
    await adopt();
    const nodes = Array.from({ length: count }, (_, i) => node(`n${i}`));
    const { findings, lacking } = await (isFull ? resolveFully : resolve)(nodes, { how: FIVE });
    expect(findings.map(({ code }) => code)).toStrictEqual(expected);
    expect(lacking.size).toBe(Math.max(0, count - 5));
  });

  it('are counted with those that routes of others overlap', async () => {
    await adopt();
    const tables = [
      table([route('10.200.0.0/25', 'x'), route('10.200.1.0/25', 'x'), route('10.200.2.0/25', 'x')]),
    ];
    const { findings } = await resolveFully([node('a')], { how: FIVE }, tables);
    expect(findings.map(({ code }) => code)).toEqual(['blocks-filling']);
  });
});
