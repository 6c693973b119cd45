import type { Family } from '../cidr.ts';

/** Whose a route was when a full run last saw it claimed. */
export interface Claimant {
  /** Node id. */
  readonly node: string;
  readonly incarnation: string | null;
  /** Next hop id. */
  readonly nextHop: string;
}

/** Why it may go; each has to be seen for a time of its own. */
export type Grounds = (typeof GROUNDS)[number];

const GROUNDS = ['vacant', 'disputed', 'moved', 'withdrawn'] as const;

export function isGrounds(value: unknown): value is Grounds {
  return GROUNDS.some((grounds) => grounds === value);
}

/** A route that full runs have found unclaimed, the same in every respect that is kept here. */
export interface Sighting {
  /** Next hop id; null where the route names none. */
  readonly nextHop: string | null;
  readonly grounds: Grounds;
  /** Milliseconds since the epoch, by the ledger's clock. */
  readonly since: number;
  readonly seen: number;
}

/** A living node that was left without a route. */
export interface Spending {
  /** Node id. */
  readonly node: string;
  readonly family: Family;
  /** Milliseconds since the epoch, by the ledger's clock. */
  readonly at: number;
}

/** What is remembered of one table (R4). Claimants and sightings are by destination. */
export interface TableMemory {
  readonly claimants: ReadonlyMap<string, Claimant>;
  readonly sightings: ReadonlyMap<string, Sighting>;
  readonly spending: readonly Spending[];
}

/** Whoever a full run saw claim this very route, to this next hop. */
export function claimantOf(
  { claimants }: TableMemory,
  destination: string,
  nextHop: string | null,
): Claimant | undefined {
  const claimant = claimants.get(destination);
  return claimant?.nextHop === nextHop ? claimant : undefined;
}

export const NO_MEMORY: TableMemory = { claimants: new Map(), sightings: new Map(), spending: [] };

const FORMAT = 1;

/** The same memory gives the same text. */
export function writeMemory({ claimants, sightings, spending }: TableMemory): string {
  return JSON.stringify({
    format: FORMAT,
    claimants: sorted(claimants),
    sightings: sorted(sightings),
    spending,
  });
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Null where the text is none that this version has written: nothing may rest on half of it. */
export function readMemory(text: string): TableMemory | null {
  const json = parse(text);
  if (!isRecord(json) || json['format'] !== FORMAT) return null;
  const { claimants, sightings, spending } = json;
  if (!isMapOf(claimants, isClaimant) || !isMapOf(sightings, isSighting)) return null;
  if (!Array.isArray(spending) || !spending.every(isSpending)) return null;
  return { claimants: new Map(claimants), sightings: new Map(sightings), spending };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isMapOf<T>(value: unknown, is: (item: unknown) => item is T): value is [string, T][] {
  return (
    Array.isArray(value) &&
    value.every(
      (pair) => Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string' && is(pair[1]),
    )
  );
}

function isClaimant(value: unknown): value is Claimant {
  return (
    isRecord(value) &&
    typeof value['node'] === 'string' &&
    typeof value['nextHop'] === 'string' &&
    (value['incarnation'] === null || typeof value['incarnation'] === 'string')
  );
}

function isSighting(value: unknown): value is Sighting {
  return (
    isRecord(value) &&
    (value['nextHop'] === null || typeof value['nextHop'] === 'string') &&
    isGrounds(value['grounds']) &&
    Number.isFinite(value['since']) &&
    Number.isFinite(value['seen'])
  );
}

function isSpending(value: unknown): value is Spending {
  return (
    isRecord(value) &&
    typeof value['node'] === 'string' &&
    (value['family'] === 4 || value['family'] === 6) &&
    Number.isFinite(value['at'])
  );
}
