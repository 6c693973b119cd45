import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Cidr, cidrOf } from '../../../shared/core/cidr.ts';
import type { ClaimReading } from '../../../shared/core/claims/elements.ts';
import { readTagClaims } from '../../../shared/core/claims/pod-cidr.ts';
import { searchUserData } from '../../../shared/core/claims/user-data/search.ts';
import { anyCharacter } from '../../any-character.ts';

function textsOf({ claims }: ClaimReading): string[] {
  return claims.map(({ cidr }) => cidr.text).sort();
}

function readBase64(base64: string, key = 'pod-cidr'): ClaimReading {
  return searchUserData(base64, key).reading;
}

function readText(text: string): ClaimReading {
  return readBase64(Buffer.from(text).toString('base64'));
}

const network4 = fc
  .tuple(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), fc.integer({ min: 8, max: 32 }))
  .map(([address, prefix]) => cidrOf(4, address, prefix));
const network6 = fc
  .tuple(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.integer({ min: 8, max: 128 }))
  .map(([address, prefix]) => cidrOf(6, address, prefix));

/** One network, or one of each family. */
const claimed = fc.oneof(
  network4.map((cidr): Cidr[] => [cidr]),
  network6.map((cidr): Cidr[] => [cidr]),
  fc.tuple(network4, network6).map((cidrs): Cidr[] => cidrs),
);

const key = fc.constantFrom('pod-cidr', 'pod_cidr', 'podCIDR', 'POD_CIDR', 'podCidr', 'Pod-CIDR');
const quote = fc.constantFrom('', '"', "'");
const comma = fc.constantFrom(',', ', ', ' , ');
const comment = fc.constantFrom('', ' # of this node', '\t#!');

type Form = (key: string, list: string, quote: string) => string;

/** Every form in which a list on one line is recognised. */
const form = fc.constantFrom<Form>(
  (name, list, mark) => `${name}=${mark}${list}${mark}`,
  (name, list, mark) => `${name} = ${mark}${list}${mark}`,
  (name, list, mark) => `export ${name}=${mark}${list}${mark}`,
  (name, list, mark) => `  ${name}: ${mark}${list}${mark}`,
  (name, list, mark) => `- ${name}: ${mark}${list}${mark}`,
  (name, list, mark) => `${mark}${name}${mark}: [${list}]`,
  (name, list, mark) => `exec kubelet --v=2 --${name}=${mark}${list}${mark} --fail-swap-on=false`,
  (name, list, mark) => `exec kubelet --v=2 --${name} ${mark}${list}${mark} --fail-swap-on=false`,
  (name, list, mark) => `name=worker-0|${name}=${mark}${list}${mark}|zone=a`,
  (name, list, mark) => `name=worker-0;${name}=${mark}${list}${mark};zone=a`,
  (name, list) => `KUBELET_ARGS="--v=2 --${name}=${list}"`,
  (name, list) =>
    `${name}:\n${list
      .split(',')
      .map((item) => `  - ${item.trim()}`)
      .join('\n')}`,
);

const claimLine = fc
  .tuple(claimed, form, key, quote, comma, comment)
  .map(([cidrs, write, name, mark, separator, note]) => ({
    cidrs: cidrs.map(({ text }) => text).sort(),
    line: write(name, cidrs.map(({ text }) => text).join(separator), mark) + note,
  }));

/** Lines that are there besides, none of which sets the key. */
const noise = fc.oneof(
  fc.constantFrom(
    '',
    '#!/bin/bash -eu',
    '#cloud-config',
    '# pod-cidr=192.0.2.0/24',
    'echo ready # --pod-cidr=192.0.2.0/24',
    'CLUSTER_POD_CIDR=192.0.2.0/24',
    'cluster-cidr: 192.0.2.0/24',
    'curl -s "http://169.254.169.254/latest/meta-data/" | tr "|" "\\n"',
    'packages: [jq, socat]',
  ),
  fc
    .string({ unit: anyCharacter, maxLength: 60 })
    .filter((text) => !/pod[-_]?cidr|MIME|Content|^From /i.test(text)),
);

/** Separate lines: a list item or a continued command would otherwise be part of the claim before it. */
const plainNoise = noise.filter((text) => !/^\s*-|\\\s*$/.test(text) && !text.startsWith('\x1f'));

const document = fc
  .tuple(fc.array(plainNoise, { maxLength: 10 }), claimLine, fc.array(plainNoise, { maxLength: 10 }))
  .map(([before, { cidrs, line }, after]) => ({ cidrs, text: ['', ...before, line, ...after].join('\n') }));

function fold(text: string): string {
  return text.replace(/(.{76})/g, '$1\r\n');
}

