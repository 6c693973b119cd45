import { describe, expect, it } from '@jest/globals';
import { guardCapacity } from '../../shared/core/guard/capacity.ts';
import type { Change, Evidence, RouteQuota } from '../../shared/core/model.ts';
import { cidr, hopOf, show, table } from './builders.ts';

const [A, B, C] = ['10.200.0.0/24', '10.200.1.0/24', '10.200.2.0/24'] as const;

function create(text: string, id: string): Change {
  return {
    table: 'rtb-1',
    action: 'create',
    destination: cidr(text),
    nextHop: hopOf(id),
    previousNextHop: null,
    node: id,
    reason: 'claimed',
    evidence: null,
  };
}

function remove(text: string, evidence: Evidence): Change {
  return {
    table: 'rtb-1',
    action: 'delete',
    destination: cidr(text),
    nextHop: null,
    previousNextHop: hopOf('old'),
    node: null,
    reason: 'next-hop-unknown',
    evidence,
  };
}

function fit(used: number, limit: number, changes: readonly Change[], more: readonly RouteQuota[] = []) {
  const quotas = [{ families: [4], used, limit } as const, ...more];
  const names = new Map([
    ['a', 'worker-a'],
    ['b', 'worker-b'],
  ]);
  const { makeRoom, writes, deletes, vetoed, findings } = guardCapacity(
    table([], { quotas }),
    changes,
    names,
  );
  return {
    makeRoom: makeRoom.map(show),
    writes: writes.map(show),
    deletes: deletes.map(show),
    vetoed: vetoed.map(
      ({ outcome, change, failure }) =>
        `${outcome} ${failure?.kind}, ${failure?.code}: ${show(change)}: ${failure?.message}`,
    ),
    findings: findings.map(({ code, message }) => `${code}: ${message}`),
  };
}

const went = (text: string): string => `delete ${text} old (next-hop-unknown)`;

describe('R6 a full table', () => {
  it.each<[Evidence, boolean]>([
    ['proven', true],
    ['vacant', true],
    ['disputed', true],
    ['moved', false],
    ['withdrawn', false],
    ['kept', false],
  ])('gets room by a %s route: %s', (evidence, makesRoom) => {
    expect(fit(1, 1, [create(A, 'a'), remove(B, evidence)])).toMatchObject({
      makeRoom: makesRoom ? [went(B)] : [],
      writes: makesRoom ? [`create ${A} a (claimed)`] : [],
      deletes: makesRoom ? [] : [went(B)],
    });
  });

  it('gets it by proven routes first, then in the order of destinations', () => {
    const dead = [
      remove(C, 'proven'),
      remove('10.200.9.0/24', 'vacant'),
      remove(B, 'vacant'),
      remove(A, 'proven'),
    ];
    expect(fit(4, 4, [create('10.200.5.0/24', 'a'), ...dead]).makeRoom).toEqual([went(A)]);
    const three = ['10.200.5.0/24', '10.200.6.0/24', '10.200.7.0/24'].map((text) => create(text, 'a'));
    expect(fit(4, 4, [...three, ...dead])).toMatchObject({
      makeRoom: [went(A), went(C), went(B)],
      deletes: [went('10.200.9.0/24')],
    });
  });

  it('has nothing go first where nothing comes', () => {
    expect(fit(3, 1, [remove(A, 'proven'), remove(B, 'vacant')])).toMatchObject({
      makeRoom: [],
      deletes: [went(A), went(B)],
    });
  });

  it('leaves a node whose creation does not fit what it has, whoever was to get that', () => {
    const left: Change = { ...remove(C, 'withdrawn'), node: 'a', previousNextHop: hopOf('a') };
    const taken: Change = {
      ...create(B, 'b'),
      action: 'replace',
      previousNextHop: hopOf('a'),
      reason: 'wrong-next-hop',
    };
    const { writes, deletes, vetoed } = fit(2, 2, [taken, create(A, 'a'), left]);
    expect({ writes, deletes }).toEqual({ writes: [], deletes: [] });
    expect(vetoed.map((each) => each.split(': ')[1])).toEqual([
      `create ${A} a (claimed)`,
      `delete ${C} a (next-hop-unknown)`,
      `replace ${B} b (wrong-next-hop)`,
    ]);
  });

  it('says of what does not fit why, and whose it is', () => {
    expect(fit(1, 1, [create(A, 'a'), create(B, 'b'), create(C, 'b')])).toMatchObject({
      vetoed: [
        `skipped full, route-table-full: create ${A} a (claimed): The route table has no room left.`,
        `skipped full, route-table-full: create ${B} b (claimed): The route table has no room left.`,
        `skipped full, route-table-full: create ${C} b (claimed): The route table has no room left.`,
      ],
      findings: [
        'route-table-full: main has no room for more routes; nodes without a route: worker-a, worker-b.',
      ],
    });
  });
});

describe('R10 a table that fills', () => {
  const filling = (used: number): string =>
    `route-table-filling: main holds ${used} of the 10 routes that it can hold.`;

  it.each<[string, number, readonly Change[], readonly string[]]>([
    ['as it was', 8, [], [filling(8)]],
    ['by a creation', 7, [create(A, 'a')], [filling(8)]],
    ['no more, by a deletion', 8, [remove(A, 'withdrawn')], []],
    ['as it was, by one of each', 8, [create(A, 'a'), remove(B, 'withdrawn')], [filling(8)]],
    ['as it was, by a deletion of the other family', 8, [remove('fd00:200::/64', 'proven')], [filling(8)]],
    ['not yet', 7, [], []],
  ])('is told of from 80 %%: %s', (_, used, changes, expected) => {
    const six = { families: [6], used: 0, limit: 10 } as const;
    expect(fit(used, 10, changes, [six]).findings).toEqual(expected);
  });
});
