/** Where a box stands: columns from the left, rows from the top. */
interface Cell {
  readonly column: number;
  readonly row: number;
}

export interface Box extends Cell {
  readonly title: string;
  readonly text: string;
  /** Whether it was there before: drawn with a dashed edge. */
  readonly isGiven: boolean;
}

export interface Arrow {
  readonly from: Cell;
  readonly to: Cell;
}

const WIDTH = 168;
const HEIGHT = 62;
const GAP = { x: 44, y: 52 };
const MARGIN = 14;

const STYLE = `
  .page { fill: #ffffff } .box { fill: #eef4fb; stroke: #0a5bb5 } .given { fill: #ffffff; stroke: #545d68; stroke-dasharray: 5 4 }
  .title { font: 600 15px system-ui, sans-serif; fill: #1a1f25 } .text { font: 12px system-ui, sans-serif; fill: #545d68 }
  .arrow { stroke: #545d68; stroke-width: 1.5; fill: none; marker-end: url(#tip) } #tip path { fill: #545d68 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0f1317 } .box { fill: #17263a; stroke: #7db8ff } .given { fill: #0f1317; stroke: #a3adb8 }
    .title { fill: #e8ebee } .text { fill: #a3adb8 } .arrow { stroke: #a3adb8 } #tip path { fill: #a3adb8 }
  }
`;

/** Boxes on a grid, and arrows between them, as an SVG that needs nothing but itself. */
export function drawBoxes(label: string, boxes: readonly Box[], arrows: readonly Arrow[]): string {
  const right = Math.max(...boxes.map((box) => leftOf(box))) + WIDTH + MARGIN;
  const bottom = Math.max(...boxes.map((box) => topOf(box))) + HEIGHT + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right} ${bottom}" width="${right}" height="${bottom}" role="img" aria-label="${label}">`,
    `<style>${STYLE}</style>`,
    '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>',
    `<rect class="page" width="${right}" height="${bottom}" rx="8"/>`,
    ...boxes.map(drawBox),
    ...arrows.map(drawArrow),
    '</svg>\n',
  ].join('\n');
}

function leftOf({ column }: Cell): number {
  return MARGIN + column * (WIDTH + GAP.x);
}

function topOf({ row }: Cell): number {
  return MARGIN + row * (HEIGHT + GAP.y);
}

function drawBox(box: Box): string {
  const [x, y] = [leftOf(box), topOf(box)];
  const middle = x + WIDTH / 2;
  return [
    `<rect class="${box.isGiven ? 'given' : 'box'}" x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    `<text class="title" x="${middle}" y="${y + 27}" text-anchor="middle">${box.title}</text>`,
    `<text class="text" x="${middle}" y="${y + 46}" text-anchor="middle">${box.text}</text>`,
  ].join('');
}

/** From edge to edge: level within a row, else by way of the gap between two rows. */
function drawArrow({ from, to }: Arrow): string {
  const middle = (cell: Cell) => ({ x: leftOf(cell) + WIDTH / 2, y: topOf(cell) + HEIGHT / 2 });
  const [a, b] = [middle(from), middle(to)];
  if (from.row === to.row) {
    const side = Math.sign(b.x - a.x) * (WIDTH / 2);
    return path(`M${a.x + side} ${a.y}H${b.x - side}`);
  }
  const side = Math.sign(b.y - a.y) * (HEIGHT / 2);
  if (from.column === to.column) return path(`M${a.x} ${a.y + side}V${b.y - side}`);
  // Beside the middle, where an arrow to the box straight above or below would be.
  const shift = Math.sign(b.x - a.x) * (WIDTH / 4);
  const between = (a.y + b.y) / 2;
  return path(`M${a.x + shift} ${a.y + side}V${between}H${b.x - shift}V${b.y - side}`);
}

function path(d: string): string {
  return `<path class="arrow" d="${d}"/>`;
}
