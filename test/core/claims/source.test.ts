import { describe, expect, it } from '@jest/globals';
import { flatten, type Syntax } from '../../../shared/core/claims/user-data/source.ts';
import { beginWork } from '../../../shared/core/claims/user-data/work.ts';

const SYNTAX: Syntax = {
  marks: '[#\'"\\\\\\n]|<<|/\\*',
  lineComment: '#',
  beforeComment: /[\s;]/,
  blockComments: [['/*', '*/']],
  strings: [
    { open: "'", close: "'", escapes: false },
    { open: '"', close: '"', escapes: true },
  ],
  escape: '\\',
  heredocs: true,
};

const DOCUMENTED: Syntax = {
  marks: '[#\'"\\\\]',
  lineComment: '#',
  beforeComment: /[\s\S]/,
  blockComments: [],
  strings: [
    { open: '"""', close: '"""', escapes: true },
    { open: '"', close: '"', escapes: true, oneLine: true },
  ],
  escape: '\\',
  docstrings: true,
};

function flat(text: string, syntax = SYNTAX): string | undefined {
  return flatten(text, syntax, beginWork())?.text;
}

describe('A source in one piece', () => {
  it.each([
    ['a # b\nc', 'a \nc'],
    ['# a', ''],
    ['#', ''],
    ['a#b', 'a#b'],
    ['a;# b', 'a;'],
    ['a /* b */ c', 'a  c'],
    ['a /*/ b */c', 'a c'],
    ['a /* b', 'a '],
    ['/**/a', 'a'],
    ['a\\\nb', 'ab'],
    ['a\\#b', 'a#b'],
    ['a\\', 'a'],
    ['"a" # b', '"a" '],
    ['"a \\" # b" c', '"a " " c'],
    ['"a\\\\" # b', '"a\\" '],
    ['"a\\xb"', '"axb"'],
    ["'a\\xb'", "'a\\xb'"],
    ["'a\\' b # c", "'a\\' b "],
    ["'a\\nb\\tc\\rd'", "'a\nb\tc\nd'"],
    ["'a # b\nc#d'", "'a \nc#d'"],
    ['"a # b', '"a '],
    ['"a\n"b" # c', '"a\n"b" '],
    ['""', '""'],
  ])('is of %j %j', (text, expected) => {
    expect(flat(text)).toBe(expected);
  });

  it.each([
    ['"""a"""\nb', '\nb'],
    ['x = 1\n"""a"""\nb', 'x = 1\n\nb'],
    ['x = """a"""', 'x = "a"'],
    ['f(\n"""a""")', 'f(\n"a")'],
    ['x\n  r"""a"""\n', 'x\n  r\n'],
    ['"a" # b', ' '],
    ['x = "a\nb" # c', 'x = "a\nb" '],
    ['x = "a#b"', 'x = "a#b"'],
    ['x = "a#b\nc"', 'x = "a\nc"'],
    ['f("""a""")', 'f("a")'],
    ['("""a""")', '("a")'],
    ['f( # b\n"""a""")', 'f( \n"a")'],
  ])('has no strings that are statements: %j is %j', (text, expected) => {
    expect(flat(text, DOCUMENTED)).toBe(expected);
  });

  it('has no more steps than there may be', () => {
    expect(flat('#\n'.repeat(16_000))).toBeDefined();
    expect(flat('#\n'.repeat(17_000))).toBeUndefined();
  });

  it('keeps what only other languages take for comments', () => {
    const other: Syntax = {
      ...SYNTAX,
      lineComment: '//',
      marks: '//|"',
      strings: [{ open: '"', close: '"', escapes: true }],
    };
    expect(flat('"a # b" // c', other)).toBe('"a # b" ');
  });
});

