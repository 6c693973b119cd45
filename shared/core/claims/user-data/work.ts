/** What reading one node's user data may cost (R12), and what it has cost. */
export interface Work {
  /** Elements, marks of a language, and settings that were looked at. */
  steps: number;
  /** Characters of all contents, each level of nesting anew. */
  characters: number;
  /** Bytes that compressed contents have become. */
  expanded: number;
  /** Of a mail message and the messages in it. */
  parts: number;
}

/** The most that a cloud takes: 16 KiB on AWS, 64 KiB on Azure. */
export const MAX_RAW = 64 * 1024;
/** What compressed user data may expand to. */
export const MAX_EXPANDED = 1024 * 1024;
/** How often contents may lie in each other. */
export const MAX_DEPTH = 16;
/** Parts of MIME messages. */
export const MAX_PARTS = 1000;
const MAX_STEPS = 64 * 1024;
/** Steps that each value of the key is worth: no honest node gives it a thousand times. */
export const STEPS_OF_VALUE = 256;
/** A message of the largest size, its part, and what lies in that. */
const MAX_CHARACTERS = 3 * (MAX_EXPANDED + MAX_RAW);

/** Nothing done yet. */
export function beginWork(): Work {
  return { steps: 0, characters: 0, expanded: 0, parts: 0 };
}

/** Counts steps; false where they are more than one node may cost. */
export function spend(work: Work, steps: number): boolean {
  work.steps += steps;
  return work.steps <= MAX_STEPS;
}

/** Whether that many steps more would be within the bound. */
export function canSpend(work: Work, steps: number): boolean {
  return work.steps + steps <= MAX_STEPS;
}

/** Counts characters in the same way. */
export function spendCharacters(work: Work, characters: number): boolean {
  work.characters += characters;
  return work.characters <= MAX_CHARACTERS;
}
