import { describe, expect, it } from '@jest/globals';
import { type Block, indexHoldings } from '../../../shared/core/claims/holders.ts';
import { findNeedy, findRouted, mayLackTelling, sortNeedy } from '../../../shared/core/guard/needy-nodes.ts';
import type {
  Claim,
  ClaimDefect,
  Node,
  RegisteredNode,
  Registry,
  Route,
} from '../../../shared/core/model.ts';
import { cidr, claim, node, observation, route, settings, table } from '../builders.ts';
import { failure } from '../memory-cloud.ts';

const BLOCK = '10.200.1.0/24';
const OTHER = '10.200.2.0/24';
const IPV6 = 'fd00:200:0:1::/64';
const UNREAD: Registry = { ok: false, failure: failure('transient') };
const ON = settings({ allocate: { 4: 24, 6: null } });

const DEFECT: ClaimDefect = {
  source: 'kubernetes',
  text: 'x',
  problem: 'is wrong',
  corrected: null,
  correctedList: null,
};

/** The Node objects of `a`, and of nobody else. */
function registryOf(more: Partial<RegisteredNode> = {}): Registry {
  const object = { name: 'a', uid: 'u', version: '1', createdAt: 0, networkUnavailable: null };
  return { ok: true, nodes: new Map([['a', { ...object, claims: [], defects: [], ...more }]]) };
}

function allocated(text: string, to: string, incarnation: string | null = null): Block {
  const holder = { node: to, name: to, incarnation };
  return { cidr: cidr(text), kind: 'allocated', holder, since: 0, leaving: null };
}

const NO_OBJECT: Registry = { ok: true, nodes: new Map() };
const IN_KUBERNETES = registryOf({ claims: [claim(BLOCK, 'kubernetes')] });
const MISTYPED = registryOf({ defects: [DEFECT] });
const BOTH = registryOf({ claims: [claim(BLOCK, 'kubernetes')], defects: [DEFECT] });

describe('R13 a node needs a block', () => {
  it.each<[string, Partial<Node>, Registry | null, boolean]>([
    ['where it runs and claims nothing', {}, null, true],
    ['not while it has yet to start', { state: 'pending' }, null, false],
    ['not where it has no address', { nextHops: { 4: null, 6: null } }, null, false],
    ['not where it claims something', { claims: [claim(OTHER)] }, null, false],
    ['not where its claims were not read', { claimsKnown: false }, null, false],
    ['not where its tag cannot be understood', { defects: [DEFECT] }, null, false],
    ['not where a tag of another spelling may be its claim', { otherSpelling: 'podCidr' }, null, false],
    ['where its Node object has no pod CIDR', {}, registryOf(), true],
    ['where it has no Node object', {}, NO_OBJECT, true],
    ['where Kubernetes did not answer', {}, UNREAD, true],
    ['not where its Node object has a pod CIDR', {}, IN_KUBERNETES, false],
    ['not where its Node object has one that cannot be understood', {}, MISTYPED, false],
    ['not where its tag would not stay', { claimAdvice: 'Use another.' }, null, false],
    ['where its tag would not stay, and a Node object tells it', { claimAdvice: 'x' }, registryOf(), true],
  ])('%s', (_, more, registry, isNeedy) => {
    const seen = observation([node('a', [], more)], []);
    expect([...findNeedy(seen, registry, [], ON)]).toEqual(isNeedy ? ['a'] : []);
  });

  it.each<[string, Block[], string[]]>([
    ['of each family that is handed out, where it has none', [], ['a', 'a']],
    ['of the one that it lacks', [allocated(BLOCK, 'a')], ['a']],
    ['of none, where it has both', [allocated(BLOCK, 'a'), allocated(IPV6, 'a')], []],
    ['though the machine that had its id before has one', [allocated(BLOCK, 'a', 'one')], ['a', 'a']],
  ])('%s', (_, blocks, expected) => {
    const view = { observation: observation([node('a', [], { incarnation: 'two' })], []), registry: null };
    const both = settings({ allocate: { 4: 24, 6: 64 } });
    const needy = sortNeedy(view, indexHoldings(blocks), both, new Set());
    expect([...needy[4], ...needy[6]].map(({ id }) => id)).toEqual(expected);
  });

  it('though its Node object still has the block that it was given, of the family that it lacks', () => {
    const both = settings({ allocate: { 4: 24, 6: 64 } });
    const seen = observation([node('a')], []);
    expect([...findNeedy(seen, IN_KUBERNETES, [allocated(BLOCK, 'a')], both)]).toEqual(['a']);
    expect([...findNeedy(seen, IN_KUBERNETES, [allocated(OTHER, 'a')], both)]).toEqual([]);
  });

  it('of no family that is not handed out', () => {
    const seen = observation([node('a')], []);
    expect([...findNeedy(seen, null, [], settings())]).toEqual([]);
    expect([...findNeedy(seen, null, [allocated(BLOCK, 'a')], ON)]).toEqual([]);
  });
});

