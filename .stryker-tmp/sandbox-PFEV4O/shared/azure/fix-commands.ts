// @ts-nocheck
import type { Config } from '../core/config/config.ts';
import { freeOrder } from '../doctor/firewall.ts';
import type { FixCommands, Opening } from '../doctor/model.ts';
import { commandLine } from '../doctor/shell.ts';
import { clusterTag } from './selection.ts';

/** Commands of the az program, with ids filled in. */
export function createAzureFixes(
  { cluster, podCidrTag, routeTables }: Config,
  subscription: string,
): FixCommands {
  return {
    // Interfaces of a uniform scale set follow its model, which az names by position: for a person to find.
    enableForwarding: (_node, networkInterface = '/virtualmachinescalesets/') =>
      networkInterface.includes('/virtualmachinescalesets/')
        ? []
        : [az('network', 'nic', 'update', '--ids', networkInterface, '--ip-forwarding', 'true')],
    open: (opening) => openGroup(opening, subscription),
    associate: (subnet, table) => [
      az('network', 'vnet', 'subnet', 'update', '--ids', subnet, '--route-table', table),
    ],
    manageTable: (table) =>
      cluster === null || routeTables.length > 0 ? [] : [tag(table, clusterTag(cluster), 'shared')],
    setClaim: ({ id }, value) => [tag(id, podCidrTag, value)],
    // Routes of Azure have no state: of none it is known that it leads nowhere.
    deleteDeadRoute: () => [],
    start: ({ id }) => (id.includes('/virtualmachinescalesets/') ? [] : [az('vm', 'start', '--ids', id)]),
  };
}

function az(...words: readonly string[]): string {
  return commandLine('az', ...words);
}

function tag(id: string, name: string, value: string): string {
  return az('tag', 'update', '--resource-id', id, '--operation', 'merge', '--tags', `${name}=${value}`);
}

function nameOf(id: string): string {
  return id.split('/').at(-1) ?? id;
}

function place(id: string, subscription: string): string[] {
  return ['--subscription', id.split('/')[2] ?? subscription, '--resource-group', id.split('/')[4] ?? ''];
}

function openGroup(
  { firewall, direction, cidr, before, skip }: Opening,
  subscription: string,
): readonly string[] {
  const priority = freeOrder(firewall, direction, { before, skip, least: 100, most: 4096 });
  if (priority === null) return [];
  const name = `pods-${direction === 'ingress' ? 'in' : 'out'}-${cidr.text.replaceAll(/[./:]/g, '-')}`;
  return [
    az(
      ...['network', 'nsg', 'rule', 'create', ...place(firewall.id, subscription)],
      ...['--nsg-name', nameOf(firewall.id), '--name', name, '--priority', String(priority)],
      ...['--direction', direction === 'ingress' ? 'Inbound' : 'Outbound', '--access', 'Allow'],
      ...['--protocol', '*', '--source-address-prefixes', cidr.text, '--source-port-ranges', '*'],
      ...['--destination-address-prefixes', cidr.text, '--destination-port-ranges', '*'],
    ),
  ];
}
