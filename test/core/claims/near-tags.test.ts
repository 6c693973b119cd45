import { describe, expect, it } from '@jest/globals';
import { describeNearMiss, findOtherSpelling, selectingTag } from '../../../shared/core/claims/near-tags.ts';

describe('A tag of another spelling', () => {
  it.each([
    { key: 'Pod_Cidr', found: 'Pod_Cidr' },
    { key: 'podCIDR', found: 'podCIDR' },
    { key: 'pod.cidr', found: 'pod.cidr' },
    { key: 'pod-cidrs', found: null },
    { key: 'my-pod-cidr', found: null },
    { key: 'pod\u001b-cidr', found: null },
    { key: `pod${'-'.repeat(200)}cidr`, found: null },
    { key: `pod${'-'.repeat(57)}cidr`, found: `pod${'-'.repeat(57)}cidr` },
    { key: `pod${'-'.repeat(58)}cidr`, found: null },
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

describe('A tag that is read and empty', () => {
  it('is no other spelling of itself', () => {
    expect(findOtherSpelling(new Map([['pod-cidr', '']]), 'pod-cidr')).toBeNull();
  });
});

describe('A tag that is looked for', () => {
  it('is told beside one of another spelling', () => {
    const tags = new Map([['Pod_Cidr', '10.200.0.0/24']]);
    expect(describeNearMiss(tags, { key: 'pod-cidr', values: null })).toBe(
      'It has the tag Pod_Cidr; only pod-cidr is read.',
    );
    expect(describeNearMiss(new Map(), { key: 'pod-cidr', values: null })).toBeNull();
  });

  const ofCluster = { key: 'kubernetes.io/cluster/kthw', values: ['owned'] };

  it.each([
    [
      'of the settings, with its value',
      { key: 'role', value: 'node' },
      ofCluster,
      { key: 'role', values: ['node'] },
    ],
    ['of the settings, with any value', { key: 'role', value: null }, null, { key: 'role', values: null }],
    ["of the cluster's", null, ofCluster, ofCluster],
    ['that claims', null, null, { key: 'pod-cidr', values: null }],
  ])('is the one %s', (_, nodeTag, cluster, expected) => {
    expect(selectingTag({ nodeTag, podCidrTag: 'pod-cidr' }, cluster)).toEqual(expected);
  });
});
