import type { Block, Inline } from '../pages/markdown.ts';
import { followLink } from '../pages/topics.ts';
import { html, type Markup } from './markup.ts';

/** A page of ours, folded, for what stands below a heading of the third level. */
export function renderFolded(topic: string, blocks: readonly Block[]): Markup {
  const body = blocks.map((block) => renderBlock(block, topic));
  return html`<details class="page"><summary>More in <code>docs/${topic}.md</code></summary>${body}</details>`;
}

function renderBlock(block: Block, topic: string): Markup {
  switch (block.kind) {
    case 'heading':
      return renderHeading(block, topic);
    case 'paragraph':
      return html`<p>${renderLine(block.line, topic)}</p>\n`;
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${renderLine(item, topic)}</li>`)}</ul>\n`;
    case 'code':
      return html`<pre><code>${block.lines.join('\n')}</code></pre>\n`;
    case 'table': {
      const [head = [], ...rows] = block.rows;
      return html`<div class="table"><table><thead><tr>${head.map((cell) => html`<th scope="col">${renderLine(cell, topic)}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${renderLine(cell, topic)}</td>`)}</tr>`)}</tbody></table></div>\n`;
    }
    default:
      return block satisfies never;
  }
}

/** The first is the code of the finding, which stands above already. */
function renderHeading({ level, line }: Extract<Block, { kind: 'heading' }>, topic: string): Markup {
  const text = renderLine(line, topic);
  if (level === 1) return html``;
  return level === 2 ? html`<h4>${text}</h4>\n` : html`<h5>${text}</h5>\n`;
}

function renderLine(line: readonly Inline[], topic: string): readonly Markup[] {
  return line.map((piece) => renderPiece(piece, topic));
}

/** The page leads nowhere but to itself: what a link leads to is told. */
function renderPiece(piece: Inline, topic: string): Markup {
  switch (piece.kind) {
    case 'text':
      return html`${piece.text}`;
    case 'code':
      return html`<code>${piece.text}</code>`;
    case 'strong':
      return html`<strong>${piece.text}</strong>`;
    case 'emphasis':
      return html`<em>${piece.text}</em>`;
    case 'link': {
      const to = followLink(topic, piece.target);
      const label = renderLine(piece.parts, topic);
      const place = /^(docs\/|https:)/.test(to) ? to : `docs/${to}.md`;
      return html`${label} (<code>${place}</code>)`;
    }
    default:
      return piece satisfies never;
  }
}
