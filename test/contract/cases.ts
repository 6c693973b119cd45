import type { Run } from '../../shared/core/run/run.ts';
import type { CreateWorld, Machine, World, WorldOptions } from './world.ts';

/** The manual procedure that podroutes replaces: three workers, a block each. */
export const WORKERS = [0, 1, 2].map((i) => ({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` }));
export const WORKER_ROUTES = WORKERS.map(({ name, podCidr }) => `${podCidr} ${name} active`);

/** The body of a test that has a world of its own. */
export type WithWorld = (options: WorldOptions, use: (world: World) => Promise<void>) => () => Promise<void>;

/** Gives each test a world of this backend, and ends it after. */
export function worldsOf(createWorld: CreateWorld): WithWorld {
  return (options, use) => async () => {
    const world = await createWorld(options);
    try {
      await use(world);
    } finally {
      await world.close();
    }
  };
}

export async function launchAll(world: World, machines: readonly Machine[]): Promise<void> {
  for (const machine of machines) await world.launch(machine);
}

/** What a table holds with these routes beside the ones that it always has. */
export function withGiven({ given }: World, lines: readonly string[]): readonly string[] {
  return [...given, ...lines].sort();
}

export function changesOf({ results }: Run): string[] {
  return results.map(({ change, outcome }) => `${change.action} ${change.destination.text} ${outcome}`);
}

export function findingsOf({ findings }: Run): string[] {
  return findings.map(({ code, node, cidr }) => `${code} ${node} ${cidr}`);
}

/** How many calls so many changes to one table take. */
export function writesFor({ traits }: World, changes: number): number {
  return { 'one by one': changes, 'at once': Math.min(changes, 1) }[traits.tableWrites];
}
