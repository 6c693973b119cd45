import { describe, expect, it } from '@jest/globals';
import { METRIC_UNITS } from '../../shared/core/telemetry.ts';
import { deleteMachine } from '../../shared/sandbox/arm/machines.ts';
import { withAzure } from '../azure/azure-world.ts';
import { startWarmFunctions } from '../e2e/warm-hosts.ts';
import { jsonBlocks, ROOT, readText } from './markdown.ts';

const PAGE = await readText('docs/telemetry.md');
/** The queries for Application Insights. */
const QUERIES = [...PAGE.matchAll(/^```kusto\n(.*?)^```$/gms)].map(([, query = '']) => query);

interface Logged {
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly functions: readonly string[];
}

/** What the built app logs of a node that comes, one without IP forwarding, a table that fails, and a node that goes. */
async function recordLines(): Promise<Logged> {
  const lines: Record<string, unknown>[] = [];
  const functions: string[] = [];
  await withAzure({ retryAfterSeconds: 0 }, async (world) => {
    const host = await startWarmFunctions(new URL('dist/azure/index.mjs', ROOT), world.env);
    const deliver = () => {
      const messages = world.sandbox.takeEvents().map((event) => JSON.stringify(event));
      return host.invoke('node-events', { collectionString: { string: messages } });
    };
    try {
      world.sandbox.failNext('RouteTables_CreateOrUpdate', { code: 'ScopeLocked' });
      const first = world.launch(20, undefined, { forwarding: false });
      await deliver();
      world.launch(21);
      await deliver();
      deleteMachine(world.sandbox.arm, first);
      await deliver();
      world.launch(22);
      await host.invoke('reconcile-schedule', { json: '{"IsPastDue":false}' });
      lines.push(...host.takeLogs());
      functions.push(...host.functions.map(({ name }) => name));
    } finally {
      await host.close();
    }
  });
  return { lines, functions };
}

const { lines, functions } = await recordLines();

describe('The queries for Application Insights', () => {
  it('are there to be checked, and so is what is logged', () => {
    expect(QUERIES.length).toBeGreaterThan(0);
    expect(lines.length).toBeGreaterThan(0);
  });

  it.each(QUERIES)('name fields that are logged, and metrics that exist: %#', (query) => {
    const fields = [...query.matchAll(/\bline\.(\w+)/g)].map(([, field]) => field);
    expect(lines.flatMap((line) => Object.keys(line))).toEqual(expect.arrayContaining(fields));
    const metrics = [...query.matchAll(/line\.metric == '(\w+)'/g)].map(([, metric]) => metric);
    expect(Object.keys(METRIC_UNITS)).toEqual(expect.arrayContaining(metrics));
  });

  it.each(QUERIES)('compare with values that are logged: %#', (query) => {
    for (const [, field = '', list = ''] of query.matchAll(/line\.(\w+) in \(([^)]+)\)/g)) {
      const values = [...list.matchAll(/'([^']+)'/g)].map(([, value]) => value);
      const logged = new Set(lines.map((line) => line[field]));
      expect(values.filter((value) => logged.has(value)).length).toBeGreaterThan(0);
    }
    const names = [...(/\bname in \(([^)]+)\)/.exec(query) ?? ['', ''])]
      .slice(1)
      .flatMap((list) => list.match(/[\w-]+/g) ?? []);
    expect(functions).toEqual(expect.arrayContaining(names));
  });
});

it('The line of a metric that is shown has the fields of the lines that are logged', () => {
  const [shown] = jsonBlocks(PAGE);
  const logged = lines.find(({ metric }) => metric === Object(shown).metric);
  // The host adds the first two.
  const { level, category, ...fields } = logged ?? {};
  expect([typeof level, typeof category]).toEqual(['string', 'string']);
  expect(Object.keys(Object(shown))).toEqual(Object.keys(fields));
});
