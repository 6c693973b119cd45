import { type Expression, resourceId } from './arm.ts';
import { parameter } from './parameters.ts';

const app = parameter('appName');
/** The same for the same app, and no other app's. */
const unique = `uniqueString(resourceGroup().id, ${app})`;

/** Names of the resources, as template variables. */
export const VARIABLES = {
  identity: `[format('{0}-app', ${app})]`,
  deliveryIdentity: `[format('{0}-events', ${app})]`,
  plan: `[format('{0}-plan', ${app})]`,
  // Storage accounts have names of at most 24 lower-case letters and digits.
  storage: `[format('podroutes{0}', ${unique})]`,
  // Names of namespaces may not end with `-sb`, which is reserved.
  serviceBus: `[format('{0}-bus', ${app})]`,
  workspace: `[format('{0}-logs', ${app})]`,
  insights: `[format('{0}-insights', ${app})]`,
  actionGroup: `[format('{0}-alerts', ${app})]`,
  unique: `[${unique}]`,
  resourceGroups: `[union(${parameter('nodeResourceGroups')}, ${parameter('networkResourceGroups')})]`,
} as const;

/** The value of a variable, as a piece of an expression. */
export function variable(name: keyof typeof VARIABLES): Expression {
  return `variables('${name}')`;
}

/** Containers of the storage account. */
export const CONTAINERS = { packages: 'packages', deadLetters: 'dead-letters' } as const;

/** The table of the storage account that holds the ledger. */
export const LEDGER_TABLE = 'ledger';

/** Versions of Azure's interfaces, by resource type. */
export const API_VERSIONS = {
  'Microsoft.Authorization/roleAssignments': '2022-04-01',
  'Microsoft.Authorization/roleDefinitions': '2022-04-01',
  'Microsoft.EventGrid/systemTopics': '2025-02-15',
  'Microsoft.EventGrid/systemTopics/eventSubscriptions': '2025-02-15',
  'Microsoft.Insights/actionGroups': '2023-01-01',
  'Microsoft.Insights/components': '2020-02-02',
  'Microsoft.Insights/metricAlerts': '2018-03-01',
  'Microsoft.Insights/scheduledQueryRules': '2023-12-01',
  'Microsoft.Insights/workbooks': '2023-06-01',
  'Microsoft.ManagedIdentity/userAssignedIdentities': '2024-11-30',
  'Microsoft.OperationalInsights/workspaces': '2025-02-01',
  'Microsoft.Resources/deployments': '2022-09-01',
  'Microsoft.ServiceBus/namespaces': '2024-01-01',
  'Microsoft.ServiceBus/namespaces/queues': '2024-01-01',
  'Microsoft.Storage/storageAccounts': '2025-06-01',
  'Microsoft.Storage/storageAccounts/blobServices': '2025-06-01',
  'Microsoft.Storage/storageAccounts/blobServices/containers': '2025-06-01',
  'Microsoft.Storage/storageAccounts/tableServices': '2025-06-01',
  'Microsoft.Storage/storageAccounts/tableServices/tables': '2025-06-01',
  'Microsoft.Web/serverfarms': '2024-11-01',
  'Microsoft.Web/sites': '2024-11-01',
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': '2024-11-01',
  'Microsoft.Web/sites/extensions': '2024-11-01',
} as const;

type ResourceType = keyof typeof API_VERSIONS;

/** Type and version of a resource. */
export function typed<T extends ResourceType>(type: T): { type: T; apiVersion: (typeof API_VERSIONS)[T] } {
  return { type, apiVersion: API_VERSIONS[type] };
}

/** Ids of the resources that others point to. */
export const IDS = {
  identity: resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', variable('identity')),
  deliveryIdentity: resourceId(
    'Microsoft.ManagedIdentity/userAssignedIdentities',
    variable('deliveryIdentity'),
  ),
  storage: resourceId('Microsoft.Storage/storageAccounts', variable('storage')),
  ledger: resourceId(
    'Microsoft.Storage/storageAccounts/tableServices/tables',
    variable('storage'),
    "'default'",
    `'${LEDGER_TABLE}'`,
  ),
  serviceBus: resourceId('Microsoft.ServiceBus/namespaces', variable('serviceBus')),
  workspace: resourceId('Microsoft.OperationalInsights/workspaces', variable('workspace')),
  insights: resourceId('Microsoft.Insights/components', variable('insights')),
  actionGroup: resourceId('Microsoft.Insights/actionGroups', variable('actionGroup')),
  plan: resourceId('Microsoft.Web/serverfarms', variable('plan')),
  app: resourceId('Microsoft.Web/sites', app),
} as const;

/** The id of a queue. */
export function queueId(queue: string): Expression {
  return resourceId('Microsoft.ServiceBus/namespaces/queues', variable('serviceBus'), `'${queue}'`);
}

/** The id of a container. */
export function containerId(container: string): Expression {
  return resourceId(
    'Microsoft.Storage/storageAccounts/blobServices/containers',
    variable('storage'),
    "'default'",
    `'${container}'`,
  );
}
