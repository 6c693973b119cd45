import type { Expectation } from '../../core/events/node-event.ts';
import type { ResourceKind } from './resource-ids.ts';

/** What a successful operation says of the node that it was about, where its event names one. */
interface Operation {
  /** The label of its events. */
  readonly what: string;
  readonly expects: Expectation;
}

/** Operations, by their names in Azure's role definitions, that one event subscription lets in. */
export interface OperationFamily {
  readonly name: string;
  /** The resources that they matter for. */
  readonly kinds: readonly ResourceKind[];
  readonly operations: Readonly<Record<string, Operation>>;
  /** Whether what podroutes did itself needs another look. */
  readonly ownCalls: 'ignored' | 'looked-at';
  /** What an event about another kind of resource is: tags have everything, other operations only one type. */
  readonly otherKinds: 'ignored' | 'unreadable';
}

/** Operations on one node. Reimaging and redeploying are left out: its claims, address and state outlast them. */
function onNode(type: string, noun: string): Readonly<Record<string, Operation>> {
  return {
    [`${type}/write`]: { what: `${noun}-write`, expects: 'present' },
    [`${type}/delete`]: { what: `${noun}-delete`, expects: 'gone' },
    [`${type}/start/action`]: { what: `${noun}-start`, expects: 'present' },
    [`${type}/powerOff/action`]: { what: `${noun}-power-off`, expects: 'any' },
    [`${type}/deallocate/action`]: { what: `${noun}-deallocate`, expects: 'any' },
    [`${type}/restart/action`]: { what: `${noun}-restart`, expects: 'any' },
  };
}

/** Operations that say nothing of a node, from their names to their labels. */
function saying(labels: Readonly<Record<string, string>>): Readonly<Record<string, Operation>> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, what]): [string, Operation] => [name, { what, expects: 'any' }]),
  );
}

/**
 * What is acted on.
 * @see https://learn.microsoft.com/azure/role-based-access-control/permissions/compute
 */
export const OPERATION_FAMILIES: readonly OperationFamily[] = [
  {
    name: 'nodes',
    kinds: ['virtual-machine', 'scale-set-instance'],
    operations: {
      ...onNode('Microsoft.Compute/virtualMachines', 'virtual-machine'),
      ...onNode('Microsoft.Compute/virtualMachineScaleSets/virtualMachines', 'scale-set-instance'),
    },
    ownCalls: 'looked-at',
    otherKinds: 'unreadable',
  },
  {
    // Instances of a uniform set come and go with operations on the set. Their ids are in the body of the request,
    // which is not in the event. Restarting them would not be worth the look at everything that the rest takes.
    name: 'scale-sets',
    kinds: ['scale-set'],
    operations: saying({
      'Microsoft.Compute/virtualMachineScaleSets/write': 'scale-set-write',
      'Microsoft.Compute/virtualMachineScaleSets/delete': 'scale-set-delete',
      'Microsoft.Compute/virtualMachineScaleSets/delete/action': 'scale-set-delete-instances',
      'Microsoft.Compute/virtualMachineScaleSets/start/action': 'scale-set-start',
      'Microsoft.Compute/virtualMachineScaleSets/powerOff/action': 'scale-set-power-off',
      'Microsoft.Compute/virtualMachineScaleSets/deallocate/action': 'scale-set-deallocate',
      'Microsoft.Compute/virtualMachineScaleSets/manualUpgrade/action': 'scale-set-upgrade',
    }),
    ownCalls: 'looked-at',
    otherKinds: 'unreadable',
  },
  {
    // The tags API writes tags of any resource without writing the resource. Events do not say which tags.
    name: 'tags',
    kinds: ['virtual-machine', 'scale-set-instance', 'scale-set', 'route-table'],
    operations: saying({
      'Microsoft.Resources/tags/write': 'tags-write',
      'Microsoft.Resources/tags/delete': 'tags-delete',
    }),
    ownCalls: 'looked-at',
    otherKinds: 'ignored',
  },
  {
    // A look after our own write finds everything in step (R8): no loop without this, but a full read for nothing.
    name: 'routes',
    kinds: ['route-table', 'route'],
    operations: saying({
      'Microsoft.Network/routeTables/write': 'route-table-write',
      'Microsoft.Network/routeTables/delete': 'route-table-delete',
      'Microsoft.Network/routeTables/routes/write': 'route-write',
      'Microsoft.Network/routeTables/routes/delete': 'route-delete',
    }),
    ownCalls: 'ignored',
    otherKinds: 'unreadable',
  },
];
