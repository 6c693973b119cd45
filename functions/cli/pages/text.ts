import { fitTable } from '../table.ts';
import { type Terminal, wrapText } from '../terminal.ts';
import type { Block, Inline } from './markdown.ts';
import { followLink } from './topics.ts';

type Page = Pick<Terminal, 'width' | 'paint'> & { readonly topic: string };

/** The lines of a page for a terminal, wrapped at its width; commands are left whole, to be copied. */
export function formatPage(blocks: readonly Block[], page: Page): string[] {
  return blocks.flatMap((block, i) => [...(i === 0 ? [] : ['']), ...formatBlock(block, page)]);
}

function formatBlock(block: Block, page: Page): string[] {
  const { width, paint, topic } = page;
  switch (block.kind) {
    case 'heading':
      return [paint('bold', formatLine(block.line, topic))];
    case 'paragraph':
      return wrapText(formatLine(block.line, topic), width);
    case 'list':
      return block.items.flatMap((item) =>
        wrapText(formatLine(item, topic), width - 2).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`),
      );
    case 'code':
      return block.lines.map((line) => (line === '' ? '' : `    ${line}`));
    case 'table': {
      const rows = block.rows.map((row) => row.map((cell) => formatLine(cell, topic)));
      return fitTable(rows, { room: width, names: [] }).flat();
    }
    default:
      return block satisfies never;
  }
}

/** What is code keeps its marks, as it would run into the words around it without. */
function formatLine(line: readonly Inline[], topic: string): string {
  return line.map((piece) => formatPiece(piece, topic)).join('');
}

function formatPiece(piece: Inline, topic: string): string {
  switch (piece.kind) {
    case 'code':
      return `\`${piece.text}\``;
    case 'link': {
      const to = followLink(topic, piece.target);
      const text = formatLine(piece.parts, topic);
      return to.endsWith(`/${text.replaceAll('`', '')}`) ? to : `${text} (${to})`;
    }
    case 'text':
    case 'strong':
    case 'emphasis':
      return piece.text;
    default:
      return piece satisfies never;
  }
}
