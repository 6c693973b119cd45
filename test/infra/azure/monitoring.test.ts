import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ALARMS, type AlarmCondition, type AlarmSlug } from '../../../infra/alarms.ts';
import { NOT_ON_AZURE } from '../../../infra/azure/alerts.ts';
import { ALERT_QUERIES, WORKBOOK_QUERIES } from '../../../infra/azure/queries.ts';
import { METRIC_UNITS } from '../../../shared/core/telemetry.ts';
import type { FunctionsHost } from '../../../shared/sandbox/functions-host.ts';
import { type AzureWorld, createAzureWorld } from '../../azure/azure-world.ts';
import { readText } from '../../docs/markdown.ts';
import { startWarmFunctions } from '../../e2e/warm-hosts.ts';
import { deployCase } from './template-cases.ts';

const { resources } = deployCase('nodes in other groups than the app');

function propertiesOf(type: string) {
  return resources
    .filter((resource) => resource.type === type)
    .map(({ name, body }) => ({ name, ...Object(body['properties']) }));
}

const logRules = propertiesOf('Microsoft.Insights/scheduledQueryRules');
const metricRules = propertiesOf('Microsoft.Insights/metricAlerts');
const [app = ''] = resources.filter(({ type }) => type === 'Microsoft.Web/sites').map(({ name }) => name);

const conditions: readonly (readonly [AlarmSlug, AlarmCondition])[] = Object.entries(ALARMS).map(
  ([slug, condition]) => [slug as AlarmSlug, condition] as const,
);

describe('The alarms', () => {
  it.each(conditions)('are told of, or it is said why not: %s', (slug, { page }) => {
    const rules = [...logRules, ...metricRules].filter(({ name }) => name.startsWith(`${app}-${slug}`));
    if (NOT_ON_AZURE[slug] !== undefined) expect(rules).toEqual([]);
    else expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(rule.description).toContain(page);
  });

  it('reach the action group, which has the addresses that were given', () => {
    const [group] = propertiesOf('Microsoft.Insights/actionGroups');
    expect(group?.emailReceivers.map(({ emailAddress }: { emailAddress: string }) => emailAddress)).toEqual([
      'a@example.com',
      'b@example.com',
    ]);
    for (const { actions } of logRules) expect(actions.actionGroups).toHaveLength(1);
    for (const { actions } of metricRules) expect(actions).toHaveLength(1);
  });

  it('ask for our own metric where the alarm is about one', () => {
    for (const [slug, query] of Object.entries(ALERT_QUERIES)) {
      const { metric }: AlarmCondition = ALARMS[slug as AlarmSlug];
      const [, asked = null] = /line\.metric == '(\w+)'/.exec(query) ?? [];
      expect({ slug, metric: asked }).toEqual({ slug, metric });
    }
  });

  it('have the thresholds that both clouds share', () => {
    for (const { name, criteria } of logRules) {
      const slug = name.slice(app.length + 1);
      const { threshold } = criteria.allOf[0];
      expect({ slug, threshold }).toEqual({ slug, threshold: ALARMS[slug as AlarmSlug].threshold });
    }
  });

  it('look at queues that exist', () => {
    const queues = resources
      .filter(({ type }) => type === 'Microsoft.ServiceBus/namespaces/queues')
      .map(({ name }) => name.split('/')[1]);
    const watched = metricRules.flatMap(({ criteria }) =>
      criteria.allOf[0].dimensions.flatMap(({ values }: { values: string[] }) => values),
    );
    expect(new Set(watched)).toEqual(new Set(queues));
  });
});

/** Columns of Application Insights: https://learn.microsoft.com/azure/azure-monitor/reference/tables/tables-category */
const COLUMNS = [
  'timestamp',
  'message',
  'severityLevel',
  'name',
  'success',
  'operation_Id',
  'operation_Name',
];

const pages = await Promise.all(
  conditions.map(async ([slug, { page }]) => ({
    slug,
    queries: [...(await readText(page)).matchAll(/^```kusto\n(.*?)\n^```$/gms)].map(
      ([, query = '']) => query,
    ),
  })),
);

describe('The pages of the alarms', () => {
  it.each(Object.entries(ALERT_QUERIES))('show what the rule asks for: %s', (slug, query) => {
    expect(pages.find((page) => page.slug === slug)?.queries).toContain(query);
  });
});

