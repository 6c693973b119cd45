import type { Cloud } from '../../shared/core/cloud.ts';
import type { Ledger, LedgerResult, LedgerWrite } from '../../shared/core/ledger/ledger.ts';
import { readMemory, type Sighting } from '../../shared/core/ledger/table-memory.ts';
import type { Change, ChangeResult, RouteTable } from '../../shared/core/model.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, claim, hopOf, node, settings } from '../core/builders.ts';
import { failure, type MemoryCloud, memoryCloud } from '../core/memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from '../core/memory-ledger.ts';
import type { SecondLookStep } from '../model/steps.ts';
import { Evidence, type findWaiting, type Looks } from './second-look-evidence.ts';

const TABLE = 'rtb-1';
const KEY = `table/${TABLE}`;
/** Nodes that things happen to; one more lives for ever, and claims what it has. */
export const PLACES = 3;
const BLOCKS = Array.from({ length: PLACES + 1 }, (_, place) => `10.200.${place}.0/24`);
const TICK_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Of four nodes or less, within a day. No story lasts as long. */
const BUDGET = 1;

/** What becomes of one write to the ledger. */
export type LedgerFault = 'none' | 'throttled' | 'answer-lost';

/** A full run: how far it comes, and what the ledger does to it. */
export interface RunPlan {
  /** Calls of any kind after which it is killed; null where it is not. */
  readonly killedAfter: number | null;
  readonly faults: readonly LedgerFault[];
}

/** Lets somebody else decide when a call is made. */
export type Gate = (what: string) => Promise<void>;

/** One table, its entry in the ledger, and full runs, in whatever order the test chooses. */
export class SecondLookWorld {
  readonly #cloud: MemoryCloud;
  readonly #ledger: MemoryLedger = memoryLedger(Date.UTC(2026, 10, 21));
  readonly #evidence = new Evidence();
  /** What the rule forbids and came to pass all the same. */
  readonly breaches: string[] = [];
  /** Steps of the model that have come to pass. */
  readonly played = new Set<SecondLookStep>();
  /** Living nodes that have lost a route which they did not claim. */
  readonly #lost = new Set<string>();

  constructor() {
    const nodes = BLOCKS.map((block, place) => node(idOf(place), [block], { incarnation: `life-${place}` }));
    this.#cloud = memoryCloud(nodes, [TABLE]);
    this.#cloud.hops = 'addresses';
    for (const [place, block] of BLOCKS.entries()) this.#cloud.put(TABLE, cidr(block), hopOf(idOf(place)));
  }

  /** Which of the next looks do not show what follows. */
  lagging(looks: readonly boolean[]): this {
    if (looks.length > 0) this.#cloud.lag(looks);
    return this;
  }

  withdraw(place: number): void {
    const current = this.#cloud.nodes.get(idOf(place));
    if (current === undefined) return;
    this.#cloud.nodes.set(current.id, { ...current, claims: [] });
    this.played.add('withdraw');
  }

  /** A route to another that lives would be R5's. */
  claim(place: number): void {
    const current = this.#cloud.nodes.get(idOf(place));
    const route = this.#cloud.tables.get(TABLE)?.get(blockAt(place));
    if (current === undefined || (route !== undefined && route.nextHop.id !== hopOf(current.id).id)) return;
    this.#cloud.nodes.set(current.id, { ...current, claims: [claim(blockAt(place))] });
    this.played.add('claim');
  }

