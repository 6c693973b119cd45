import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../shared/core/model.ts';
import { findDependents } from '../../shared/core/plan/dependents.ts';
import { cidr, hopOf, show } from './builders.ts';

const [A, B, C] = ['10.200.0.0/24', '10.200.1.0/24', '10.200.2.0/24'] as const;

function change(action: Change['action'], text: string, owner: string, more: Partial<Change> = {}): Change {
  const gone = action === 'delete';
  return {
    table: 'rtb-1',
    action,
    destination: cidr(text),
    nextHop: gone ? null : hopOf(owner),
    previousNextHop: gone ? hopOf(owner) : null,
    node: owner,
    reason: gone ? 'claim-withdrawn' : 'claimed',
    evidence: gone ? 'withdrawn' : null,
    ...more,
  };
}

function takeover(text: string, from: string, to: string, more: Partial<Change> = {}): Change {
  return change('replace', text, to, { previousNextHop: hopOf(from), reason: 'wrong-next-hop', ...more });
}

function bereaving(undone: Change, ...changes: Change[]): string[] {
  return [...findDependents([undone], changes)].map(show);
}

describe('R6 a node that does not get its new route', () => {
  const undone = change('create', C, 'a');

  it('keeps its old one', () => {
    expect(bereaving(undone, change('delete', A, 'a'), change('delete', B, 'b'))).toEqual([
      `delete ${A} a (claim-withdrawn)`,
    ]);
  });

  it('keeps what another was to take over, who keeps its own in turn', () => {
    const changes = [takeover(A, 'a', 'b'), takeover(B, 'b', 'c'), change('delete', '10.200.3.0/24', 'c')];
    expect(bereaving(undone, ...changes)).toEqual(changes.map(show));
  });

  it.each<[string, Change]>([
    ['what is known to be of no use any more', change('delete', A, 'a', { evidence: 'proven' })],
    ['a blackhole', takeover(A, 'a', 'b', { reason: 'blackhole' })],
    ['a blackhole to itself that is mended', takeover(A, 'a', 'a', { reason: 'blackhole' })],
    ['what is set anew to itself', takeover(A, 'a', 'a')],
    ['what belongs to others', takeover(A, 'b', 'c')],
    ['what names no next hop', takeover(A, 'b', 'c', { previousNextHop: null })],
  ])('does not hold up %s', (_, other) => {
    expect(bereaving(undone, other)).toEqual([]);
  });

  it('comes to an end where nodes pass routes round in a ring', () => {
    expect(bereaving(undone, takeover(A, 'a', 'b'), takeover(B, 'b', 'a'))).toHaveLength(2);
  });
});
