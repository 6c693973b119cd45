// @ts-nocheck
import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Every violation of axe's rules, best practices among them: the rule, the element and what is wrong. */
export async function findAxeViolations(page: Page): Promise<string[]> {
  // Evaluated and not added as an element, which the page's own policy would refuse.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResult>("axe.run({ resultTypes: ['violations'] })");
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 5)
      .map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`),
  );
}
