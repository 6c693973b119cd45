import { describe, expect, it } from '@jest/globals';
import { toSettings } from '../../../infra/azure/parameter-values.ts';
import { template } from '../../../infra/azure/template.ts';
import { deployTemplate } from './arm-deployment.ts';
import { CASES, PLACE } from './template-cases.ts';

// Hardly a value is the default, so that a constant in the place of a parameter shows.
const VALUES = {
  ...CASES['named tables and everything on'],
  alertEmails: ['a@example.com', 'b@example.com'],
};
const { resources, outputs } = deployTemplate(template, VALUES, PLACE);

const APP = 'a-name-of-my-own';
const STORAGE = `podroutes${outputs['unique']}`;
const SUBSCRIPTION = `/subscriptions/${PLACE.subscription}`;
const OWN = `${SUBSCRIPTION}/resourceGroups/${PLACE.group}/providers`;
const IDENTITIES = `${OWN}/Microsoft.ManagedIdentity/userAssignedIdentities`;
const location = 'northeurope';

/** All that is sent to Azure for the resources of a type, by name, but what says which they are. */
function bodiesOf(type: string) {
  return Object.fromEntries(
    resources
      .filter((resource) => resource.type === type)
      .map(({ name, body: { type: _, apiVersion: __, name: ___, ...body } }) => [name, body]),
  );
}

const APP_SETTINGS: Readonly<Record<string, string>> = {
  // The host reaches its storage as the app's identity, and needs each of the four to find it.
  AzureWebJobsStorage__accountName: STORAGE,
  AzureWebJobsStorage__blobServiceUri: `https://${STORAGE}.blob.core.windows.net/`,
  AzureWebJobsStorage__queueServiceUri: `https://${STORAGE}.queue.core.windows.net/`,
  AzureWebJobsStorage__tableServiceUri: `https://${STORAGE}.table.core.windows.net/`,
  AzureWebJobsStorage__credential: 'managedidentity',
  AzureWebJobsStorage__clientId: `client-of-${APP}-app`,
  ServiceBus__fullyQualifiedNamespace: `${APP}-bus.servicebus.windows.net`,
  ServiceBus__credential: 'managedidentity',
  ServiceBus__clientId: `client-of-${APP}-app`,
  APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${APP}-insights`,
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `ClientId=client-of-${APP}-app;Authorization=AAD`,
  // An app that cannot be loaded fails, instead of looking like one without functions.
  FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR: 'true',
  AZURE_CLIENT_ID: `client-of-${APP}-app`,
  ...toSettings(VALUES),
  PODROUTES_AZURE_SUBSCRIPTION: PLACE.subscription,
  // Groups with nodes. The one with the network alone has none.
  PODROUTES_AZURE_RESOURCE_GROUPS: 'nodes',
  // That of the cloud it is deployed to.
  PODROUTES_ARM_ENDPOINT: 'https://management.usgovcloudapi.net/',
  PODROUTES_LEDGER: `https://${STORAGE}.table.core.windows.net/ledger`,
  // That of the timer.
  PODROUTES_SCHEDULE_INTERVAL: '10m',
};

const SITE = {
  location,
  kind: 'functionapp,linux',
  identity: { type: 'UserAssigned', userAssignedIdentities: { [`${IDENTITIES}/${APP}-app`]: {} } },
  properties: {
    serverFarmId: `${OWN}/Microsoft.Web/serverfarms/${APP}-plan`,
    httpsOnly: true,
    keyVaultReferenceIdentity: `${IDENTITIES}/${APP}-app`,
    virtualNetworkSubnetId:
      '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/nodes/subnets/functions',
    siteConfig: {
      minTlsVersion: '1.2',
      appSettings: Object.entries(APP_SETTINGS).map(([name, value]) => ({ name, value })),
    },
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer',
          value: `https://${STORAGE}.blob.core.windows.net/packages`,
          authentication: {
            type: 'UserAssignedIdentity',
            userAssignedIdentityResourceId: `${IDENTITIES}/${APP}-app`,
          },
        },
      },
      runtime: { name: 'node', version: '24' },
      // One instance works on a cluster at a time; the rest is for calls by hand.
      scaleAndConcurrency: { instanceMemoryMB: 512, maximumInstanceCount: 40 },
    },
  },
};

