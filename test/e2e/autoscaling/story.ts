import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { readBlocks } from '../../../shared/core/ledger/blocks.ts';
import { createFileLedger } from '../../../shared/core/ledger/file.ts';
import { CLUSTER_CIDRS, createDisk, readWritten, runScript, SYSTEM_SHELL } from '../../infra/node/script.ts';
import { createChance } from './chance.ts';
import type { Scale, Site } from './site.ts';

const { signal } = new AbortController();
const SAMPLED = 3;
const LATEST_END_MS = 20_000;

/** Machines come and go at once, blocks are used again, the cluster CIDR fills up, and one machine too many comes. */
export async function playStory(site: Site, scale: Scale): Promise<void> {
  const { fleet } = site;
  const chance = createChance(scale.seed);
  const living = new Set<string>();
  const launch = async (count: number): Promise<readonly string[]> => {
    const ids = await site.launch(count);
    for (const id of ids) living.add(id);
    return ids;
  };
  const endSome = async (): Promise<void> => {
    const ids = chance.shuffle([...living]).slice(0, scale.turnover);
    for (const id of ids) living.delete(id);
    // By then some have blocks, and some have not.
    await sleep((chance.next() * LATEST_END_MS) / scale.haste);
    await site.end(ids);
  };
  // Nothing is handed out before a full run has entered what there is.
  await site.reconcile();
  await launch(scale.machines);
  await fleet.serve(Promise.all([endSome(), launch(scale.turnover)]));
  await settle(site, scale);
  await site.pass(120);
  await settle(site, scale);
  await expectInStep(site, [...living]);

  // Their blocks are free from the next run of the schedule on, which comes amid launches.
  await fleet.serve(endSome());
  await settle(site, scale);
  await site.ripen();
  await fleet.serve(Promise.all([launch(scale.turnover), site.reconcile(), endSome()]));
  await launch(scale.turnover);
  await fleet.serve(site.reconcile());
  await settle(site, scale);
  await site.pass(120);
  await settle(site, scale);
  expect(living.size).toBe(scale.machines);
  await expectInStep(site, [...living]);

  await launch(scale.capacity - scale.machines);
  await fleet.serve();
  await settle(site, scale);
  await expectInStep(site, [...living]);
  expect(new Set([...living].map(site.tagOf)).size).toBe(scale.capacity);
  const [tooMany = ''] = await site.launch(1);
  await fleet.serve();
  const { findings } = await site.reconcile();
  const errors = findings.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ code }) => code)).toEqual(['no-free-cidr']);
  expect(errors[0]?.message).toContain(String(scale.capacity));
  expect(site.tagOf(tooMany)).toBeNull();
  await expectInStep(site, [...living]);
  for (const id of chance.shuffle([...living]).slice(0, SAMPLED)) await expectScriptAgrees(site, id);
  expect(fleet.killed()).toBe(scale.kills);
  expect(fleet.queue.deadLetters).toEqual([]);
}

/** A run of the schedule that sees all that was written. */
async function settle({ fleet, reconcile }: Site, { lagMs }: Scale): Promise<void> {
  await sleep(lagMs);
  await reconcile();
  await fleet.serve();
}

/** R13: tags, ledger and routes say the same of every machine, and nobody else has anything. */
async function expectInStep(site: Site, living: readonly string[]): Promise<void> {
  const tags = new Map(living.map((id) => [id, site.tagOf(id)]));
  expect([...tags].filter(([, block]) => block === null)).toEqual([]);
  expect(new Set(tags.values()).size).toBe(living.length);
  const byBlock = new Map([...tags].map(([id, block]) => [block ?? '', id]));
  expect(sorted(await readHolders(site))).toEqual(sorted(byBlock));
  for (const routes of site.routes()) expect(sorted(routes)).toEqual(sorted(byBlock));
  expect(site.closed(living)).toEqual([]);
  expectToldOnce(site, living);
}

/** Whoever was told a block was told no other, and nobody lived who had it before. */
function expectToldOnce(site: Site, living: readonly string[]): void {
  const told = site.told() ?? [];
  const alive = new Set(living);
  const blocksOf = Map.groupBy(told, ({ id }) => id);
  const changed = [...blocksOf].filter(([, each]) => new Set(each.map(({ block }) => block)).size > 1);
  expect(changed).toEqual([]);
  const holdersOf = Map.groupBy(told, ({ block }) => block);
  const shared = [...holdersOf].filter(
    ([, each]) => new Set(each.flatMap(({ id }) => (alive.has(id) ? [id] : []))).size > 1,
  );
  expect(shared).toEqual([]);
}

/** Machine ids by the blocks that the ledger says they hold. */
async function readHolders({ ledger }: Site): Promise<ReadonlyMap<string, string>> {
  const reading = await readBlocks(createFileLedger(ledger), signal);
  if (!reading.ok) throw new Error(reading.failure.message);
  return new Map(
    [...reading.value.kept].map(([cidr, { block }]) => [cidr, `${block.holder?.node}${markOf(block)}`]),
  );
}

function markOf({ kind, leaving }: { readonly kind: string; readonly leaving: number | null }): string {
  return `${kind === 'allocated' ? '' : ` ${kind}`}${leaving === null ? '' : ' leaving'}`;
}

function sorted(map: ReadonlyMap<string, string>): string[] {
  return [...map].map(([block, id]) => `${block} ${id}`).sort();
}

/** The script on the machine writes what tag, ledger and routes say. */
async function expectScriptAgrees(site: Site, id: string): Promise<void> {
  const disk = await createDisk();
  try {
    const settings = { ...site.metadataOf(id), PODCIDR_CLUSTER_CIDRS: CLUSTER_CIDRS };
    expect(await runScript(SYSTEM_SHELL, disk, settings)).toMatchObject({ code: 0 });
    const block = site.tagOf(id) ?? '';
    expect((await readWritten(disk.envFile))?.text).toBe(`POD_CIDR=${block}\nPOD_CIDR_IPV4=${block}\n`);
    expect((await readHolders(site)).get(block)).toBe(id);
    for (const routes of site.routes()) expect(routes.get(block)).toBe(id);
  } finally {
    await disk.remove();
  }
}
