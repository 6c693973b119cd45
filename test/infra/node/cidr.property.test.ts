import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { containsCidr, parseCidr } from '../../../shared/core/cidr.ts';
import { cidr } from '../../core/builders.ts';
import { CLUSTER_CIDRS, SCRIPT } from './script.ts';

/** The script's functions, without its last line, which calls them. */
const FUNCTIONS = (await readFile(SCRIPT, 'utf8')).replace(/\nmain "\$@"\n$/, '\n');

const CLUSTER = CLUSTER_CIDRS.split(',').map(cidr);

/** Which of the texts the script objects to. */
function isRefusedByScript(texts: readonly string[]): boolean[] {
  const loop = `cluster_cidrs='${CLUSTER_CIDRS}'
while IFS= read -r text; do
  IFS=' '
  if [ -z "$(objection "$text")" ]; then echo accepted; else echo refused; fi
done`;
  const input = texts.map((text) => `${text}\n`).join('');
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', FUNCTIONS + loop], {
    input,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line === 'refused');
}

/** The same by the rules of the core; what host-local cannot use, and IPv4 inside of IPv6, is refused beside it. */
function isRefusedByCore(text: string): boolean {
  const result = parseCidr(text);
  if (!result.ok || /:.*\./.test(text)) return true;
  const { family, prefix } = result.cidr;
  const inside = CLUSTER.some((outer) => containsCidr(outer, result.cidr) && prefix > outer.prefix);
  return !inside || prefix > (family === 4 ? 30 : 126);
}

const octet = fc.oneof(fc.constantFrom(0, 1, 128, 200, 255), fc.nat(300));
const ipv4 = fc
  .tuple(fc.constantFrom('10.200', '10.201', '10'), octet, octet, fc.nat(40))
  .map(([net, c, d, prefix]) => `${net}.${c}.${d}/${prefix}`);
const word = fc.oneof(
  fc.constantFrom('0', '00', '8000', 'ffff', ''),
  fc.nat(0x1ffff).map((n) => n.toString(16)),
);
const ipv6 = fc
  .tuple(
    fc.constantFrom('fd00:200', 'fd00:0200:0', 'fd00:201', ''),
    fc.array(word, { maxLength: 8 }),
    fc.nat(140),
  )
  .map(([net, words, prefix]) => `${[net, ...words].join(':')}/${prefix}`);
const valid = fc
  .record({
    net: fc.bigInt(0n, 0xffffn),
    prefix: fc.integer({ min: 44, max: 64 }),
    tail: fc.constantFrom('::', ':0:0:0:0'),
  })
  .map(({ net, prefix, tail }) => {
    const kept = (net >> BigInt(64 - prefix)) << BigInt(64 - prefix);
    return `fd00:200:0:${kept.toString(16)}${tail}/${prefix}`;
  });
const plain = fc.oneof(ipv4, ipv6, valid);
const edited = fc
  .record({
    text: plain,
    at: fc.nat(60),
    cut: fc.nat(2),
    put: fc.constantFrom('', '0', ':', '::', '.', '/', 'f', '-', '*', '$'),
  })
  .map(({ text, at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut));

describe('The CIDRs of the script', () => {
  it('are those of the core', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(plain, edited), { minLength: 40, maxLength: 40 }), (texts) => {
        const refused = isRefusedByScript(texts);
        expect(texts.map((text, i) => [text, refused[i]])).toEqual(
          texts.map((text) => [text, isRefusedByCore(text)]),
        );
      }),
      { numRuns: 12 },
    );
  });

  it('are of both kinds in what is tried', () => {
    const texts = fc.sample(fc.oneof(plain, edited), { numRuns: 500, seed: 1 });
    expect(texts.filter((text) => !isRefusedByCore(text)).length).toBeGreaterThan(50);
    expect(texts.filter(isRefusedByCore).length).toBeGreaterThan(50);
  });
});