const QUEUES = {
  // Sessions keep writers apart. The lock is the longest there is; 200 deliveries are half an hour.
  [`${APP}-bus/node-events`]: {
    properties: {
      requiresSession: true,
      lockDuration: 'PT5M',
      maxDeliveryCount: 200,
      // What nobody has read for a day is kept for a person.
      defaultMessageTimeToLive: 'P1D',
      deadLetteringOnMessageExpiration: true,
    },
  },
  // Who looks at it reads without sessions, and has two weeks.
  [`${APP}-bus/node-events-unreadable`]: {
    properties: { defaultMessageTimeToLive: 'P14D', deadLetteringOnMessageExpiration: false },
  },
};

function receiver(name: string, emailAddress: string) {
  return { name, emailAddress, useCommonAlertSchema: true };
}

function topic(source: string, topicType: string) {
  return {
    location: 'global',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [`${IDENTITIES}/${APP}-events`]: {} } },
    properties: { source, topicType },
  };
}

const NOTEBOOK = {
  displayName: `podroutes ${'k'.repeat(100)}`,
  category: 'workbook',
  // Workbooks are found under what they are about.
  sourceId: `${OWN}/Microsoft.Insights/components/${APP}-insights`,
  // What it shows is in monitoring.test.ts.
  serializedData: expect.any(String),
};

/** What each resource is for, and all of it by name. */
const RESOURCES: readonly (readonly [type: string, purpose: string, bodies: object])[] = [
  [
    'Microsoft.ManagedIdentity/userAssignedIdentities',
    'the app and Event Grid are two principals',
    {
      [`${APP}-app`]: { location, properties: {} },
      [`${APP}-events`]: { location, properties: {} },
    },
  ],
  [
    'Microsoft.Storage/storageAccounts',
    'it is closed to keys, to the public and to other tenants',
    {
      [STORAGE]: {
        location,
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS' },
        properties: {
          allowBlobPublicAccess: false,
          allowSharedKeyAccess: false,
          allowCrossTenantReplication: false,
          defaultToOAuthAuthentication: true,
          minimumTlsVersion: 'TLS1_2',
          supportsHttpsTrafficOnly: true,
        },
      },
    },
  ],
  [
    'Microsoft.Storage/storageAccounts/blobServices',
    'deleted blobs can be had back for a week',
    { [`${STORAGE}/default`]: { properties: { deleteRetentionPolicy: { enabled: true, days: 7 } } } },
  ],
  [
    'Microsoft.Storage/storageAccounts/blobServices/containers',
    'the code and the events not delivered, for nobody outside',
    {
      [`${STORAGE}/default/packages`]: { properties: { publicAccess: 'None' } },
      [`${STORAGE}/default/dead-letters`]: { properties: { publicAccess: 'None' } },
    },
  ],
  [
    'Microsoft.Storage/storageAccounts/tableServices',
    'tables are as they are anywhere',
    { [`${STORAGE}/default`]: { properties: {} } },
  ],
  [
    'Microsoft.Storage/storageAccounts/tableServices/tables',
    'what outlives a run, for nobody but those with a role on the account',
    { [`${STORAGE}/default/ledger`]: { properties: {} } },
  ],
  [
    'Microsoft.ServiceBus/namespaces',
    'Standard is the least that has sessions, and no keys open it',
    {
      [`${APP}-bus`]: {
        location,
        sku: { name: 'Standard', tier: 'Standard' },
        properties: { disableLocalAuth: true, minimumTlsVersion: '1.2' },
      },
    },
  ],
  ['Microsoft.ServiceBus/namespaces/queues', 'events, and messages that are no events', QUEUES],
  [
    'Microsoft.OperationalInsights/workspaces',
    'logs are kept as long as asked for, and read by whoever may read the app',
    {
      [`${APP}-logs`]: {
        location,
        properties: {
          sku: { name: 'PerGB2018' },
          retentionInDays: 90,
          features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
        },
      },
    },
  ],
  [
    'Microsoft.Insights/components',
    'it writes into that workspace, and takes no keys',
    {
      [`${APP}-insights`]: {
        location,
        kind: 'web',
        properties: {
          Application_Type: 'web',
          WorkspaceResourceId: `${OWN}/Microsoft.OperationalInsights/workspaces/${APP}-logs`,
          DisableLocalAuth: true,
        },
      },
    },
  ],
  [
    'Microsoft.Insights/actionGroups',
    'it is on, and each address is a receiver of its own name, of which Azure takes each once',
    {
      [`${APP}-alerts`]: {
        location: 'global',
        properties: {
          enabled: true,
          groupShortName: 'podroutes',
          emailReceivers: [receiver('email-0', 'a@example.com'), receiver('email-1', 'b@example.com')],
        },
      },
    },
  ],
  [
    'Microsoft.Web/serverfarms',
    'Flex Consumption, which scales to nothing, on Linux',
    {
      [`${APP}-plan`]: {
        location,
        kind: 'functionapp',
        sku: { tier: 'FlexConsumption', name: 'FC1' },
        properties: { reserved: true },
      },
    },
  ],
  ['Microsoft.Web/sites', 'Node.js as an identity', { [APP]: SITE }],
  [
    'Microsoft.Web/sites/basicPublishingCredentialsPolicies',
    'nobody publishes with a password, neither by FTP nor by the deployment site',
    {
      [`${APP}/ftp`]: { properties: { allow: false } },
      [`${APP}/scm`]: { properties: { allow: false } },
    },
  ],
  [
    'Microsoft.EventGrid/systemTopics',
    'one for each group and one for notifications, whose names nothing depends on',
    {
      [namedLike('nodes')]: topic(
        `${SUBSCRIPTION}/resourceGroups/nodes`,
        'Microsoft.Resources.ResourceGroups',
      ),
      [namedLike('network')]: topic(
        `${SUBSCRIPTION}/resourceGroups/network`,
        'Microsoft.Resources.ResourceGroups',
      ),
      [namedLike(PLACE.subscription)]: topic(SUBSCRIPTION, 'Microsoft.ResourceNotifications.Resources'),
    },
  ],
  [
    'Microsoft.Insights/workbooks',
    'it is shared with whoever may read the app',
    {
      [workbookName()]: { location, kind: 'shared', properties: NOTEBOOK },
    },
  ],
];

