import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { BLOCK_PLAYS } from '../property/allocation-steps.ts';
import { SECOND_LOOK_PLAYS } from '../property/second-look-steps.ts';
import { BLOCK_STEPS, SECOND_LOOK_STEPS } from './steps.ts';

/** The inlines of a model that stand below a line `steps`. */
async function readSteps(file: string): Promise<Set<string | undefined>> {
  const model = await readFile(`test/model/${file}`, 'utf8');
  const parts = model.split('/* ---- steps of ').slice(1);
  const inlines = parts.flatMap((part) => [
    ...(part.split(/^proctype /m)[0] ?? '').matchAll(/^inline (\w+)/gm),
  ]);
  return new Set(inlines.map(([, name]) => name));
}

describe('The steps', () => {
  it.each([
    { file: 'blocks.pml', steps: BLOCK_STEPS, plays: BLOCK_PLAYS },
    { file: 'second-look.pml', steps: SECOND_LOOK_STEPS, plays: SECOND_LOOK_PLAYS },
  ])('are those of $file, in the code and in the property test', async ({ file, steps, plays }) => {
    const names = await readSteps(file);
    expect(new Set(Object.keys(steps))).toEqual(names);
    expect(new Set(Object.keys(plays))).toEqual(names);
  });
});
