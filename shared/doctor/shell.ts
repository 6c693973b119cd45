/** A word that a POSIX shell takes as it is. Names come from tags, which others write. */
export function quote(word: string): string {
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** One command line of these words. */
export function commandLine(...words: readonly string[]): string {
  return words.map(quote).join(' ');
}
