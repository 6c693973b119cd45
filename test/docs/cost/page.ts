import { writeFile } from 'node:fs/promises';
import type { Monitoring } from '../../../shared/core/telemetry.ts';
import { ROOT, readText } from '../markdown.ts';
import { awsBill } from './aws.ts';
import { azureBill } from './azure.ts';
import { type Deployment, type Line, sumOf } from './bill.ts';
import { AWS_PRICES, AZURE_PRICES, type Price } from './prices.ts';

export const PAGE = 'docs/cost.md';
export const LEVELS: readonly Monitoring[] = ['full', 'essential', 'off'];
export const NODES = [10, 100, 500];
export const TABLES = [1, 3, 10];
/** Of which the page shows every line. */
const EXAMPLE = { nodes: 100, tables: 3 };

type Bill = (deployment: Deployment) => readonly Line[];

/** The tables of the page, by the heading that each stands below. */
export function makeTables(): Readonly<Record<string, string>> {
  return {
    'AWS by nodes and tables': sums(awsBill),
    'AWS line by line': lines(awsBill),
    'AWS prices': prices(AWS_PRICES),
    'Azure by nodes and tables': sums(azureBill),
    'Azure line by line': lines(azureBill),
    'Azure prices': prices(AZURE_PRICES),
  };
}

/** The page with the tables in place of those that it has. */
export function fillPage(page: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [heading, table]) => {
    const parts = new RegExp(`^(#+ ${heading}\\n(?:(?!#|\\|).*\\n)*)(?:\\|.*\\n)*`, 'm');
    if (!parts.test(text)) throw new Error(`expected the heading "${heading}"`);
    return text.replace(parts, (_, above: string) => `${above}${table}\n`);
  }, page);
}

function sums(bill: Bill): string {
  const rows = NODES.flatMap((nodes) =>
    TABLES.map((tables) => [
      String(nodes),
      String(tables),
      ...LEVELS.map((monitoring) => sumOf(bill({ nodes, tables, monitoring })).toFixed(2)),
    ]),
  );
  return table(['nodes', 'tables', ...LEVELS.map(code)], rows);
}

function lines(bill: Bill): string {
  const bills = LEVELS.map((monitoring) => bill({ ...EXAMPLE, monitoring }));
  const [first = []] = bills;
  const rows = first.map(({ what, price }, i) => [
    what,
    showPrice(price),
    ...bills.flatMap((each) => {
      const line = each[i];
      return line === undefined ? [] : [`${round(line.amount)} = ${line.dollars.toFixed(2)}`];
    }),
  ]);
  const total = ['**sum**', '', ...bills.map((each) => `**${sumOf(each).toFixed(2)}**`)];
  return table(['item', 'price', ...LEVELS.map(code)], [...rows, total]);
}

function prices(of: Readonly<Record<string, Price>>): string {
  const rows = Object.entries(of).map(([what, price]) => [what, showPrice(price), `<${price.source}>`]);
  return table(['item', 'price', 'source'], rows);
}

function showPrice({ dollars, unit, per }: Price): string {
  return per === 1 ? `${dollars} for each ${unit}` : `${dollars} for a million ${unit}`;
}

function round(amount: number): string {
  return amount < 10 ? String(Number(amount.toFixed(2))) : Math.round(amount).toLocaleString('en-GB');
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

if (import.meta.main) await writeFile(new URL(PAGE, ROOT), fillPage(await readText(PAGE), makeTables()));