  terminate(place: number): void {
    if (this.#cloud.nodes.delete(idOf(place))) this.played.add('terminate');
  }

  /** Somebody leads a route that nobody claims to another node, which lives. */
  reroute(place: number, to: number): void {
    const isWaiting = this.#waiting().has(blockAt(place));
    if (!isWaiting || !this.#cloud.nodes.has(idOf(to))) return;
    this.#cloud.put(TABLE, cidr(blockAt(place)), hopOf(idOf(to)));
    this.played.add('reroute');
  }

  catchUp(): void {
    this.#cloud.lag(0);
    this.played.add('catchUp');
  }

  /** No run lasts two of them. */
  passTick(): void {
    const { now } = this.#ledger;
    if ([...this.#evidence.under].some(({ readAt }) => readAt !== null && readAt < now)) return;
    this.#ledger.now += TICK_MS;
    this.played.add('passTick');
  }

  /** A run that comes to its end, or is killed on the way; then null. */
  async run({ killedAfter, faults }: RunPlan, gate: Gate): Promise<Run | null> {
    let calls = 0;
    const death = Promise.withResolvers<null>();
    const step: Gate = async (what) => {
      await gate(what);
      calls += 1;
      if (killedAfter === null || calls <= killedAfter) return;
      this.played.add('crash');
      death.resolve(null);
      // Nothing comes back to whoever is no more.
      await new Promise<never>(() => {});
    };
    const looks = this.#evidence.begin();
    const ledger = this.#watched(looks, [...faults], step);
    const life = reconcile(this.#stepwise(looks, step), {
      scope: { kind: 'all', ids: [] },
      dryRun: false,
      settings: settings({ clusterCidrs: [cidr('10.200.0.0/16')] }),
      signal: new AbortController().signal,
      ledger: async () => ledger,
    });
    const run = await Promise.race([life, death.promise]);
    this.#evidence.under.delete(looks);
    if (run !== null) this.#checkErased(looks, run);
    return run;
  }

  /** Routes that nobody claims, by their destinations, as they are. */
  #waiting(): ReturnType<typeof findWaiting> {
    const nodes = [...this.#cloud.nodes.values()];
    const living = new Set(nodes.flatMap(({ nextHops }) => nextHops[4]?.id ?? []));
    const routes = [...(this.#cloud.tables.get(TABLE)?.values() ?? [])];
    const claimed = new Set(nodes.flatMap(({ claims }) => claims.map(({ cidr: { text } }) => text)));
    return new Map(
      routes
        .filter(({ destination }) => !claimed.has(destination.text))
        .map(({ destination, nextHop: { id } }) => [
          destination.text,
          `${id} ${living.has(id) ? 'node' : 'vacant'}`,
        ]),
    );
  }

  /** What undisturbed runs have left, though it lacks neither budget, nor a day's wait, nor a person's word. */
  findLeft({ results }: Run): string[] {
    const explained = results.filter(
      ({ outcome, wait }) =>
        outcome === 'skipped' ||
        (wait && (wait.notBefore === null || wait.notBefore - this.#ledger.now > DAY_MS / 2)),
    );
    const texts = new Set(explained.map(({ change }) => change.destination.text));
    return [...this.#waiting().keys()].filter((text) => !texts.has(text));
  }

  #stepwise(looks: Looks, step: Gate): Cloud {
    const cloud = this.#cloud;
    return {
      ...cloud,
      observe: async (scope, signal) => {
        const what = looks.first === null ? 'look' : 'lookAgain';
        await step(what);
        const seen = await cloud.observe(scope, signal);
        // A machine that the list lacks is asked about by its id.
        if (scope.kind === 'nodes') return seen;
        this.#evidence.see(looks, seen, BLOCKS);
        this.played.add(what);
        return seen;
      },
      apply: async (table, changes, signal) => {
        const deletions = changes.filter(({ action }) => action === 'delete');
        const others = changes.filter(({ action }) => action !== 'delete');
        await step(deletions.length > 0 ? 'deleteRoutes' : 'write routes');
        return [
          ...(await cloud.apply(table, others, signal)),
          ...(await Promise.all(deletions.map((change) => this.#delete(looks, change, table, signal)))),
        ];
      },
    };
  }

  /** The model's last look and deletion are one step: what has changed in between does not go. */
  async #delete(looks: Looks, change: Change, table: RouteTable, signal: AbortSignal): Promise<ChangeResult> {
    const { text } = change.destination;
    const found = this.#waiting().get(text);
    if (found === undefined || found !== looks.latest.get(text))
      return { change, outcome: 'failed', failure: failure('stale') };
    if (!this.#evidence.allows(looks, text, found))
      this.breaches.push(`${text} went, and was not found ${found} for as long as grace`);
    const hop = this.#cloud.tables.get(TABLE)?.get(text)?.nextHop.id;
    for (const { id, nextHops } of this.#cloud.nodes.values())
      if (nextHops[4]?.id === hop) this.#lost.add(id);
    const lost = [...this.#lost].filter((id) => this.#cloud.nodes.has(id));
    if (lost.length > BUDGET) this.breaches.push(`${lost.join(', ')} lost routes within a day`);
    this.played.add('decide').add('deleteRoutes');
    const [result] = await this.#cloud.apply(table, [change], signal);
    return result ?? { change, outcome: 'failed', failure: failure('stale') };
  }

  #watched(looks: Looks, faults: LedgerFault[], step: Gate): Ledger {
    return {
      read: async (prefix, signal) => {
        await step(`read ${prefix}`);
        this.#evidence.read(looks, this.#sightings(), this.#ledger.now);
        this.played.add('readEntry');
        return this.#ledger.read(prefix, signal);
      },
      write: async (writes, signal) => {
        await step('write');
        const fault = faults.shift() ?? 'none';
        if (fault === 'throttled') return { ok: false, failure: failure('transient', 'throttled') };
        const result = await this.#write(looks, writes, signal);
        const isLost = result.ok && fault === 'answer-lost';
        return isLost ? { ok: false, failure: failure('transient', 'silent') } : result;
      },
    };
  }

  async #write(
    looks: Looks,
    writes: readonly LedgerWrite[],
    signal: AbortSignal,
  ): Promise<LedgerResult<null>> {
    const before = this.#sightings();
    const result = await this.#ledger.write(writes, signal);
    if (!result.ok) return result;
    this.#evidence.forget(before, this.#sightings());
    if (looks.reads === 1) this.#evidence.prove(looks);
    else this.#evidence.refute(looks);
    this.played.add(looks.reads === 1 ? 'writeEntry' : 'eraseClaimed');
    return result;
  }

  #sightings(): ReadonlyMap<string, Sighting> {
    const entry = this.#ledger.entries.get(KEY);
    return (entry === undefined ? null : readMemory(entry.value))?.sightings ?? new Map();
  }

  /** Whoever saw a route claimed leaves no sighting of it that it has read, unless the run says that it could not erase it. */
  #checkErased({ survives, known }: Looks, { findings }: Run): void {
    if (findings.some(({ code }) => code === 'ledger-unavailable')) return;
    const left = [...survives].filter((each) => known.has(each) && this.#sightings().has(each));
    for (const each of left) this.breaches.push(`${each} was seen claimed, and its sighting is left`);
  }
}

function idOf(place: number): string {
  return `n${place}`;
}

function blockAt(place: number): string {
  return BLOCKS[place] ?? '';
}
