import type { How, PlayedBy, SecondLookStep } from '../model/steps.ts';

/** How each step of the model of R4's second look comes to pass in a story. */
export const SECOND_LOOK_PLAYS = {
  crash: 'run',
  readEntry: 'run',
  look: 'run',
  // It makes no call: what was decided is told by what is written and deleted after it.
  decide: 'run',
  writeEntry: 'run',
  eraseClaimed: 'run',
  lookAgain: 'run',
  deleteRoutes: 'run',
  withdraw: 'beside',
  claim: 'beside',
  terminate: 'beside',
  reroute: 'beside',
  catchUp: 'beside',
  passTick: 'beside',
  settle: 'end',
} as const satisfies Record<SecondLookStep, How>;

export type Beside = PlayedBy<typeof SECOND_LOOK_PLAYS, 'beside'>;
