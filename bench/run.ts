import { writeFile } from 'node:fs/promises';
import { measureCalls, measureLaunch, measureMemory } from './aws.ts';
import { measureAzureBurst, measureAzureLaunch } from './azure.ts';
import { measureBundles } from './bundles.ts';
import { measureBursts } from './bursts.ts';
import { measureCommandLine, measureDoctor } from './cli.ts';
import { measurePlanning } from './planning.ts';
import { measureSmallFunctions } from './small-functions.ts';
import { measureUserData } from './user-data.ts';

/** One figure with the bar that it is held against. */
export interface Figure {
  readonly what: string;
  /** Null where it never came. */
  readonly value: number | null;
  readonly unit: string;
  /** At most this much is good enough; null for what is measured to compare with. */
  readonly bar: number | null;
}

const SUITES = [
  // First, since the heap that other suites leave would be counted with it.
  measureUserData,
  measureCalls,
  measureLaunch,
  measureBursts,
  measureMemory,
  measureSmallFunctions,
  measureAzureBurst,
  measureAzureLaunch,
  measureBundles,
  measureCommandLine,
  measureDoctor,
  measurePlanning,
];

const only = process.argv.slice(2);
const figures: Figure[] = [];
for (const suite of SUITES.filter(
  ({ name }) => only.length === 0 || only.some((word) => name.includes(word)),
)) {
  for (const figure of await suite()) {
    figures.push(figure);
    const { what, value, unit, bar } = figure;
    const held =
      bar === null ? '' : `bar ${format(bar).padStart(7)}  ${isMet(figure) ? 'ok' : 'ABOVE THE BAR'}`;
    console.log(`${what.padEnd(84)} ${format(value).padStart(9)} ${unit.padEnd(6)} ${held}`);
  }
}
process.exitCode = figures.every(isMet) ? 0 : 1;
if (only.length === 0) {
  await writeFile(
    new URL('results.json', import.meta.url),
    `${JSON.stringify({ node: process.version, figures }, null, 2)}\n`,
  );
}

function isMet({ value, bar }: Figure): boolean {
  return bar === null || (value !== null && value <= bar);
}

function format(value: number | null): string {
  if (value === null) return 'never';
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
