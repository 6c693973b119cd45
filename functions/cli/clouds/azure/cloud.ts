import type { CliCloud } from '../cloud.ts';

export const AZURE: CliCloud = {
  name: 'azure',
  title: 'Azure',
  program: 'az',
  forwarding: 'IP forwarding (must be on)',
  forms: { routeTable: 'an id or group/name', ledger: 'https://…/TABLE' },
  settingOptions: [
    {
      name: 'subscription',
      value: 'ID',
      variable: 'PODROUTES_AZURE_SUBSCRIPTION',
      summary: 'Azure: the subscription',
    },
    {
      name: 'resource-groups',
      value: 'NAME,…',
      variable: 'PODROUTES_AZURE_RESOURCE_GROUPS',
      summary: 'Azure: the resource groups',
    },
  ],
  clientOptions: [],
  variables: ['PODROUTES_ARM_ENDPOINT'],
  needed: [
    {
      variable: 'PODROUTES_AZURE_SUBSCRIPTION',
      what: 'a subscription id ("az account show" has it)',
    },
    {
      variable: 'PODROUTES_AZURE_RESOURCE_GROUPS',
      what: 'the resource groups of nodes and tables',
    },
  ],
  connect: async () => (await import('./connect.ts')).connectAzure,
  readEventsOffline: async () => (await import('./events.ts')).readAzureEventsOffline,
  readProfiles: null,
  startSandbox: async () => (await import('./sandbox.ts')).startAzure,
  openDemo: async () => (await import('./demo/part.ts')).AZURE_DEMO,
  provision: { kind: 'command', load: async () => (await import('./provision.ts')).provisionAzure },
};
