import { type CommandSpec, EXIT, type Invocation, refuse, usageRefusal } from '../command.ts';
import { describeCommand, describeCommands } from '../usage.ts';

/** Shows the help of a command, or the list of all. */
export async function help(invocation: Invocation, commands: readonly CommandSpec[]): Promise<number> {
  const [name] = invocation.operands;
  const spec = commands.find((candidate) => candidate.name === name);
  if (name !== undefined && spec === undefined) {
    return refuse(invocation, usageRefusal(`there is no command "${name}"; "podroutes help" lists them`));
  }
  const { print, width } = invocation.out;
  const lines = spec === undefined ? describeCommands(commands, width) : describeCommand(spec, width);
  for (const line of lines) print(line);
  return EXIT.ok;
}
