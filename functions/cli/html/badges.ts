import type { CellState } from './block-map.ts';
import { html, type Markup } from './markup.ts';
import type { ReadableReport } from './read-report.ts';

type ChangeAction = ReadableReport['changes'][number]['action'];
type Severity = ReadableReport['findings'][number]['severity'];

/** What each colour and shape of the map means. */
export const STATE_WORDS: Readonly<Record<CellState, { readonly word: string; readonly meaning: string }>> = {
  routed: { word: 'routed', meaning: 'claimed, and every route leads to its node' },
  unrouted: { word: 'without route', meaning: 'claimed, but a route is missing, dead or leads elsewhere' },
  conflicting: { word: 'conflicting', meaning: 'claimed by several nodes; one of them keeps it' },
  foreign: { word: 'foreign', meaning: 'a route that podroutes does not manage leads elsewhere' },
  unclaimed: { word: 'unclaimed', meaning: 'a route that podroutes manages and no living node claims' },
  stopped: { word: 'stopped', meaning: 'claimed by a node that is stopped' },
  held: { word: 'held', meaning: 'the ledger holds it for a node; the report has no claim or route for it' },
  leaving: { word: 'leaving', meaning: 'nobody has it any more; a later full run frees it' },
  reserved: { word: 'reserved', meaning: 'never handed out' },
  free: { word: 'free', meaning: 'no claim and no route' },
};

export type Shape = CellState | Severity | ChangeAction | 'ok' | 'changed' | 'allocated';

/** A small picture beside a word that says the same, so hidden from screen readers. */
export function icon(shape: Shape): Markup {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><use href="#shape-${shape}"/></svg>`;
}

export function stateBadge(state: CellState): Markup {
  return html`<span class="badge">${icon(state)}${STATE_WORDS[state].word}</span>`;
}

export function severityBadge(severity: Severity): Markup {
  return html`<span class="badge ${severity}">${icon(severity)}${severity}</span>`;
}

/** The shapes that icons and the map use. States differ by form as well as by colour. */
export function shapes(): Markup {
  return html`<svg class="shapes" width="0" height="0" aria-hidden="true"><defs>
${Object.entries(DRAWINGS).map(([shape, drawing]) => html`<g id="shape-${shape}" class="shape-${shape}">${drawing}</g>\n`)}</defs></svg>`;
}

const SQUARE = html`<rect x="1" y="1" width="14" height="14" rx="2.5"/>`;
const HOLLOW = html`<rect x="2" y="2" width="12" height="12" rx="2"/>`;
const ROUND = html`<circle cx="8" cy="8" r="7"/>`;

const DRAWINGS: Readonly<Record<Shape, Markup>> = {
  routed: SQUARE,
  unrouted: HOLLOW,
  conflicting: html`${SQUARE}<path d="M4.5 4.5l7 7m0-7l-7 7"/>`,
  foreign: html`${SQUARE}<path d="M2 9L9 2M2.5 14L14 2.5M7 14l7-7"/>`,
  unclaimed: html`${HOLLOW}<circle cx="8" cy="8" r="2.5"/>`,
  stopped: html`${HOLLOW}<rect x="2" y="8" width="12" height="6" rx="1.5" class="half"/>`,
  held: html`${HOLLOW}<path d="M5 8h6"/>`,
  leaving: html`${HOLLOW}<path d="M5 8h6m-2.4-2.4L11 8l-2.4 2.4"/>`,
  reserved: html`${SQUARE}<path d="M2.5 8L8 2.5M3 13L13 3M8 13.5L13.5 8"/>`,
  free: SQUARE,
  error: html`${ROUND}<path d="M5 5l6 6m0-6l-6 6"/>`,
  warning: html`<path d="M8 1.2L15.4 14.5H.6z" class="face"/><path d="M8 6v4m0 1.8v.4"/>`,
  info: html`${ROUND}<path d="M8 7.2v4.6m0-7.4v.4"/>`,
  ok: html`${ROUND}<path d="M4.6 8.4l2.4 2.4 4.4-5"/>`,
  create: html`<path d="M8 2.5v11M2.5 8h11"/>`,
  replace: html`<path d="M2 9.5c2-4 4-4 6-1.5s4 2.5 6-1.5"/>`,
  delete: html`<path d="M2.5 8h11"/>`,
  changed: html`<path d="M8 1h5.5A1.5 1.5 0 0 1 15 2.5V8z"/>`,
  allocated: html`<circle cx="4.8" cy="11.2" r="2.1"/>`,
};
