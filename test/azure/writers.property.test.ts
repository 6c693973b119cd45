import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findResource } from '../../shared/sandbox/arm/resources.ts';
import { assertSideBySide } from '../property/side-by-side.ts';
import { type AzureWorld, createAzureWorld } from './azure-world.ts';
import { createController, createPerson, type Write } from './other-writers.ts';

/** `test/peers` plays a thousand. */
const RUNS = Number(process.env['WRITERS_RUNS'] ?? 200);

/** Who writes to one table at once: two others, and one or more instances of podroutes. */
interface Story {
  readonly nodes: number;
  readonly operationMs: number;
  readonly lockAnswer: 'retryable-error' | 'another-operation-in-progress';
  readonly person: readonly Write[];
  readonly controller: readonly Write[];
  /** Which nodes each instance looks at; null for all. */
  readonly instances: readonly (readonly number[] | null)[];
}

function writes(last: number): fc.Arbitrary<readonly Write[]> {
  return fc.array(
    fc.record({
      route: fc.integer({ min: 0, max: 2 }),
      action: fc.constantFrom('put', 'put', 'delete'),
      after: fc.integer({ min: 0, max: last }),
    }),
    { minLength: 1, maxLength: 4 },
  );
}

const story: fc.Arbitrary<Story> = fc.record({
  nodes: fc.integer({ min: 1, max: 5 }),
  operationMs: fc.constantFrom(0, 0, 2),
  lockAnswer: fc.constantFrom('retryable-error', 'another-operation-in-progress'),
  person: writes(60),
  controller: writes(20),
  instances: fc.array(fc.option(fc.subarray([0, 1, 2, 3, 4], { minLength: 1 })), {
    minLength: 1,
    maxLength: 3,
  }),
});

/** Plays a story to its end; gives how often podroutes was refused because the table had moved. */
async function play({ nodes, person, controller, instances, ...options }: Story): Promise<number> {
  const world = await createAzureWorld({ ...options, retryAfterSeconds: 0 });
  try {
    const ids = Array.from({ length: nodes }, (_, i) => world.launch(20 + i));
    const others = { person: createPerson(world), controller: createController(world) };
    const looks = instances.map((chosen) => {
      const named = (chosen ?? []).flatMap((index) => ids[index] ?? []);
      return chosen === null ? world.run() : world.run({ kind: 'nodes', ids: named });
    });
    await Promise.all([...looks, others.person.write(person), others.controller.write(controller)]);
    await world.run();
    const ours = ids.map((_, i) => `kubernetes-route-10-200-${i}-0-24 10.200.${i}.0/24 10.240.0.2${i}`);
    const theirs = [...others.person.routes(), ...others.controller.routes()];
    expect(world.routes().sort()).toEqual([...ours, ...theirs].sort());
    expect(tagOf(world)).toBe(
      others.controller
        .routes()
        .map((line) => line.split(' ')[0])
        .join(' '),
    );
    const refused = world.sandbox.calls.filter(
      ({ status, userAgent }) => status === 412 && userAgent.startsWith('podroutes/'),
    );
    world.sandbox.clearCalls();
    await world.run();
    expect(world.sandbox.calls.filter(({ mutating }) => mutating)).toEqual([]);
    return refused.length;
  } finally {
    await world.sandbox.close();
  }
}

function tagOf({ sandbox, table }: AzureWorld): string | undefined {
  return findResource(sandbox.arm, 'Microsoft.Network/routeTables', table)?.tags['controller'];
}

describe('Three and more writers on one route table', () => {
  it(`lose neither each other's routes nor those of others, and come to rest (${RUNS} stories)`, async () => {
    let refused = 0;
    await assertSideBySide(
      fc.asyncProperty(story, async (each) => {
        refused += await play(each);
      }),
      RUNS,
    );
    // Or they never met.
    expect(refused).toBeGreaterThan(0);
  }, 600_000);
});
