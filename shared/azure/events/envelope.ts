import * as z from 'zod/mini';
import type { UnreadableProblem } from '../../core/events/node-event.ts';

/** What both schemas say of an event; ids and times are checked where they are used. */
interface Envelope {
  readonly id: unknown;
  readonly time: unknown;
  readonly type: string;
  readonly data: unknown;
}

type EnvelopeResult =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly problem: UnreadableProblem };

/** @see https://learn.microsoft.com/azure/event-grid/event-schema */
const EventGridEvent = z.pipe(
  z.object({
    id: z.optional(z.unknown()),
    eventTime: z.optional(z.unknown()),
    eventType: z.string(),
    data: z.optional(z.unknown()),
  }),
  z.transform(
    ({ id, eventTime, eventType, data }): Envelope => ({
      id,
      time: eventTime,
      type: eventType,
      data,
    }),
  ),
);

/** @see https://learn.microsoft.com/azure/event-grid/cloud-event-schema */
const CloudEvent = z.pipe(
  z.object({
    specversion: z.literal('1.0'),
    id: z.optional(z.unknown()),
    time: z.optional(z.unknown()),
    type: z.string(),
    data: z.optional(z.unknown()),
  }),
  z.transform(({ id, time, type, data }): Envelope => ({ id, time, type, data })),
);

const SCHEMAS = [
  { mark: 'specversion', schema: CloudEvent },
  { mark: 'eventType', schema: EventGridEvent },
] as const;

/** Reads what is common to the events of the Event Grid schema and of CloudEvents 1.0. */
export function readEnvelope(document: unknown): EnvelopeResult {
  if (typeof document !== 'object' || document === null) return { ok: false, problem: 'unknown-envelope' };
  const known = SCHEMAS.find(({ mark }) => Object.hasOwn(document, mark));
  if (known === undefined) return { ok: false, problem: 'unknown-envelope' };
  const result = known.schema.safeParse(document);
  return result.success ? { ok: true, envelope: result.data } : { ok: false, problem: 'bad-shape' };
}

/** The value, or undefined (which JSON has not) where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
