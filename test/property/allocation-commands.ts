import fc from 'fast-check';
import type { PlayedBy } from '../model/steps.ts';
import type { BLOCK_PLAYS } from './allocation-steps.ts';
import type { AllocationWorld, Gate, LedgerFault, RunPlan } from './allocation-world.ts';

const PLACES = 6;
const place = fc.nat(PLACES - 1);
/** Blocks that others have, parts of them, and wide ones. */
const claimed = fc.constantFrom(
  ...Array.from({ length: 16 }, (_, i) => `10.200.${i}.0/24`),
  '10.200.3.128/25',
  '10.200.8.0/22',
  '10.200.0.0/20',
);

const details = fc.record({
  at: place,
  /** What a machine is launched with. */
  given: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: claimed }),
  /** What somebody makes of its tag. */
  text: fc.option(claimed),
  state: fc.constantFrom('running' as const, 'stopped' as const),
  /** Which looks lag behind. */
  looks: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
});
type Details = typeof details extends fc.Arbitrary<infer T> ? T : never;

interface Command {
  readonly weight: number;
  readonly act: (world: AllocationWorld, details: Details) => void | Promise<void>;
}

type Beside = PlayedBy<typeof BLOCK_PLAYS, 'beside'> | 'retag' | 'power' | 'lag' | 'arrive';
type Between = PlayedBy<typeof BLOCK_PLAYS, 'between'> | 'passMinutes' | 'keepBackup';

/** What happens while runs are under way; the model has all but the last four, or has them in a step of another name. */
const BESIDE: Readonly<Record<Beside, Command>> = {
  launch: { weight: 6, act: (world, { at, given }) => world.launch(at, given) },
  terminate: { weight: 3, act: (world, { at }) => world.terminate(at) },
  catchUp: { weight: 1, act: (world) => world.catchUp() },
  // Claims that people make, and change, are not in the model.
  retag: { weight: 2, act: (world, { at, text }) => world.retag(at, text) },
  power: { weight: 1, act: (world, { at, state }) => world.setState(at, state) },
  // The first read of the model after a change lags by itself.
  lag: { weight: 1, act: (world, { looks }) => world.cloud.lag(looks) },
  // In the model a run whose answer is lost has ended, be it that it goes on.
  arrive: { weight: 2, act: (world) => world.arrive() },
};

/** What happens while no run is under way. */
const BETWEEN: Readonly<Record<Between, Command>> = {
  // As long as the code waits.
  passQuarter: { weight: 3, act: (world) => world.passQuarter() },
  passMinutes: { weight: 3, act: (world) => world.passTime(10) },
  restore: { weight: 1, act: (world) => world.restore() },
  keepBackup: { weight: 1, act: (world) => world.keepBackup() },
};

/** A command, with the details that it may need. */
interface Deed extends Details {
  readonly what: string;
  readonly act: Command['act'];
}

function choose(commands: Readonly<Record<string, Command>>): fc.Arbitrary<Deed> {
  const choices = Object.entries(commands).map(([what, { weight, act }]) => ({
    weight,
    arbitrary: fc.constant({ what, act }),
  }));
  return fc.tuple(fc.oneof(...choices), details).map(([command, more]) => ({ ...command, ...more }));
}

/** What happens while runs are under way, in an order of its own; then what happens after them. */
interface Scene {
  readonly deeds: readonly Deed[];
  readonly runs: readonly RunPlan[];
  readonly after: readonly Deed[];
}

const faults = fc.array(fc.constantFrom<LedgerFault>('none', 'none', 'throttled', 'answer-lost', 'late'), {
  maxLength: 4,
});
const run: fc.Arbitrary<RunPlan> = fc.record({
  nodes: fc.option(fc.uniqueArray(place, { minLength: 1, maxLength: PLACES }), { freq: 3 }),
  killedAfter: fc.option(fc.nat(9), { freq: 2 }),
  faults,
  size: fc.constantFrom(24, 24, 25),
});

export const scenes: fc.Arbitrary<Scene[]> = fc.array(
  fc.record({
    deeds: fc.array(choose(BESIDE), { maxLength: 6 }),
    runs: fc.array(run, { maxLength: 4 }),
    after: fc.array(choose(BETWEEN), { maxLength: 2 }),
  }),
  { minLength: 3, maxLength: 12 },
);

/** Lets a scene happen; the gate decides what comes before what. */
export async function perform(world: AllocationWorld, { deeds, runs }: Scene, gate: Gate): Promise<void> {
  const under = [
    ...runs.map((plan) => world.run(plan, gate)),
    ...deeds.map(async (deed) => {
      await gate(deed.what);
      await deed.act(world, deed);
    }),
  ];
  await Promise.all(under);
}

/** Nothing goes wrong in it. */
export const FULL: RunPlan = { nodes: null, killedAfter: null, faults: [], size: 24 };
export const AT_ONCE: Gate = async () => {};

/** All that remains to be done is done, and whoever has gone has been so for long enough. */
export async function settle(world: AllocationWorld): Promise<void> {
  for (let at = 0; at < PLACES; at += 1) world.setState(at, 'running');
  for (let i = 0; i < 6; i += 1) {
    world.passQuarter();
    await world.run(FULL, AT_ONCE);
  }
  world.played.add('settle');
}