describe('A here-document', () => {
  function files(text: string, syntax = SYNTAX) {
    const found = flatten(text, syntax, beginWork());
    return { text: found?.text, files: found?.files.map((file) => [file.text, file.hint]) };
  }

  it.each<[string, string, readonly (readonly [string, string | null])[]]>([
    ['cat <<E\na # b\nE\nc', 'cat  \n\nc', [['a # b\n', null]]],
    ['cat <<E > f # x\na\nE\nc', 'cat   > f \n\nc', [['a\n', null]]],
    ["cat <<'E'\n\\$a\nE\n", 'cat  \n\n', [['\\$a\n', null]]],
    ['cat <<"E"\n\\$a\nE\n', 'cat  \n\n', [['\\$a\n', null]]],
    ['cat <<\\E\n\\$a\nE\n', 'cat  \n\n', [['\\$a\n', null]]],
    ['cat <<E\n\\$a\\b\nE\n', 'cat  \n\n', [['$a\\b\n', null]]],
    ['cat <<-E\n\ta\n\tE\nc', 'cat  \n\nc', [['\ta\n', null]]],
    ['cat << E\na\nE', 'cat  \n', [['a\n', null]]],
    [': <<E\na\nE\nc', ':  \n\nc', []],
    ['x; : <<E\na\nE\nc', 'x; :  \n\nc', []],
    ['python3 - <<E\na\nE\n', 'python3 -  \n\n', [['a\n', 'python']]],
    ['sudo /bin/bash -s <<E\na\nE\n', 'sudo /bin/bash -s  \n\n', [['a\n', 'shell']]],
    ['fish <<E\na\nE\n', 'fish  \n\n', [['a\n', null]]],
    ['cat <<A <<B\na\nA\nb\nB\n', 'cat   <<B\n\nb\nB\n', [['a\n', null]]],
    ['python - <<E\na\nE\n', 'python -  \n\n', [['a\n', 'python']]],
    ['/usr/bin/python3.11 <<E\na\nE\n', '/usr/bin/python3.11  \n\n', [['a\n', 'python']]],
    ['env python2 <<E\na\nE\n', 'env python2  \n\n', [['a\n', 'python']]],
    ['ipython <<E\na\nE\n', 'ipython  \n\n', [['a\n', null]]],
    ['python-config <<E\na\nE\n', 'python-config  \n\n', [['a\n', null]]],
    ['sh <<E\na\nE\n', 'sh  \n\n', [['a\n', 'shell']]],
    ['zsh <<E\na\nE\n', 'zsh  \n\n', [['a\n', 'shell']]],
    ['ssh <<E\na\nE\n', 'ssh  \n\n', [['a\n', null]]],
    [`sh ${'x'.repeat(100)} <<E\na\nE\n`, `sh ${'x'.repeat(100)}  \n\n`, [['a\n', null]]],
    ['sh -c x; cat <<E\na\nE\n', 'sh -c x; cat  \n\n', [['a\n', null]]],
  ])('in %j is a file of its own', (text, expected, found) => {
    expect(files(text)).toEqual({ text: expected, files: found });
  });

  it.each([
    'cat <<E\na\nEE\n',
    'cat <<E\na\n\tE\n',
    'cat <<<E\na\nE\n',
    'cat <<<<E\na\nE\n',
    'x <<= 1',
    'x <<= 1\n\ny',
  ])('is none in %j', (text) => {
    expect(files(text)).toEqual({ text, files: [] });
  });

  it('costs more in a longer text', () => {
    const stepsOf = (length: number) => {
      const work = beginWork();
      flatten(`cat <<E\nE\n${'x'.repeat(length)}`, SYNTAX, work);
      return work.steps;
    };
    expect([stepsOf(0), stepsOf(25_600)]).toStrictEqual([3 * 2 + 64, 3 * 2 + 64 + 100]);
  });

  it('is none where the language has none', () => {
    const { heredocs: _, ...other } = SYNTAX;
    expect(files('cat <<E\na\nE\n', other)).toEqual({ text: 'cat <<E\na\nE\n', files: [] });
  });
});
