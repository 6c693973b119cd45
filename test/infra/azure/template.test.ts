import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { template } from '../../../infra/azure/template.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { type Deployed, deployTemplate } from './arm-deployment.ts';
import { CASE_NAMES, CASES, deployCase, PLACE } from './template-cases.ts';

/** Letters, digits and lengths that Azure allows: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const NAMES: Readonly<Record<string, RegExp>> = {
  'Microsoft.Authorization/roleAssignments': /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  'Microsoft.Authorization/roleDefinitions': /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  'Microsoft.EventGrid/systemTopics': /^[a-zA-Z\d-]{3,50}$/,
  'Microsoft.EventGrid/systemTopics/eventSubscriptions': /^[a-zA-Z\d-]+\/[a-zA-Z\d-]{3,64}$/,
  'Microsoft.Insights/actionGroups': /^[\w-]{1,260}$/,
  'Microsoft.Insights/components': /^[\w-]{1,255}$/,
  'Microsoft.Insights/metricAlerts': /^[\w-]{1,260}$/,
  'Microsoft.Insights/scheduledQueryRules': /^[\w-]{1,260}$/,
  'Microsoft.Insights/workbooks': /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  'Microsoft.ManagedIdentity/userAssignedIdentities': /^[a-zA-Z\d][\w-]{2,127}$/,
  'Microsoft.OperationalInsights/workspaces': /^[a-zA-Z\d][a-zA-Z\d-]{2,61}[a-zA-Z\d]$/,
  'Microsoft.Resources/deployments': /^[\w.()-]{1,64}$/,
  'Microsoft.ServiceBus/namespaces': /^[a-zA-Z][a-zA-Z\d-]{4,48}[a-zA-Z\d]$/,
  'Microsoft.ServiceBus/namespaces/queues': /^[^/]+\/[a-z-]{1,260}$/,
  'Microsoft.Storage/storageAccounts': /^[a-z\d]{3,24}$/,
  'Microsoft.Storage/storageAccounts/blobServices': /^[^/]+\/default$/,
  'Microsoft.Storage/storageAccounts/blobServices/containers': /^[^/]+\/default\/[a-z\d-]{3,63}$/,
  'Microsoft.Storage/storageAccounts/tableServices': /^[^/]+\/default$/,
  'Microsoft.Storage/storageAccounts/tableServices/tables': /^[^/]+\/default\/[a-z][a-z\d]{2,62}$/,
  'Microsoft.Web/serverfarms': /^[a-zA-Z\d-]{1,60}$/,
  'Microsoft.Web/sites': /^[a-zA-Z\d][a-zA-Z\d-]{0,58}[a-zA-Z\d]$/,
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': /^[^/]+\/(ftp|scm)$/,
  'Microsoft.Web/sites/extensions': /^[^/]+\/onedeploy$/,
};

/** All that a resource waits for, directly or not. */
function closureOf(resource: Deployed, byId: ReadonlyMap<string, Deployed>): Set<string> {
  const found = new Set<string>();
  const visit = (ids: readonly string[]): void => {
    for (const id of ids.filter((each) => !found.has(each))) {
      found.add(id);
      visit(byId.get(id)?.dependsOn ?? []);
    }
  };
  visit(resource.dependsOn);
  return found;
}

/** Ids of resources that are in the app's group, anywhere in a value. */
function idsIn(value: unknown): string[] {
  const own = `/subscriptions/${PLACE.subscription}/resourceGroups/${PLACE.group}/providers/`;
  if (typeof value === 'string') return value.startsWith(own) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...Object.keys(value).flatMap(idsIn), ...Object.values(value).flatMap(idsIn)];
}

