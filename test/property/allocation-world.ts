import { type Cidr, containsCidr, overlaps } from '../../shared/core/cidr.ts';
import type { Cloud } from '../../shared/core/cloud.ts';
import { type BlockReading, readBlocks } from '../../shared/core/ledger/blocks.ts';
import type { Ledger, LedgerResult, LedgerWrite } from '../../shared/core/ledger/ledger.ts';
import type { Node } from '../../shared/core/model.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import { cidr, claim, hopOf, node, settings } from '../core/builders.ts';
import { failure, type MemoryCloud, memoryCloud } from '../core/memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from '../core/memory-ledger.ts';
import type { BlockStep } from '../model/steps.ts';
import { stepsOf } from './allocation-steps.ts';

export const RANGE = cidr('10.200.0.0/20');
const RESERVED = cidr('10.200.15.0/24');
export const TABLES = ['rtb-1', 'rtb-2'];

/** What becomes of one call to the ledger. `late`: no answer, and the write is made a while after. */
export type LedgerFault = 'none' | 'throttled' | 'answer-lost' | 'late';

/** One run: which nodes its events name (null for a full one), how far it comes, and what the ledger does to it. */
export interface RunPlan {
  readonly nodes: readonly number[] | null;
  /** Calls of any kind after which it is killed; null where it is not. */
  readonly killedAfter: number | null;
  readonly faults: readonly LedgerFault[];
  /** Of the blocks that it hands out: settings change while runs are under way. */
  readonly size: number;
}

/** Lets somebody else decide when a call is made. */
export type Gate = (what: string) => Promise<void>;

/** A cluster whose runs, machines and ledger come in whatever order the test chooses. */
export class AllocationWorld {
  readonly cloud: MemoryCloud = memoryCloud([], TABLES);
  readonly ledger: MemoryLedger = memoryLedger(Date.UTC(2026, 10, 21));
  /** What R13 forbids and came to pass all the same. */
  readonly breaches: string[] = [];
  /** Nodes of which somebody has set the tag. */
  readonly tampered = new Set<string>();
  /** Steps of the model that have come to pass. */
  readonly played = new Set<BlockStep>();
  readonly #late: (readonly LedgerWrite[])[] = [];
  #lives = 0;
  #backup: MemoryLedger['entries'] | null = null;

  idOf(place: number): string {
    return `n${place}`;
  }

  launch(place: number, given: string | null): void {
    const id = this.idOf(place);
    if (this.cloud.nodes.has(id)) return;
    this.played.add('launch');
    this.#lives += 1;
    const incarnation = `life-${this.#lives}`;
    const hop = hopOf(`${id}-${this.#lives}`);
    const claims = given === null ? [] : [given];
    if (given === null) this.tampered.delete(id);
    else this.tampered.add(id);
    const more = { incarnation, launchedAt: this.#lives, nextHops: { 4: hop, 6: null } };
    this.cloud.nodes.set(id, node(id, claims, more));
  }

  terminate(place: number): void {
    if (this.cloud.nodes.delete(this.idOf(place))) this.played.add('terminate');
  }

  /** Somebody sets a tag, or removes it. */
  retag(place: number, text: string | null): void {
    const id = this.idOf(place);
    const current = this.cloud.nodes.get(id);
    if (current === undefined) return;
    if (text !== null) this.tampered.add(id);
    this.cloud.nodes.set(id, { ...current, claims: text === null ? [] : [claim(text)] });
  }

  setState(place: number, state: 'running' | 'stopped'): void {
    const current = this.cloud.nodes.get(this.idOf(place));
    if (current !== undefined) this.cloud.nodes.set(current.id, { ...current, state });
  }

  catchUp(): void {
    this.cloud.lag(0);
    this.played.add('catchUp');
  }

  /** No run lasts as long as that, and reads have caught up by then. */
  passTime(minutes: number): void {
    this.catchUp();
    this.#late.length = 0;
    this.ledger.now += minutes * 60_000;
  }

  /** As long as a block that has been left waits. */
  passQuarter(): void {
    this.passTime(41);
    this.played.add('passQuarter');
  }

  keepBackup(): void {
    this.#backup = new Map(this.ledger.entries);
  }

  /** Whoever restores a ledger removes the mark that it was adopted. */
  restore(): void {
    if (this.#backup === null) return;
    this.passTime(0);
    this.ledger.entries.clear();
    for (const [key, entry] of this.#backup) if (key !== 'generation') this.ledger.entries.set(key, entry);
    this.played.add('restore');
  }

  /** A run that comes to its end, or is killed on the way. */
  async run({ nodes, killedAfter, faults, size }: RunPlan, gate: Gate): Promise<void> {
    let calls = 0;
    const death = Promise.withResolvers<void>();
    const step: Gate = async (what) => {
      await gate(what);
      calls += 1;
      if (killedAfter === null || calls <= killedAfter) return;
      this.played.add('crash');
      death.resolve();
      // Nothing comes back to whoever is no more.
      await new Promise<never>(() => {});
    };
    const ledger = this.#faulty([...faults], step);
    const scope =
      nodes === null
        ? ({ kind: 'all', ids: [] } as const)
        : ({ kind: 'nodes', ids: nodes.map((place) => this.idOf(place)) } as const);
    const open = async () => ledger;
    const life = reconcile(this.#stepwise(step), {
      scope,
      dryRun: false,
      settings: settings({
        ...{ clusterCidrs: [RANGE], reservedCidrs: [RESERVED] },
        ...{ allocate: { 4: size, 6: null }, expectClaims: true },
      }),
      signal: new AbortController().signal,
      ledger: nodes === null ? open : 'events',
      blocks: open,
    });
    await Promise.race([life, death.promise]);
  }

  /** What the ledger says now, without a fault. */
  async blocks(): Promise<BlockReading> {
    const reading = await readBlocks(this.ledger, new AbortController().signal);
    if (!reading.ok) throw new Error(reading.failure.message);
    return reading.value;
  }

  #stepwise(step: Gate): Cloud {
    const { cloud } = this;
    return {
      name: cloud.name,
      isAtomic: cloud.isAtomic,
      observe: async (scope, signal) => {
        const look = scope.kind === 'all' ? 'readAllOfTheCloud' : 'readCloud';
        await step(look);
        this.played.add(look);
        return cloud.observe(scope, signal);
      },
      apply: async (table, changes, signal) => {
        await step('apply');
        for (const { action } of changes) this.played.add(action === 'delete' ? 'dropRoute' : 'writeRoute');
        return cloud.apply(table, changes, signal);
      },
      enableForwarding: async (nodes, signal) => cloud.enableForwarding(nodes, signal),
      tagNodes: async (tags, signal) => {
        await step('tag');
        // A machine of a later life is another one, though it has the id.
        const lives = tags.filter((tag) => this.#isLife(tag.node));
        if (lives.length > 0) this.played.add('writeTag');
        return cloud.tagNodes(lives, signal);
      },
    };
  }

  #isLife({ id, incarnation }: { readonly id: string; readonly incarnation: string | null }): boolean {
    return this.cloud.nodes.get(id)?.incarnation === incarnation;
  }

  #faulty(faults: LedgerFault[], step: Gate): Ledger {
    return {
      read: async (prefix, signal) => {
        await step(`read ${prefix}`);
        this.played.add(prefix === 'block/' ? 'readBlocks' : 'readGeneration');
        return this.ledger.read(prefix, signal);
      },
      write: async (writes) => {
        await step('write');
        const fault = faults.shift() ?? 'none';
        if (fault === 'throttled') return { ok: false, failure: failure('transient', 'throttled') };
        if (fault === 'late') {
          this.#late.push(writes);
          return { ok: false, failure: failure('transient', 'silent') };
        }
        const result = await this.#write(writes);
        const isLost = result.ok && fault === 'answer-lost';
        return isLost ? { ok: false, failure: failure('transient', 'silent') } : result;
      },
    };
  }

