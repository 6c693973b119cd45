import { evaluate, type Resource } from './arm.ts';
import { IDS, typed, variable } from './names.ts';
import { parameter } from './parameters.ts';

/** That somebody is to be told of anything. */
export const IS_WATCHED = `not(equals(${parameter('monitoring')}, 'off'))`;

const location = evaluate(parameter('location'));

const emails = {
  name: 'emailReceivers',
  count: evaluate(`length(${parameter('alertEmails')})`),
  input: {
    name: evaluate("format('email-{0}', copyIndex('emailReceivers'))"),
    emailAddress: evaluate(`${parameter('alertEmails')}[copyIndex('emailReceivers')]`),
    useCommonAlertSchema: true,
  },
};

/** Where logs and metrics go, and whom alerts are sent to. */
export const monitoring: readonly Resource[] = [
  {
    ...typed('Microsoft.OperationalInsights/workspaces'),
    name: evaluate(variable('workspace')),
    location,
    properties: {
      sku: { name: 'PerGB2018' },
      retentionInDays: evaluate(parameter('logRetentionDays')),
      features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
    },
  },
  {
    ...typed('Microsoft.Insights/components'),
    name: evaluate(variable('insights')),
    location,
    kind: 'web',
    dependsOn: [evaluate(IDS.workspace)],
    properties: {
      Application_Type: 'web',
      WorkspaceResourceId: evaluate(IDS.workspace),
      DisableLocalAuth: true,
    },
  },
  {
    ...typed('Microsoft.Insights/actionGroups'),
    condition: evaluate(IS_WATCHED),
    name: evaluate(variable('actionGroup')),
    location: 'global',
    properties: { enabled: true, groupShortName: 'podroutes', copy: [emails] },
  },
];
