import { shortenIds } from '../describe.ts';
import { type Style, type Terminal, wrapText } from '../terminal.ts';
import type { AlertReview, ReviewedAlarm, ReviewedCause } from './review.ts';

const MARKS: Readonly<Record<ReviewedAlarm['state'], { readonly mark: string; readonly style: Style }>> = {
  firing: { mark: '✗', style: 'red' },
  unknown: { mark: '?', style: 'yellow' },
  over: { mark: '-', style: 'dim' },
};

const HOLDS: Readonly<Record<ReviewedAlarm['holds'], string>> = {
  yes: 'Still the case',
  no: 'No longer the case',
  unseen: 'Now',
};

/** Of an alarm, so many causes are shown; JSON has them all. */
const MOST_CAUSES = 5;

/** Shows what fired, why, and what to do. */
export function showReview(terminal: Terminal, review: AlertReview, place: string): void {
  const { print, paint, width, columns } = terminal;
  const since = formatTime(review.since);
  const head =
    review.alarms.length === 0
      ? `No alarm fired in ${place} since ${since}.`
      : `Alarms in ${place} since ${since}`;
  for (const line of wrapText(head, columns)) print(paint('bold', line));
  print();
  for (const alarm of review.alarms) showAlarm(terminal, alarm);
  if (review.quiet.length > 0) {
    for (const line of wrapText(`Quiet: ${review.quiet.join(', ')}.`, width)) print(paint('dim', line));
  }
  showGaps(terminal, review);
}

/** Shows what could not be read. */
export function showGaps({ print, paint, width }: Terminal, { gaps }: AlertReview): void {
  for (const { what, code, message, remedy } of gaps) {
    const text = `Could not read ${what} (${code}): ${message} ${remedy}`.trim();
    for (const line of wrapText(text, width)) print(paint('yellow', line));
  }
}

function showAlarm({ print, paint, width, columns }: Terminal, alarm: ReviewedAlarm): void {
  const { mark, style } = MARKS[alarm.state];
  print(`${paint(style, mark)} ${paint('bold', alarm.alarm)}  ${describeState(alarm)}`);
  const say = (text: string): void => {
    for (const line of wrapText(shortenIds(text), width - 4)) print(`    ${line}`);
  };
  say(`${alarm.title}.`);
  say(`${HOLDS[alarm.holds]}: ${alarm.evidence}`);
  for (const cause of alarm.causes.slice(0, MOST_CAUSES)) {
    const style = cause.level === 'error' ? 'red' : 'yellow';
    for (const line of wrapText(describeCause(cause), columns - 4)) print(`    ${paint(style, line)}`);
    for (const line of wrapText(shortenIds(cause.text), width - 6)) print(`      ${line}`);
    if (cause.remedy === null) continue;
    for (const line of wrapText(`Remedy: ${cause.remedy}`, width - 6)) print(`      ${line}`);
  }
  const more = alarm.causes.length - MOST_CAUSES;
  if (more > 0) say(`and ${more} more in the logs, which -o json has.`);
  print(`    ${paint('cyan', `What to do: ${alarm.page}`)}`);
  print();
}

/** @example 'fired 3 times, last 2026-11-21 03:10 to 03:25 UTC, and is over' */
function describeState({ state, episodes }: ReviewedAlarm): string {
  const last = episodes.at(-1);
  if (last === undefined) return 'may have fired';
  const lasting = episodes.findLast(({ to }) => to === null)?.from ?? null;
  const firing = lasting === null ? 'firing' : `firing since ${formatTime(lasting)}`;
  const times = episodes.length === 1 ? '' : `fired ${episodes.length} times`;
  if (state === 'firing') return times === '' ? firing : `${firing}, ${times}`;
  const when = formatSpan(last.from, last.to ?? last.from);
  return times === '' ? `fired ${when}, and is over` : `${times}, last ${when}, and is over`;
}

function describeCause({ kind, code, node, times, first, last }: ReviewedCause): string {
  const what = `${kind} ${code}${node === null ? '' : ` of ${shortenIds(node)}`}`;
  return times === 1
    ? `Logged ${formatTime(last)}: ${what}`
    : `Logged ${times} times, ${formatSpan(first, last)}: ${what}`;
}

/** @example '2026-11-21 03:10 to 03:25 UTC' */
function formatSpan(from: string | null, to: string | null): string {
  if (from === null) return to === null ? '' : `until ${formatTime(to)}`;
  if (to === null) return `from ${formatTime(from)}`;
  const isSameDay = from.slice(0, 10) === to.slice(0, 10);
  const end = formatTime(to).slice(isSameDay ? 11 : 0);
  return `${formatTime(from).replace(' UTC', '')} to ${end}`;
}

/** @example formatTime('2026-11-21T03:10:42.123Z') //=> '2026-11-21 03:10 UTC' */
function formatTime(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

/** One line for each alarm that fired, in columns that scripts can cut. */
export function showPlain({ print }: Terminal, { alarms }: AlertReview): void {
  const rows = alarms.map(({ alarm, state, episodes, holds, page }) => {
    const last = episodes.at(-1);
    return [alarm, state, last?.from ?? '-', last?.to ?? '-', holds, page];
  });
  for (const row of rows) print(row.join(' '));
}
