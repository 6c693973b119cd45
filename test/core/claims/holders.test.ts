import { describe, expect, it } from '@jest/globals';
import {
  type Block,
  findUnassigned,
  findUntagged,
  indexHoldings,
  isAllocated,
  isHolder,
  ownClaims,
  withBlocks,
} from '../../../shared/core/claims/holders.ts';
import type { ClaimDefect, Node, RegisteredNode, Registry } from '../../../shared/core/model.ts';
import { cidr, claim, node, observation } from '../builders.ts';
import { failure } from '../memory-cloud.ts';

const OWN = '10.200.1.0/24';
const OTHER = '10.200.2.0/24';
const LEAVING = 'the ledger still marks its block as leaving, and has not taken that it lives';

function block(text: string, more: Partial<Block> = {}, incarnation: string | null = null): Block {
  const holder = { node: 'a', name: 'a', incarnation };
  return { cidr: cidr(text), kind: 'allocated', holder, since: 0, leaving: null, ...more };
}

function withClaims(nodes: readonly Node[], blocks: readonly Block[], waiting = new Map<string, string>()) {
  return withBlocks(observation(nodes, []), blocks, waiting);
}

const DEFECT: ClaimDefect = {
  source: 'tag',
  text: 'x',
  problem: 'is wrong',
  corrected: null,
  correctedList: null,
};

describe('The holder of a block', () => {
  it.each<[string | null, string | null, boolean]>([
    [null, null, true],
    [null, 'one', true],
    ['one', null, true],
    ['one', 'one', true],
    ['one', 'two', false],
  ])('known as incarnation %s, is a node of incarnation %s: %s', (incarnation, now, expected) => {
    const holder = { node: 'a', name: 'a', incarnation };
    expect(isHolder(holder, node('a', [], { incarnation: now }))).toBe(expected);
    expect(isHolder(holder, node('b', [], { incarnation: now }))).toBe(false);
  });

  it.each<[string, Block, boolean]>([
    ['handed out to somebody', block(OWN), true],
    ['claimed', block(OWN, { kind: 'claimed' }), false],
    ['only routed', block(OWN, { kind: 'claimed', holder: null }), false],
    ['handed out to nobody', block(OWN, { holder: null }), false],
  ])('has it from podroutes where it is %s', (_, each, expected) => {
    expect(isAllocated(each)).toBe(expected);
    expect(indexHoldings([each]).of(node('a'))).toEqual(expected ? [each] : []);
  });

  it.each<[string, Block[], string[]]>([
    ['what it was not given', [block(OWN)], [OTHER, 'fd00:200::/64']],
    ['nothing of an earlier machine', [block(OWN), block(OTHER, {}, 'one')], ['fd00:200::/64']],
    [
      'what an earlier machine had of another family',
      [block('fd00:200:1::/64'), block(OTHER, {}, 'one')],
      [OWN, OTHER, 'fd00:200::/64'],
    ],
    [
      'what an earlier machine had, where it has none',
      [block(OTHER, {}, 'one')],
      [OWN, OTHER, 'fd00:200::/64'],
    ],
  ])('claims by itself %s', (_, blocks, expected) => {
    const machine = node('a', [OWN, OTHER, 'fd00:200::/64'], { incarnation: 'two' });
    expect(ownClaims(machine, indexHoldings(blocks)).map(({ cidr: { text } }) => text)).toEqual(expected);
  });
});

describe('Observed nodes with the blocks of the ledger', () => {
  it.each<[string, Node, Block[], Partial<Node>]>([
    [
      'claim them first, then what is their own',
      node('a', [OTHER]),
      [block(OWN)],
      { claims: [claim(OWN, 'ledger'), claim(OTHER)] },
    ],
    [
      'claim them once, with where else they say so',
      { ...node('a'), claims: [claim(OTHER, 'user-data'), claim(OWN, 'user-data')] },
      [block(OWN)],
      { claims: [{ ...claim(OWN, 'ledger'), alsoIn: 'user-data' }, claim(OTHER, 'user-data')] },
    ],
    ['are as they were where they have none', node('b', [OWN]), [block(OWN)], {}],
    ['are as they were where they are gone', node('a', [], { state: 'gone' }), [block(OWN)], {}],
    [
      'are of unknown claims where one is marked as leaving',
      node('a', [OWN]),
      [block(OWN, { leaving: 5 }), block(OTHER)],
      { claims: [claim(OTHER, 'ledger')], claimsKnown: false, awaitsBlock: LEAVING },
    ],
  ])('%s', (_, seen, blocks, more) => {
    const { nodes } = withClaims([seen], blocks);
    expect(nodes).toStrictEqual([{ ...seen, ...more }]);
  });

  it('say why they wait for one, unless they have one', () => {
    const waiting = new Map([
      ['a', 'why'],
      ['b', 'why'],
    ]);
    const { nodes } = withClaims([node('a'), node('b'), node('c')], [block(OWN)], waiting);
    expect(nodes.map(({ awaitsBlock }) => awaitsBlock)).toEqual([undefined, 'why', undefined]);
    expect(nodes[2]).toStrictEqual(node('c'));
  });

  it('are a failure beside the others where a block is marked as leaving', () => {
    const other = { what: 'table', id: 't', failure: failure('transient') } as const;
    const seen = observation([node('a', [], { name: 'worker' })], [], { failures: [other] });
    const { failures } = withBlocks(seen, [block(OWN, { leaving: 0 })], new Map());
    const message = `worker (a) waits: ${LEAVING}. The next run tries again.`;
    expect(failures).toEqual([
      other,
      { what: 'claims', id: 'a', failure: { kind: 'transient', code: 'block-still-leaving', message } },
    ]);
    expect(seen.failures).toEqual([other]);
    expect(withBlocks(seen, [block(OWN)], new Map()).failures).toEqual([other]);
  });
});

