/** A part of what the function app may do, and where that has to be granted. */
interface RoleActions {
  readonly title: string;
  /**
   * Every resource group that holds what is read or written, those with nodes alone, the named tables alone, the
   * subscription, or the app's own Service Bus namespace.
   */
  readonly scope: 'groups' | 'node-groups' | 'tables' | 'subscription' | 'namespace';
  /** Actions that the adapter calls. */
  readonly actions: readonly string[];
  /** Actions that Azure asks for besides: on resources that a written one refers to, or for calls of its own. */
  readonly indirectActions: readonly string[];
  /** The choice that it is for; null where every deployment needs it. */
  readonly onlyFor: 'allocation' | 'forwarding' | 'power-states' | null;
}

/**
 * What the app may do on Azure Resource Manager, by custom roles. Permission is by path and method: a query such as
 * `$expand=userData` needs no more than the read.
 * @see https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
 */
export const ROLES = {
  reader: {
    title: 'read nodes and route tables',
    scope: 'groups',
    actions: [
      'Microsoft.Compute/virtualMachines/read',
      'Microsoft.Compute/virtualMachineScaleSets/read',
      'Microsoft.Compute/virtualMachineScaleSets/networkInterfaces/read',
      'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read',
      'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces/read',
      'Microsoft.Network/networkInterfaces/read',
      'Microsoft.Network/routeTables/read',
      'Microsoft.Network/virtualNetworks/checkIpAddressAvailability/read',
      'Microsoft.Network/virtualNetworks/read',
    ],
    indirectActions: [],
    onlyFor: null,
  },
  // The operations that writes start are in no resource group.
  operationReader: {
    title: 'follow operations',
    scope: 'subscription',
    actions: ['Microsoft.Network/locations/operations/read'],
    indirectActions: [],
    onlyFor: null,
  },
  // It opens the user data of every machine there is, for a list that saves one read of each node.
  subscriptionReader: {
    title: 'read power states in one list',
    scope: 'subscription',
    actions: ['Microsoft.Compute/virtualMachines/read'],
    indirectActions: [],
    onlyFor: 'power-states',
  },
  routeWriter: {
    title: 'write route tables',
    scope: 'tables',
    actions: ['Microsoft.Network/routeTables/write'],
    indirectActions: [],
    onlyFor: null,
  },
  interfaceWriter: {
    title: 'switch on IP forwarding',
    scope: 'groups',
    actions: ['Microsoft.Network/networkInterfaces/write'],
    // An interface is put whole, with what it is joined to.
    indirectActions: [
      'Microsoft.Network/applicationGateways/backendAddressPools/join/action',
      'Microsoft.Network/applicationSecurityGroups/joinIpConfiguration/action',
      'Microsoft.Network/loadBalancers/backendAddressPools/join/action',
      'Microsoft.Network/loadBalancers/inboundNatRules/join/action',
      'Microsoft.Network/networkSecurityGroups/join/action',
      'Microsoft.Network/publicIPAddresses/join/action',
      'Microsoft.Network/virtualNetworks/subnets/join/action',
    ],
    onlyFor: 'forwarding',
  },
  // Azure cannot limit it to one key: https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
  machineTagger: {
    title: 'tag machines',
    scope: 'node-groups',
    actions: ['Microsoft.Resources/tags/write'],
    indirectActions: [],
    onlyFor: 'allocation',
  },
  // By it the platform counts the messages that wait, as the app, before an instance runs. Without it, the app may not
  // be started for a message. The action is as Azure publishes it; keys and messages are not behind it.
  // https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#connections
  queueReader: {
    title: 'count waiting messages',
    scope: 'namespace',
    actions: [],
    indirectActions: ['Microsoft.ServiceBus/namespaces/*/read'],
    onlyFor: null,
  },
} as const satisfies Readonly<Record<string, RoleActions>>;
