import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { searchUserData } from '../../../shared/core/claims/user-data/search.ts';
import { hostileUserData } from './hostile.ts';

const KIB = 1024;
const MAX_STEPS = 64 * KIB;
/** Of one step more than may be, and what it counts at once. */
const SLACK = 5 * KIB;

describe('R12: reading user data is bounded, whatever its size,', () => {
  it.each([
    [16 * KIB, 1],
    [64 * KIB, 1],
    [KIB * KIB, 11],
  ])('for all that is hostile, in %i characters, one in %i', (size, step) => {
    for (const { base64 } of hostileUserData(size, step)) {
      const { reading, work } = searchUserData(base64, 'pod-cidr');
      expect(work.steps).toBeLessThanOrEqual(MAX_STEPS + SLACK);
      expect(work.characters).toBeLessThanOrEqual(5 * KIB * KIB);
      expect(work.expanded).toBeLessThanOrEqual(KIB * KIB + 1);
      expect(reading.claims.length + reading.defects.length).toBeLessThanOrEqual(16);
    }
  });

  // Each would take hours, and so run into the test's own time-out, if the work were quadratic.
  it.each([
    'pod-cidr="',
    "pod-cidr='x ",
    'pod-cidr=[',
    'pod-cidr=1,',
    'pod-cidr: \n',
    'pod-cidr:\n- 1\n',
    '--pod-cidr ',
    'pod-cidr=10.200.0.0/24|',
    ' ',
    '\t',
    '\n',
    '#',
    ' #',
    '$',
    '-',
    '=',
    '\r',
    '{{',
    'a: ',
    'Content-Type: multipart/mixed; boundary=',
  ])('and ends on 1 MiB of %j, as text and in a quoted-printable part', (piece) => {
    const text = piece.repeat(Math.floor((1024 * 1024 - 200) / piece.length));
    const part = `MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n${text}x`;
    const folded = `MIME-Version: 1.0\nContent-Type: multipart/mixed;\n ${text.replace(/[\r\n]/g, ' ')}x`;
    for (const content of [text, part, folded]) {
      const { reading } = searchUserData(gzipSync(content).toString('base64'), 'pod-cidr');
      expect(reading.claims.length).toBeLessThanOrEqual(1);
    }
  });
});
