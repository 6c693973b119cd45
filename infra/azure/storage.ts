import { evaluate, type Resource } from './arm.ts';
import { CONTAINERS, containerId, IDS, LEDGER_TABLE, typed, variable } from './names.ts';
import { parameter } from './parameters.ts';

const blobService = `resourceId('Microsoft.Storage/storageAccounts/blobServices', ${variable('storage')}, 'default')`;

const tableService = `resourceId('Microsoft.Storage/storageAccounts/tableServices', ${variable('storage')}, 'default')`;

/** The account of the function app: the code that is deployed, the host's own, events not delivered, the ledger. */
export const storage: readonly Resource[] = [
  {
    ...typed('Microsoft.Storage/storageAccounts'),
    name: evaluate(variable('storage')),
    location: evaluate(parameter('location')),
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
  {
    ...typed('Microsoft.Storage/storageAccounts/blobServices'),
    name: evaluate(`format('{0}/default', ${variable('storage')})`),
    dependsOn: [evaluate(IDS.storage)],
    properties: { deleteRetentionPolicy: { enabled: true, days: 7 } },
  },
  ...Object.values(CONTAINERS).map(
    (container): Resource => ({
      ...typed('Microsoft.Storage/storageAccounts/blobServices/containers'),
      name: evaluate(`format('{0}/default/${container}', ${variable('storage')})`),
      dependsOn: [evaluate(blobService)],
      properties: { publicAccess: 'None' },
    }),
  ),
  {
    ...typed('Microsoft.Storage/storageAccounts/tableServices'),
    name: evaluate(`format('{0}/default', ${variable('storage')})`),
    dependsOn: [evaluate(IDS.storage)],
    properties: {},
  },
  {
    ...typed('Microsoft.Storage/storageAccounts/tableServices/tables'),
    name: evaluate(`format('{0}/default/${LEDGER_TABLE}', ${variable('storage')})`),
    dependsOn: [evaluate(tableService)],
    properties: {},
  },
];

/** Where the function app takes its code from. */
export const packagesUrl = `format('{0}${CONTAINERS.packages}', reference(${IDS.storage}, '${typed('Microsoft.Storage/storageAccounts').apiVersion}').primaryEndpoints.blob)`;

/** What has to be there before something is put into a container. */
export const containerIds = Object.values(CONTAINERS).map((container) => evaluate(containerId(container)));
