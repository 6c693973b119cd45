import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import {
  decodeBase64,
  decodeDataUrl,
  decodePacked,
  decodeQuotedPrintable,
  decodeText,
  isGzip,
  isText,
  unifyLines,
} from '../../../shared/core/claims/user-data/decode.ts';

const base64 = (content: string | Buffer): string => Buffer.from(content).toString('base64');
const shown = (bytes: Buffer | null): string | null => bytes?.toString('latin1') ?? null;

describe('Base64', () => {
  it.each([
    ['', ''],
    ['MTAu', '10.'],
    ['MTA=', '10'],
    ['MTA', '10'],
    ['MQ==', '1'],
    ['M T\nA\t=\r\n', '10'],
    ['+/+/', '\xfb\xff\xbf'],
    ['-_-_', '\xfb\xff\xbf'],
    ['MTAuM', null],
    ['M', null],
    ['MQ===', null],
    ['=MQ=', null],
    ['MQ=a', null],
    ['MT$u', null],
    ['é', null],
  ])('%j is %j', (text, expected) => {
    expect(shown(decodeBase64(text))).toBe(expected);
  });
});

describe('What somebody encoded once more', () => {
  it.each<[string, string, string | null]>([
    ['text', base64('pod-cidr=10.0'), 'pod-cidr=10.0'],
    ['text of sixteen characters of base64', base64('0123456789ab'), '0123456789ab'],
    ['less', base64('012345678'), null],
    ['text behind white space', ` \n${base64('0123456789ab')}`, '0123456789ab'],
    ['gzip', base64(gzipSync('x')), gzipSync('x').toString('latin1')],
    ['bytes', base64(Buffer.alloc(16, 1)), null],
    ['words', 'pod-cidr is none of these!', null],
    ['base64 whose first line is a word', `cG9k\n${base64('0123456789ab')}`, null],
    ['a word, then base64', `a b ${base64('0123456789ab')}`, null],
    ['base64, then words', `${base64('0123456789ab')} and so on.`, null],
  ])('is %s', (_, text, expected) => {
    expect(shown(decodePacked(text))).toBe(expected);
  });
});

describe('A data URL', () => {
  it.each([
    ['data:,10', '10'],
    ['data:,%31%30%2e', '10.'],
    ['data:text/plain;charset=utf-8,a%2', 'a%2'],
    ['data:;base64,MTA=', '10'],
    ['DATA:;BASE64,MTA=', '10'],
    ['data:;base64,MTA%3D', '10'],
    ['data:;base64;x,MTA=', 'MTA='],
    ['data:;base64,$$', null],
    [`data:${'a'.repeat(200)},1`, '1'],
    [`data:${'a'.repeat(201)},1`, null],
    ['the data:,10', null],
    ['data:10', null],
  ])('%j holds %j', (url, expected) => {
    expect(shown(decodeDataUrl(url))).toBe(expected);
  });
});

describe('Text of bytes', () => {
  it.each<[string, readonly number[], string]>([
    ['UTF-8', [0x31, 0xc3, 0xa9], '1é'],
    ['UTF-8 with a mark', [0xef, 0xbb, 0xbf, 0x31], '1'],
    ['UTF-16 with a mark', [0xff, 0xfe, 0x31, 0x00], '1'],
    ['UTF-16 of the other order', [0xfe, 0xff, 0x00, 0x31], '1'],
    ['UTF-16 without a mark', [0x31, 0x00, 0x32, 0x00], '12'],
    ['too little to tell', [0x31, 0x00, 0x32], '1\x002'],
    ['not Latin', [0x00, 0x00, 0x32, 0x00], '\x00\x002\x00'],
    ['half Latin', [0x31, 0x00, 0x00, 0x00], '1\0\0\0'],
    ['of no mark but its half', [0xff, 0x31], '\ufffd1'],
    ['of no mark but its other half', [0x31, 0xfe], '1\ufffd'],
    ['of the other mark but its half', [0xfe, 0x31], '\ufffd1'],
    ['of the other mark but its other half', [0x31, 0xff], '1\ufffd'],
    ['two letters and a zero', [0x31, 0x00, 0x32, 0x33], '1\x0023'],
    ['a letter before zeros', [0x31, 0x32, 0x33, 0x00], '123\0'],
  ])('is %s', (_, bytes, expected) => {
    expect(decodeText(Buffer.from(bytes))).toBe(expected);
  });

  it('has its lines end in line feeds alone', () => {
    expect(unifyLines('a\r\nb\rc\nd\r\r\n\r')).toBe('a\nb\nc\nd\n\n\n');
    expect(unifyLines('é\r\nü')).toBe('é\nü');
    expect(unifyLines('é\nü')).toBe('é\nü');
  });

  it.each([
    ['\t\n\v\f\r\x1b ~é', true],
    ...'\0\x01\x08\x0e\x1a\x1c\x1f\x7f\ufffd'.split('').map((sign) => [sign, false] as const),
  ])('%j is text: %s', (text, expected) => {
    expect(isText(`a${text}a`)).toBe(expected);
  });

  it('is told from gzip', () => {
    expect([[0x1f, 0x8b], [0x1f, 0x00], [0x00, 0x8b], []].map((bytes) => isGzip(Buffer.from(bytes)))).toEqual(
      [true, false, false, false],
    );
  });
});

describe('Quoted-printable', () => {
  it.each([
    ['pod=2Dcidr=3d10', 'pod-cidr=10'],
    ['=AF=af=09=90', '\xaf\xaf\x09\x90'],
    ['a=\nb=\r\nc', 'abc'],
    ['a \t\nb  \r\nc \t', 'a\nb\r\nc'],
    ['a b', 'a b'],
    ['=3', '=3'],
    ['=', '='],
    ['=g0=0g=/0=:0=@0=`0=G0', '=g0=0g=/0=:0=@0=`0=G0'],
    ['%31', '%31'],
    ['\xe9=e9', '\xe9\xe9'],
  ])('%j is %j', (text, expected) => {
    expect(shown(decodeQuotedPrintable(text))).toBe(expected);
  });
});
