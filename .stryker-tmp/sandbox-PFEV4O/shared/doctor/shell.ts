/** A word that a POSIX shell takes as it is. Names come from tags, which others write. */
// @ts-nocheck

export function quote(word: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  // Double quotes read better around single ones, as of a query, but leave some characters their meaning.
  const isPlain = word.includes("'") && !/["$`\\!\p{Cc}]/u.test(word);
  return isPlain ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** One command line of these words. */
export function commandLine(...words: readonly string[]): string {
  return words.map(quote).join(' ');
}
