/** Steps of a model, by name, with what does them in the code. */
type Steps = Readonly<Record<string, string>>;

/**
 * How a property test plays a step: a run does it, or it befalls one; a command beside runs, or between them, while none
 * is under way; the end of every story.
 */
export type How = 'run' | 'beside' | 'between' | 'end';

/** The steps of a table that are played so. */
export type PlayedBy<Table, Kind extends How> = {
  [Step in keyof Table]: Table[Step] extends Kind ? Step : never;
}[keyof Table];

/** R13 (`blocks.pml`); `test/property/allocation-steps.ts` says how each is played. */
export const BLOCK_STEPS = {
  readGeneration: 'reading the generation, before all blocks',
  readBlocks: 'reading all blocks and holders, and what there may be to do',
  crash: 'a run that ends anywhere: killed, refused, out of time, an answer lost that cannot be read back',
  readCloud: 'Cloud.observe, and the look by id at whoever the list lacks (findLiveness)',
  readAllOfTheCloud: 'Cloud.observe of a complete full run',
  adopt: 'one transaction: all claims and routes, and the mark that the ledger is adopted',
  enterClaim: 'one transaction: a claim that a machine makes by itself',
  handOut: 'one transaction: free blocks for machines without a claim',
  eraseMark:
    'one transaction: a living holder is not leaving; before it, nothing is written for it (withBlocks)',
  markLeaving: 'one transaction: the first look at a holder that is gone',
  release: 'one transaction: the second look, after LEAVING_MS; a claim to the very same is entered with it',
  writeTag: 'the tag, or the Node object, from the ledger',
  writeRoute: 'Cloud.apply: a route for a holder',
  dropRoute: 'Cloud.apply: a route whose target is proven dead',
  launch: 'a machine begins, perhaps under an id that was there before',
  terminate: 'a machine ends',
  catchUp: 'a read tells the truth again',
  passQuarter: 'a mark is 15 minutes old',
  restore: 'a person restores the ledger from a backup',
  settle: 'nothing goes wrong any more',
} as const satisfies Steps;

export type BlockStep = keyof typeof BLOCK_STEPS;

/** R4's second look (`second-look.pml`); `test/property/second-look-steps.ts` says how each is played. */
export const SECOND_LOOK_STEPS = {
  crash: 'a run that ends anywhere',
  readEntry: 'recall in shared/core/run/recall.ts',
  look: 'Cloud.observe of a complete full run',
  decide: 'decideUnproven in shared/core/guard/second-look.ts',
  writeEntry: 'rememberFirst in shared/core/run/recall.ts',
  eraseClaimed: 'what has to follow where the ledger refuses what a run has seen',
  lookAgain: 'lookAgain in shared/core/run/reconcile.ts',
  deleteRoutes: 'Cloud.apply in the round after the look',
  withdraw: 'a node claims its block no more',
  claim: 'a node claims its block',
  terminate: 'a node ends',
  reroute: 'somebody leads the route to another node',
  catchUp: 'a read tells the truth again',
  passTick: 'time passes',
  settle: 'nothing goes wrong any more',
} as const satisfies Steps;

export type SecondLookStep = keyof typeof SECOND_LOOK_STEPS;
