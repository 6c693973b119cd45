import type { Monitoring } from '../../../shared/core/telemetry.ts';
import type { Price } from './prices.ts';

/** What is paid for. */
export interface Deployment {
  readonly nodes: number;
  readonly tables: number;
  readonly monitoring: Monitoring;
}

/** One line of a month's bill. */
export interface Line {
  readonly what: string;
  readonly amount: number;
  readonly price: Price;
  readonly dollars: number;
}

/** Multiplies what is used in a month by what it costs. */
export function billFor<Item extends string>(
  amounts: Readonly<Record<Item, number>>,
  prices: Readonly<Record<Item, Price>>,
): readonly Line[] {
  return (Object.keys(prices) as Item[]).map((what) => {
    const price = prices[what];
    const amount = amounts[what];
    return { what, amount, price, dollars: (amount / price.per) * price.dollars };
  });
}

/** What the lines come to, in dollars. */
export function sumOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}
