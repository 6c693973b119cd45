import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Node } from '../../shared/core/model.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, claim, hopOf, node, settings } from './builders.ts';
import { failure, type MemoryCloud, memoryCloud, strangerHop } from './memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from './memory-ledger.ts';

const IDS = ['n0', 'n1', 'n2', 'n3'];
const BLOCKS = Array.from({ length: 6 }, (_, i) => `10.200.${i}.0/24`);
const TABLES = ['rtb-1', 'rtb-2'];

type Step =
  | { readonly kind: 'claim'; readonly id: string; readonly block: string }
  | { readonly kind: 'state'; readonly id: string; readonly state: Node['state'] }
  | { readonly kind: 'lose'; readonly table: string; readonly block: string }
  | {
      readonly kind: 'fail';
      readonly table: string;
      readonly block: string;
      readonly what: 'transient' | 'full';
    }
  | { readonly kind: 'event'; readonly id: string }
  | { readonly kind: 'schedule' };

const [ids, blocks, tables] = [
  fc.constantFrom(...IDS),
  fc.constantFrom(...BLOCKS),
  fc.constantFrom(...TABLES),
];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('claim' as const), id: ids, block: blocks }),
    fc.record({
      kind: fc.constant('state' as const),
      id: ids,
      state: fc.constantFrom('running' as const, 'running' as const, 'stopped' as const, 'gone' as const),
    }),
    fc.record({ kind: fc.constant('lose' as const), table: tables, block: blocks }),
    fc.record({
      kind: fc.constant('fail' as const),
      table: tables,
      block: blocks,
      what: fc.constantFrom('transient' as const, 'full' as const),
    }),
    fc.record({ kind: fc.constant('event' as const), id: ids }),
    fc.record({ kind: fc.constant('schedule' as const) }),
  ),
  { minLength: 5, maxLength: 30 },
);

const FOREIGN = '10.200.9.0/24';
const SETTINGS = settings();
const TICK = 10 * 60_000;
const DAY = 24 * 60 * 60_000;

/** A cloud, and what is remembered of it. */
interface Scene {
  readonly cloud: MemoryCloud;
  readonly ledger: MemoryLedger;
}

function startCloud(): MemoryCloud {
  const cloud = memoryCloud(
    IDS.map((id, i) => node(id, [], { launchedAt: i })),
    TABLES,
  );
  for (const id of TABLES) cloud.put(id, cidr(FOREIGN), strangerHop('vpn'));
  return cloud;
}

function update(cloud: MemoryCloud, id: string, more: Partial<Node>): void {
  const current = cloud.nodes.get(id);
  // A node that is gone does not come back.
  if (current !== undefined && current.state !== 'gone') cloud.nodes.set(id, { ...current, ...more });
}

function run({ cloud, ledger }: Scene, named: readonly string[]): Promise<Run> {
  return reconcile(cloud, {
    scope: { kind: named.length === 0 ? 'all' : 'nodes', ids: named },
    dryRun: false,
    ledger: named.length === 0 ? async () => ledger : 'events',
    signal: new AbortController().signal,
    settings: SETTINGS,
  });
}

/** Running nodes with a claim that a table leads to. */
function served(cloud: MemoryCloud, table: string): string[] {
  const hops = new Set([...(cloud.tables.get(table)?.values() ?? [])].map(({ nextHop }) => nextHop.id));
  return [...cloud.nodes.values()]
    .filter(({ id, state, claims }) => state === 'running' && claims.length > 0 && hops.has(hopOf(id).id))
    .map(({ id }) => id);
}

/** Runs once and holds it to the rules that every run keeps. */
async function runChecked(scene: Scene, named: readonly string[]): Promise<void> {
  const { cloud } = scene;
  const before = TABLES.map((id) => served(cloud, id));
  cloud.log.length = 0;
  const done = await run(scene, named);
  const claimed = new Set(
    [...cloud.nodes.values()]
      .filter(({ state }) => state !== 'gone')
      .flatMap(({ claims }) => claims.map((one) => one.cidr.text)),
  );
  const wrong = done.results.filter(({ change: { action, destination, evidence } }) => {
    // R3: what is proven depends on nobody else's claims, which a run for events has not read.
    const isKnown = named.length === 0 || evidence !== 'proven';
    const isLoss = action === 'delete' && isKnown && claimed.has(destination.text);
    return isLoss || destination.text === FOREIGN;
  });
  // Two nodes that swap are each other's gap when one of the two replacements fails.
  const swapFailed = done.results.some(
    ({ change, outcome }) => change.action === 'replace' && outcome !== 'applied',
  );
  const after = TABLES.map((id) => new Set(served(cloud, id)));
  const lost = swapFailed ? [] : before.flatMap((ids, i) => ids.filter((id) => !after[i]?.has(id)));
  // Once for a run: there are 20,000 of them.
  expect({ wrong, lost }).toEqual({ wrong: [], lost: [] });
}

async function take(scene: Scene, step: Step): Promise<void> {
  const { cloud } = scene;
  switch (step.kind) {
    case 'claim':
      update(cloud, step.id, { claims: [claim(step.block)] });
      return;
    case 'state':
      update(cloud, step.id, { state: step.state });
      return;
    case 'lose':
      cloud.tables.get(step.table)?.delete(step.block);
      return;
    case 'fail':
      cloud.failing.set(`${step.table} ${step.block}`, [failure(step.what)]);
      return;
    case 'event':
      await runChecked(scene, [step.id]);
      return;
    case 'schedule':
      scene.ledger.now += TICK;
      await runChecked(scene, []);
  }
}

describe('whatever happens between and during runs', () => {
  it('R1 to R9 hold in every run, and a day of undisturbed ones brings everything in step', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const cloud = startCloud();
        const scene = { cloud, ledger: memoryLedger(0) };
        for (const step of sequence) await take(scene, step);
        cloud.failing.clear();
        // What a node had before waits for a day.
        for (let waited = 0; waited <= DAY + TICK; waited += TICK) await take(scene, { kind: 'schedule' });
        for (const id of TABLES) expect(cloud.routes(id)).toContain(`${FOREIGN} vpn`);
        cloud.log.length = 0;
        const again = await run(scene, []);
        expect(cloud.log).toEqual(['observe']);
        expect(again.results).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
