// @ts-nocheck
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { node, observation, settings, table } from '../core/builders.ts';

function additionsFor(nodes: number): number {
  const all = Array.from({ length: nodes }, (_, i) =>
    node(`n${i}`, [`10.200.${i >> 4}.${(i & 15) << 4}/28`, '10.200.0.0/17']),
  );
  const seen = observation(all, [table()]);
  const add = jest.spyOn(Set.prototype, 'add');
  planRoutes(seen, settings());
  return add.mock.calls.length;
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('R12 a script that gives every node the same wide range beside its own', () => {
  // 1,000 nodes take 2 s of a processor, 3,000 take 11 s; with seven such ranges 50 s.
  it('costs a plan work that grows with the nodes, not with their square', () => {
    const small = additionsFor(50);
    jest.restoreAllMocks();
    expect(additionsFor(200)).toBeLessThan(8 * small);
  });
});
