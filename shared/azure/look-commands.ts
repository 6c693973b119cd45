import type { LookCommands } from '../doctor/model.ts';
import { commandLine } from '../doctor/shell.ts';

/** Commands of the az program that only look, with ids filled in. */
export const AZURE_LOOKS: LookCommands = {
  route: ({ id }, { text }) => [
    commandLine(
      ...['az', 'network', 'route-table', 'show', '--ids', id],
      ...['--query', `routes[?addressPrefix=='${text}']`],
    ),
  ],
  // A rule of a network security group names the pods on both sides: it is for nobody else.
  members: () => [],
};
