import { describe, expect, it } from '@jest/globals';
import { template } from '../../../infra/azure/template.ts';
import { loadSchemas } from './published-schemas.ts';
import { CASE_NAMES, deployCase } from './template-cases.ts';

const schemas = await loadSchemas();

/** Deployments are not in the schemas: what they deploy is. */
const DEPLOYMENTS = 'Microsoft.Resources/deployments';

describe('The template', () => {
  it('is of the form that Azure publishes', () => {
    expect(schemas.findTemplateFault(template)).toBeNull();
  });

  it.each(CASE_NAMES)('makes resources of the published form: %s', (name) => {
    const faults = deployCase(name)
      .resources.filter(({ type }) => type !== DEPLOYMENTS)
      .map(({ id, type, apiVersion, body }) => ({ id, fault: schemas.findFault(type, apiVersion, body) }))
      .filter(({ fault }) => fault !== null);
    expect(faults).toEqual([]);
  });
});

describe('The check against the schemas', () => {
  const { resources } = deployCase('named tables and everything on');
  const find = (type: string) => {
    const found = resources.find((resource) => resource.type === type);
    if (found === undefined) throw new Error(`expected a ${type}`);
    return found;
  };
  const faultOf = (type: string, properties: object) => {
    const { apiVersion, body } = find(type);
    return schemas.findFault(type, apiVersion, {
      ...body,
      properties: { ...Object(body['properties']), ...properties },
    });
  };

  it.each([
    ['Microsoft.ServiceBus/namespaces/queues', { requireSession: true }],
    ['Microsoft.ServiceBus/namespaces', { disableLocalAuth: 'yes' }],
    ['Microsoft.Storage/storageAccounts', { minimumTlsVersion: 'TLS1_9' }],
    ['Microsoft.EventGrid/systemTopics/eventSubscriptions', { retryPolicy: { maxAttempts: 3 } }],
    [
      'Microsoft.EventGrid/systemTopics/eventSubscriptions',
      { filter: { advancedFilters: [{ operatorType: 'StringIn', key: 'k', value: ['v'] }] } },
    ],
    ['Microsoft.Web/sites', { functionAppConfig: { runtime: { name: 'nodejs', version: '22' } } }],
    ['Microsoft.Web/sites/extensions', { packageUrl: 'https://files.example.com/released-package.zip' }],
    ['Microsoft.Insights/scheduledQueryRules', { windowsize: 'PT5M' }],
    ['Microsoft.Insights/metricAlerts', { evaluationFrequency: undefined }],
    ['Microsoft.Authorization/roleAssignments', { principalID: 'x' }],
  ])('refuses a %s with %j', (type, properties) => {
    expect(faultOf(type, properties)).not.toBeNull();
  });

  it('refuses a property of the resource itself that is misspelt, and a type that it has no schema of', () => {
    const { type, apiVersion, body } = find('Microsoft.Storage/storageAccounts');
    expect(schemas.findFault(type, apiVersion, { ...body, Location: 'x' })).not.toBeNull();
    expect(schemas.findFault(type, '2000-01-01', body)).toContain('no schema');
  });
});
