import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { searchUserData } from '../shared/core/claims/user-data/search.ts';
import { hostileUserData } from '../test/core/claims/hostile.ts';
import type { Figure } from './run.ts';

const KIB = 1024;
const MIB = KIB * KIB;
const SIZES = [
  { what: '16 KiB, as AWS takes', size: 16 * KIB },
  { what: '64 KiB, as Azure takes', size: 64 * KIB },
  { what: '1 MiB in gzip', size: MIB },
];

/** The worst of all hostile user data (R12). */
export function measureUserData(): Figure[] {
  return SIZES.flatMap(({ what, size }) => {
    const costs = hostileUserData(size).map(({ base64 }) => {
      const [first, second] = [measure(base64), measure(base64)];
      // The first pays for compiling, as in a function; what comes besides in one alone is of no search.
      return { milliseconds: first.milliseconds, bytes: Math.min(first.bytes, second.bytes) };
    });
    return [
      {
        what: `hostile user data of ${what}, CPU`,
        value: Math.max(...costs.map(({ milliseconds }) => milliseconds)),
        unit: 'ms',
        bar: 100,
      },
      {
        what: `hostile user data of ${what}, memory, garbage included`,
        value: Math.max(...costs.map(({ bytes }) => bytes)) / MIB,
        unit: 'MiB',
        bar: 32,
      },
    ];
  });
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** The memory is all that one search takes, garbage included. */
function measure(base64: string): { milliseconds: number; bytes: number } {
  collectGarbage();
  const before = memory();
  const start = process.cpuUsage();
  searchUserData(base64, 'pod-cidr');
  const { user, system } = process.cpuUsage(start);
  return { milliseconds: (user + system) / 1000, bytes: memory() - before };
}

function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
