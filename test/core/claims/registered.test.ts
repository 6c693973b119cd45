import { describe, expect, it } from '@jest/globals';
import { pickHints } from '../../../shared/core/claims/elements.ts';
import { readRegistered } from '../../../shared/core/claims/registered.ts';
import type { ClaimDefect, RegisteredNode, Registry } from '../../../shared/core/model.ts';
import { claim } from '../builders.ts';
import { failure } from '../memory-cloud.ts';

const CLAIM = claim('10.200.0.0/24', 'kubernetes');
const DEFECT: ClaimDefect = {
  source: 'kubernetes',
  text: '10.200.0.5/24',
  problem: 'has host bits set',
  corrected: '10.200.0.0/24',
  correctedList: '10.200.0.0/24',
};

function registryOf(more: Pick<RegisteredNode, 'claims' | 'defects'>): Promise<Registry> {
  const object = { name: 'a.internal', uid: 'u', version: '1', createdAt: 17, networkUnavailable: null };
  return Promise.resolve({ ok: true, nodes: new Map([['a', { ...object, ...more }]]) });
}

describe('Claims of Node objects', () => {
  it('are none where Kubernetes is not asked', async () => {
    expect(await readRegistered(undefined, 'a')).toEqual({ ok: true, reading: { claims: [], defects: [] } });
  });

  it('are unknown where Node objects could not be read', async () => {
    const unread = { ok: false, failure: failure('transient', 'timeout') } as const;
    expect(await readRegistered(Promise.resolve(unread), 'a')).toEqual(unread);
  });

  it.each([
    ['a claim', [CLAIM], []],
    ['what was meant as one', [], [DEFECT]],
    ['as many of both', [CLAIM], [DEFECT]],
  ])('are read with the age of the object that has %s', async (_, claims, defects) => {
    expect(await readRegistered(registryOf({ claims, defects }), 'a')).toEqual({
      ok: true,
      reading: { claims, defects, registeredAt: 17 },
    });
  });

  it.each([
    ['b', 'no Node object names it'],
    ['a', 'its Node object a.internal has no pod CIDR'],
  ])('may be yet to come of machine %s: %s', async (id, awaits) => {
    expect(await readRegistered(registryOf({ claims: [], defects: [] }), id)).toEqual({
      ok: true,
      reading: { claims: [], defects: [], awaits },
    });
  });
});

describe('What a reading tells beside its claims', () => {
  it.each([
    [{}],
    [{ unsearched: 'is too long' }],
    [{ awaits: 'no Node object names it' }],
    [{ registeredAt: 0 }],
    [{ unsearched: 'is too long', awaits: 'no Node object names it', registeredAt: 17 }],
  ])('is nothing but %j', (hints) => {
    expect(pickHints({ claims: [CLAIM], defects: [DEFECT], ...hints })).toStrictEqual(hints);
  });
});
