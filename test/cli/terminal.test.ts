import { describe, expect, it } from '@jest/globals';
import { createTerminal, formatJson, formatTable, wrapText } from '../../functions/cli/terminal.ts';

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

  it('makes no line of its own in a table', () => {
    expect(formatTable([['one\ntwo', 'x']])).toEqual(['onetwo  x']);
  });

  it('is whole in JSON, and escaped', () => {
    const json = formatJson({ name: HOSTILE });
    expect(json).toContain('evil\\u001b[2J\\u009b1A\\u202ename');
    expect(JSON.parse(json)).toEqual({ name: HOSTILE });
  });
});

describe('A table', () => {
  it('lines up its columns and has no blanks at line ends', () => {
    expect(formatTable([['a', '1', ''], ['long', '2', 'x'], ['b']])).toEqual(['a     1', 'long  2  x', 'b']);
  });

  it('may be empty', () => {
    expect(formatTable([])).toEqual([]);
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
