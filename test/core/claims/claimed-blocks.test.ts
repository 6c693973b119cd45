import { describe, expect, it } from '@jest/globals';
import { findClaimed } from '../../../shared/core/claims/claimed-blocks.ts';
import { type Block, indexHoldings } from '../../../shared/core/claims/holders.ts';
import type { Node, Registry, Route } from '../../../shared/core/model.ts';
import { cidr, claim, node, observation, route, table } from '../builders.ts';
import { failure } from '../memory-cloud.ts';

const RANGES = [cidr('10.200.0.0/16'), cidr('10.201.0.0/16')];

interface Seen {
  readonly nodes?: readonly Node[];
  readonly routes?: readonly Route[];
  readonly registry?: Registry;
  readonly blocks?: readonly Block[];
  readonly maxClaims?: number;
}

/** What is claimed, as `cidr node-id`. */
function claimed({ nodes = [], routes = [], registry, blocks = [], maxClaims = 8 }: Seen): string[] {
  const view = { observation: observation(nodes, [table(routes)]), registry: registry ?? null };
  const found = findClaimed(view, indexHoldings(blocks), { clusterCidrs: RANGES, maxClaims });
  return [...found].map(([text, { cidr: own, holder }]) => {
    expect(own.text).toBe(text);
    return `${text} ${holder?.node ?? '-'}`;
  });
}

function registryOf(...rows: readonly (readonly [id: string, cidrs: readonly string[]])[]): Registry {
  const object = { name: 'n', uid: 'u', version: '1', createdAt: 0, defects: [], networkUnavailable: null };
  const nodes = rows.map(
    ([id, cidrs]) => [id, { ...object, claims: cidrs.map((text) => claim(text, 'kubernetes')) }] as const,
  );
  return { ok: true, nodes: new Map(nodes) };
}

function allocated(text: string, to: string): Block {
  const holder = { node: to, name: to, incarnation: null };
  return { cidr: cidr(text), kind: 'allocated', holder, since: 0, leaving: null };
}

function defect(corrected: string | null) {
  return { source: 'tag', text: null, problem: 'is wrong', corrected, correctedList: corrected } as const;
}

describe('What is claimed', () => {
  it.each<[string, Seen, string[]]>([
    ['what a node claims', { nodes: [node('a', ['10.200.1.0/24'])] }, ['10.200.1.0/24 a']],
    ['what it claims in another range', { nodes: [node('a', ['10.201.1.0/24'])] }, ['10.201.1.0/24 a']],
    ['nothing outside the cluster', { nodes: [node('a', ['10.202.1.0/24'])] }, []],
    ['no range of the cluster', { nodes: [node('a', ['10.201.0.0/16'])] }, []],
    ['nothing of a machine that is gone', { nodes: [node('a', ['10.200.1.0/24'], { state: 'gone' })] }, []],
    [
      'what a stopped one claims',
      { nodes: [node('a', ['10.200.1.0/24'], { state: 'stopped' })] },
      ['10.200.1.0/24 a'],
    ],
    [
      'what a node seems to mean, where that can be told',
      { nodes: [node('a', [], { defects: [defect('10.200.1.0/24'), defect(null), defect('10.200')] })] },
      ['10.200.1.0/24 a'],
    ],
    [
      'what it means, though something else there cannot be told and only one claim counts',
      { nodes: [node('a', [], { defects: [defect(null), defect('10.200.1.0/24')] })], maxClaims: 1 },
      ['10.200.1.0/24 a'],
    ],
    [
      'as many of a node as count',
      { nodes: [node('a', ['10.200.1.0/24', '10.200.2.0/24', '10.200.3.0/24'])], maxClaims: 2 },
      ['10.200.1.0/24 a', '10.200.2.0/24 a'],
    ],
    [
      'what Kubernetes says of it, beside those that count',
      {
        nodes: [node('a', ['10.200.1.0/24']), node('b')],
        registry: registryOf(['a', ['10.200.2.0/24', '10.202.0.0/24']]),
        maxClaims: 1,
      },
      ['10.200.1.0/24 a', '10.200.2.0/24 a'],
    ],
    [
      'nothing of Kubernetes where that could not be read',
      { nodes: [node('a')], registry: { ok: false, failure: failure('transient') } },
      [],
    ],
    [
      'not what the ledger has handed out to it',
      {
        nodes: [node('a', ['10.200.1.0/24', '10.200.2.0/24'])],
        blocks: [allocated('10.200.1.0/24', 'a')],
      },
      ['10.200.2.0/24 a'],
    ],
    [
      'no range that covers what others claim',
      {
        nodes: [node('a', ['10.200.0.0/18']), node('b', ['10.200.1.0/24']), node('c', ['10.200.2.0/24'])],
      },
      ['10.200.1.0/24 b', '10.200.2.0/24 c'],
    ],
    [
      'no range that covers what others were handed',
      {
        nodes: [node('a', ['10.200.0.0/18']), node('b'), node('c')],
        blocks: [allocated('10.200.1.0/24', 'b'), allocated('10.200.2.0/24', 'c')],
      },
      [],
    ],
  ])('is %s', (_, seen, expected) => {
    expect(claimed(seen)).toEqual(expected);
  });

  it.each<[string, Route, string[]]>([
    ['to a node, which holds it', route('10.200.1.0/24', 'a'), ['10.200.1.0/24 a']],
    ['to a node that was not read', route('10.200.1.0/24', 'b'), ['10.200.1.0/24 -']],
    ['to a machine that is gone', route('10.200.1.0/24', 'gone'), ['10.200.1.0/24 -']],
    [
      'to something else',
      route('10.200.1.0/24', 'x', { ourKind: false, target: { kind: 'stranger' } }),
      ['10.200.1.0/24 -'],
    ],
    ['outside the cluster, which takes nothing', route('10.202.1.0/24', 'a'), []],
    ['for a range of the cluster, which takes nothing', route('10.200.0.0/16', 'a'), []],
    ['for all, which takes nothing', route('0.0.0.0/0', 'a'), []],
  ])('is what is routed %s', (_, way, expected) => {
    expect(claimed({ nodes: [node('a'), node('gone', [], { state: 'gone' })], routes: [way] })).toEqual(
      expected,
    );
  });

  it('is a claim before it is a route to somebody else', () => {
    const seen = { nodes: [node('a'), node('b', ['10.200.1.0/24'])], routes: [route('10.200.1.0/24', 'a')] };
    expect(claimed(seen)).toEqual(['10.200.1.0/24 b']);
  });

  it('names its holder as this very machine', () => {
    const machine = node('a', ['10.200.1.0/24'], { name: 'worker', incarnation: 'one' });
    const view = { observation: observation([machine], []), registry: null };
    const found = findClaimed(view, indexHoldings([]), { clusterCidrs: RANGES, maxClaims: 8 });
    expect(found.get('10.200.1.0/24')?.holder).toEqual({ node: 'a', name: 'worker', incarnation: 'one' });
  });
});