/** The name of the topic whose source ends so. */
function namedLike(end: string): string {
  const found = resources.find(({ body }) => String(Object(body['properties']).source).endsWith(`/${end}`));
  return found?.name ?? `no topic of ${end}`;
}

function workbookName(): string {
  return resources.find(({ type }) => type === 'Microsoft.Insights/workbooks')?.name ?? 'no workbook';
}

/** Types whose resources other tests compare whole. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'Microsoft.Authorization/roleAssignments': 'roles.test.ts, security.test.ts',
  'Microsoft.Authorization/roleDefinitions': 'roles.test.ts',
  'Microsoft.EventGrid/systemTopics/eventSubscriptions': 'events.test.ts',
  'Microsoft.Insights/metricAlerts': 'alert-rules.test.ts',
  'Microsoft.Insights/scheduledQueryRules': 'alert-rules.test.ts',
  'Microsoft.Resources/deployments': 'roles.test.ts',
  'Microsoft.Web/sites/extensions': 'function-app.test.ts',
};

describe('A resource', () => {
  it.each(RESOURCES)('is what it is for, and nothing besides: %s: %s', (type, _, bodies) => {
    expect(bodiesOf(type)).toEqual(bodies);
  });

  it('is of one of these types', () => {
    const types = [...new Set(resources.map(({ type }) => type))].sort();
    expect(types).toEqual([...RESOURCES.map(([type]) => type), ...Object.keys(ELSEWHERE)].sort());
  });
});

describe('The output', () => {
  it('ledger says what the functions have as their setting', () => {
    expect(outputs['ledger']).toBe(APP_SETTINGS['PODROUTES_LEDGER']);
  });
});