describe('R5 a route in force is the claim of the node', () => {
  const NODES = [node('a', [], { incarnation: 'two' })];
  const wide = settings({ clusterCidrs: ['10.200.0.0/16', '10.201.0.0/16', 'fd00:200::/48'].map(cidr) });

  it.each<[string, Route, string[]]>([
    ['that it leads to', route(BLOCK, 'a'), ['4 a']],
    ['of its family', route(IPV6, 'a'), ['6 a']],
    ['in any range of the cluster', route('10.201.1.0/24', 'a'), ['4 a']],
    ['unless it lies in none', route('10.202.1.0/24', 'a'), []],
    ['unless it is a whole range', route('10.201.0.0/16', 'a'), []],
    ['unless it is dead', route(BLOCK, 'a', { state: 'blackhole' }), []],
    ['unless others make such routes', route(BLOCK, 'a', { ourKind: false }), []],
    ['unless it leads to a node that was not read', route(BLOCK, 'b'), []],
    ['unless it leads to something else', route(BLOCK, 'a', { target: { kind: 'stranger' } }), []],
  ])('%s', (_, way, expected) => {
    expect(routed(way, [])).toEqual(expected);
  });

  it.each<[string, Block, string[]]>([
    ['though the ledger has the block as its own', allocated(BLOCK, 'a', 'two'), ['4 a']],
    ["unless the ledger has the block as another's", allocated(BLOCK, 'b'), []],
    ['unless the ledger has it as that of the machine before', allocated(BLOCK, 'a', 'one'), []],
    [
      'though the ledger knows nobody there',
      { ...allocated(BLOCK, 'b'), kind: 'claimed', holder: null },
      ['4 a'],
    ],
  ])('%s', (_, block, expected) => {
    expect(routed(route(BLOCK, 'a'), [block])).toEqual(expected);
  });

  function routed(way: Route, blocks: readonly Block[]): string[] {
    const kept = new Map(blocks.map((block) => [block.cidr.text, { block, version: '1' }]));
    const reading = { generation: '1', isAdopted: true, kept, now: 0 };
    const view = { reading, observation: observation(NODES, [table([way])]), isFull: true, registry: null };
    return [...findRouted({ ...view, livenessOf: () => 'alive' }, wide)];
  }
});

describe('R13 a run for events reads the ledger for a node with a tag', () => {
  const mixed = [claim(BLOCK), claim(OTHER, 'user-data')];

  it.each<[string, readonly Claim[], Registry | null, Partial<Node>, boolean]>([
    ['where its Node object may not know what the tag says', [claim(BLOCK)], registryOf(), {}, true],
    ['where its Node object is not there yet', [claim(BLOCK)], NO_OBJECT, {}, true],
    ['not where Kubernetes is not asked', [claim(BLOCK)], null, {}, false],
    ['not where Kubernetes did not answer', [claim(BLOCK)], UNREAD, {}, false],
    ['not where its Node object has a pod CIDR', [claim(BLOCK)], IN_KUBERNETES, {}, false],
    ['not where its Node object has one that cannot be understood', [claim(BLOCK)], MISTYPED, {}, false],
    ['not where its Node object has both', [claim(BLOCK)], BOTH, {}, false],
    ['not where it has no tag', [], registryOf(), {}, false],
    ['not where user data says something, too', mixed, registryOf(), {}, false],
    ['not where it does not run', [claim(BLOCK)], registryOf(), { state: 'stopped' }, false],
  ])('%s', (_, claims, registry, more, expected) => {
    const seen = observation([node('a', [], { claims, ...more })], []);
    expect(mayLackTelling(seen, registry, ON)).toBe(expected);
  });

  it('among others that it has nothing to tell', () => {
    const others = [node('b', [], { claims: mixed }), node('a', [BLOCK]), node('c')];
    expect(mayLackTelling(observation(others, []), registryOf(), ON)).toBe(true);
  });

  it('not where no blocks are handed out', () => {
    expect(mayLackTelling(observation([node('a', [BLOCK])], []), registryOf(), settings())).toBe(false);
  });
});
