import { titleOf } from '../clouds.ts';
import type { ReadableReport } from './read-report.ts';

/** @example count(1000, 'node') //=> '1,000 nodes' */
export function count(amount: number | bigint, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(amount)} ${amount === 1 || amount === 1n ? singular : plural}`;
}

/** @example formatNumber(1000) //=> '1,000' */
export function formatNumber(amount: number | bigint): string {
  return amount.toLocaleString('en-GB');
}

/** @example join(['a', 'b', 'c']) //=> 'a, b and c' */
export function join(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** The first few and how many there are besides. */
export function abridge(words: readonly string[], most: number): string {
  if (words.length <= most) return words.join(', ');
  return `${words.slice(0, most).join(', ')} and ${formatNumber(words.length - most)} more`;
}

/** Amounts by word in the order given, without those that are zero: `997 running, 3 stopped`. */
export function tally(
  words: readonly string[],
  order: readonly string[],
  say: (amount: number, word: string) => string = (amount, word) => `${formatNumber(amount)} ${word}`,
): string {
  return order
    .map((word) => ({ word, amount: words.filter((other) => other === word).length }))
    .filter(({ amount }) => amount > 0)
    .map(({ word, amount }) => say(amount, word))
    .join(', ');
}

const TIME = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
});

/** @example formatTime('2026-11-21T03:00:00.000Z') //=> '21 November 2026 at 03:00 UTC' */
export function formatTime(iso: string): string {
  return `${TIME.format(new Date(iso))} UTC`;
}

/** The cluster with its cloud, as a title. */
export function nameCluster({ cluster, cloud }: Pick<ReadableReport, 'cluster' | 'cloud'>): string {
  return `${cluster ?? 'Unnamed cluster'} on ${titleOf(cloud)}`;
}
