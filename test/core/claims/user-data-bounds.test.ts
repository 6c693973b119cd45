import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { searchUserData } from '../../../shared/core/claims/user-data/search.ts';

const KIB = 1024;
const MUCH = 'cannot be read: user data has more in it than is searched for one node';

function search(content: string | Buffer): ReturnType<typeof searchUserData> {
  return searchUserData(Buffer.from(content).toString('base64'), 'pod-cidr');
}

function problemsOf(content: string | Buffer): string[] {
  return search(content).reading.defects.map(({ problem }) => problem);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

describe('R12: reading user data is bounded,', () => {
  it('in the places that give the key a value', () => {
    const given = (count: number) => 'pod-cidr=10.200.4.0/24\n'.repeat(count);
    expect(search(given(200))).toMatchObject({ reading: { claims: [{}], defects: [] } });
    expect(problemsOf(given(300))).toEqual([MUCH]);
  });

  it('in the places of a structure that give the key a value', () => {
    const given = (count: number) =>
      `#cloud-config\n${'- {name: pod-cidr, value: 10.200.4.0/24}\n'.repeat(count)}`;
    expect(search(given(200))).toMatchObject({ reading: { claims: [{}], defects: [] } });
    expect(problemsOf(given(300))).toEqual([MUCH]);
  });

  it('in the elements of a value', () => {
    const list = (count: number) => `pod-cidr=${Array(count).fill('10.200.4.0/24').join()}`;
    expect(search(list(36)).reading).toMatchObject({ claims: [{}], defects: [] });
    expect(problemsOf(list(37))).toEqual(['is longer than 512 characters']);
    const flow = (count: number) => `#cloud-config\npod-cidr: [${Array(count).fill('10.200.4.0/24').join()}]`;
    expect(search(flow(64)).reading).toMatchObject({ claims: [{}], defects: [] });
    expect(problemsOf(flow(65))).toEqual(['has more than 64 elements']);
    expect(problemsOf(` pod-cidr=[${','.repeat(400)}]`)).toEqual(['has more than 64 elements']);
  });

  it.each([
    ['a shell', '#!/bin/sh\n', '\\\\'],
    ['PowerShell', '#ps1\n', '`"'],
    ['JavaScript', '#!/usr/bin/node\n', '\\"'],
  ])('in the escapes of one string of %s', (_, head, mark) => {
    const script = (count: number) => gzipSync(`${head}"${mark.repeat(count)}"\npod-cidr=10.200.4.0/24\n`);
    expect(problemsOf(script(60 * KIB))).toEqual([]);
    expect(problemsOf(script(65 * KIB))).toEqual([MUCH]);
  });

  it('in mistakes', () => {
    const mistakes = (count: number) => numbers(count).map((n) => `pod-cidr=10.0.0.${n}`);
    expect(problemsOf(mistakes(16).join('\n'))).toHaveLength(16);
    expect(problemsOf(mistakes(17).join('\n'))).toEqual(['has more than 16 mistakes']);
  });

  it('in nesting of structures', () => {
    const nested = (depth: number) =>
      `${'{"a":'.repeat(depth)}{"podCIDR":"10.200.4.0/24"}${'}'.repeat(depth)}`;
    expect(search(nested(49)).reading).toMatchObject({ claims: [{}], defects: [] });
    expect(problemsOf(nested(200))).toEqual([MUCH]);
  });

  it('in nesting of contents', () => {
    const packed = (times: number): Buffer =>
      times === 0 ? Buffer.from('pod-cidr=10.200.4.0/24') : gzipSync(packed(times - 1), { level: 1 });
    expect(search(packed(16)).reading).toMatchObject({ claims: [{}], defects: [] });
    expect(problemsOf(packed(17))).toEqual(['cannot be read: user data is packed more than 16 times']);
    const wrapped = (times: number): string =>
      times === 0 ? 'pod-cidr=10.200.4.0/24' : Buffer.from(wrapped(times - 1)).toString('base64');
    expect(search(wrapped(15)).reading).toMatchObject({ claims: [{}], defects: [] });
    expect(problemsOf(wrapped(17))).toEqual(['cannot be read: user data is packed more than 16 times']);
  });

  it('in aliases, which are never expanded', () => {
    const levels = numbers(100).map((n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`);
    const text = ['#cloud-config', 'a0: &a0 [pod-cidr=10.200.4.0/24]', ...levels].join('\n');
    const { reading, work } = search(text);
    expect(reading).toMatchObject({ claims: [{}], defects: [] });
    expect(work.characters).toBeLessThan(2 * text.length);
  });

  it('by the first contradiction, which ends the search', () => {
    const contradiction = 'pod-cidr=10.200.4.0/24\npod-cidr=10.200.5.0/24\n';
    const short = search(contradiction);
    const long = search(contradiction + 'pod-cidr=10.200.6.0/24\n'.repeat(100));
    expect(long.reading).toEqual(short.reading);
    expect(long.work.steps).toBe(short.work.steps);
  });

  it('by the first value that only the node knows', () => {
    const short = search('POD_CIDR=$1\n');
    const long = search(`POD_CIDR=$1\n${'pod-cidr=10.200.6.0/24\n'.repeat(100)}`);
    expect(long.reading).toEqual(short.reading);
    expect(long.work.steps).toBe(short.work.steps);
  });

  it('in proportion to its length', () => {
    const script = (lines: number) => `#!/bin/sh\nPOD_CIDR=10.200.4.0/24\n${'echo "a" # b\n'.repeat(lines)}`;
    const [small, large] = [search(script(500)).work.steps, search(script(1000)).work.steps];
    expect(large).toBeLessThan(2 * small);
  });
});
