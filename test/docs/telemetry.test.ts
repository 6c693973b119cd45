import { describe, expect, it } from '@jest/globals';
import { METRIC_UNITS } from '../../shared/core/telemetry.ts';
import { codeSpans, listPages, readText, tableBelow } from './markdown.ts';

const PAGES = await listPages();

describe('The metrics', () => {
  it('are documented with their units, each of them', async () => {
    const rows = tableBelow(await readText('docs/telemetry.md'), 'Metrics');
    const documented = rows.map(([name = '', unit]) => [codeSpans(name)[0], unit]);
    expect(Object.fromEntries(documented)).toEqual(METRIC_UNITS);
  });

  it.each(PAGES)('that %s names exist', async (page) => {
    const words = codeSpans(await readText(page));
    const named = words.filter((word) =>
      /^(Routes?|Events?|Apply|Drift|Reconcile)[A-Z][A-Za-z]+$/.test(word),
    );
    // Outputs of stacks end with what they name, `RouteTable` is a dimension, `RouteCreated` the reason of a condition, and `RouteLimitExceeded` and its like are
    // codes of clouds.
    const metrics = named.filter(
      (word) => !/^RouteTable$|^RouteCreated$|(Exceeded|Exists|Conflict|Function|Queue|Link)$/.test(word),
    );
    expect(Object.keys(METRIC_UNITS)).toEqual(expect.arrayContaining(metrics));
  });
});