  /** A write that nobody heard of comes to pass, if its conditions still hold. */
  async arrive(): Promise<void> {
    const writes = this.#late.shift();
    if (writes !== undefined) await this.#write(writes);
  }

  async #write(writes: readonly LedgerWrite[]): Promise<LedgerResult<null>> {
    const before = await this.blocks();
    const result = await this.ledger.write(writes, new AbortController().signal);
    if (!result.ok) return result;
    const after = await this.blocks();
    this.#check(before, after);
    for (const step of stepsOf(before, after)) this.played.add(step);
    return result;
  }

  #check(before: BlockReading, after: BlockReading): void {
    for (const [text, { block }] of before.kept) {
      if (block.kind !== 'allocated' || block.holder === null) continue;
      const now = after.kept.get(text)?.block;
      // Whoever claims the same takes it over as his own claim, in the transaction that frees it.
      if (now === undefined || now.kind === 'claimed') this.#checkFreed(block.cidr, block.holder);
      else if (lifeOf(now.holder) !== lifeOf(block.holder))
        this.breaches.push(`${text} went from ${lifeOf(block.holder)} to ${lifeOf(now.holder)}`);
    }
    const blocks = [...after.kept.values()].map(({ block }) => block);
    const allocated = blocks.filter(({ kind }) => kind === 'allocated');
    for (const block of allocated.filter(({ cidr: { text } }) => !before.kept.has(text))) {
      const met = blocks.find((other) => other !== block && overlaps(other.cidr, block.cidr));
      if (met !== undefined) this.breaches.push(`${block.cidr.text} was given beside ${met.cidr.text}`);
      if (overlaps(RESERVED, block.cidr)) this.breaches.push(`${block.cidr.text} is reserved`);
      if (!before.isAdopted) this.breaches.push(`${block.cidr.text} was given before adoption`);
    }
    const lives = allocated.map(({ holder }) => lifeOf(holder));
    if (new Set(lives).size < lives.length) this.breaches.push(`two blocks for one of ${lives.join(', ')}`);
  }

  #checkFreed(block: Cidr, holder: { readonly node: string; readonly incarnation: string | null }): void {
    const life = { id: holder.node, incarnation: holder.incarnation };
    if (this.#isLife(life)) this.breaches.push(`${block.text} was freed while ${lifeOf(holder)} lives`);
    // One that a person's claim has just come to is no business of the last holder's.
    const hop = hopOf(`${holder.node}-${holder.incarnation?.split('-')[1]}`).id;
    if (this.hasRoute(block, hop))
      this.breaches.push(`${block.text} was freed while a route leads to its holder`);
  }

  isRouted({ nextHops }: Node): boolean {
    return this.hasRoute(RANGE, nextHops[4]?.id ?? '');
  }

  /** @param hop of the route; any by default */
  hasRoute(block: Cidr, hop: string | null = null): boolean {
    return [...this.cloud.tables.values()].some((routes) =>
      [...routes.values()].some(
        ({ destination, nextHop: { id } }) =>
          containsCidr(block, destination) && (hop === null || hop === id),
      ),
    );
  }
}

export function lifeOf(
  holder: { readonly node: string; readonly incarnation: string | null } | null,
): string {
  return holder === null ? 'nobody' : `${holder.node} ${holder.incarnation}`;
}