describe('A tag is written', () => {
  it.each<[string, Node, string[], boolean]>([
    ['where there is none', node('a'), [OWN], true],
    ['where it lacks one block', node('a', [OWN]), [OWN, 'fd00:200::/64'], true],
    ['for a stopped machine', node('a', [], { state: 'stopped' }), [OWN], true],
    ['never, where it names the block', node('a', [OWN]), [OWN], false],
    ['never, where it names all blocks', node('a', ['fd00:200::/64', OWN]), [OWN, 'fd00:200::/64'], false],
    ['never, where the machine has no block', node('b'), [OWN], false],
    ['never, where the machine is gone', node('a', [], { state: 'gone' }), [OWN], false],
    ['never, where claims were not read', node('a', [], { claimsKnown: false }), [OWN], false],
    ['never, where tags do not stay', node('a', [], { claimAdvice: 'Use others.' }), [OWN], false],
    ['never, where it claims something else', node('a', [OTHER]), [OWN], false],
    ['never, where it cannot be read', node('a', [], { defects: [DEFECT] }), [OWN], false],
    [
      'never, where as much cannot be read as is claimed beside',
      node('a', [OTHER], { defects: [DEFECT] }),
      [OWN],
      false,
    ],
  ])('%s', (_, machine, held, isWritten) => {
    const blocks = held.map((text) => block(text));
    const expected = isWritten ? [{ node: machine, cidrs: held.map(cidr) }] : [];
    expect(findUntagged(observation([machine], []), blocks)).toEqual(expected);
  });

  it('never, where one block is leaving', () => {
    const blocks = [block(OWN), block(OTHER, { leaving: 0 })];
    expect(findUntagged(observation([node('a')], []), blocks)).toEqual([]);
  });

  it('where it names the block of an earlier machine in place of one of its own', () => {
    const machine = node('a', [OWN, OTHER], { incarnation: 'two' });
    const blocks = [block(OWN, {}, 'two'), block('fd00:200::/64', {}, 'two'), block(OTHER, {}, 'one')];
    expect(findUntagged(observation([machine], []), blocks)).toEqual([
      { node: machine, cidrs: [OWN, 'fd00:200::/64'].map(cidr) },
    ]);
  });

  it('where it names the block of an earlier machine as well', () => {
    const machine = node('a', [OWN, OTHER], { incarnation: 'two' });
    const blocks = [block(OWN, {}, 'two'), block(OTHER, {}, 'one')];
    expect(findUntagged(observation([machine], []), blocks)).toEqual([{ node: machine, cidrs: [cidr(OWN)] }]);
  });
});

describe('A Node object is told', () => {
  const object = { name: 'n', uid: 'u', version: '1', createdAt: 0, networkUnavailable: null };
  const registryOf = (more: Partial<RegisteredNode>): Registry => ({
    ok: true,
    nodes: new Map([['a', { ...object, claims: [], defects: [], ...more }]]),
  });
  const CLAIMED = { claims: [claim(OTHER, 'kubernetes')] };

  it.each<[string, Node, Registry | null, Block, boolean]>([
    ['where it has no pod CIDR', node('a'), registryOf({}), block(OWN), true],
    ['never, where Kubernetes is not asked', node('a'), null, block(OWN), false],
    [
      'never, where Kubernetes did not answer',
      node('a'),
      { ok: false, failure: failure('transient') },
      block(OWN),
      false,
    ],
    ['never, where there is none', node('a'), { ok: true, nodes: new Map() }, block(OWN), false],
    ['never, where its machine is gone', node('a', [], { state: 'gone' }), registryOf({}), block(OWN), false],
    [
      'never, where its machine has no block',
      node('a'),
      registryOf({}),
      block(OWN, { kind: 'claimed' }),
      false,
    ],
    ['never, where the block is leaving', node('a'), registryOf({}), block(OWN, { leaving: 0 }), false],
    ['never, where it has another', node('a'), registryOf(CLAIMED), block(OWN), false],
    ['never, where its own cannot be read', node('a'), registryOf({ defects: [DEFECT] }), block(OWN), false],
    [
      'never, where it has one, and one that cannot be read',
      node('a'),
      registryOf({ ...CLAIMED, defects: [DEFECT] }),
      block(OWN),
      false,
    ],
  ])('%s', (_, machine, registry, held, isTold) => {
    const expected = isTold ? [{ node: machine, cidrs: [cidr(OWN)] }] : [];
    expect(findUnassigned(observation([machine], []), [held], registry)).toEqual(expected);
  });

  it('never, where one of two blocks is leaving', () => {
    const blocks = [block(OWN), block(OTHER, { leaving: 0 })];
    expect(findUnassigned(observation([node('a')], []), blocks, registryOf({}))).toEqual([]);
  });
});
