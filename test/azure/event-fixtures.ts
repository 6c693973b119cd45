import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { EventContext, EventFilter } from '../../shared/azure/events.ts';
import { requestMarkOf } from '../../shared/azure/request-ids.ts';

/** The cluster that the files in `events/azure` belong to; Azure writes neither in one case. */
export const CONTEXT: EventContext = {
  subscription: '5F2D1C9A-7C1E-4A57-9D3B-0C7F4E2B8A61',
  resourceGroups: ['kubernetes-network', 'Kubernetes'],
  requestMark: requestMarkOf({ cluster: 'kthw', routeTables: [] }),
};

/** The text of a file that the manifest names, as it would be the body of a Service Bus message. */
export function bodyOf(file: string): string {
  return readFileSync(new URL(`../../events/${file}`, import.meta.url), 'utf8');
}

/** Each cloud's entries have their own form; this test holds those of its folder alone. */
const Manifest = z.array(z.looseObject({ file: z.string() }));

const Entries = z.array(
  z.strictObject({
    file: z.string(),
    source: z.string().check(z.minLength(20)),
    expect: z
      .array(z.looseObject({ kind: z.enum(['nodes', 'all', 'ignored', 'unreadable']) }))
      .check(z.minLength(1)),
  }),
);

/** What has to come of each file in `events/azure`, one result for each event in it, as the manifest says. */
export const azureEntries = Entries.parse(
  Manifest.parse(JSON.parse(bodyOf('manifest.json'))).filter(({ file }) => file.startsWith('azure/')),
);

/** The events in a body, alone or in a list. */
export function eventsIn(body: string): readonly unknown[] {
  const document: unknown = JSON.parse(body);
  return Array.isArray(document) ? document : [document];
}

/**
 * Whether Event Grid would let the event through: its type is included, and every condition is met by one of its
 * values, without regard to case. A condition on a field that is missing is not met.
 * @see https://learn.microsoft.com/azure/event-grid/event-filtering
 */
export function passes({ includedEventTypes, advancedFilters }: EventFilter, event: unknown): boolean {
  const schema = memberAt(event, ['specversion']) === undefined ? 'eventType' : 'type';
  const type = memberAt(event, [schema]);
  if (typeof type !== 'string' || !includedEventTypes.includes(type)) return false;
  return advancedFilters.every(({ operatorType, key, values }) => {
    const found = memberAt(event, key.split('.'));
    return typeof found === 'string' && values.some((value) => MATCHERS[operatorType](found, value));
  });
}

const MATCHERS = {
  StringIn: (found: string, value: string) => found.toLowerCase() === value.toLowerCase(),
  StringContains: (found: string, value: string) => found.toLowerCase().includes(value.toLowerCase()),
};

function memberAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return memberAt(Object.entries(value).find(([name]) => name === key)?.[1], rest);
}
