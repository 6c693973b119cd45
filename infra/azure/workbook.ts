import { ALARM_SLUGS, describeRunbook } from '../alarms.ts';
import { NOT_ON_AZURE } from './alerts.ts';
import { evaluate, type Json, type Resource } from './arm.ts';
import { IDS, typed } from './names.ts';
import { parameter } from './parameters.ts';
import { WORKBOOK_QUERIES } from './queries.ts';

/** @see https://learn.microsoft.com/azure/azure-monitor/visualize/workbooks-automate */
const LOG_QUERY = 3;
const TEXT = 1;
/** Resources of Application Insights, as workbooks name their type. */
const QUERY_TYPE = 0;
const RESOURCE_TYPE = 'microsoft.insights/components';
const DAY_MS = 86_400_000;

const RUNBOOK = describeRunbook(ALARM_SLUGS.filter((slug) => NOT_ON_AZURE[slug] === undefined));

const items: readonly Json[] = [
  {
    type: TEXT,
    name: 'introduction',
    content: {
      json: `# podroutes\nThe last day. \`podroutes help\` has the pages of alarms, findings and causes.\n\n${RUNBOOK}`,
    },
  },
  ...WORKBOOK_QUERIES.map(
    ({ title, query, shown }): Json => ({
      type: LOG_QUERY,
      name: title,
      content: {
        version: 'KqlItem/1.0',
        title,
        query,
        size: 0,
        timeContext: { durationMs: DAY_MS },
        queryType: QUERY_TYPE,
        resourceType: RESOURCE_TYPE,
        visualization: shown,
      },
    }),
  ),
];

const notebook: Json = {
  version: 'Notebook/1.0',
  items,
  $schema: 'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json',
};

/** The dashboard of the function app, found under its Application Insights. */
export const workbook: readonly Resource[] = [
  {
    ...typed('Microsoft.Insights/workbooks'),
    name: evaluate(`guid(${IDS.app}, 'workbook')`),
    location: evaluate(parameter('location')),
    kind: 'shared',
    dependsOn: [evaluate(IDS.insights)],
    properties: {
      displayName: evaluate(`format('podroutes {0}', ${parameter('cluster')})`),
      category: 'workbook',
      sourceId: evaluate(IDS.insights),
      serializedData: JSON.stringify(notebook),
    },
  },
];
