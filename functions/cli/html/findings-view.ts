import type { Block } from '../pages/markdown.ts';
import { icon, severityBadge } from './badges.ts';
import { html, type Markup } from './markup.ts';
import { renderFolded } from './page-view.ts';
import type { ReadableReport } from './read-report.ts';
import { count } from './words.ts';

/** The pages of findings, by their codes. */
export type Pages = ReadonlyMap<string, readonly Block[]>;

type Finding = ReadableReport['findings'][number];

const SEVERITIES = ['error', 'warning', 'info'] as const satisfies Finding['severity'][];
/** More of one code than this are folded. */
const OPEN_FINDINGS = 5;

/** Findings by severity and code, each code with its page in the documentation. */
export function renderFindings(findings: readonly Finding[], pages: Pages): Markup {
  if (findings.length === 0) return html`<p>${icon('ok')} No findings: nothing needs attention.</p>`;
  const groups = SEVERITIES.flatMap((severity) => {
    const ofSeverity = findings.filter((finding) => finding.severity === severity);
    return [...Map.groupBy(ofSeverity, ({ code }) => code).values()];
  });
  return html`${groups.map((group) => renderGroup(group, pages))}`;
}

function renderGroup(findings: readonly Finding[], pages: Pages): Markup {
  const [first] = findings;
  if (first === undefined) return html``;
  const { code, severity } = first;
  const page = pages.get(code);
  const isShared = findings.every(({ remedy }) => remedy === first.remedy);
  const items = findings.map(
    (finding) => html`<li>${finding.message}${isShared ? null : renderRemedy(finding)}</li>\n`,
  );
  const list = html`<ul${items.length === 1 ? html` class="only"` : null}>${items.slice(0, OPEN_FINDINGS)}</ul>`;
  const more = items.slice(OPEN_FINDINGS);
  const folded =
    more.length === 0
      ? null
      : html`<details><summary>${count(more.length, 'more', 'more')} of <code>${code}</code></summary><ul>${more}</ul></details>`;
  return html`<article class="finding ${severity}">
<h3>${severityBadge(severity)} <code>${code}</code>${findings.length === 1 ? null : html` <span class="times">${count(findings.length, 'time')}</span>`}</h3>
${list}${folded}${isShared ? renderRemedy(first) : null}
${page === undefined ? html`<p class="note">More in <code>docs/findings/${code}.md</code></p>` : renderFolded(`findings/${code}`, page)}
</article>\n`;
}

function renderRemedy({ remedy }: Finding): Markup {
  return html`<p class="remedy"><b>What to do:</b> ${remedy}</p>`;
}
