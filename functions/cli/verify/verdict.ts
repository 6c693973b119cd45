import { countOf } from '../../../shared/core/findings/finding.ts';
import type { Examination, Part } from './model.ts';

/** What is to be said of a whole deployment. */
export interface Verdict {
  /** `broken` where anything is; `unseen` where nothing is, but not everything could be looked at. */
  readonly kind: Part['state'];
  readonly sentence: string;
}

/** One sentence, and what the exit code follows from. */
export function toVerdict({ parts }: Examination): Verdict {
  const count = (state: Part['state']): number => parts.filter((part) => part.state === state).length;
  const [broken, unseen] = [count('broken'), count('unseen')];
  const rest = unseen === 0 ? '' : `, and ${countOf(unseen, 'part')} could not be looked at`;
  const all = countOf(parts.length, 'part');
  if (broken > 0) {
    return { kind: 'broken', sentence: `The deployment is broken: ${broken} of ${all}${rest}.` };
  }
  if (unseen > 0) {
    return { kind: 'unseen', sentence: `Nothing was found broken in ${all}${rest}.` };
  }
  return {
    kind: 'whole',
    sentence: `The deployment is whole: ${all} as they should be, and both a dry run and an event went through.`,
  };
}
