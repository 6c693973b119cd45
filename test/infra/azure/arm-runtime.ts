import type { Value } from './arm-functions.ts';

/** What Azure would say of a resource, by its type: as much as the template asks for. */
const DESCRIPTIONS: Readonly<Record<string, (name: string) => Value>> = {
  'Microsoft.ManagedIdentity/userAssignedIdentities': (name) => ({
    principalId: `principal-of-${name}`,
    clientId: `client-of-${name}`,
  }),
  'Microsoft.Storage/storageAccounts': (name) => ({
    primaryEndpoints: {
      blob: `https://${name}.blob.core.windows.net/`,
      queue: `https://${name}.queue.core.windows.net/`,
      table: `https://${name}.table.core.windows.net/`,
    },
  }),
  'Microsoft.ServiceBus/namespaces': (name) => ({
    serviceBusEndpoint: `https://${name}.servicebus.windows.net:443/`,
  }),
  'Microsoft.Insights/components': (name) => ({ ConnectionString: `InstrumentationKey=${name}` }),
  'Microsoft.Web/sites': (name) => ({ defaultHostName: `${name}.azurewebsites.net` }),
};

/** The properties that `reference` gives for an id. Throws for a resource that says nothing here. */
export function describeResource(id: string, apiVersion: string): Value {
  const [, type = '', name = ''] = /\/providers\/([^/]+\/[^/]+)\/([^/]+)$/.exec(id) ?? [];
  const describe = DESCRIPTIONS[type];
  if (describe === undefined) throw new Error(`nothing is known of ${id}`);
  if (!/^\d{4}-\d\d-\d\d$/.test(apiVersion)) throw new Error(`expected a version, found ${apiVersion}`);
  return describe(name);
}
