import { readdir, readFile } from 'node:fs/promises';

/** The project's folder. */
export const ROOT = new URL('../../', import.meta.url);

/** The text of a file, by its path in the project. */
export function readText(path: string): Promise<string> {
  return readFile(new URL(path, ROOT), 'utf8');
}

/** Paths of all pages for people: those at the top, and all below `docs/`. */
export async function listPages(): Promise<string[]> {
  const top = await readdir(ROOT);
  const below = await readdir(new URL('docs/', ROOT), { recursive: true });
  return [...top, ...below.map((name) => `docs/${name}`)].filter((name) => name.endsWith('.md')).sort();
}

/** Cells by row of the first table below a heading, without its head; throws where there is none. */
export function tableBelow(page: string, heading: string): string[][] {
  const start = page.split('\n').findIndex((line) => new RegExp(`^#+ ${heading}$`).test(line));
  if (start < 0) throw new Error(`expected the heading "${heading}"`);
  return tableFrom(page.split('\n').slice(start));
}

/** Cells by row of the first table whose head begins with this cell. */
export function tableHeaded(page: string, first: string): string[][] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${first} |`));
  if (start < 0) throw new Error(`expected a table headed "${first}"`);
  return tableFrom(lines.slice(start));
}

function tableFrom(lines: readonly string[]): string[][] {
  const start = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  const rows = lines.slice(start, length < 0 ? undefined : start + length);
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Code spans in a cell or a page, without their marks. */
export function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The values of all fenced blocks of JSON. */
export function jsonBlocks(page: string): unknown[] {
  return [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = '']) => JSON.parse(json));
}

/** The fragments that a page's headings can be linked by, as GitHub makes them. */
export function anchorsOf(page: string): Set<string> {
  const headings = page.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, text = '']) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}
