import { EXIT, type Invocation, refuse, usageRefusal } from '../command.ts';
import { COMMANDS } from '../commands.ts';
import { describeCommand, describeCommands } from '../usage.ts';

/** Shows the help of a command, or the list of all. */
export async function help(invocation: Invocation): Promise<number> {
  const [name] = invocation.operands;
  const spec = COMMANDS.find((candidate) => candidate.name === name);
  if (name !== undefined && spec === undefined) {
    return refuse(invocation, usageRefusal(`there is no command "${name}"; "podroutes help" lists them`));
  }
  const lines = spec === undefined ? describeCommands(COMMANDS) : describeCommand(spec);
  for (const line of lines) invocation.out.print(line);
  return EXIT.ok;
}
