// @ts-nocheck
import type { Config } from '../core/config/config.ts';
import { freeOrder } from '../doctor/firewall.ts';
import type { FixCommands, Opening } from '../doctor/model.ts';
import { commandLine } from '../doctor/shell.ts';
import { clusterTag } from './selection.ts';

/**
 * Commands of the aws program, with ids filled in.
 *
 * @param options that each of them is given, such as a region
 */
export function createAwsFixes(
  { cluster, podCidrTag, routeTables }: Config,
  options: readonly string[],
): FixCommands {
  const ec2: Ec2 = (command, ...words) => commandLine('aws', 'ec2', command, ...words, ...options);
  const tag = (id: string, key: string, value: string) =>
    ec2('create-tags', '--resources', id, '--tags', JSON.stringify([{ Key: key, Value: value }]));
  return {
    enableForwarding: (_node, networkInterface) =>
      networkInterface === undefined
        ? []
        : [
            ec2(
              'modify-network-interface-attribute',
              ...['--network-interface-id', networkInterface, '--no-source-dest-check'],
            ),
          ],
    open: (opening) => OPENERS[opening.firewall.kind](opening, ec2),
    associate: (subnet, table) => [
      ec2('associate-route-table', '--route-table-id', table, '--subnet-id', subnet),
    ],
    manageTable: (table) =>
      cluster === null || routeTables.length > 0 ? [] : [tag(table, clusterTag(cluster), 'shared')],
    setClaim: ({ id }, value) => [tag(id, podCidrTag, value)],
    deleteDeadRoute: ({ id }, { family, text }) => [
      ec2(
        'delete-route',
        ...['--route-table-id', id],
        ...[family === 4 ? '--destination-cidr-block' : '--destination-ipv6-cidr-block', text],
      ),
    ],
    start: ({ id }) => [ec2('start-instances', '--instance-ids', id)],
  };
}

type Ec2 = (command: string, ...words: readonly string[]) => string;

const OPENERS: Readonly<
  Record<Opening['firewall']['kind'], (opening: Opening, ec2: Ec2) => readonly string[]>
> = {
  'security-group': ({ firewall, direction, cidr }, ec2) => {
    const ranges =
      cidr.family === 4 ? `IpRanges=[{CidrIp=${cidr.text}}]` : `Ipv6Ranges=[{CidrIpv6=${cidr.text}}]`;
    return [
      ec2(
        `authorize-security-group-${direction}`,
        ...['--group-id', firewall.id, '--ip-permissions', `IpProtocol=-1,${ranges}`],
      ),
    ];
  },
  'network-acl': ({ firewall, direction, cidr, before, skip }, ec2) => {
    const number = freeOrder(firewall, direction, { before, skip, least: 1, most: 32_766 });
    if (number === null) return [];
    return [
      ec2(
        'create-network-acl-entry',
        ...['--network-acl-id', firewall.id, `--${direction}`, '--rule-number', String(number)],
        ...['--protocol', '-1', '--rule-action', 'allow'],
        ...[cidr.family === 4 ? '--cidr-block' : '--ipv6-cidr-block', cidr.text],
      ),
    ];
  },
  'network-security-group': () => [],
};
