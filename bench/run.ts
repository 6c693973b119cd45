import { writeFile } from 'node:fs/promises';
import { measureBurst, measureCalls, measureLaunch, measureMemory } from './aws.ts';
import { measureAzureBurst, measureAzureLaunch } from './azure.ts';
import { measureBundles } from './bundles.ts';
import { measureCommandLine, measureDoctor } from './cli.ts';
import { measurePlanning } from './planning.ts';
import { measureUserData } from './user-data.ts';

/** One figure with the bar that it is held against. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** At most this much is good enough. */
  readonly bar: number;
}

const SUITES = [
  measureCalls,
  measureLaunch,
  measureBurst,
  measureMemory,
  measureAzureBurst,
  measureAzureLaunch,
  measureBundles,
  measureCommandLine,
  measureDoctor,
  measurePlanning,
  measureUserData,
];

const only = process.argv.slice(2);
const figures: Figure[] = [];
for (const suite of SUITES.filter(
  ({ name }) => only.length === 0 || only.some((word) => name.includes(word)),
)) {
  for (const figure of await suite()) {
    figures.push(figure);
    const { what, value, unit, bar } = figure;
    const verdict = value <= bar ? 'ok' : 'ABOVE THE BAR';
    console.log(
      `${what.padEnd(66)} ${format(value).padStart(9)} ${unit.padEnd(6)} bar ${format(bar).padStart(7)}  ${verdict}`,
    );
  }
}
process.exitCode = figures.every(({ value, bar }) => value <= bar) ? 0 : 1;
if (only.length === 0) {
  await writeFile(
    new URL('results.json', import.meta.url),
    `${JSON.stringify({ node: process.version, figures }, null, 2)}\n`,
  );
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
