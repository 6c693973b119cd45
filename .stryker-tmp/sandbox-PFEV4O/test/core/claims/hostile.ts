// @ts-nocheck
import { gzipSync } from 'node:zlib';

/** What may begin hostile user data, so that each reader gets its share. */
const HEADS = [
  '',
  '#!/bin/sh\n',
  '#cloud-config\n',
  '#cloud-config\na: |\n  ',
  '#!/usr/bin/python3\n',
  '#!/usr/bin/node\n',
  '#!/usr/bin/perl\n',
  '<powershell>\n',
  '<script>\n',
  '## template: jinja\n',
  'MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n',
  'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n',
  '{"a":"',
  '[',
];

/** What may be repeated: each tries to make some reader look at everything again for each time. */
const PIECES = [
  ' pod-cidr=[,,,,',
  'pod-cidr="',
  "pod-cidr='x ",
  'pod-cidr: \n',
  'pod-cidr:\n- 1\n',
  '--pod-cidr ',
  '"pod-cidr",',
  '- name: pod-cidr\n  value: x\n',
  'pod-cidr: *a\n',
  'a: &a [*a]\n',
  '\n',
  '\r',
  '\t',
  ' #',
  '{{',
  '{#',
  '{%',
  '<!--',
  '<#',
  ' /*',
  '<<E ',
  '<<EOF\n',
  '"',
  "'",
  '`',
  '\\"',
  '[',
  '{a: ',
  '- ',
  '1,',
  'data:,',
  '--b\n',
  '=41',
  'QUFB',
  'QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB ',
  '<script>',
];

interface Hostile {
  readonly name: string;
  readonly base64: string;
}

/**
 * Every head with every piece, or one of `step` such pairs, filled up to `size` characters, and compressed where
 * no cloud would take that.
 */
export function hostileUserData(size: number, step = 1): Hostile[] {
  const pairs = HEADS.flatMap((head) => PIECES.map((piece) => ({ head, piece })));
  return pairs
    .filter((_, i) => i % step === 0)
    .map(({ head, piece }) => {
      const text = head + piece.repeat(Math.floor((size - head.length) / piece.length));
      const bytes = size > 64 * 1024 ? gzipSync(text, { level: 1 }) : Buffer.from(text);
      return { name: JSON.stringify(head + piece), base64: bytes.toString('base64') };
    });
}
