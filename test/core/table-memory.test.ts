import { describe, expect, it } from '@jest/globals';
import { isGrounds, NO_MEMORY, readMemory, writeMemory } from '../../shared/core/ledger/table-memory.ts';

const CLAIMANT = { node: 'i-1', incarnation: null, nextHop: 'eni-1' };
const SIGHTING = { nextHop: 'eni-1', grounds: 'withdrawn', since: 1, seen: 2 };
const SPENDING = { node: 'i-1', family: 4, at: 3 };
const A = '10.200.0.0/24';
const B = '10.200.1.0/24';

/** What stands in an entry of the ledger, with some of it changed. */
function textOf(more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    format: 1,
    claimants: [[A, CLAIMANT]],
    sightings: [[A, SIGHTING]],
    spending: [SPENDING],
    ...more,
  });
}

describe('What is remembered of a table', () => {
  it('is nothing at first', () => {
    expect(writeMemory(NO_MEMORY)).toBe('{"format":1,"claimants":[],"sightings":[],"spending":[]}');
    expect(readMemory(writeMemory(NO_MEMORY))).toEqual(NO_MEMORY);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a claimant with an incarnation', { claimants: [[A, { ...CLAIMANT, incarnation: 'vm-1' }]] }],
    ['a sighting without a next hop', { sightings: [[A, { ...SIGHTING, nextHop: null }]] }],
    ...['vacant', 'disputed', 'moved', 'withdrawn'].map((grounds): [string, Record<string, unknown>] => [
      `a sighting that is ${grounds}`,
      { sightings: [[A, { ...SIGHTING, grounds }]] },
    ]),
    ['spending of IPv6', { spending: [{ ...SPENDING, family: 6 }] }],
    ['nothing of each', { claimants: [], sightings: [], spending: [] }],
  ])('reads back as it was written: %s', (_, more) => {
    const memory = readMemory(textOf(more));
    expect(memory && writeMemory(memory)).toBe(textOf(more));
  });

  it('is the same text whatever came first', () => {
    const pairs = [A, B, '10.200.10.0/24'].map((text) => [text, CLAIMANT] as const);
    const written = [pairs, pairs.toReversed()].map((claimants) =>
      writeMemory({ ...NO_MEMORY, claimants: new Map(claimants) }),
    );
    expect(written[0]).toBe(written[1]);
    const { claimants } = JSON.parse(written[0] ?? '');
    expect(claimants.map(([text]: [string]) => text)).toEqual([A, B, '10.200.10.0/24'].sort());
  });
});

/** One field after another that is missing, or is of another type. */
function spoil(
  whole: Readonly<Record<string, unknown>>,
  wrong: Readonly<Record<string, readonly unknown[]>>,
) {
  return Object.entries(wrong).flatMap(([field, values]) =>
    [undefined, ...values].map((value) => ({ ...whole, [field]: value })),
  );
}

const SPOILT_CLAIMANTS = [
  ...[null, 'i-1', 1],
  ...spoil(CLAIMANT, { node: [1, null], nextHop: [1, null], incarnation: [1, {}] }),
];
const SPOILT_SIGHTINGS = [
  ...[null, A, 1],
  ...spoil(SIGHTING, {
    nextHop: [1, {}],
    grounds: ['proven', 1],
    since: ['1', null],
    seen: ['2', null],
  }),
];
const SPOILT_SPENDING = [
  ...[null, 'i-1', 1],
  ...spoil(SPENDING, { node: [1, null], family: [5, '4'], at: ['3', null] }),
];

describe('A text is no memory of a table', () => {
  it.each<[string, string]>([
    ['that is no JSON', '{'],
    ['that is no object', '1'],
    ['that is null', 'null'],
    ['that is a list', '[]'],
    ['without a format', textOf({ format: undefined })],
    ['of another format', textOf({ format: 2 })],
    ['whose format is a text', textOf({ format: '1' })],
    ['without claimants', textOf({ claimants: undefined })],
    ['without sightings', textOf({ sightings: undefined })],
    ['without spending', textOf({ spending: undefined })],
    ['whose claimants are an object', textOf({ claimants: { [A]: CLAIMANT } })],
    ['whose spending is an object', textOf({ spending: { 0: SPENDING } })],
    ['with a claimant of no destination', textOf({ claimants: [[CLAIMANT]] })],
    ['with a claimant whose destination is no text', textOf({ claimants: [[1, CLAIMANT]] })],
    ['with more than a claimant', textOf({ claimants: [[A, CLAIMANT, 1]] })],
    ['with a text for a pair', textOf({ claimants: ['ab'] })],
    ['with one good pair and a bad one', textOf({ claimants: [[A, CLAIMANT], [B]] })],
    ['with one good spending and a bad one', textOf({ spending: [SPENDING, {}] })],
  ])('%s', (_, text) => {
    expect(readMemory(text)).toBeNull();
  });

  it.each(SPOILT_CLAIMANTS)('with the claimant %j', (claimant) => {
    expect(readMemory(textOf({ claimants: [[A, claimant]] }))).toBeNull();
  });

  it.each(SPOILT_SIGHTINGS)('with the sighting %j', (sighting) => {
    expect(readMemory(textOf({ sightings: [[A, sighting]] }))).toBeNull();
  });

  it.each(SPOILT_SPENDING)('with the spending %j', (spending) => {
    expect(readMemory(textOf({ spending: [spending] }))).toBeNull();
  });
});

describe('Grounds', () => {
  it.each([
    ['vacant', true],
    ['proven', false],
    [null, false],
  ])('are %j: %s', (value, known) => {
    expect(isGrounds(value)).toBe(known);
  });
});
