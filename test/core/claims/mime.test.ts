import { describe, expect, it } from '@jest/globals';
import { hintOfType, parseMessage, readMessage } from '../../../shared/core/claims/user-data/mime.ts';
import type { Hint, Search } from '../../../shared/core/claims/user-data/reader.ts';
import { keyOf, type Setting } from '../../../shared/core/claims/user-data/setting.ts';
import { beginWork, MAX_DEPTH, MAX_PARTS } from '../../../shared/core/claims/user-data/work.ts';

interface Seen {
  readonly parts: readonly string[];
  readonly hints: readonly Hint[];
  readonly settings: readonly Setting[];
  readonly depths: readonly number[];
}

/** What lies in a message, as it is passed on to be read. */
function open(text: string, depth = 0): Seen | null {
  const message = parseMessage(Buffer.from(text, 'latin1'));
  if (message === null) return null;
  const parts: string[] = [];
  const hints: Hint[] = [];
  const depths: number[] = [];
  const search: Search = {
    key: keyOf('pod-cidr'),
    work: beginWork(),
    unsearched: null,
    nested: (content, at, hint = null) => {
      parts.push(content.toString());
      depths.push(at);
      hints.push(hint);
      return [];
    },
  };
  return { settings: [...readMessage(message, search, depth)], parts, hints, depths };
}

const lines = (...text: readonly string[]): string => text.join('\n');
const LONG = `X-Long: ${'a'.repeat(4096)}`;
const multipart = (boundary: string, ...body: readonly string[]): string =>
  lines(`Content-Type: multipart/mixed; ${boundary}`, '', ...body);

describe('The type of a part', () => {
  it.each<[string, Hint]>([
    ['text/cloud-config', 'yaml'],
    ['text/cloud-config-archive', 'yaml'],
    ['text/cloud-config-jsonp', 'yaml'],
    ['application/node.eks.aws', 'yaml'],
    ['text/x-shellscript', 'shell'],
    ['text/x-shellscript-per-boot', 'shell'],
    ['text/x-shellscript-per-instance', 'shell'],
    ['text/x-shellscript-per-once', 'shell'],
    ['text/cloud-boothook', 'shell'],
    ['text/part-handler', 'python'],
    ['text/jinja2', 'jinja'],
    ['text/x-include-url', 'include'],
    ['text/x-include-once-url', 'include'],
    ['powershell', 'powershell'],
    ['batch', 'batch'],
    [' TEXT/X-ShellScript ; charset="us-ascii"', 'shell'],
    [`${' '.repeat(900)}text/jinja2`, 'jinja'],
    [`${' '.repeat(1000)}text/jinja2`, null],
    ['text/plain', null],
    ['', null],
  ])('%j says %j', (type, hint) => {
    expect(hintOfType(type)).toBe(hint);
  });
});

