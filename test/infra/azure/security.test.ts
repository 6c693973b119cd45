import { describe, expect, it } from '@jest/globals';
import { template } from '../../../infra/azure/template.ts';
import { CASE_NAMES, deployCase, PLACE } from './template-cases.ts';

const { resources } = deployCase('nodes in other groups than the app');

function bodiesOf(type: string) {
  const found = resources.filter((resource) => resource.type === type);
  if (found.length === 0) throw new Error(`expected a ${type}`);
  return found.map(({ body }) => body);
}

describe('Keys and passwords', () => {
  it.each([
    [
      'Microsoft.Storage/storageAccounts',
      {
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        minimumTlsVersion: 'TLS1_2',
        supportsHttpsTrafficOnly: true,
      },
    ],
    ['Microsoft.ServiceBus/namespaces', { disableLocalAuth: true, minimumTlsVersion: '1.2' }],
    ['Microsoft.Insights/components', { DisableLocalAuth: true }],
    [
      'Microsoft.OperationalInsights/workspaces',
      { features: expect.objectContaining({ disableLocalAuth: true }) },
    ],
    [
      'Microsoft.Web/sites',
      { httpsOnly: true, siteConfig: expect.objectContaining({ minTlsVersion: '1.2' }) },
    ],
    ['Microsoft.Web/sites/basicPublishingCredentialsPolicies', { allow: false }],
    ['Microsoft.Storage/storageAccounts/blobServices/containers', { publicAccess: 'None' }],
  ])('are off: %s', (type, properties) => {
    for (const body of bodiesOf(type)) expect(body).toMatchObject({ properties });
  });

  it('are asked for nowhere', () => {
    expect(JSON.stringify(template)).not.toMatch(/list\w*Keys|AccountKey|SharedAccessKey|listSecrets/i);
  });
});

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const PUBLISHED_IDS: Readonly<Record<string, string>> = {
  'Azure Service Bus Data Receiver': '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0',
  'Azure Service Bus Data Sender': '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39',
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
};

const STORAGE = 'Microsoft.Storage/storageAccounts/podroutesUNIQUE';
const QUEUES = 'Microsoft.ServiceBus/namespaces/APP-bus/queues';

/** Role, resource and identity of every assignment inside the app's group. */
const ASSIGNED: readonly (readonly [role: string, on: string, to: 'app' | 'events'])[] = [
  ['Storage Blob Data Owner', STORAGE, 'app'],
  ['Storage Queue Data Contributor', STORAGE, 'app'],
  ['Storage Table Data Contributor', STORAGE, 'app'],
  ['Azure Service Bus Data Receiver', `${QUEUES}/node-events`, 'app'],
  ['Azure Service Bus Data Sender', `${QUEUES}/node-events-unreadable`, 'app'],
  ['Monitoring Metrics Publisher', 'Microsoft.Insights/components/APP-insights', 'app'],
  ['Azure Service Bus Data Sender', `${QUEUES}/node-events`, 'events'],
  ['Storage Blob Data Contributor', `${STORAGE}/blobServices/default/containers/dead-letters`, 'events'],
  // On the namespace: on a queue it has been seen to have no effect.
  // https://github.com/Azure/azure-functions-host/issues/8261
  ['count waiting messages', 'Microsoft.ServiceBus/namespaces/APP-bus', 'app'],
];

describe('The rights inside the app', () => {
  it('are on a single resource each, by the published ids of their roles', () => {
    const { subscription, group } = PLACE;
    const roleIds = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions`;
    const customIds = new Map(
      resources
        .filter(({ type }) => type === 'Microsoft.Authorization/roleDefinitions')
        .map(({ name, body }) => [
          String(Object(body['properties']).roleName).replace(/^podroutes: (.*) \(\w+\)$/, '$1'),
          name,
        ]),
    );
    const [app = ''] = resources.filter(({ type }) => type === 'Microsoft.Web/sites').map(({ name }) => name);
    const assigned = resources
      .filter(({ type, deployment }) => /roleAssignments$/.test(type) && deployment === null)
      .map(({ body }) => ({
        scope: String(body['scope'])
          .replace(/podroutesu\w+/, 'podroutesUNIQUE')
          .replaceAll(app, 'APP'),
        ...Object(body['properties']),
      }));
    expect(assigned).toEqual(
      ASSIGNED.map(([role, on, to]) => ({
        scope: `/subscriptions/${subscription}/resourceGroups/${group}/providers/${on}`,
        description: role,
        roleDefinitionId: `${roleIds}/${PUBLISHED_IDS[role] ?? customIds.get(role)}`,
        principalId: `principal-of-${app}-${to}`,
        principalType: 'ServicePrincipal',
      })),
    );
  });

  it.each(CASE_NAMES)('are there before what needs them: %s', (name) => {
    const deployed = deployCase(name).resources;
    const grantsTo = (identity: string) =>
      deployed
        .filter(({ type, deployment }) => type.endsWith('roleAssignments') && deployment === null)
        .filter(({ body }) => String(Object(body['properties']).principalId).endsWith(identity))
        .map(({ id }) => id);
    for (const { type, dependsOn } of deployed) {
      if (type === 'Microsoft.Web/sites') expect(dependsOn).toEqual(expect.arrayContaining(grantsTo('-app')));
      if (type === 'Microsoft.EventGrid/systemTopics/eventSubscriptions') {
        expect(dependsOn).toEqual(expect.arrayContaining(grantsTo('-events')));
      }
    }
  });
});
