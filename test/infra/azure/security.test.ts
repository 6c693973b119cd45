import { describe, expect, it } from '@jest/globals';
import { template } from '../../../infra/azure/template.ts';
import { CASE_NAMES, deployCase } from './template-cases.ts';

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

describe('The rights inside the app', () => {
  it('are on a single resource each', () => {
    const scopes = resources
      .filter(({ type, deployment }) => /roleAssignments$/.test(type) && deployment === null)
      .map(({ body }) => [
        String(Object(body['properties']).description),
        String(body['scope']).split('/providers/').at(-1),
        String(Object(body['properties']).principalId).replace(/.*-/, ''),
      ]);
    const app = expect.stringMatching(/^Microsoft/);
    expect(scopes).toEqual([
      ['Storage Blob Data Owner', expect.stringMatching(/storageAccounts\/\w+$/), 'app'],
      ['Storage Queue Data Contributor', expect.stringMatching(/storageAccounts\/\w+$/), 'app'],
      ['Storage Table Data Contributor', expect.stringMatching(/storageAccounts\/\w+$/), 'app'],
      ['Azure Service Bus Data Receiver', expect.stringMatching(/queues\/node-events$/), 'app'],
      ['Azure Service Bus Data Sender', expect.stringMatching(/queues\/node-events-unreadable$/), 'app'],
      ['Monitoring Metrics Publisher', app, 'app'],
      ['Azure Service Bus Data Sender', expect.stringMatching(/queues\/node-events$/), 'events'],
      ['Storage Blob Data Contributor', expect.stringMatching(/containers\/dead-letters$/), 'events'],
    ]);
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
