import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { acceptedPatterns, type EventContext, parseSqsBody } from '../../shared/aws/events.ts';
import type { NodeEvent } from '../../shared/core/events/node-event.ts';
import { anyCharacter } from '../any-character.ts';
import { awsEntries, bodyOf, busEvent, CONTEXT, matchesSome } from './event-fixtures.ts';

const INSTANCE_ID = /^i-[0-9a-f]{8,17}$/;
/** Only text of our own code may be a label. */
const LABEL = /^[A-Za-z][A-Za-z-]{1,40}$/;
/** No documented field may hold it, so that it must not turn up in any result. */
const SECRET = '§not-to-be-logged§';

const UNREADABLE: readonly NodeEvent[] = (['not-json', 'unknown-envelope', 'bad-shape'] as const).map(
  (problem) => ({ kind: 'unreadable', problem }),
);

const files = awsEntries.map(({ file }) => file);
const documents: readonly unknown[] = files
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(bodyOf(file)));

const context: fc.Arbitrary<EventContext> = fc.record({
  account: fc.constantFrom(null, '123456789012', '210987654321'),
  region: fc.constantFrom('us-east-1', 'cn-north-1'),
  podCidrTag: fc.constantFrom('pod-cidr', '__proto__'),
  selectionTagKeys: fc.subarray(['kubernetes.io/cluster/kthw', 'constructor']),
});

type Path = readonly (string | number)[];

/** Every place in a document that can be dropped or replaced. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}

/** A copy with the member at `path` replaced, or dropped where the replacement is undefined. */
function changed(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [
    name,
    name === String(key) ? changed(member, rest, replacement) : member,
  ]);
  const copy = Object.fromEntries(entries.filter(([, member]) => member !== undefined));
  return Array.isArray(value) ? Object.values(copy) : copy;
}

const replacement = fc.oneof(
  fc.constant(undefined),
  fc.constant(SECRET),
  fc.constantFrom('', '__proto__', 'constructor', 'i-0cb0e48788838daa4', 'autoscaling:TEST_NOTIFICATION'),
  fc.jsonValue(),
);

/** A real event in which one to three places were dropped or replaced, sometimes wrapped by SNS. */
const mutatedBody = fc
  .constantFrom(...documents)
  .chain((document) =>
    fc.record({
      document: fc.constant(document),
      changes: fc.array(fc.tuple(fc.constantFrom(...pathsOf(document)), replacement), {
        minLength: 1,
        maxLength: 3,
      }),
      wrapped: fc.boolean(),
    }),
  )
  .map(({ document, changes, wrapped }) => {
    const mutated = changes.reduce((value, [path, given]) => changed(value, path, given), document);
    const body = JSON.stringify(mutated) ?? '';
    return wrapped ? JSON.stringify({ Type: 'Notification', Message: body }) : body;
  });

/** A real event in which one place holds the secret. */
const bodyWithSecret = fc
  .constantFrom(...documents)
  .chain((document) =>
    fc.constantFrom(...pathsOf(document)).map((path) => JSON.stringify(changed(document, path, SECRET))),
  );

function expectSound(event: NodeEvent, body: string, given: EventContext): void {
  if (event.kind === 'unreadable') {
    expect(UNREADABLE).toContainEqual(event);
    return;
  }
  expect(event.what).toMatch(LABEL);
  expect(event.id ?? 'none').toMatch(/^[\w-]+$/);
  expect(event.occurredAt ?? 1).toBeGreaterThan(0);
  if (event.kind === 'ignored') return;
  if (event.kind === 'nodes') {
    expect(event.nodes.length).toBeGreaterThan(0);
    for (const node of event.nodes) expect(node).toMatch(INSTANCE_ID);
    expect(event.nodes).toContain(event.hook?.instance ?? event.nodes[0]);
  }
  const onBus = busEvent(body);
  if (onBus !== null) expect(matchesSome(acceptedPatterns(given), onBus)).toBe(true);
}

describe('whatever the body', () => {
  it('is read into a sound value, when it is any text', () =>
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), context, (body, given) => {
        expectSound(parseSqsBody(body, given), body, given);
      }),
      { numRuns: 500 },
    ));

  it('is read into a sound value, when it is any JSON', () =>
    fc.assert(
      fc.property(fc.json(), context, (body, given) => {
        expectSound(parseSqsBody(body, given), body, given);
      }),
      { numRuns: 500 },
    ));

  it('is read into a sound value, when it is a real event with fields dropped or replaced', () =>
    fc.assert(
      fc.property(mutatedBody, context, (body, given) => {
        expectSound(parseSqsBody(body, given), body, given);
      }),
      { numRuns: 5000 },
    ));

  it('is read into a sound value, when it is a real event cut short', () =>
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.double({ min: 0, max: 1, noNaN: true }), (file, share) => {
        const body = bodyOf(file);
        const cut = body.slice(0, Math.floor(body.length * share));
        expectSound(parseSqsBody(cut, CONTEXT), cut, CONTEXT);
      }),
      { numRuns: 500 },
    ));

  it('gives away nothing that no documented field may hold', () =>
    fc.assert(
      fc.property(bodyWithSecret, context, (body, given) => {
        expect(JSON.stringify(parseSqsBody(body, given))).not.toContain(SECRET);
      }),
      { numRuns: 2000 },
    ));

  it('gives the same value when it is read again', () =>
    fc.assert(
      fc.property(mutatedBody, (body) => {
        expect(parseSqsBody(body, CONTEXT)).toEqual(parseSqsBody(body, CONTEXT));
      }),
      { numRuns: 500 },
    ));
});
