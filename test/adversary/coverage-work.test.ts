import { mock } from 'node:test';
import { afterEach, describe, expect, it } from '@jest/globals';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { node, observation, settings, table } from '../core/builders.ts';

function additionsFor(nodes: number): number {
  const all = Array.from({ length: nodes }, (_, i) =>
    node(`n${i}`, [`10.200.${i >> 4}.${(i & 15) << 4}/28`, '10.200.0.0/17']),
  );
  const seen = observation(all, [table()]);
  const add = mock.method(Set.prototype, 'add');
  planRoutes(seen, settings());
  return add.mock.callCount();
}

afterEach(() => {
  mock.restoreAll();
});

describe('R12 a script that gives every node the same wide range beside its own', () => {
  // 1,000 nodes take 2 s of a processor, 3,000 take 11 s; with seven such ranges 50 s.
  it('costs a plan work that grows with the nodes, not with their square', () => {
    const small = additionsFor(50);
    mock.restoreAll();
    expect(additionsFor(200)).toBeLessThan(8 * small);
  });
});