const queries: readonly (readonly [string, string])[] = [
  ...pages.flatMap((page) => page.queries.map((query, i) => [`${page.slug} ${i + 1}`, query] as const)),
  ...Object.entries(ALERT_QUERIES),
  ...WORKBOOK_QUERIES.map(({ title, query }) => [title, query] as const),
];

describe('The queries', () => {
  let world: AzureWorld;
  let host: FunctionsHost;
  let lines: readonly Record<string, unknown>[];

  /** A life in which everything is logged that the queries ask for. */
  beforeAll(async () => {
    world = await createAzureWorld({ retryAfterSeconds: 0 });
    host = await startWarmFunctions(new URL('../../../dist/azure/index.mjs', import.meta.url), world.env);
    world.launch(20);
    world.launch(21, '10.99.0.0/24');
    const messages = world.sandbox.takeEvents().map((event) => JSON.stringify(event));
    await host.invoke('node-events', { collectionString: { string: messages } });
    world.launch(22);
    world.sandbox.failNext('RouteTables_CreateOrUpdate', { code: 'AuthorizationFailed' });
    await host.invoke('reconcile-schedule', { json: '{}' });
    lines = host.takeLogs();
  });

  afterAll(async () => {
    await host.close();
    await world.sandbox.close();
  });

  it.each(queries)('ask for fields that the functions log: %s', (_, query) => {
    const asked = [...query.matchAll(/\bline\.(\w+)/g)].map(([, field = '']) => field);
    const logged = new Set(lines.flatMap((line) => Object.keys(line)));
    expect(asked.filter((field) => !logged.has(field))).toEqual([]);
  });

  it.each(queries)('ask for metrics that the functions write, by what those are split by: %s', (_, query) => {
    const [, clause = ''] = /line\.metric (?:==|in) (.*)/.exec(query) ?? [];
    const metrics = [...clause.matchAll(/'(\w+)'/g)].map(([, metric = '']) => metric);
    const splits = [...query.matchAll(/tostring\(line\.(routeTable|code)\)/g)].map(([, field = '']) => field);
    for (const metric of metrics) {
      expect(Object.keys(METRIC_UNITS)).toContain(metric);
      const written = lines.filter((line) => line['metric'] === metric);
      // Nothing is replaced or deleted in this life.
      if (/Replaced|Deleted/.test(metric)) continue;
      expect({ metric, count: written.length }).not.toEqual({ metric, count: 0 });
      for (const field of splits) expect(written[0]).toHaveProperty(field);
      expect(written[0]).toHaveProperty('value', expect.any(Number));
    }
  });

  it.each(queries)('name functions that there are, and columns that Azure has: %s', (_, query) => {
    const named = [...query.matchAll(/\b(?:name|operation_Name) (?:==|!=) '([\w-]+)'/g)].map(
      ([, name = '']) => name,
    );
    expect(named.filter((name) => !host.functions.some((each) => each.name === name))).toEqual([]);
    const columns = [...query.matchAll(/\b(timestamp|message|severityLevel|success|operation_\w+)\b/g)];
    expect(columns.filter(([column]) => !COLUMNS.includes(column))).toEqual([]);
  });

  it('find the failures of this life', () => {
    const valuesOf = (metric: string) =>
      lines.filter((line) => line['metric'] === metric).map((line) => line['value']);
    expect(valuesOf('ApplyFailures')).toContain(1);
    expect(valuesOf('ErrorFindings')).toContain(1);
    expect(valuesOf('EventToRouteSeconds')).toHaveLength(1);
  });
});

describe('The workbook', () => {
  it('shows every query over the last day', () => {
    const [workbook] = propertiesOf('Microsoft.Insights/workbooks');
    // As workbooks number them: 1 is text, 3 a query, and 0 a query of Application Insights.
    const queryItems = WORKBOOK_QUERIES.map(({ title, query, shown }) => ({
      type: 3,
      name: title,
      content: {
        version: 'KqlItem/1.0',
        title,
        query,
        size: 0,
        timeContext: { durationMs: 24 * 60 * 60 * 1000 },
        queryType: 0,
        resourceType: 'microsoft.insights/components',
        visualization: shown,
      },
    }));
    const content = {
      json: expect.stringMatching(/The last day\.[\s\S]*podroutes alerts[\s\S]*queue-age \| Messages wait/),
    };
    expect(JSON.parse(workbook?.serializedData)).toEqual({
      version: 'Notebook/1.0',
      items: [{ type: 1, name: 'introduction', content }, ...queryItems],
      $schema: expect.stringMatching(/workbook\.json$/),
    });
  });
});
