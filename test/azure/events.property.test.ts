import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { acceptedFilters, type EventContext, parseEventGridMessage } from '../../shared/azure/events.ts';
import type { NodeEvent } from '../../shared/core/events/node-event.ts';
import { anyCharacter } from '../any-character.ts';
import { azureEntries, bodyOf, CONTEXT, eventsIn, passes } from './event-fixtures.ts';

const NODE_ID =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.compute\/(?:virtualmachines\/\w[\w.-]{0,79}|virtualmachinescalesets\/\w[\w.-]{0,79}\/virtualmachines\/\d{1,10})$/;
/** Only text of our own code may be a label. */
const LABEL = /^[A-Za-z][A-Za-z-]{1,40}$/;
/** No documented field may hold it, so that it must not turn up in any result. */
const SECRET = '§not-to-be-logged§';
/** What a token is made of: it would pass for an id or a name. */
const TOKEN = 'eyJ0eXAiOiJKV1Qi-c2VjcmV0';
/** Members of `data` that hold what is known of who called, and from where. */
const PRIVATE = ['claims', 'authorization', 'httpRequest'];

const UNREADABLE: readonly NodeEvent[] = (['not-json', 'unknown-envelope', 'bad-shape'] as const).map(
  (problem) => ({ kind: 'unreadable', problem }),
);

const files = azureEntries.map(({ file }) => file);
const documents: readonly unknown[] = files
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(bodyOf(file)));

const context: fc.Arbitrary<EventContext> = fc.record({
  subscription: fc.constantFrom(CONTEXT.subscription, 'b1946ac9-2492-4d23-8f0e-3a5d7c9e1f02', ''),
  resourceGroups: fc.subarray(['KUBERNETES', 'databases', '__proto__', '']),
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

const VM =
  '/subscriptions/5f2d1c9a-7c1e-4a57-9d3b-0c7f4e2b8a61/resourceGroups/kubernetes/providers/Microsoft.Compute/virtualMachines/worker-0';

/** Operations and resources are mixed as Azure would not, so that the filters have to be as wide as the parser. */
const replacement = fc.oneof(
  fc.constant(undefined),
  fc.constant(SECRET),
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    '1.0',
    VM,
    `${VM}/providers/Microsoft.Resources/tags/default`,
  ),
  fc.constantFrom(
    VM.replace('virtualMachines', 'virtualMachineScaleSets/workers/virtualMachines'),
    VM.replace('virtualMachines', 'virtualMachineScaleSets'),
    VM.replace('Compute/virtualMachines', 'Network/routeTables'),
  ),
  fc.constantFrom(
    ...acceptedFilters.flatMap(({ includedEventTypes, advancedFilters }) => [
      ...includedEventTypes,
      ...advancedFilters.flatMap(({ values }) => values),
    ]),
  ),
  fc.jsonValue(),
);

/** A real event, or a list of them, in which one to three places were dropped or replaced. */
const mutatedBody = fc
  .constantFrom(...documents)
  .chain((document) =>
    fc.record({
      document: fc.constant(document),
      changes: fc.array(fc.tuple(fc.constantFrom(...pathsOf(document)), replacement), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  )
  .map(({ document, changes }) =>
    JSON.stringify(changes.reduce((value, [path, given]) => changed(value, path, given), document)),
  )
  .map((body) => body ?? '');

/** A real event in which one place holds the secret. */
const bodyWithSecret = fc
  .constantFrom(...documents)
  .chain((document) =>
    fc.constantFrom(...pathsOf(document)).map((path) => JSON.stringify(changed(document, path, SECRET))),
  );

/** A real event with a token in every text of claims, authorization and request, keys included. */
const bodyWithToken = fc
  .constantFrom(...documents)
  .map((document) =>
    JSON.stringify(document, (key, value: unknown) => (PRIVATE.includes(key) ? withToken(value) : value)),
  );

function withToken(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('{') ? `{"clientRequestId":"${TOKEN}"}` : TOKEN;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries([
    ...Object.entries(value).map(([key, member]) => [key, withToken(member)]),
    [TOKEN, TOKEN],
  ]);
}

function expectSound(event: NodeEvent): void {
  if (event.kind === 'unreadable') {
    expect(UNREADABLE).toContainEqual(event);
    return;
  }
  expect(event.what).toMatch(LABEL);
  expect(event.id ?? 'none').toMatch(/^[\w-]+$/);
  expect(event.occurredAt ?? 1).toBeGreaterThan(0);
  if (event.kind !== 'nodes') return;
  expect(event.nodes).toHaveLength(1);
  for (const node of event.nodes) expect(node).toMatch(NODE_ID);
}

/** Parses text, expects one sound result for each event, and that the filters let in what is acted on. */
function expectSoundBody(body: string, given: EventContext): void {
  const results = parseEventGridMessage(body, given);
  expect(results.length).toBeGreaterThan(0);
  results.forEach(expectSound);
  if (results.every(({ kind }) => kind === 'ignored' || kind === 'unreadable')) return;
  const events = eventsIn(body);
  expect(events).toHaveLength(results.length);
  const acted = events.filter((_, index) => ['nodes', 'all'].includes(results[index]?.kind ?? ''));
  for (const event of acted) expect(acceptedFilters.some((filter) => passes(filter, event))).toBe(true);
}

describe('whatever the body', () => {
  it('is read into sound values, when it is any text', () =>
    fc.assert(fc.property(fc.string({ unit: anyCharacter }), context, expectSoundBody), { numRuns: 500 }));

  it('is read into sound values, when it is any JSON', () =>
    fc.assert(fc.property(fc.json(), context, expectSoundBody), { numRuns: 500 }));

  it('is read into sound values, when it is any value or bytes', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true }),
          fc.uint8Array(),
        ),
        context,
        (body, given) => {
          parseEventGridMessage(body, given).forEach(expectSound);
        },
      ),
      { numRuns: 500 },
    ));

  it('is read into sound values, when it is a real event with fields dropped or replaced', () =>
    fc.assert(fc.property(mutatedBody, context, expectSoundBody), { numRuns: 5000 }));

  it('is read into sound values, when it is a real event cut short', () =>
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.double({ min: 0, max: 1, noNaN: true }), (file, share) => {
        const body = bodyOf(file);
        expectSoundBody(body.slice(0, Math.floor(body.length * share)), CONTEXT);
      }),
      { numRuns: 500 },
    ));

  it('gives away nothing that no documented field may hold', () =>
    fc.assert(
      fc.property(bodyWithSecret, context, (body, given) => {
        expect(JSON.stringify(parseEventGridMessage(body, given))).not.toContain(SECRET);
      }),
      { numRuns: 3000 },
    ));

  it('gives away nothing of claims, authorization and requests', () =>
    fc.assert(
      fc.property(bodyWithToken, context, (body, given) => {
        expect(JSON.stringify(parseEventGridMessage(body, given))).not.toContain(TOKEN);
      }),
      { numRuns: 500 },
    ));

  it('gives the same values when it is read again', () =>
    fc.assert(
      fc.property(mutatedBody, (body) => {
        expect(parseEventGridMessage(body, CONTEXT)).toEqual(parseEventGridMessage(body, CONTEXT));
      }),
      { numRuns: 500 },
    ));
});
