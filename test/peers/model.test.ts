import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { SHALLOW_DEPTHS, verify, WHOLE_DEPTH } from '../model/spin.ts';
import { BLOCKS, type Model, SECOND_LOOK } from '../model/variants.ts';

/** What the page says that the rules do not promise. */
const LIMITS = ['TAG_BY_ID', 'NEVER_BLIND'];

/** Millions of states, on a machine that has much else to do; this only ends what hangs. */
const LONGEST_MS = 1_200_000;

const MODELS: readonly (readonly [string, Model])[] = [
  ['R13', BLOCKS],
  ['second look', SECOND_LOOK],
];

describe.each(MODELS)('The model of %s', (rule, { file, settings, variants, beyond }) => {
  it.each(settings.map((setting) => [setting.join(' ') || 'as it is', setting] as const))(
    'never breaks it, in any state: %s',
    async (_, setting) => {
      const { violation, isExhaustive, states } = await verify(file, setting, WHOLE_DEPTH);
      process.stdout.write(`${file} ${setting.join(' ')}: ${states} states\n`);
      expect({ violation, isExhaustive }).toEqual({ violation: null, isExhaustive: true });
      expect(states).toBeGreaterThan(100_000);
    },
    LONGEST_MS,
  );

  it.each([...variants, ...beyond].map(({ part, macro, setting }) => [part, [...setting, macro]] as const))(
    'breaks it without: %s',
    async (_, macros) => {
      expect((await verify(file, macros, SHALLOW_DEPTHS)).violation).not.toBeNull();
    },
    LONGEST_MS,
  );

  it('has a variant for every word of the rule', async () => {
    const page = await readFile('docs/ledger-protocol.md', 'utf8');
    const text = new RegExp(`^> \\*\\*${rule}\\*\\*: (.*)$`, 'm').exec(page)?.[1];
    expect(variants.map(({ part }) => part).join(' ')).toBe(text);
  });

  it('has what a page says beyond the rule as that says it', async () => {
    const page = await readFile('docs/how-it-works.md', 'utf8');
    expect(beyond.filter(({ part }) => !page.includes(part))).toEqual([]);
  });

  it('leaves out nothing else', async () => {
    const model = await readFile(`test/model/${file}`, 'utf8');
    const macros = [...model.matchAll(/(?:ifdef |ifndef |defined\()([A-Z_]+)/g)].map(([, macro]) => macro);
    const others = [...settings.flat(), ...LIMITS];
    expect(new Set([...others, ...macros])).toEqual(
      new Set([...others, ...[...variants, ...beyond].map(({ macro }) => macro)]),
    );
  });
});
