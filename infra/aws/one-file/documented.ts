/** A property, as its docstring has it. */
export interface DocumentedProperty {
  readonly name: string;
  readonly text: string;
  /** What it is unless given: a value, or words about it. */
  readonly standard: { readonly value: string } | { readonly words: string };
}

/** Name, text and default of every property, by the source of `props.ts`. */
export function readDocstrings(source: string): DocumentedProperty[] {
  return [
    ...source.matchAll(/\/\*\*\n((?: {3}\* .*\n)+?) {3}\* @default (.*)\n {3}\*\/\n {2}readonly (\w+)/g),
  ].map(([, lines = '', standard = '', name = '']) => ({
    name,
    text: lines
      .trim()
      .split('\n')
      .map((line) => line.trim().slice(2))
      .join(' '),
    standard: standard.startsWith('- ') ? { words: standard.slice(2) } : { value: standard },
  }));
}