describe.each(CASE_NAMES)('The template with %s', (name) => {
  const { resources } = deployCase(name);
  const byId = new Map(resources.map((resource) => [resource.id, resource]));

  it('makes every resource once, with a name that Azure allows', () => {
    expect(byId.size).toBe(resources.length);
    const misnamed = resources.filter(({ type, name: given }) => !NAMES[type]?.test(given));
    expect(misnamed.map(({ id }) => id)).toEqual([]);
  });

  it('waits only for resources that it makes, and for none that waits for it', () => {
    for (const resource of resources) {
      expect(resource.dependsOn.filter((id) => !byId.has(id))).toEqual([]);
      expect([...closureOf(resource, byId)]).not.toContain(resource.id);
    }
  });

  it('asks only resources that it makes, and that are made before', () => {
    for (const resource of resources) {
      const before = closureOf(resource, byId);
      expect(resource.references.filter((id) => !byId.has(id) || !before.has(id))).toEqual([]);
    }
  });

  it('points only to resources that it makes, and waits for those', () => {
    for (const resource of resources.filter(({ deployment }) => deployment === null)) {
      const before = closureOf(resource, byId);
      expect(idsIn(resource.body).filter((id) => !before.has(id))).toEqual([]);
    }
  });

  it('makes parts of resources after those', () => {
    for (const resource of resources) {
      const owner = resource.id.replace(/\/[^/]+\/[^/]+$/, '').replace(/\/providers\/[^/]+$/, '');
      if (byId.has(owner)) expect([...closureOf(resource, byId)]).toContain(owner);
    }
  });

  it('has no route table, and so no routes in one', () => {
    expect(resources.filter(({ type }) => /routeTables/i.test(type))).toEqual([]);
    expect(JSON.stringify(resources)).not.toMatch(/"routes"/);
  });
});

describe('The template', () => {
  it('uses every parameter and variable', () => {
    const used = new Set(CASE_NAMES.flatMap((name) => [...deployCase(name).used]));
    const all = [
      ...Object.keys(template.parameters).map((name) => `parameters('${name}')`),
      ...Object.keys(template.variables ?? {}).map((name) => `variables('${name}')`),
    ];
    expect(all.filter((name) => !used.has(name))).toEqual([]);
  });

  it('describes every parameter', () => {
    for (const parameter of Object.values(template.parameters)) {
      expect(Object(parameter).metadata.description).toMatch(/\w+ \w+/);
    }
  });

  it('names the same resources for the same app, and others for another', () => {
    const namesOf = (appName: string) =>
      deployTemplate(template, { ...CASES['the least'], appName }, PLACE).resources.map(({ id }) => id);
    expect(namesOf('one-app')).toEqual(namesOf('one-app'));
    const shared = namesOf('one-app').filter((id) => namesOf('other-app').includes(id));
    expect(shared).toEqual([]);
  });

  it.each(['a2', 'a'.repeat(43)])('takes the app name %s', (appName) => {
    const { resources } = deployTemplate(template, { ...CASES['the least'], appName }, PLACE);
    const misnamed = resources.filter(({ type, name }) => !NAMES[type]?.test(name));
    expect(misnamed.map(({ id }) => id)).toEqual([]);
  });

  const INSIGHTS = `/subscriptions/${PLACE.subscription}/resourceGroups/${PLACE.group}/providers/Microsoft.Insights/components/a-name-of-my-own-insights`;

  it('names no action group where nobody is told', () => {
    expect(deployCase('nothing watched').outputs['actionGroup']).toBe('');
  });

  it('tells where the app and its ledger are', () => {
    expect(deployCase('named tables and everything on').outputs).toEqual({
      version: packageJson.version,
      functionApp: 'a-name-of-my-own',
      ledger: expect.stringMatching(/^https:\/\/podroutes\w+\.table\.core\.windows\.net\/ledger$/),
      unique: expect.stringMatching(/^\w{13}$/),
      reconcileUrl: 'https://a-name-of-my-own.azurewebsites.net/api/reconcile',
      serviceBusNamespace: 'a-name-of-my-own-bus.servicebus.windows.net',
      eventsQueue: 'node-events',
      unreadableQueue: 'node-events-unreadable',
      actionGroup: 'a-name-of-my-own-alerts',
      logsLink: `https://portal.azure.us/#resource${INSIGHTS}/logs`,
      workbooksLink: `https://portal.azure.us/#resource${INSIGHTS}/workbooks`,
    });
  });

  it.each(['infra/azure/main.json', 'dist/infra/azure/main.json'])('is what %s has', async (path) => {
    const text = await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(template)));
  });
});
