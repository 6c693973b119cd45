import type { Block } from '../../shared/core/claims/holders.ts';
import type { BlockReading } from '../../shared/core/ledger/blocks.ts';
import type { BlockStep, How, PlayedBy } from '../model/steps.ts';

/** How each step of the model of R13 comes to pass in a story. */
export const BLOCK_PLAYS = {
  readGeneration: 'run',
  readBlocks: 'run',
  crash: 'run',
  readCloud: 'run',
  readAllOfTheCloud: 'run',
  adopt: 'run',
  enterClaim: 'run',
  handOut: 'run',
  eraseMark: 'run',
  markLeaving: 'run',
  release: 'run',
  writeTag: 'run',
  writeRoute: 'run',
  dropRoute: 'run',
  launch: 'beside',
  terminate: 'beside',
  catchUp: 'beside',
  passQuarter: 'between',
  restore: 'between',
  settle: 'end',
} as const satisfies Record<BlockStep, How>;

export type RunStep = PlayedBy<typeof BLOCK_PLAYS, 'run'>;

/** The steps that a transaction has done, told by what the ledger held before and after it. */
export function stepsOf(before: BlockReading, after: BlockReading): RunStep[] {
  if (!before.isAdopted) return after.isAdopted ? ['adopt'] : [];
  const texts = new Set([...before.kept.keys(), ...after.kept.keys()]);
  return [...texts].flatMap((text) => stepsOn(before.kept.get(text)?.block, after.kept.get(text)?.block));
}

function stepsOn(was: Block | undefined, is: Block | undefined): RunStep[] {
  if (is === undefined) return was === undefined ? [] : ['release'];
  if (was === undefined) return [is.kind === 'allocated' ? 'handOut' : 'enterClaim'];
  if (was.kind !== is.kind) return ['release', 'enterClaim'];
  if (was.leaving === is.leaving) return [];
  return [is.leaving === null ? 'eraseMark' : 'markLeaving'];
}
