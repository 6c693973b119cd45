import type { LookCommands } from '../doctor/model.ts';
import { commandLine } from '../doctor/shell.ts';

/**
 * Commands of the aws program that only look, with ids filled in.
 *
 * @param options that each of them is given, such as a region
 */
export function createAwsLooks(options: readonly string[]): LookCommands {
  const ec2 = (command: string, ...words: readonly string[]) =>
    commandLine('aws', 'ec2', command, ...words, ...options);
  return {
    route: ({ id }, { family, text }) => {
      const field = family === 4 ? 'DestinationCidrBlock' : 'DestinationIpv6CidrBlock';
      return [
        ec2(
          ...['describe-route-tables', '--route-table-ids', id],
          ...['--query', `RouteTables[].Routes[?${field}=='${text}'][]`],
        ),
      ];
    },
    members: ({ id }) => [
      ec2(
        ...['describe-network-interfaces', '--filters', `Name=group-id,Values=${id}`, '--output', 'text'],
        ...['--query', 'NetworkInterfaces[].[NetworkInterfaceId,Attachment.InstanceId,Description]'],
      ),
    ],
  };
}
