/** The page's own style: light and dark, narrow and wide, screen and paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f8; --card: #ffffff; --ink: #1a1f25; --soft: #545d68; --line: #d8dde2; --accent: #0a5bb5;
  --routed: #17795e; --unrouted: #b25000; --conflicting: #c01f3a; --foreign: #7440c9; --unclaimed: #5c6672;
  --stopped: #2f74b5; --free: #e6e9ec; --mark: #1a1f25;
  --error: #b3122d; --warning: #8f4700; --info: #2a5f96; --ok: #146c53;
  --mono: ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0f1317; --card: #171c22; --ink: #e8ebee; --soft: #a3adb8; --line: #2e363f; --accent: #7db8ff;
    --routed: #3fbf95; --unrouted: #f2a341; --conflicting: #ff6b7d; --foreign: #b493ff; --unclaimed: #9aa5b1;
    --stopped: #6fb1ee; --free: #262d35; --mark: #ffffff;
    --error: #ff8593; --warning: #f5b35c; --info: #8fc1f5; --ok: #5fd3ac;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 0 clamp(1rem, 4vw, 3rem) 3rem; max-width: 84rem;
  background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif; overflow-wrap: anywhere;
}
h1, h2, h3 { line-height: 1.2; text-wrap: balance; }
h1 { font-size: clamp(1.6rem, 1.1rem + 2.2vw, 2.5rem); margin: 0; letter-spacing: -0.02em; }
h2 { font-size: 1.35rem; margin: 0 0 0.9rem; letter-spacing: -0.01em; }
h3 { font-size: 1rem; margin: 1.4rem 0 0.4rem; }
p { margin: 0 0 0.7rem; max-width: 46rem; }
code, .from, .readout { font-family: var(--mono); font-size: 0.88em; font-variant-numeric: tabular-nums; }
td, th, li, dd, code, h1, .badge { unicode-bidi: isolate; }
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
.skip { position: absolute; left: -99rem; top: 0.5rem; padding: 0.4rem 0.8rem; background: var(--card); z-index: 2; }
.skip:focus { left: 0.5rem; }
.shapes { position: absolute; }
.note, .why, .times, .when { color: var(--soft); }
.note, .why, .times { font-size: 0.88rem; font-weight: 400; }

header { padding: 2.2rem 0 0.5rem; }
.kind { color: var(--soft); font-size: 0.8rem; letter-spacing: 0.09em; text-transform: uppercase; margin: 0 0 0.3rem; }
.when { margin: 0.5rem 0 1.2rem; }
.verdict {
  display: flex; gap: 0.9rem; align-items: center; padding: 1rem 1.2rem; border-radius: 0.8rem;
  background: var(--card); border: 1px solid var(--line); border-inline-start: 0.4rem solid var(--tone);
}
.verdict p { margin: 0; }
.verdict strong { font-size: 1.15rem; display: block; }
.verdict .icon { width: 2.2rem; height: 2.2rem; flex: none; }
.error { --tone: var(--error); } .warning { --tone: var(--warning); } .info { --tone: var(--info); } .ok { --tone: var(--ok); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.8rem; margin: 0.8rem 0 0; }
.figures div { background: var(--card); border: 1px solid var(--line); border-radius: 0.8rem; padding: 0.8rem 1.2rem; }
.figures dt { font-size: 0.9rem; } .figures dd { margin: 0; color: var(--soft); font-size: 0.9rem; }
.figures b { display: block; font-size: 1.9rem; line-height: 1.2; color: var(--ink); font-weight: 650; font-variant-numeric: tabular-nums; }

nav { margin: 1.2rem 0 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; list-style: none; padding: 0; margin: 0; }
nav a { display: inline-block; padding: 0.2rem 0; }
main > section { background: var(--card); border: 1px solid var(--line); border-radius: 0.8rem; padding: clamp(1rem, 2.5vw, 1.6rem); margin-top: 1.2rem; }
footer { color: var(--soft); font-size: 0.88rem; margin-top: 1.5rem; }

.icon { width: 1em; height: 1em; flex: none; vertical-align: -0.12em; }
.badge { display: inline-flex; align-items: baseline; gap: 0.4em; white-space: nowrap; } .badge .icon { align-self: center; }
.badge.error, .badge.warning, .badge.info { color: var(--tone); font-weight: 600; }
.shape-routed { fill: var(--routed); }
.shape-unrouted { fill: var(--card); stroke: var(--unrouted); stroke-width: 2.6; }
.shape-conflicting { fill: var(--conflicting); } .shape-conflicting path { stroke: var(--card); stroke-width: 2; }
.shape-foreign { fill: var(--foreign); } .shape-foreign path { stroke: var(--card); stroke-width: 1.5; }
.shape-unclaimed { fill: var(--card); stroke: var(--unclaimed); stroke-width: 1.6; } .shape-unclaimed circle { fill: var(--unclaimed); }
.shape-stopped { fill: var(--card); stroke: var(--stopped); stroke-width: 1.6; } .shape-stopped .half { fill: var(--stopped); stroke: none; }
.shape-held, .shape-leaving { fill: var(--card); stroke: var(--routed); stroke-width: 1.4; } .shape-leaving rect { stroke-dasharray: 2.5 2; }
.shape-reserved { fill: var(--free); } .shape-reserved path { stroke: var(--soft); stroke-width: 1.1; }
.shape-free { fill: var(--free); }
.shape-changed, .shape-allocated { fill: var(--mark); stroke: var(--card); }
.shape-error, .shape-warning, .shape-info, .shape-ok { stroke-linecap: round; stroke-linejoin: round; }
.shape-error { fill: var(--error); } .shape-warning { fill: var(--warning); } .shape-info { fill: var(--info); } .shape-ok { fill: var(--ok); }
.shape-error path, .shape-info path, .shape-ok path, .shape-warning path + path { fill: none; stroke: var(--card); stroke-width: 1.8; }
.shape-create, .shape-replace, .shape-delete { fill: none; stroke-width: 2.4; stroke-linecap: round; }
.shape-create { stroke: var(--ok); } .shape-replace { stroke: var(--warning); } .shape-delete { stroke: var(--error); }
.create { color: var(--ok); } .replace { color: var(--warning); } .delete { color: var(--error); }
.outcome.failed, .route-missing, .route-blackhole, .route-elsewhere { color: var(--error); font-weight: 600; }
.outcome.skipped { color: var(--warning); font-weight: 600; }
.node-gone, .node-stopped { color: var(--soft); }

.finding { border-inline-start: 0.25rem solid var(--tone); padding-inline-start: 1rem; margin-top: 1.2rem; }
.finding h3 { margin: 0 0 0.4rem; }
.finding ul { margin: 0 0 0.5rem; padding-inline-start: 1.2rem; } .finding li { max-width: 62rem; } .finding .only { list-style: none; padding: 0; }
.finding p, .finding li .remedy { margin: 0.2rem 0; max-width: 62rem; }
.plain { padding: 0; list-style: none; } .plain li { margin: 0.3rem 0; }

.map { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 0.7rem; align-items: center; margin: 0.8rem 0 0.4rem; }
.map svg { width: 100%; display: block; } .map g[data-row] { cursor: pointer; } .map g:hover { opacity: 0.65; }
.map .of-16 { max-width: 42rem; } .map .of-8 { max-width: 21rem; } .map .of-4 { max-width: 10.5rem; } .map .of-2 { max-width: 5.25rem; } .map .of-1 { max-width: 2.6rem; }
.from { color: var(--soft); font-size: 0.75rem; text-align: end; white-space: nowrap; }
.gap { color: var(--soft); font-size: 0.8rem; border-block: 1px dashed var(--line); padding: 0.1rem 0.5rem; margin: 2px 0; }
.readout { min-height: 1.5em; margin: 0.3rem 0; color: var(--soft); }
.legend { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0.4rem 1.5rem; list-style: none; padding: 0; margin: 0.4rem 0 0.8rem; font-size: 0.9rem; }
.legend li { display: flex; gap: 0.6em; color: var(--soft); } .legend b { color: var(--ink); } .legend .icon { width: 1.15em; height: 1.15em; margin-top: 0.2em; }
.map-part + .map-part { border-top: 1px solid var(--line); margin-top: 1.6rem; padding-top: 0.2rem; }
.map-part h3 { font-size: 1.1rem; }

.table { overflow-x: auto; margin: 0.6rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
main > section > :last-child { margin-bottom: 0; }
.unseen { position: absolute; clip-path: inset(50%); height: 1px; width: 1px; overflow: hidden; white-space: nowrap; }
caption:not(.unseen) { text-align: start; color: var(--soft); font-size: 0.88rem; padding-bottom: 0.4rem; }
th, td { text-align: start; vertical-align: top; padding: 0.42rem 1rem 0.42rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; border-bottom: 2px solid var(--line); font-size: 0.85rem; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 600; }
.table .whole { white-space: nowrap; } [data-head=Why] { min-width: 8rem; }
tr:target > * { background: color-mix(in srgb, var(--accent) 18%, transparent); }
tbody tr:hover > * { background: color-mix(in srgb, var(--accent) 7%, transparent); }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
th button::after { content: ' ↕'; opacity: 0.55; } [aria-sort=ascending] button::after { content: ' ↑'; opacity: 1; } [aria-sort=descending] button::after { content: ' ↓'; opacity: 1; }
.tools { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; margin: 0.8rem 0 0; font-size: 0.9rem; color: var(--soft); }
.tools input { font: inherit; color: var(--ink); background: var(--page); border: 1px solid var(--soft); border-radius: 0.4rem; padding: 0.3rem 0.6rem; width: 16rem; max-width: 100%; }
.gauge { display: grid; gap: 0.25rem; max-width: 16rem; } .gauge + .gauge { margin-top: 0.5rem; }
.gauge svg { width: 100%; height: 0.5rem; border-radius: 0.25rem; } .gauge .rail { fill: var(--free); }
.gauge .well { fill: var(--routed); } .gauge .warning { fill: var(--unrouted); } .gauge .error { fill: var(--conflicting); }
.rows:not(.unfolded, .filtered) .folded { display: none; }
.fold { font: inherit; font-size: 0.92rem; color: var(--accent); background: none; border: 0; padding: 0.2rem 0; cursor: pointer; } .fold::before { content: '▸ '; } .fold[aria-expanded=true]::before { content: '▾ '; }
.on-paper { display: none; }
details { margin: 0.6rem 0; } .page h4 { margin: 0.9rem 0 0.3rem; } .page h5 { margin: 0.6rem 0 0.2rem; } .page pre { white-space: pre-wrap; margin: 0.3rem 0 0.7rem; padding: 0.6rem 0.8rem; background: var(--page); border-radius: 0.4rem; } summary { cursor: pointer; color: var(--accent); padding: 0.2rem 0; }

@media (max-width: 40rem) {
  .from { font-size: 0.62rem; line-height: 1; } .map { column-gap: 0.4rem; }
  .verdict { align-items: flex-start; padding: 0.9rem; }
  table, caption:not(.unseen), tbody, tr, td, tbody th { display: block; width: 100%; }
  thead { position: absolute; clip-path: inset(50%); height: 1px; width: 1px; overflow: hidden; white-space: nowrap; }
  tbody tr { border-top: 1px solid var(--line); padding: 0.5rem 0; } tbody tr[hidden] { display: none; }
  .table .whole { white-space: normal; }
  tbody th, td { border: 0; padding: 0.1rem 0; }
  td { position: relative; padding-inline-start: 8rem; min-height: 1.5em; }
  td::before { content: attr(data-head); position: absolute; inset-inline-start: 0; color: var(--soft); font-size: 0.85rem; }
}
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; background: none; font-size: 10pt; }
  header { padding-top: 0; } nav, .tools, .fold, .skip, .readout { display: none; }
  main > section { border: 0; padding: 0; margin-top: 1.4rem; }
  h2, h3, caption, summary { break-after: avoid; } tr, .finding li, .verdict, .figures, .map svg, .legend { break-inside: avoid; } .map { break-after: avoid; }
  thead { display: table-header-group; } .table { overflow: visible; } table { font-size: 8.5pt; } .table .why { font-size: 8pt; } th, td { padding-inline-end: 0.6rem; }
  .map, .icon, .gauge { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .map { max-width: 17cm; } a { color: inherit; text-decoration: none; }
  th button::after { content: none; }
  .off-paper { display: none; } .on-paper { display: block; }
  .finding details:not(.page)::details-content { content-visibility: visible; block-size: auto; }
}
@media (forced-colors: active) { .map, .icon, .gauge { forced-color-adjust: none; } }
`;
