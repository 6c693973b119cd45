import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { diagnose } from '../../shared/doctor/diagnose.ts';
import type { Diagnosis } from '../../shared/doctor/model.ts';
import { pageOf } from '../../shared/doctor/pages.ts';
import { factsOf } from '../doctor/patient.ts';
import { CAUSES } from './causes.ts';
import { codeSpans, ROOT, readText, tableBelow } from './markdown.ts';

const CODES = [...new Set(CAUSES.map(({ code }) => code))];
const CERTAINTIES = ['certain', 'likely', 'possible'] as const;
const TABLE = tableBelow(await readText('docs/doctor.md'), 'Causes');

/** The words of a union as the model declares it; a type leaves nothing to ask at run time. */
async function readUnion(path: string, type: string): Promise<string[]> {
  const [, union = ''] = new RegExp(`type ${type} =([^;]+);`).exec(await readText(path)) ?? [];
  return [...union.matchAll(/'([^']+)'/g)].map(([, word = '']) => word);
}

/** What doctor says of each of the causes. */
const FOUND = await Promise.all(
  CAUSES.map(async ({ code, world }) => {
    const { problems, hints } = diagnose(await factsOf(world));
    return [...problems, ...hints].filter((each) => each.code === code);
  }),
);

function diagnosesOf(code: Diagnosis['code']): Diagnosis[] {
  return FOUND.flat().filter((each) => each.code === code);
}

function certaintiesOf(code: Diagnosis['code']): string[] {
  const ours = diagnosesOf(code);
  return CERTAINTIES.filter((word) => ours.some(({ certainty }) => certainty === word));
}

function certaintiesIn(text: string): string[] {
  return CERTAINTIES.filter((word) => new RegExp(`\\b${word}\\b`).test(text));
}

describe('The causes that doctor names', () => {
  it('are all tried here', async () => {
    expect([...CODES].sort()).toEqual((await readUnion('shared/doctor/model.ts', 'DiagnosisCode')).sort());
    const sure = FOUND.map(([first]) => [first?.code, first?.certainty]);
    expect(sure).toEqual(CAUSES.map(({ code, certainty }) => [code, certainty]));
  });

  it('have a page each, and there are no others', async () => {
    const findings = await readUnion('shared/core/model.ts', 'FindingCode');
    const own = CODES.filter((code) => !findings.includes(code)).map((code) => `${code}.md`);
    expect((await readdir(new URL('docs/doctor/', ROOT))).sort()).toEqual(own.sort());
  });

  it('are in the table of the guide, which links the page that the command names', () => {
    const rows = TABLE.map(([cell = '']) => [codeSpans(cell)[0], /\]\((.*)\)/.exec(cell)?.[1]]);
    const pages = CODES.map((code) => [code, pageOf(code).replace('docs/', '')]);
    expect(rows.sort()).toEqual(pages.sort());
  });
});

describe.each(CODES)('The page of %s', (code) => {
  const isOwn = pageOf(code).startsWith('docs/doctor/');

  it('is there, and the guide says how sure doctor is of it', async () => {
    expect(await readText(pageOf(code))).toMatch(new RegExp(`^# ${code}\\n`));
    const row = TABLE.find(([cell = '']) => codeSpans(cell)[0] === code);
    expect(certaintiesIn(row?.[1] ?? '')).toEqual(certaintiesOf(code));
  });

  if (!isOwn) return;

  it('says what it means, how to look, how it comes about, and what to do', async () => {
    const headings = [...(await readText(pageOf(code))).matchAll(/^#+ (.+)$/gm)].map(([, text]) => text);
    expect(headings).toEqual([
      code,
      'What it means',
      'How to look',
      'How it comes about',
      'What to do',
      'What podroutes does by itself',
    ]);
  });

  it('says of each field what is in it', async () => {
    const [, , head = ''] = (await readText(pageOf(code))).split('\n');
    const [sure = '', ...fields] = head.split(/ (?=`\w+`: )/);
    expect(sure).toMatch(/^Certainty: /);
    expect(certaintiesIn(sure)).toEqual(certaintiesOf(code));
    expect(fields.map((field) => codeSpans(field)[0])).toEqual([
      'nodes',
      'evidence',
      'lookCommands',
      'commands',
    ]);
    const ours = diagnosesOf(code);
    for (const [i, name] of (['lookCommands', 'commands'] as const).entries()) {
      const saysNone = fields[2 + i] === `\`${name}\`: none.`;
      expect([name, saysNone]).toEqual([name, ours.every((each) => each[name].length === 0)]);
    }
  });
});
