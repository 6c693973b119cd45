import { template } from '../../../infra/azure/template.ts';
import { type Deployment, deployTemplate, type Place } from './arm-deployment.ts';
import type { Value } from './arm-functions.ts';

/** The group that the app is deployed to. */
export const PLACE: Place = {
  subscription: '00000000-0000-0000-0000-00000000000a',
  group: 'podroutes-app',
  location: 'westeurope',
};

/** Parameters by what they show. */
export const CASES: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  'the least': { cluster: 'kthw', clusterCidrs: ['10.200.0.0/16'] },
  'only what is essential watched': {
    cluster: 'kthw',
    clusterCidrs: ['10.200.0.0/16'],
    monitoring: 'essential',
  },
  'nothing watched': { cluster: 'kthw', clusterCidrs: ['10.200.0.0/16'], monitoring: 'off' },
  'nodes in other groups than the app': {
    cluster: 'kthw',
    clusterCidrs: ['10.200.0.0/16', 'fd00:200::/48'],
    nodeResourceGroups: ['nodes-a', 'nodes-b'],
    networkResourceGroups: ['network'],
    alertEmails: ['a@example.com', 'b@example.com'],
  },
  'named tables and everything on': {
    cluster: 'k'.repeat(100),
    clusterCidrs: ['10.200.0.0/16'],
    appName: 'a-name-of-my-own',
    location: 'northeurope',
    nodeResourceGroups: ['nodes'],
    networkResourceGroups: ['network', 'nodes'],
    routeTables: [
      'network/routes-a',
      '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/nodes/providers/Microsoft.Network/routeTables/routes-b',
    ],
    nodeTag: 'role=worker',
    podCidrTag: 'pods',
    podCidrSources: ['user-data', 'tag'],
    routeName: 'pods-{cidr}',
    routeLimit: 400,
    maxDeletes: '12',
    grace: '1h',
    kubernetes: 'https://10.0.0.10:6443',
    kubernetesToken: '@Microsoft.KeyVault(SecretUri=https://vault.vault.azure.net/secrets/podroutes)',
    functionSubnetId:
      '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/nodes/subnets/functions',
    maxClaims: 3,
    allocate: '/26',
    reservedCidrs: ['10.200.255.0/24'],
    stoppedNodes: 'remove',
    forwarding: 'ensure',
    dryRun: true,
    readSubscription: true,
    resourceNotifications: true,
    packageUrl: 'https://files.example.com/podroutes/released-package.zip',
    nodeVersion: '24',
    instanceMemoryMB: 512,
    eventToRouteSeconds: 30,
    logRetentionDays: 90,
    monitoring: 'full',
    docsUrl: 'https://git.example.com/podroutes/docs',
  },
};

export const CASE_NAMES = Object.keys(CASES);

/** What the template makes of the parameters of a case. */
export function deployCase(name: string): Deployment {
  return deployTemplate(template, CASES[name] ?? {}, PLACE);
}
