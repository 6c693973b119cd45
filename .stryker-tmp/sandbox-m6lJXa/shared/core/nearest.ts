/** What somebody most likely meant by a mistyped word; of several alike the first. */
// @ts-nocheck

export function findNearest(word: string, known: readonly string[]): string {
  const distances = known.map((candidate) => measureEdits(word, candidate));
  return known[distances.indexOf(Math.min(...distances))] ?? '';
}

/** The nearest word, where it is near enough to be worth a question; else null. */
export function findSimilar(word: string, known: readonly string[]): string | null {
  const nearest = findNearest(word, known);
  return measureEdits(word, nearest) <= Math.max(1, Math.floor(word.length / 3)) ? nearest : null;
}

/** Levenshtein distance, one row of its table at a time. */
function measureEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= to.length; j += 1) {
      const [left = 0, above = 0, diagonal = 0] = [next[j - 1], row[j], row[j - 1]];
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === to[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
