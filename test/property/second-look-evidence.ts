import type { Sighting } from '../../shared/core/ledger/table-memory.ts';
import type { Observation } from '../../shared/core/model.ts';

const GRACE_MS = 15 * 60_000;
/** A sighting is void where none renewed it for so long: 1.5 intervals of the schedule. */
const VOID_MS = 15 * 60_000;

/** By the destinations of routes that nobody claims: where they lead, and whether a living node is there. */
export type Waiting = ReadonlyMap<string, string>;

/** What a look tells of one table. */
export function findWaiting({ nodes, tables }: Pick<Observation, 'nodes' | 'tables'>): Waiting {
  const claimed = new Set(nodes.flatMap(({ claims }) => claims.map(({ cidr }) => cidr.text)));
  const routes = tables.flatMap((table) => table.routes);
  const unclaimed = routes.filter(({ destination }) => !claimed.has(destination.text));
  return new Map(
    unclaimed.map(({ destination, nextHop, target }) => [destination.text, `${nextHop?.id} ${target.kind}`]),
  );
}

/** That looks found a route so, each of them soon enough after the one before. */
interface Proof {
  readonly found: string;
  readonly since: number;
  readonly seen: number;
}

/** What one run has seen, and may rest on. */
export interface Looks {
  /** When it read the ledger; null before. */
  readAt: number | null;
  first: Waiting | null;
  latest: Waiting;
  /** Destinations that the first look saw claimed, and of which an earlier sighting may still be there. */
  survives: Set<string>;
  /** Destinations of which there was a sighting when it read the ledger first. */
  known: ReadonlySet<string>;
  /** As its entry was written. */
  proven: ReadonlyMap<string, Proof>;
  /** How often it has read the ledger. */
  reads: number;
}

/** What the rule means, kept beside the ledger by what runs have seen: no run reads it. */
export class Evidence {
  #proofs: ReadonlyMap<string, Proof> = new Map();
  readonly under = new Set<Looks>();

  begin(): Looks {
    const looks: Looks = {
      ...{ readAt: null, first: null, latest: new Map(), survives: new Set(), known: new Set() },
      ...{ proven: new Map(), reads: 0 },
    };
    this.under.add(looks);
    return looks;
  }

  see(looks: Looks, seen: Observation, destinations: readonly string[]): void {
    looks.latest = findWaiting(seen);
    if (looks.first !== null) return;
    looks.first = looks.latest;
    looks.survives = new Set(destinations.filter((each) => !looks.latest.has(each)));
  }

  read(looks: Looks, sightings: ReadonlyMap<string, Sighting>, now: number): void {
    looks.reads += 1;
    if (looks.reads > 1) return;
    looks.readAt = now;
    looks.known = new Set(sightings.keys());
  }

  /** A run has written what its first look found. */
  prove(looks: Looks): void {
    const { first, readAt } = looks;
    if (first === null || readAt === null) throw new Error('A run wrote before it had looked.');
    const proofs = [...first].map(([destination, found]): [string, Proof] => {
      const before = this.#proofs.get(destination);
      const goesOn = before?.found === found && readAt - before.seen <= VOID_MS;
      return [destination, { found, since: goesOn ? before.since : readAt, seen: readAt }];
    });
    this.#proofs = new Map(proofs);
    looks.proven = this.#proofs;
  }

  /** A run has erased what it has seen claimed. */
  refute({ latest, first }: Looks): void {
    this.#proofs = new Map(
      [...this.#proofs].filter(([destination]) => first?.has(destination) && latest.has(destination)),
    );
  }

  /** Whoever saw a route claimed has nothing to erase any more where its sighting is gone, or another has begun. */
  forget(before: ReadonlyMap<string, Sighting>, after: ReadonlyMap<string, Sighting>): void {
    const begun = [...after].filter(([each, { since }]) => before.get(each)?.since !== since);
    const ended = [...before.keys()].filter((each) => !after.has(each));
    for (const { survives } of this.under)
      for (const each of [...ended, ...begun.map(([destination]) => destination)]) survives.delete(each);
  }

  /** Whether what a run has written allows that a route goes which was found so. */
  allows({ proven, readAt }: Looks, destination: string, found: string | undefined): boolean {
    const proof = proven.get(destination);
    if (proof === undefined || readAt === null || proof.found !== found) return false;
    return readAt - proof.since >= GRACE_MS;
  }
}
