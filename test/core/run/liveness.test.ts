import { describe, expect, it } from '@jest/globals';
import type { Node, Observation, Scope } from '../../../shared/core/model.ts';
import { findLiveness, type Machine } from '../../../shared/core/run/liveness.ts';
import { node, observation } from '../builders.ts';
import { memoryCloud } from '../memory-cloud.ts';

const { signal } = new AbortController();

/** What has become of machines, given what the list shows and what a call by their ids shows; and who was asked about. */
async function judge(machines: readonly Machine[], listed: Partial<Observation>, byId: Partial<Observation>) {
  const asked: (readonly string[])[] = [];
  const cloud = memoryCloud([]);
  cloud.observe = async (scope: Scope) => {
    expect(scope.kind).toBe('nodes');
    asked.push(scope.ids);
    return { ...observation([], []), scope, ...byId };
  };
  const livenessOf = await findLiveness(cloud, machines, { ...observation([], []), ...listed }, signal);
  return { asked, found: machines.map(livenessOf) };
}

const A: Machine = { node: 'a', incarnation: null };
const FIRST: Machine = { node: 'a', incarnation: 'one' };

describe('R4 a machine', () => {
  it.each<[string, Machine, Node, string]>([
    ['lives that runs', A, node('a'), 'alive'],
    ['lives that is stopped', A, node('a', [], { state: 'stopped' }), 'alive'],
    ['is gone that has ended', A, node('a', [], { state: 'gone' }), 'gone'],
    ['lives that has its id from the start', FIRST, node('a', [], { incarnation: 'one' }), 'alive'],
    ['is gone whose id has come back as another', FIRST, node('a', [], { incarnation: 'two' }), 'gone'],
    ['lives that cannot be told from another of its id', FIRST, node('a'), 'alive'],
    ['lives that was not told from others', A, node('a', [], { incarnation: 'two' }), 'alive'],
  ])('%s, as the list or a call by its id shows it', async (_, machine, seen, expected) => {
    expect(await judge([machine], { nodes: [seen] }, {})).toEqual({ asked: [], found: [expected] });
    expect(await judge([machine], {}, { nodes: [seen] })).toEqual({ asked: [['a']], found: [expected] });
  });

  it.each<[string, Partial<Observation>, Partial<Observation>, string]>([
    ['is gone whose id is unknown', {}, { missing: ['a'] }, 'gone'],
    ['is gone whose id was unknown before', { missing: ['a'] }, {}, 'gone'],
    ['lives that is no node any more', {}, { unselected: [{ id: 'a', nearMiss: null }] }, 'alive'],
    ['may be anything that no answer names', {}, { unselected: [{ id: 'b', nearMiss: null }] }, 'unknown'],
  ])('%s', async (_, listed, byId, expected) => {
    expect((await judge([A], listed, byId)).found).toEqual([expected]);
  });

  it('is asked about once, where the list lacks it', async () => {
    const machines = [A, FIRST, { node: 'b', incarnation: null }, { node: 'c', incarnation: null }];
    const { asked, found } = await judge(machines, { nodes: [node('b')] }, { nodes: [node('c')] });
    expect(asked).toEqual([['a', 'c']]);
    expect(found).toEqual(['unknown', 'unknown', 'alive', 'alive']);
  });
});