describe('A message', () => {
  it.each<[string, string, string[] | null]>([
    ['by its version', lines('MIME-Version: 1.0', '', 'a'), ['a']],
    [
      'by its version, in other case and with blanks',
      lines(' mime-version\t: 1', 'MIME-Version: 1', '', 'a'),
      null,
    ],
    ['by its type', multipart('boundary=b', '--b', '', 'a', '--b--'), ['a']],
    ['not by another type', lines('Content-Type: text/plain', '', 'a'), null],
    ['not by what it lacks', lines('Subject: x', '', 'a'), null],
    ['behind a mark', `\xef\xbb\xbfMIME-Version: 1\n\na`, ['a']],
    ['behind blank lines', '\n\nMIME-Version: 1\n\na', ['a']],
    ['behind a line of a mailbox', 'From me\nMIME-Version: 1\n\na', ['a']],
    ['with lines that end otherwise', 'MIME-Version: 1\r\n\r\na\r\nb', ['a\r\nb']],
    ['with carriage returns alone', 'MIME-Version: 1\r\ra', ['a']],
    ['without a body', 'MIME-Version: 1', ['']],
    ['whose body begins at the first line that is no field', 'MIME-Version: 1\na b\n\nc', ['a b\n\nc']],
    [
      'whose body begins at a field with a blank in its name',
      'MIME-Version: 1\na b: c\n\nd',
      ['a b: c\n\nd'],
    ],
    ['not by a field that comes too late', lines(LONG, 'MIME-Version: 1', '', 'a'), null],
    [
      'not by one that another field mentions',
      lines('Subject: mime-version: 1', LONG, 'MIME-Version: 1', '', 'a'),
      null,
    ],
    ['not by one whose name goes on', lines('MIME-Versions: 1', LONG, 'MIME-Version: 1', '', 'a'), null],
    [
      'without a multipart by its type',
      lines('MIME-Version: 1', 'Content-Type: xmultipart/y', '', 'a'),
      ['a'],
    ],
    [
      'without a multipart by what its type mentions',
      lines('MIME-Version: 1', 'Content-Type: x multipart/y', '', 'a'),
      ['a'],
    ],
    ['with a body that has fields', 'MIME-Version: 1\n\na: b\n', ['a: b\n']],
  ])('is known %s', (_, text, parts) => {
    expect(open(text)?.parts ?? null).toEqual(parts);
  });

  it('has the type of its first field of that name, on as many lines as it takes', () => {
    const type = (...fields: string[]) => open(lines('MIME-Version: 1', ...fields, '', 'a'))?.hints;
    expect(type('Content-Type: text/x-shellscript', 'Content-Type: text/jinja2')).toEqual(['shell']);
    expect(type('content-type:\ttext/jinja2')).toEqual(['jinja']);
    expect(type('Content-Type:text/jinja2')).toEqual(['jinja']);
    expect(type('Content-Type:', ' text/jinja2', '\t; charset=x')).toEqual(['jinja']);
    expect(type()).toEqual([null]);
  });

  it.each([
    ['base64', 'YWI=', ['ab']],
    [' BASE64 ', 'YWI=', ['ab']],
    ['quoted-printable', 'a=62', ['ab']],
    ['8bit', 'a=62', ['a=62']],
    ['base64', '$', []],
  ])('is decoded from %j', (encoding, body, parts) => {
    const seen = open(lines('MIME-Version: 1', `Content-Transfer-Encoding: ${encoding}`, '', body));
    expect(seen?.parts).toEqual(parts);
    expect(seen?.settings).toEqual(
      parts.length > 0
        ? []
        : [{ kind: 'unreadable', problem: 'cannot be read: user data has a MIME part that is not base64' }],
    );
  });

  it('has at most 256 lines of header', () => {
    const fields = (count: number) => Array.from({ length: count }, (_, i) => `X-${i}: 1`);
    expect(open(lines('MIME-Version: 1', ...fields(254), '', 'a'))?.parts).toEqual(['a']);
    expect(open(lines('MIME-Version: 1', ...fields(256), '', 'a'))?.parts).toEqual([
      lines('X-255: 1', '', 'a'),
    ]);
  });
});