function quotePrintable(bytes: Buffer): string {
  const signs = [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`);
  return signs.map((sign, i) => (i % 20 === 19 ? `${sign}=\r\n` : sign)).join('');
}

type Packing = (content: Buffer) => Buffer;

function wrap(encoding: string, content: string): Buffer {
  const part = `Content-Type: text/plain\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${content}`;
  const head = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=-b(1)"\r\n\r\n';
  const other = 'Content-Type: text/x-shellscript\r\n\r\necho hello';
  return Buffer.from(`${head}--=-b(1)\r\n${other}\r\n--=-b(1)\r\n${part}\r\n--=-b(1)--\r\n`);
}

const packing = fc.constantFrom<Packing>(
  (content) => gzipSync(content),
  (content) => wrap('base64', fold(content.toString('base64'))),
  (content) => wrap('quoted-printable', quotePrintable(content)),
);

describe('readTagClaims', () => {
  it('gives back exactly the networks of a list', () => {
    fc.assert(
      fc.property(claimed, comma, (cidrs, separator) => {
        const texts = cidrs.map(({ text }) => text);
        const reading = readTagClaims(texts.join(separator));
        expect(textsOf(reading)).toEqual(texts.sort());
        expect(reading.defects).toEqual([]);
      }),
    );
  });

  it('never throws, and shows little of what it refuses', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (value) => {
        for (const { text } of readTagClaims(value).defects) expect(text).toMatch(/^\P{Cc}{0,64}$/u);
      }),
    );
  });
});

describe('readUserDataClaims', () => {
  it('gives back exactly the claims of a line, in every form', () => {
    fc.assert(
      fc.property(claimLine, ({ cidrs, line }) => {
        const reading = readText(line);
        expect(reading.defects).toEqual([]);
        expect(textsOf(reading)).toEqual(cidrs);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the claims among other lines', () => {
    fc.assert(
      fc.property(document, ({ cidrs, text }) => {
        const reading = readText(text);
        expect(reading.defects).toEqual([]);
        expect(textsOf(reading)).toEqual(cidrs);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds the claims however they are packed', () => {
    fc.assert(
      fc.property(
        document,
        fc.array(packing, { minLength: 1, maxLength: 3 }),
        ({ cidrs, text }, packings) => {
          const packed = packings.reduce<Buffer>((content, pack) => pack(content), Buffer.from(text));
          fc.pre(packed.length <= 64 * 1024);
          const reading = readBase64(packed.toString('base64'));
          expect(reading.defects).toEqual([]);
          expect(textsOf(reading)).toEqual(cidrs);
        },
      ),
    );
  });

  it('finds nothing in a comment', () => {
    const sign = fc.constantFrom('#', '# ', '  ## ', 'echo ready # ', 'a=1|# ', "it's # ");
    fc.assert(
      fc.property(claimLine, sign, ({ line }, mark) => {
        const commented = line.split('\n').map((text) => mark + text);
        expect(readText(commented.join('\n'))).toEqual({ claims: [], defects: [] });
      }),
      { numRuns: 1000 },
    );
  });

  it('claims nothing where a second, different network of the family appears', () => {
    fc.assert(
      fc.property(network4, network4, key, key, form, form, (a, b, keyA, keyB, writeA, writeB) => {
        fc.pre(a.text !== b.text);
        const reading = readText(`${writeA(keyA, a.text, '')}\nzone=a\n${writeB(keyB, b.text, '')}`);
        expect(reading.claims).toEqual([]);
        expect(reading.defects).toHaveLength(1);
      }),
    );
  });

  it('shows nothing of a value that could be a secret', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), form, (secret, write) => {
        for (const { text, problem } of readText(write('pod-cidr', secret, '')).defects) {
          expect(text ?? '').toMatch(/^[\da-fA-F:./, ]{0,64}$/);
          expect(problem).toMatch(/^(is|has|needs|is ambiguous:|cannot be read: user data) [\w ,/6-]*$/);
        }
      }),
    );
  });

  it('never throws on any bytes, packed or not', () => {
    const bytes = fc.uint8Array({ maxLength: 2000 }).map((array) => Buffer.from(array));
    const pieces = fc.constantFrom(
      'MIME-Version: 1.0\n',
      'Content-Type: multipart/mixed; boundary=b\n',
      'Content-Transfer-Encoding: base64\n',
      '\n--b\n',
      '\n--b--\n',
      '\n\n',
      'pod-cidr',
      '--pod-cidr ',
      '=',
      ': ',
      '[',
      '"',
      '10.200.0.0/24',
      '\x1f\x8b\x08',
      'H4sIAAAAAAAAA',
    );
    const nearly = fc
      .array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 60 })
      .map((parts) => Buffer.from(parts.join(''), 'latin1'));
    fc.assert(
      fc.property(fc.oneof(bytes, nearly), fc.array(packing, { maxLength: 2 }), (content, packings) => {
        const packed = packings.reduce<Buffer>((inner, pack) => pack(inner), content);
        expect(Array.isArray(readBase64(packed.toString('base64')).claims)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on text that is not base64', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        expect(Array.isArray(readBase64(text).claims)).toBe(true);
      }),
    );
  });
});
