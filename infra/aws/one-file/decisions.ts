import { CHOICE_NAMES, CHOICES, type ChoiceName, type Selection } from './samples.ts';

/** What was seen of one place of the template in one sample. */
export interface Seen<T> {
  readonly selection: Selection;
  readonly value: T;
}

/** A value, or what it depends on: a branch for each case of a choice. */
export type Decision<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'choice'; readonly choice: ChoiceName; readonly branches: readonly Decision<T>[] };

/** The most choices that one place of the template may depend on at once. */
const MOST = 3;

/** Finds the fewest choices that explain what was seen. Throws where none do, or several sets explain it as well. */
export function decide<T>(seen: readonly Seen<T>[], what: string): Decision<T> {
  for (let size = 0; size <= MOST; size += 1) {
    const explaining = subsets(CHOICE_NAMES, size).filter((choices) => explains(choices, seen));
    const [choices, other] = explaining;
    if (choices === undefined) continue;
    if (other !== undefined) {
      throw new Error(`${what}: expected one explanation; found ${explaining.join(' and ')}`);
    }
    return toDecision(choices, seen);
  }
  throw new Error(`${what}: expected at most ${MOST} choices to decide; found more`);
}

function subsets<T>(of: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return of.flatMap((first, i) => subsets(of.slice(i + 1), size - 1).map((rest) => [first, ...rest]));
}

function explains<T>(choices: readonly ChoiceName[], seen: readonly Seen<T>[]): boolean {
  const values = new Map<string, string>();
  return seen.every(({ selection, value }) => {
    const key = choices.map((choice) => selection[choice]).join();
    const text = JSON.stringify(value);
    const known = values.get(key) ?? text;
    values.set(key, known);
    return known === text;
  });
}

function toDecision<T>(choices: readonly ChoiceName[], seen: readonly Seen<T>[]): Decision<T> {
  const [first] = seen;
  if (first === undefined) throw new Error('expected something seen; found nothing');
  const [choice, ...rest] = choices;
  if (choice === undefined || explains([], seen)) return { kind: 'value', value: first.value };
  const cases = CHOICES[choice].cases.map((_, i) => seen.filter(({ selection }) => selection[choice] === i));
  // What never comes together needs no branch of its own: it goes with the case before it.
  const filled = cases.map(
    (each, i) =>
      [each, ...cases.slice(0, i).reverse(), ...cases.slice(i)].find(({ length }) => length > 0) ?? seen,
  );
  const branches = filled.map((each) => toDecision(rest, each));
  return { kind: 'choice', choice, branches };
}
