/** What a model is checked under, in macros. */
export type Setting = readonly string[];

/** A model: the rule that it checks, and the settings in which the whole rule has to hold. */
export interface Model {
  /** File in this folder. */
  readonly file: string;
  readonly settings: readonly Setting[];
  readonly variants: readonly Variant[];
  /** The model without what `docs/how-it-works.md` says beyond the rule. */
  readonly beyond: readonly Variant[];
}

/** The model without one part of its rule. */
interface Variant {
  /** Macro that leaves the part out. */
  readonly macro: string;
  /** The part, word by word. */
  readonly part: string;
  /** Where leaving it out does harm. */
  readonly setting: Setting;
}

const ADOPTION: Setting = ['AWS', 'ADOPTION'];
const RESTORE: Setting = ['AWS', 'ADOPTION', 'RESTORE'];
const EC2: Setting = ['AWS', 'REUSE'];
const ARM: Setting = ['AZURE', 'REUSE'];
const LATE: Setting = ['AZURE', 'REUSE', 'LATE_TAG'];

export const BLOCKS: Model = {
  file: 'blocks.pml',
  settings: [EC2, ARM, LATE, RESTORE, ['AZURE', 'ADOPTION']],
  variants: [
    { macro: 'SECOND_HOLDER', part: 'A block that podroutes hands out has one holder,', setting: EC2 },
    { macro: 'SECOND_BLOCK', part: 'and a holder one block of a family;', setting: EC2 },
    {
      macro: 'NO_INCARNATION',
      part: 'the holder is an id with its incarnation (on Azure `vmId`, since ids come back).',
      setting: ARM,
    },
    {
      macro: 'CLAIM_BY_TAG_ONLY',
      part: "A block in the ledger is its holder's claim, whether allocation is on or off;",
      setting: EC2,
    },
    { macro: 'NOTHING_FOLLOWS', part: 'tags, Node objects and routes follow it.', setting: EC2 },
    { macro: 'SEPARATE_WRITES', part: 'Every change of blocks is one transaction', setting: EC2 },
    { macro: 'NO_GENERATION', part: "that also replaces the cluster's generation item", setting: ARM },
    {
      macro: 'GENERATION_READ_LAST',
      part: 'at the version that was read before all blocks;',
      setting: EC2,
    },
    { macro: 'OVERLAP_BY_EQUALITY', part: 'overlap, of any sizes,', setting: ADOPTION },
    { macro: 'RETRY_WITHOUT_READING', part: 'is judged on that reading.', setting: ADOPTION },
    { macro: 'BLOCKS_EXPIRE', part: 'Blocks never expire.', setting: EC2 },
    { macro: 'NOT_ADOPTED', part: 'Nothing is handed out before', setting: ADOPTION },
    { macro: 'INCOMPLETE_ADOPTION', part: 'a complete full run', setting: ADOPTION },
    { macro: 'ADOPTS_NO_CLAIMS', part: 'has entered all claims', setting: ADOPTION },
    { macro: 'ADOPTS_NO_ROUTES', part: 'and routes there are', setting: ADOPTION },
    {
      macro: 'RESTORED_AS_ADOPTED',
      part: 'and marked the ledger as adopted (whoever restores a ledger from a backup removes the mark).',
      setting: RESTORE,
    },
    {
      macro: 'LIST_IS_PROOF',
      part: "A holder that a full run's list lacks is read by its id;",
      setting: EC2,
    },
    { macro: 'ROUTE_IGNORED', part: 'gone, and without a route in any table,', setting: EC2 },
    { macro: 'UNREAD_TABLE', part: 'all of them read,', setting: EC2 },
    { macro: 'ONE_LOOK', part: 'it becomes `leaving`;', setting: EC2 },
    { macro: 'NOT_FOUND_AGAIN', part: 'a full run that finds the same', setting: EC2 },
    { macro: 'NO_WAIT', part: 'at least 15 minutes later', setting: EC2 },
    { macro: 'RUNS_LAST_LONGER', part: '(no run may last longer)', setting: ARM },
    { macro: 'SPLIT_RELEASE', part: 'deletes block and holder in one transaction', setting: EC2 },
    { macro: 'MARK_UNCHECKED', part: 'if the mark is unchanged.', setting: ADOPTION },
    { macro: 'MARK_STAYS', part: 'A living holder erases the mark.', setting: ARM },
  ],
  beyond: [
    {
      macro: 'FREED_UNCLAIMED',
      part: "If a live node's tag names a block that comes free, the block becomes that node's claim in the same transaction.",
      setting: LATE,
    },
  ],
};

const ONE: Setting = [];
const TWO: Setting = ['BUDGET'];

export const SECOND_LOOK: Model = {
  file: 'second-look.pml',
  settings: [ONE, TWO],
  variants: [
    {
      macro: 'UNVERSIONED',
      part: 'the ledger has one versioned item for each table (claimants, sightings, spending),',
      setting: ONE,
    },
    { macro: 'INCOMPLETE_COUNTS', part: 'which every complete', setting: ONE },
    { macro: 'UNREAD_GOES', part: 'full run reads,', setting: ONE },
    { macro: 'NEVER_RENEWED', part: 'and writes where it changed.', setting: ONE },
    {
      macro: 'ANY_DESTINATION',
      part: 'A waiting route goes when runs have found it so (same destination,',
      setting: TWO,
    },
    { macro: 'ANY_NEXT_HOP', part: 'next hop,', setting: ONE },
    { macro: 'ANY_REASON', part: 'reason)', setting: ONE },
    { macro: 'NO_GRACE', part: 'for at least `PODROUTES_GRACE`;', setting: ONE },
    {
      macro: 'NEVER_VOID',
      part: "a sighting that was not renewed within 1.5 × the schedule's interval is void,",
      setting: ONE,
    },
    { macro: 'KEEPS_CLAIMED', part: 'and a full run that sees the route claimed', setting: ONE },
    { macro: 'KEEPS_CHANGED', part: 'or changed', setting: ONE },
    { macro: 'REFUSED_ERASURE_IS_DROPPED', part: 'erases it.', setting: ONE },
    { macro: 'NOT_WRITTEN', part: 'Before a deletion that waited, the item is written', setting: ONE },
    { macro: 'WRITTEN_AT_ANY_VERSION', part: 'at the version that was read;', setting: ONE },
    {
      macro: 'REFUSED_GOES',
      part: 'if that is refused, nothing that waits goes in this run.',
      setting: ONE,
    },
  ],
  beyond: [],
};
