import { expect, it } from '@jest/globals';
import type { Part } from '../../../functions/cli/verify/model.ts';
import { toVerdict } from '../../../functions/cli/verify/verdict.ts';

const what = { area: 'queue', name: 'queue events' } as const;
const WHOLE: Part = { ...what, state: 'whole' };
const UNSEEN: Part = { ...what, state: 'unseen', why: { code: 'AccessDenied', message: '', needs: [] } };
const BROKEN: Part = { ...what, state: 'broken', defects: [] };

it.each([
  [[WHOLE, WHOLE], 'whole', 'The deployment is whole: 2 parts as they should be'],
  [[WHOLE, UNSEEN], 'unseen', 'Nothing was found broken in 2 parts, and 1 part could not be looked at.'],
  [
    [WHOLE, UNSEEN, BROKEN],
    'broken',
    'The deployment is broken: 1 of 3 parts, and 1 part could not be looked at.',
  ],
  [[BROKEN], 'broken', 'The deployment is broken: 1 of 1 part.'],
] as const)('%j', (parts, kind, sentence) => {
  const verdict = toVerdict({ deployment: 'stack podroutes-kthw', parts });
  expect(verdict.kind).toBe(kind);
  expect(verdict.sentence).toMatch(sentence);
});
