/** A piece of a line of our own pages. */
export type Inline =
  | { readonly kind: 'text' | 'code' | 'strong' | 'emphasis'; readonly text: string }
  | { readonly kind: 'link'; readonly parts: readonly Inline[]; readonly target: string };

type Line = readonly Inline[];

/** A part of a page: as much of Markdown as the pages of alarms, findings and causes use. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly line: Line }
  | { readonly kind: 'paragraph'; readonly line: Line }
  | { readonly kind: 'list'; readonly items: readonly Line[] }
  | { readonly kind: 'code'; readonly lines: readonly string[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly Line[])[] };

/** What a block is known by: its first line, and the lines that go on with it. */
const BLOCKS: readonly {
  readonly begins: RegExp;
  readonly goesOn: RegExp;
  readonly read: (lines: readonly string[]) => Block;
}[] = [
  {
    begins: /^```/,
    goesOn: /^(?!```)/,
    read: ([, ...lines]) => ({ kind: 'code', lines }),
  },
  {
    begins: /^#+ /,
    goesOn: /(?!)/,
    read: ([line = '']) => {
      const [, marks = '', text = ''] = /^(#+) (.*)$/.exec(line) ?? [];
      return { kind: 'heading', level: marks.length, line: readInline(text) };
    },
  },
  {
    begins: /^- /,
    goesOn: /^(- | {2,}\S)/,
    read: (lines) => {
      const items = lines.join('\n').split(/^- /m).slice(1);
      return { kind: 'list', items: items.map((item) => readInline(item.trim().replaceAll(/\s+/g, ' '))) };
    },
  },
  {
    begins: /^\|/,
    goesOn: /^\|/,
    read: (lines) => ({
      kind: 'table',
      // The second row only draws a line.
      rows: lines.filter((_, i) => i !== 1).map((row) => row.split('|').slice(1, -1).map(readCell)),
    }),
  },
  {
    begins: /^\S/,
    goesOn: /^(?!```|#+ |- |\|)\S/,
    read: (lines) => ({ kind: 'paragraph', line: readInline(lines.join(' ')) }),
  },
];

/** Reads a page of ours. */
export function readMarkdown(page: string): Block[] {
  const blocks: Block[] = [];
  const lines = page.split('\n');
  let at = 0;
  while (at < lines.length) {
    const found = BLOCKS.find(({ begins }) => begins.test(lines[at] ?? ''));
    let end = at + 1;
    if (found !== undefined) {
      while (end < lines.length && found.goesOn.test(lines[end] ?? '')) end += 1;
      const block = found.read(lines.slice(at, end));
      blocks.push(block);
      // The mark that ends it is no block of its own.
      if (block.kind === 'code') end += 1;
    }
    at = end;
  }
  return blocks;
}

function readCell(cell: string): Line {
  return readInline(cell.trim());
}

const PIECES =
  /`(?<code>[^`]+)`|\[(?<label>(?:`[^`]*`|[^\]`])+)\]\((?<target>[^)\s]+)\)|\*\*(?<strong>[^*]+)\*\*|\*(?<emphasis>[^*\s][^*]*)\*/g;

function readInline(text: string): Inline[] {
  const pieces: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(PIECES)) {
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index) });
    pieces.push(toPiece(match.groups ?? {}));
    at = match.index + match[0].length;
  }
  return at < text.length ? [...pieces, { kind: 'text', text: text.slice(at) }] : pieces;
}

function toPiece(groups: Readonly<Record<string, string | undefined>>): Inline {
  const { label, target } = groups;
  if (label !== undefined && target !== undefined) return { kind: 'link', parts: readInline(label), target };
  for (const kind of ['code', 'strong', 'emphasis'] as const) {
    const text = groups[kind];
    if (text !== undefined) return { kind, text };
  }
  throw new Error('a piece of a page without a kind');
}
