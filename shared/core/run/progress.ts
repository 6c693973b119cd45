import type { CloudFailure } from '../errors.ts';
import type { GuardedPlan, TableSteps } from '../guard/guard.ts';
import type { Change, ChangeAction, ChangeResult } from '../model.ts';
import { findDependents } from '../plan/dependents.ts';

/** One table's part of a round. */
export interface Batch {
  readonly table: TableSteps['table'];
  readonly makeRoom: readonly Change[];
  readonly changes: readonly Change[];
}

const SUPERSEDED: CloudFailure = {
  kind: 'permanent',
  code: 'replacement-failed',
  message: 'The route that replaces it could not be created.',
};
/** Why something was not tried, although the last look still asked for it. */
export const UNFINISHED: CloudFailure = {
  kind: 'unfinished',
  code: 'unfinished',
  message: 'The run ended, or the state changed, before this change was due.',
};

/** What has been tried so far in one run. */
export class Progress {
  readonly #results = new Map<string, ChangeResult>();
  /**
   * What a run wrote it does not write again: a read that lags behind must not undo it. Only what it deleted
   * may be made anew, for a node that came to claim it meanwhile.
   */
  readonly #written = new Map<string, ChangeAction>();
  readonly #isAtomic: boolean;

  /** @param isAtomic see `Cloud` */
  constructor(isAtomic: boolean) {
    this.#isAtomic = isAtomic;
  }

  record(results: readonly ChangeResult[]): void {
    for (const result of results) {
      this.#results.set(keyOf(result.change), result);
      if (result.outcome === 'applied') this.#written.set(placeOf(result.change), result.change.action);
    }
  }

  /** What to do now in this table: creations, then what takes the place of others, then deletions. */
  next({ table, makeRoom, writes, deletes }: TableSteps): Batch {
    const dependents = this.#findDependents([...makeRoom, ...writes, ...deletes], table.id);
    const open = (change: Change): boolean =>
      !this.#results.has(keyOf(change)) && !this.#isWritten(change) && !dependents.has(change);
    if (this.#isAtomic)
      return { table, makeRoom: [], changes: [...makeRoom, ...writes, ...deletes].filter(open) };
    const writing = writes.filter(open);
    const creating = writing.filter(({ action }) => action === 'create');
    const later = findDependents(creating, writing);
    const changes = writing.filter((change) => !later.has(change));
    if (changes.length === 0) return { table, makeRoom: [], changes: [...makeRoom, ...deletes].filter(open) };
    return { table, makeRoom: creating.length === 0 ? [] : makeRoom.filter(open), changes };
  }

  #isWritten(change: Change): boolean {
    const written = this.#written.get(placeOf(change));
    return written !== undefined && written !== 'delete';
  }

  #findDependents(changes: readonly Change[], table: string): Set<Change> {
    const notApplied = [...this.#results.values()].filter(
      ({ change, outcome }) => outcome !== 'applied' && change.action !== 'delete' && change.table === table,
    );
    return findDependents(
      notApplied.map(({ change }) => change),
      changes,
    );
  }

  /** Whether something was refused because the cloud is not as it was read. */
  hasMoved(): boolean {
    return [...this.#results.values()].some(
      ({ failure }) => failure?.kind === 'stale' || failure?.kind === 'contradicted',
    );
  }

  /**
   * What failed because the state had moved is planned afresh, or is no longer wanted; so is what found no
   * room in a table from which the run has deleted since.
   *
   * @param deletedFrom tables that the last round deleted from
   */
  forgetOutdated(deletedFrom: ReadonlySet<string>): void {
    for (const [key, { change, failure }] of this.#results) {
      const outdated =
        failure?.kind === 'stale' || (failure?.kind === 'full' && deletedFrom.has(change.table));
      if (outdated) this.#results.delete(key);
    }
  }

  /**
   * R8: a look that still asks for what the cloud has refused as already so lags behind. Only one that asks for
   * something else shows that the refusal is out of date.
   */
  forgetRefuted({ steps }: GuardedPlan): void {
    const asked = new Map(
      steps
        .flatMap(({ makeRoom, writes, deletes }) => [...makeRoom, ...writes, ...deletes])
        .map((change) => [keyOf(change), change.previousNextHop?.id]),
    );
    for (const [key, { change, failure }] of this.#results) {
      if (failure?.kind !== 'contradicted') continue;
      const isAskedAgain = asked.has(key) && asked.get(key) === change.previousNextHop?.id;
      if (!isAskedAgain) this.#results.delete(key);
    }
  }

  /** What came of everything that was tried, and of what the last look still asks for. */
  results({ steps, vetoed }: GuardedPlan): ChangeResult[] {
    const untried = (change: Change): boolean => !this.#results.has(keyOf(change));
    const left = steps.flatMap(({ table, makeRoom, writes, deletes }) => {
      const changes = [...makeRoom, ...writes, ...deletes];
      const dependents = this.#findDependents(changes, table.id);
      return changes.filter(untried).map((change): ChangeResult => {
        const failure = dependents.has(change) ? SUPERSEDED : UNFINISHED;
        return { change, outcome: 'skipped', failure };
      });
    });
    return [...this.#results.values(), ...left, ...vetoed.filter(({ change }) => untried(change))];
  }
}

function keyOf(change: Change): string {
  return `${placeOf(change)} ${change.action} ${change.nextHop?.id ?? ''}`;
}

function placeOf({ table, destination }: Change): string {
  return `${table} ${destination.text}`;
}
