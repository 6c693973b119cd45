import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
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
    { file: 'blocks.pml', steps: BLOCK_STEPS },
    { file: 'second-look.pml', steps: SECOND_LOOK_STEPS },
  ])('are those of $file', async ({ file, steps }) => {
    expect(await readSteps(file)).toEqual(new Set(Object.keys(steps)));
  });
});
