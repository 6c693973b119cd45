// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { createTerminal, formatJson, wrapText } from '../../functions/cli/terminal.ts';

describe('A terminal', () => {
  it.each([
    { where: 'a terminal', isTTY: true, env: {}, coloured: true },
    { where: 'a terminal with an empty NO_COLOR', isTTY: true, env: { NO_COLOR: '' }, coloured: true },
    { where: 'a terminal with NO_COLOR', isTTY: true, env: { NO_COLOR: '1' }, coloured: false },
    { where: 'a pipe', isTTY: false, env: {}, coloured: false },
  ])('paints on $where: $coloured', ({ isTTY, env, coloured }) => {
    const { paint } = createTerminal({ isTTY, write: () => true }, env);
    expect(paint('red', 'text')).toBe(coloured ? '\u001b[31mtext\u001b[39m' : 'text');
  });

  it('prints lines', () => {
    const written: string[] = [];
    const { print } = createTerminal({ write: (text) => written.push(text) }, {});
    print('one');
    print();
    expect(written).toEqual(['one\n', '\n']);
  });
});

describe('The width of a terminal', () => {
  it.each([
    { what: 'a wide window', isTTY: true, columns: 200, expected: { width: 100, columns: 200 } },
    { what: 'a narrow window', isTTY: true, columns: 80, expected: { width: 80, columns: 80 } },
    { what: 'a slit', isTTY: true, columns: 7, expected: { width: 40, columns: 40 } },
    {
      what: 'a window that does not know',
      isTTY: true,
      columns: 0,
      expected: { width: 100, columns: Infinity },
    },
    { what: 'a pipe', isTTY: false, columns: 80, expected: { width: 100, columns: Infinity } },
  ])('of $what', ({ isTTY, columns, expected }) => {
    expect(createTerminal({ isTTY, columns, write: () => true }, {})).toMatchObject(expected);
  });
});

describe('What others have written', () => {
  const HOSTILE = 'evil\u001b[2J\u009b1A\u202ename\u001b[31m\u001b[8m';

  it.each([
    { where: 'a terminal', isTTY: true, shown: 'evil[2J1Aname\u001b[31m[8m\n' },
    { where: 'a pipe', isTTY: false, shown: 'evil[2J1Aname[8m\n' },
  ])('steers nothing but the colour of $where', ({ isTTY, shown }) => {
    const written: string[] = [];
    createTerminal({ isTTY, write: (text) => written.push(text) }, {}).print(HOSTILE);
    expect(written).toEqual([shown]);
  });

  it('is whole in JSON, and escaped', () => {
    const json = formatJson({ name: HOSTILE });
    expect(json).toContain('evil\\u001b[2J\\u009b1A\\u202ename');
    expect(JSON.parse(json)).toEqual({ name: HOSTILE });
  });
});

describe('Wrapping', () => {
  it.each([
    { text: 'one two three', width: 7, lines: ['one two', 'three'] },
    { text: 'one two three', width: 6, lines: ['one', 'two', 'three'] },
    { text: 'unbreakable a', width: 4, lines: ['unbreakable', 'a'] },
    { text: 'fits', width: 4, lines: ['fits'] },
    { text: 'a name\n$ that is two lines', width: 40, lines: ['a name $ that is two lines'] },
  ])('breaks "$text" at $width columns', ({ text, width, lines }) => {
    expect(wrapText(text, width)).toEqual(lines);
  });
});
