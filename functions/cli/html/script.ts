/**
 * Runs in the reader's browser: filters and sorts the larger tables and shows what the pointer is over in a
 * map. The page says all of it without. What it writes comes from the page as text, never as markup.
 */
export const SCRIPT = `
'use strict';
const collator = new Intl.Collator('en-GB', { numeric: true });
const plural = (amount) => amount.toLocaleString('en-GB') + (amount === 1 ? ' row' : ' rows');

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// What is folded becomes a part of the table, left out of sight until a filter, a link or the button asks for it.
function joinFolded(group, table) {
  const folded = group.querySelector('details');
  if (folded === null) return;
  const rows = [...folded.querySelectorAll('tbody tr')];
  for (const row of rows) row.classList.add('folded');
  table.tBodies[0].append(...rows);
  const button = element('button', { type: 'button', className: 'fold', textContent: folded.querySelector('summary').textContent });
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', () => {
    button.setAttribute('aria-expanded', String(group.classList.toggle('unfolded')));
  });
  folded.replaceWith(button);
}

function addFilter(box, rows) {
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const input = element('input', { type: 'search', autocomplete: 'off', spellcheck: false });
  const shown = element('output', { textContent: plural(rows.length) });
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    box.classList.toggle('filtered', words.length > 0);
    let amount = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every((word) => texts[i].includes(word));
      if (!row.hidden) amount += 1;
    });
    shown.textContent = amount === rows.length ? plural(amount) : amount.toLocaleString('en-GB') + ' of ' + plural(rows.length);
  });
  const what = box.dataset.tools;
  const label = element('label', {}, 'Filter ' + what.charAt(0).toLowerCase() + what.slice(1) + ' ', input);
  box.before(element('div', { className: 'tools' }, label, shown));
}

function sortBy(heads, at, body) {
  const descending = heads[at].getAttribute('aria-sort') === 'ascending';
  heads.forEach((head) => head.removeAttribute('aria-sort'));
  heads[at].setAttribute('aria-sort', descending ? 'descending' : 'ascending');
  const isKeyed = body.rows[0].cells[at].dataset.key !== undefined;
  const keyOf = ({ dataset, textContent }) => (isKeyed ? dataset.key : textContent.trim());
  const compare = isKeyed ? (a, b) => (a < b ? -1 : a > b ? 1 : 0) : collator.compare;
  const keyed = [...body.rows].map((row) => [keyOf(row.cells[at]), row]);
  keyed.sort(([a], [b]) => compare(a, b) * (descending ? -1 : 1));
  body.append(...keyed.map(([, row]) => row));
}

function addSorting(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const button = element('button', { type: 'button', textContent: head.textContent });
    button.addEventListener('click', () => sortBy(heads, at, table.tBodies[0]));
    head.replaceChildren(button);
  });
}

for (const box of document.querySelectorAll('[data-tools]')) {
  const table = box.querySelector('table');
  joinFolded(box, table);
  addFilter(box, [...table.tBodies[0].rows]);
  addSorting(table);
}

for (const map of document.querySelectorAll('.map')) {
  const readout = map.parentElement.querySelector('.readout');
  map.addEventListener('pointerover', ({ target }) => {
    const title = target.closest('g')?.querySelector('title');
    if (title) readout.textContent = title.textContent;
  });
  map.addEventListener('pointerleave', () => { readout.textContent = ''; });
  map.addEventListener('click', ({ target }) => {
    const id = target.closest('g')?.dataset.row;
    if (id !== undefined && document.getElementById(id) !== null) location.hash = id;
  });
}

// A row that is out of sight is no place to jump to.
function revealTarget() {
  const row = document.getElementById(location.hash.slice(1))?.closest('tr');
  if (!row) return;
  row.hidden = false;
  row.classList.remove('folded');
  row.scrollIntoView();
}
addEventListener('hashchange', revealTarget);
revealTarget();

// A table that is wider than the window scrolls by itself: then, and only then, the keyboard has to reach it.
const wide = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls = target.scrollWidth > target.clientWidth;
    for (const [name, value] of [['tabindex', '0'], ['role', 'group'], ['aria-label', target.querySelector('caption').textContent]]) {
      if (scrolls) target.setAttribute(name, value);
      else target.removeAttribute(name);
    }
  }
});
for (const box of document.querySelectorAll('.table')) wide.observe(box);
`;
