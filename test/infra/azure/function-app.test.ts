import { describe, expect, it } from '@jest/globals';
import { template } from '../../../infra/azure/template.ts';
import { startWarmFunctions } from '../../e2e/warm-hosts.ts';
import { deployTemplate, type Place } from './arm-deployment.ts';
import { CASE_NAMES, CASES, deployCase, PLACE } from './template-cases.ts';

/** Everything of a type that a case deploys, by name. */
function bodiesOf(name: string, type: string) {
  const found = deployCase(name).resources.filter((resource) => resource.type === type);
  if (found.length === 0) throw new Error(`expected a ${type}`);
  return found.map((resource) => ({ name: resource.name, ...Object(resource.body) }));
}

function siteOf(name: string) {
  return bodiesOf(name, 'Microsoft.Web/sites')[0];
}

const host = await startWarmFunctions(new URL('../../../dist/azure/index.mjs', import.meta.url), {});
await host.close();
const triggers = host.functions
  .flatMap(({ bindings }) => Object.values(bindings))
  .filter(({ type }) => type === 'serviceBusTrigger');

describe('The code of the function app', () => {
  const packagesOf = (place: Partial<Place>, values: Readonly<Record<string, string>> = {}) =>
    deployTemplate(template, { ...CASES['the least'], ...values }, { ...PLACE, ...place })
      .resources.filter(({ type }) => type === 'Microsoft.Web/sites/extensions')
      .map(({ body }) => body['properties']);
  const taken = (packageUri: string) => [{ packageUri, remoteBuild: false }];
  const templateUri = 'https://files.example.com/podroutes/main.json';
  const packageUrl = 'https://other.example.com/released-package.zip?sig=x';

  it.each([
    [
      'is taken from beside the template',
      { templateUri },
      {},
      taken('https://files.example.com/podroutes/released-package.zip'),
    ],
    ['is taken from its own address', {}, { packageUrl }, taken(packageUrl)],
    [
      'is taken from its own address rather than from beside',
      { templateUri },
      { packageUrl },
      taken(packageUrl),
    ],
    ['is deployed apart where nothing says where it is', {}, {}, []],
    ['is deployed apart where that is asked for', { templateUri }, { packageUrl: '' }, []],
  ])('%s', (_, place, values, packages) => {
    expect(packagesOf(place, values)).toEqual(packages);
  });
});

describe.each(CASE_NAMES)('The function app with %s', (name) => {
  const queues = new Map(
    bodiesOf(name, 'Microsoft.ServiceBus/namespaces/queues').map((queue) => [
      queue.name.split('/').at(-1),
      queue.properties,
    ]),
  );

  it('reads a queue in sessions where the queue has them, and only there', () => {
    expect(triggers).not.toEqual([]);
    for (const { queueName, isSessionsEnabled } of triggers) {
      expect({ queueName, sessions: queues.get(queueName)?.requiresSession ?? false }).toEqual({
        queueName,
        sessions: isSessionsEnabled ?? false,
      });
    }
  });

  it('fetches its code as an identity that it has, from a container that there is', () => {
    const { identity, properties } = siteOf(name);
    const { type, value, authentication } = properties.functionAppConfig.deployment.storage;
    expect(identity.type).toBe('UserAssigned');
    expect(type).toBe('blobContainer');
    expect(authentication).toEqual({
      type: 'UserAssignedIdentity',
      userAssignedIdentityResourceId: Object.keys(identity.userAssignedIdentities)[0],
    });
    const containers = bodiesOf(name, 'Microsoft.Storage/storageAccounts/blobServices/containers').map(
      (container) => container.name.split('/').at(-1),
    );
    expect(containers).toContain(new URL(value).pathname.slice(1));
  });
});
