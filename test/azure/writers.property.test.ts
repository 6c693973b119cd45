import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArmError } from '../../shared/sandbox/arm/errors.ts';
import { deleteRoute, putRoute } from '../../shared/sandbox/arm/route-tables.ts';
import { type AzureWorld, createAzureWorld } from './azure-world.ts';

/** Worlds that live side by side, since what they mostly do is wait. */
const SIDE_BY_SIDE = 10;
const RUNS = Number(process.env['WRITERS_RUNS'] ?? 100);

/** What somebody else does to a route of their own, after so many turns of the event loop. */
interface ForeignWrite {
  readonly route: number;
  readonly action: 'put' | 'delete';
  readonly after: number;
}

interface Story {
  readonly nodes: number;
  readonly operationMs: number;
  readonly lockAnswer: 'retryable-error' | 'another-operation-in-progress';
  readonly foreign: readonly ForeignWrite[];
  /** Which nodes each instance of podroutes looks at; null for all. */
  readonly instances: readonly (readonly number[] | null)[];
}

const story: fc.Arbitrary<Story> = fc.record({
  nodes: fc.integer({ min: 1, max: 6 }),
  operationMs: fc.constantFrom(0, 0, 2),
  lockAnswer: fc.constantFrom('retryable-error', 'another-operation-in-progress'),
  foreign: fc.array(
    fc.record({
      route: fc.integer({ min: 0, max: 3 }),
      action: fc.constantFrom('put', 'put', 'delete'),
      after: fc.integer({ min: 0, max: 40 }),
    }),
    { maxLength: 8 },
  ),
  instances: fc.array(fc.option(fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 })), {
    minLength: 2,
    maxLength: 3,
  }),
});

function foreignRoute(index: number) {
  return { name: `theirs-${index}`, addressPrefix: `172.16.${index}.0/24`, nextHopIpAddress: '10.240.0.4' };
}

/** Whoever writes routes waits for the lock of the table. */
async function writeAsOther(world: AzureWorld, { route, action, after }: ForeignWrite): Promise<void> {
  for (let turn = 0; turn < after; turn += 1) await new Promise(setImmediate);
  const { arm } = world.sandbox;
  for (;;) {
    try {
      if (action === 'put') putRoute(arm, world.table, foreignRoute(route));
      else deleteRoute(arm, world.table, foreignRoute(route).name);
      return;
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

/** Another controller that writes its routes one after another. */
async function writeAll(world: AzureWorld, writes: readonly ForeignWrite[]): Promise<void> {
  for (const write of writes) await writeAsOther(world, write);
}

/** What is left of the foreign routes, by the order in which their one owner wrote them. */
function remaining(writes: readonly ForeignWrite[]): string[] {
  const left = new Set<number>();
  for (const { route, action } of writes) action === 'put' ? left.add(route) : left.delete(route);
  return [...left].map((index) => `theirs-${index} 172.16.${index}.0/24 10.240.0.4`);
}

async function play({ nodes, operationMs, lockAnswer, foreign, instances }: Story): Promise<void> {
  const world = await createAzureWorld({ operationMs, lockAnswer, retryAfterSeconds: 0 });
  try {
    const ids = Array.from({ length: nodes }, (_, i) => world.launch(20 + i));
    const looks = instances.map((chosen) => {
      const named = (chosen ?? []).flatMap((index) => ids[index] ?? []);
      return chosen === null ? world.run() : world.run({ kind: 'nodes', ids: named });
    });
    await Promise.all([...looks, writeAll(world, foreign)]);
    await world.run();
    const ours = ids.map((_, i) => `kubernetes-route-10-200-${i}-0-24 10.200.${i}.0/24 10.240.0.2${i}`);
    expect(world.routes().sort()).toEqual([...ours, ...remaining(foreign)].sort());
    world.sandbox.clearCalls();
    await world.run();
    expect(world.sandbox.calls.filter(({ mutating }) => mutating)).toEqual([]);
  } finally {
    await world.sandbox.close();
  }
}

describe('Several writers on one route table', () => {
  it(
    "lose neither each other's routes nor those of others, and come to rest",
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(story, { minLength: SIDE_BY_SIDE, maxLength: SIDE_BY_SIDE }),
          async (stories) => {
            await Promise.all(stories.map(play));
          },
        ),
        { numRuns: Math.ceil(RUNS / SIDE_BY_SIDE) },
      ),
    600_000,
  );
});
