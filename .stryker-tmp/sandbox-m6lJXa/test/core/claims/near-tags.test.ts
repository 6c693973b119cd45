// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { describeNearMiss, findOtherSpelling } from '../../../shared/core/claims/near-tags.ts';

describe('A tag of another spelling', () => {
  it.each([
    { key: 'Pod_Cidr', found: 'Pod_Cidr' },
    { key: 'podCIDR', found: 'podCIDR' },
    { key: 'pod.cidr', found: 'pod.cidr' },
    { key: 'pod-cidrs', found: null },
    { key: 'my-pod-cidr', found: null },
    { key: 'pod\u001b-cidr', found: null },
    { key: `pod${'-'.repeat(200)}cidr`, found: null },
  ])('is %j or is not', ({ key, found }) => {
    expect(findOtherSpelling(new Map([[key, '10.200.0.0/24']]), 'pod-cidr')).toBe(found);
  });

  it('does not count beside the one that is read', () => {
    const tags = new Map([
      ['Pod_Cidr', ''],
      ['pod-cidr', '10.200.0.0/24'],
    ]);
    expect(findOtherSpelling(tags, 'pod-cidr')).toBeNull();
    expect(findOtherSpelling(tags.set('pod-cidr', ''), 'pod-cidr')).toBe('Pod_Cidr');
  });
});

describe('A cluster tag', () => {
  const wanted = { key: 'kubernetes.io/cluster/kthw', values: ['owned', 'shared'] };

  it.each([
    { value: 'true', said: 'has the value "true"; expected owned or shared.' },
    { value: 'Owned', said: 'has the value "Owned"; expected owned or shared.' },
    { value: 'x'.repeat(200), said: 'has another value; expected owned or shared.' },
    { value: '\u001b[2J', said: 'has another value; expected owned or shared.' },
  ])('that $said', ({ value, said }) => {
    expect(describeNearMiss(new Map([[wanted.key, value]]), wanted)).toBe(`Its tag ${wanted.key} ${said}`);
  });

  it('that selects, or is not there, is no near miss', () => {
    expect(describeNearMiss(new Map([[wanted.key, 'owned']]), wanted)).toBeNull();
    expect(describeNearMiss(new Map([['Name', 'a']]), wanted)).toBeNull();
    expect(describeNearMiss(new Map([['role', 'x']]), { key: 'role', values: null })).toBeNull();
  });
});