describe('The parts of a message', () => {
  it.each<[string, string, readonly string[]]>([
    ['between delimiters', multipart('boundary=b', '--b', '', 'a', '--b', '', 'c', '--b--'), ['a', 'c']],
    ['in quotes', multipart('boundary="b c"', '--b c', '', 'a', '--b c--'), ['a']],
    ['with escapes', multipart('boundary="b\\"c"', '--b"c', '', 'a', '--b"c--'), ['a']],
    ['with signs', multipart('boundary="b.*"', '--bxx', '', 'x', '--b.*', '', 'a', '--b.*--'), ['a']],
    [
      'behind a type on a line of its own',
      multipart('boundary=b', '--b', '', 'a').replace(': ', ':\n '),
      ['a'],
    ],
    ['without a blank', 'Content-Type: multipart/mixed;boundary=b\n\n--b\n\na', ['a']],
    ['behind blanks', multipart('   boundary=b', '--b', '', 'a'), ['a']],
    ['of many letters', multipart('boundary=bcd', '--bcd', '', 'a', '--b', '--bcd--'), ['a\n--b']],
    ['on two lines', multipart('boundary="b\n   c"', '--b c', '', 'a', '--b c--'), ['a']],
    ['that begin with a blank', multipart('boundary=b', '--b', ' x', '', 'a', '--b--'), [' x\n\na']],
    ['in other case', multipart('BOUNDARY = b', '--b', '', 'a', '--b--'), ['a']],
    ['behind other parameters', multipart('charset=x; boundary=b; y', '--b', '', 'a', '--b--'), ['a']],
    ['without what stands around them', multipart('boundary=b', 'x', '--b', '', 'a', '--b--', 'x'), ['a']],
    [
      'up to the end, where it is not said',
      multipart('boundary=b', '--b', '', 'a', '--b', '', 'c'),
      ['a', 'c'],
    ],
    ['with blanks behind delimiters', multipart('boundary=b', '--b \t', '', 'a', '--b-- '), ['a']],
    [
      'with a line of their own for delimiters',
      multipart('boundary=b', '--b', '', 'a --b', '--bb', 'c', '--b--'),
      ['a --b\n--bb\nc'],
    ],
    ['none behind the last', multipart('boundary=b', '--b', '', 'a', '--b--', '--b', '', 'c'), ['a']],
    [
      'with lines that end otherwise',
      multipart('boundary=b', '--b\r', '\r', 'a\r', '--b--').replace(/\n/g, '\n'),
      ['a'],
    ],
    [
      'of parts',
      multipart(
        'boundary=b',
        '--b',
        'Content-Type: multipart/mixed; boundary=c',
        '',
        '--c',
        '',
        'a',
        '--c--',
        '--b',
        '',
        'd',
        '--b--',
      ),
      ['a', 'd'],
    ],
  ])('are read %s', (_, text, parts) => {
    expect(open(text)).toMatchObject({ parts, settings: [] });
  });

  it.each([
    ['no boundary', multipart('charset=x', '--b', '', 'a')],
    ['one that comes too late', multipart(`x=${'y'.repeat(1000)}; boundary=b`, '--b', '', 'a')],
    ['an empty one', multipart('boundary=""', '--', '', 'a', '----')],
    ['none of it', multipart('boundary=b', 'a')],
  ])('are none with %s, which is said', (_, text) => {
    expect(open(text)).toMatchObject({
      parts: [],
      settings: [{ problem: 'cannot be read: user data has a MIME multipart without parts' }],
    });
  });

  it('each lie one deeper than what holds them', () => {
    const inner = ['Content-Type: multipart/mixed; boundary=c', '', '--c', '', 'a', '--c--'];
    expect(open(lines('MIME-Version: 1', '', 'a'), 3)?.depths).toStrictEqual([4]);
    expect(open(multipart('boundary=b', '--b', '', 'a', '--b', ...inner, '--b--'))?.depths).toStrictEqual([
      2, 3,
    ]);
  });

  it('are at most so many, and so deep', () => {
    const many = (count: number) =>
      multipart('boundary=b', ...Array.from({ length: count }, () => '--b\n\na'), '--b--');
    expect(open(many(MAX_PARTS))?.parts).toHaveLength(MAX_PARTS);
    expect(open(many(MAX_PARTS + 1))).toMatchObject({
      parts: [],
      settings: [{ problem: `cannot be read: user data has more than ${MAX_PARTS} MIME parts` }],
    });
    expect(open(many(1), MAX_DEPTH - 1)?.parts).toEqual(['a']);
    expect(open(many(1), MAX_DEPTH)).toMatchObject({
      parts: [],
      settings: [{ problem: `cannot be read: user data is packed more than ${MAX_DEPTH} times` }],
    });
  });
});
