import { CONNECTION } from '../../shared/azure/queues.ts';
import { SCHEDULE } from '../../shared/azure/schedule.ts';
import { SETTINGS } from '../../shared/core/config/settings.ts';
import {
  type Expression,
  evaluate,
  type Json,
  type Parameter,
  quote,
  type Resource,
  reference,
} from './arm.ts';
import { clientIdOf, grantIdsOf } from './identity.ts';
import { API_VERSIONS, IDS, LEDGER_TABLE, typed, variable } from './names.ts';
import { parameter, SETTING_PARAMETERS, type SettingParameterName } from './parameters.ts';
import { namespaceGrantIds } from './roles.ts';
import { serviceBusHost } from './service-bus.ts';
import { containerIds, packagesUrl } from './storage.ts';

/** How a parameter becomes the text of an app setting. */
const TO_TEXT: Readonly<Record<Parameter['type'], (value: Expression) => Expression>> = {
  string: (value) => value,
  int: (value) => `string(${value})`,
  bool: (value) => `toLower(string(${value}))`,
  array: (value) => `join(${value}, ',')`,
};

const names = Object.keys(SETTING_PARAMETERS) as readonly SettingParameterName[];

const client = clientIdOf('identity');
const endpoints = `${reference(IDS.storage, API_VERSIONS['Microsoft.Storage/storageAccounts'])}.primaryEndpoints`;

/** Where the ledger is, as its setting says it. */
export const ledgerAddress = `format('{0}${LEDGER_TABLE}', ${endpoints}.table)`;

/** The settings of podroutes, by their names. */
const SETTINGS_OF_PODROUTES: Readonly<Record<string, Expression>> = {
  ...Object.fromEntries(
    names.map((name) => {
      const { setting, parameter: definition } = SETTING_PARAMETERS[name];
      return [setting.name, TO_TEXT[definition.type](parameter(name))];
    }),
  ),
  [SETTINGS.azureSubscription.name]: 'subscription().subscriptionId',
  [SETTINGS.azureResourceGroups.name]: `join(${parameter('nodeResourceGroups')}, ',')`,
  // Sovereign clouds have their own.
  [SETTINGS.azureEndpoint.name]: 'environment().resourceManager',
  [SETTINGS.ledger.name]: ledgerAddress,
  [SETTINGS.scheduleInterval.name]: quote(SCHEDULE.interval),
};

/** @see https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection */
const SETTINGS_OF_THE_HOST: Readonly<Record<string, Expression>> = {
  AzureWebJobsStorage__accountName: variable('storage'),
  AzureWebJobsStorage__blobServiceUri: `${endpoints}.blob`,
  AzureWebJobsStorage__queueServiceUri: `${endpoints}.queue`,
  AzureWebJobsStorage__tableServiceUri: `${endpoints}.table`,
  AzureWebJobsStorage__credential: "'managedidentity'",
  AzureWebJobsStorage__clientId: client,
  [`${CONNECTION}__fullyQualifiedNamespace`]: serviceBusHost,
  [`${CONNECTION}__credential`]: "'managedidentity'",
  [`${CONNECTION}__clientId`]: client,
  APPLICATIONINSIGHTS_CONNECTION_STRING: `${reference(IDS.insights, API_VERSIONS['Microsoft.Insights/components'])}.ConnectionString`,
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `format('ClientId={0};Authorization=AAD', ${client})`,
  // Without it, an app that cannot be loaded looks like one without functions.
  FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR: "'true'",
  AZURE_CLIENT_ID: client,
};

function toAppSettings(settings: Readonly<Record<string, Expression>>): Json[] {
  return Object.entries(settings).map(([name, value]) => ({ name, value: evaluate(value) }));
}

/** The least that older guidance allows. Sessions keep writers apart, not this. */
const MAX_INSTANCES = 40;

const site: Resource = {
  ...typed('Microsoft.Web/sites'),
  name: evaluate(parameter('appName')),
  location: evaluate(parameter('location')),
  kind: 'functionapp,linux',
  identity: {
    type: 'UserAssigned',
    userAssignedIdentities: { [evaluate(`format('{0}', ${IDS.identity})`)]: {} },
  },
  dependsOn: [
    ...[IDS.plan, IDS.identity, IDS.storage, IDS.ledger, IDS.serviceBus, IDS.insights].map(evaluate),
    ...containerIds,
    ...grantIdsOf('identity'),
    ...namespaceGrantIds,
  ],
  properties: {
    serverFarmId: evaluate(IDS.plan),
    httpsOnly: true,
    // It reads what Key Vault references name.
    keyVaultReferenceIdentity: evaluate(IDS.identity),
    virtualNetworkSubnetId: evaluate(
      `if(empty(${parameter('functionSubnetId')}), null(), ${parameter('functionSubnetId')})`,
    ),
    siteConfig: {
      minTlsVersion: '1.2',
      appSettings: toAppSettings({ ...SETTINGS_OF_THE_HOST, ...SETTINGS_OF_PODROUTES }),
    },
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer',
          value: evaluate(packagesUrl),
          authentication: {
            type: 'UserAssignedIdentity',
            userAssignedIdentityResourceId: evaluate(IDS.identity),
          },
        },
      },
      runtime: { name: 'node', version: evaluate(parameter('nodeVersion')) },
      scaleAndConcurrency: {
        instanceMemoryMB: evaluate(parameter('instanceMemoryMB')),
        maximumInstanceCount: MAX_INSTANCES,
      },
    },
  },
};

/** The plan, the app, that nobody publishes with a password, and the code where it has an address. */
export const functionApp: readonly Resource[] = [
  {
    ...typed('Microsoft.Web/serverfarms'),
    name: evaluate(variable('plan')),
    location: evaluate(parameter('location')),
    kind: 'functionapp',
    sku: { tier: 'FlexConsumption', name: 'FC1' },
    properties: { reserved: true },
  },
  site,
  ...['ftp', 'scm'].map(
    (name): Resource => ({
      ...typed('Microsoft.Web/sites/basicPublishingCredentialsPolicies'),
      name: evaluate(`format('{0}/${name}', ${parameter('appName')})`),
      dependsOn: [evaluate(IDS.app)],
      properties: { allow: false },
    }),
  ),
  {
    condition: evaluate(`not(empty(${parameter('packageUrl')}))`),
    ...typed('Microsoft.Web/sites/extensions'),
    name: evaluate(`format('{0}/onedeploy', ${parameter('appName')})`),
    dependsOn: [evaluate(IDS.app)],
    properties: { packageUri: evaluate(parameter('packageUrl')), remoteBuild: false },
  },
];
