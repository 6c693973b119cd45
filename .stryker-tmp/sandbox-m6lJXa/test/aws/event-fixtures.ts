// @ts-nocheck
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { EventPattern, PatternValue } from '../../shared/aws/events/family.ts';
import type { EventContext } from '../../shared/aws/events.ts';
import { ownAgent } from '../../shared/aws/user-agent.ts';

/** The cluster that the files in `events/aws` belong to. */
export const CONTEXT: EventContext = {
  account: '123456789012',
  region: 'us-east-1',
  podCidrTag: 'pod-cidr',
  selectionTagKeys: ['kubernetes.io/cluster/kthw'],
  ownAgent: ownAgent({ cluster: 'kthw', routeTables: [] }),
};

/** The text of a file that the manifest names, as it would be the body of an SQS record. */
export function bodyOf(file: string): string {
  return readFileSync(new URL(`../../events/${file}`, import.meta.url), 'utf8');
}

/** Each cloud's entries have their own form; this test holds those of its folder alone. */
const Manifest = z.array(z.looseObject({ file: z.string() }));

const Entries = z.array(
  z.strictObject({
    file: z.string(),
    source: z.string().check(z.minLength(20)),
    context: z.optional(z.strictObject({ region: z.string() })),
    expect: z.looseObject({ kind: z.enum(['nodes', 'all', 'ignored', 'unreadable']) }),
  }),
);

/** What has to come of each file in `events/aws`, as the manifest says. */
export const awsEntries = Entries.parse(
  Manifest.parse(JSON.parse(bodyOf('manifest.json'))).filter(({ file }) => file.startsWith('aws/')),
);

type JsonObject = Readonly<Record<string, unknown>>;

/** The EventBridge event in a body, wrapped by SNS or not; null where there is none. */
export function busEvent(body: string): JsonObject | null {
  const document = objectIn(body);
  const inner = typeof document?.['Message'] === 'string' ? objectIn(document['Message']) : document;
  return inner !== null && Object.hasOwn(inner, 'detail-type') ? inner : null;
}

function objectIn(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether EventBridge would let the event through: every field of some pattern meets one of its values, and of
 * a field that is a list one member is enough.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
 */
export function matchesSome(patterns: readonly EventPattern[], event: JsonObject): boolean {
  return patterns.some(
    ({ detail, ...top }) =>
      matchesFields(top, event) && (detail === undefined || matchesDetail(detail, event)),
  );
}

function matchesDetail(filter: NonNullable<EventPattern['detail']>, event: JsonObject): boolean {
  return isObject(event['detail']) && matchesFields(filter, event['detail']);
}

function matchesFields(
  filter: Readonly<Record<string, readonly PatternValue[]>>,
  fields: JsonObject,
): boolean {
  return Object.entries(filter).every(([name, values]) => {
    const found: unknown = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return values.some((value) => matchesValue(value, found));
  });
}

function matchesValue(value: PatternValue, found: unknown): boolean {
  if (typeof value !== 'string') return value.exists === (found !== undefined);
  return Array.isArray(found) ? found.includes(value) : found === value;
}
