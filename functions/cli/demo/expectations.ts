import { readFindings } from './log-lines.ts';
import { formatRow } from './route-rows.ts';
import type { Check, Scene } from './scene.ts';

/** Under one label there is this route, or none to its destination where `line` is null. */
export function expectRoute(
  { after }: Scene,
  label: string,
  destination: string,
  line: string | null,
  what: string,
): Check {
  const row = after.find((each) => each.label === label && each.destination === destination);
  return { what, expected: line, found: row === undefined ? null : formatRow(row) };
}

/** Exactly these mutating calls reached the cloud, in this order. */
export function expectWrites({ handled }: Scene, writes: readonly string[], what: string): Check {
  return { what, expected: writes, found: handled?.writes ?? null };
}

/** Exactly these findings were logged, by their codes. */
export function expectFindings({ handled }: Scene, codes: readonly string[], what: string): Check {
  return { what, expected: codes, found: readFindings(handled?.log ?? []).map(({ code }) => code) };
}

/** Exactly these findings of the severity `error` were logged, by their codes. */
export function expectErrors({ handled }: Scene, codes: readonly string[], what: string): Check {
  const errors = readFindings(handled?.log ?? []).filter(({ severity }) => severity === 'error');
  return { what, expected: codes, found: errors.map(({ code }) => code) };
}

/** What waits does so for as long as this, in seconds. */
export function expectWaits({ handled }: Scene, seconds: number, what: string): Check {
  const waiting = (handled?.report?.changes ?? []).filter(({ outcome }) => outcome === 'waiting');
  const spans = waiting.map(
    ({ since, notBefore }) => (Date.parse(notBefore ?? '') - Date.parse(since ?? '')) / 1000,
  );
  return { what, expected: [seconds], found: [...new Set(spans)] };
}

/** The answer to a request names these changes, as sorted `action destination outcome` lines. */
export function expectChanges({ handled }: Scene, changes: readonly string[], what: string): Check {
  const found = Array.from(
    handled?.report?.changes ?? [],
    ({ action, destination, outcome }) => `${action} ${destination} ${outcome}`,
  );
  return { what, expected: changes, found: found.sort() };
}

/** Nothing was given up to the dead-letter queue since the part began. */
export function expectNothingLost({ handled }: Scene, what: string): Check {
  return { what, expected: 0, found: handled?.lost ?? null };
}
