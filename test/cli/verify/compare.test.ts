import { describe, expect, it } from '@jest/globals';
import {
  describeDifference,
  findDifferences,
  isSame,
} from '../../../functions/cli/clouds/aws/verify/compare.ts';
import { json, likeWanted } from '../../../functions/cli/clouds/aws/verify/kind.ts';

describe('The same in two forms', () => {
  it.each([
    [60, '60'],
    [true, 'true'],
    [['sqs:SendMessage'], 'sqs:SendMessage'],
    [
      ['b', 'a'],
      ['a', 'b'],
    ],
    [{ a: [], b: 1 }, { b: '1' }],
    [{ Condition: {} }, {}],
    [undefined, null],
  ])('%j and %j', (a, b) => {
    expect(isSame(a, b)).toBe(true);
    expect(isSame(b, a)).toBe(true);
  });

  it.each([
    [60, 61],
    ['a', undefined],
    [['a', 'b'], ['a']],
    [{ a: 1 }, { a: 1, b: 2 }],
    [false, undefined],
  ])('is not %j and %j', (a, b) => {
    expect(isSame(a, b)).toBe(false);
  });
});

it('A difference says where it is, and no more than can be read', () => {
  const [first, second, ...others] = findDifferences(
    { Variables: { A: '1', B: 'x'.repeat(500) }, Same: 1 },
    { Variables: { A: '2' }, Same: '1' },
    'Environment',
  ).map(describeDifference);
  expect(first).toBe('Environment.Variables.A: expected 1; found 2');
  expect(second).toMatch(/^Environment\.Variables\.B: expected x{160}…; found nothing$/);
  expect(others).toEqual([]);
});

it('What a service adds is left out, and what it lacks is not', () => {
  const wanted = [{ Id: 'b', Stat: { Period: 60 } }, { Id: 'a' }];
  const found = [
    { Id: 'a', ReturnData: true },
    { Id: 'b', Stat: { Period: 300, Unit: 'Count' } },
  ];
  expect(isSame(likeWanted(found, wanted), [{ Id: 'a' }, { Id: 'b', Stat: { Period: 300 } }])).toBe(true);
  expect(isSame(likeWanted([], wanted), wanted)).toBe(false);
});

it('A command is given numbers where it takes numbers, and text where a setting looks like one', () => {
  const variables = { PODROUTES_ROUTE_LIMIT: '500' };
  expect(json({ Timeout: '60', Environment: { Variables: variables } })).toBe(
    '{"Timeout":60,"Environment":{"Variables":{"PODROUTES_ROUTE_LIMIT":"500"}}}',
  );
});
