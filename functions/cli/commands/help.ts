import { type CommandSpec, EXIT, type Invocation, refuse, usageRefusal } from '../command.ts';
import { formatPage } from '../pages/text.ts';
import { findTopics, listTopics, readTopic } from '../pages/topics.ts';
import { describeCommand, describeCommands } from '../usage.ts';

/** Shows the help of a command, the page of an alarm, a finding or a cause, or the list of all commands. */
export async function help(invocation: Invocation, commands: readonly CommandSpec[]): Promise<number> {
  const [name] = invocation.operands;
  const spec = commands.find((candidate) => candidate.name === name);
  if (name !== undefined && spec === undefined) return showTopic(invocation, name);
  const { print, width } = invocation.out;
  const lines = spec === undefined ? describeCommands(commands, width) : describeCommand(spec, width);
  for (const line of lines) print(line);
  return EXIT.ok;
}

async function showTopic(invocation: Invocation, name: string): Promise<number> {
  const { out, err } = invocation;
  const topics = await listTopics();
  const found = findTopics(name, topics);
  const [topic, ...others] = found;
  if (topic === undefined) {
    const problem = `there is no command and no page "${name}"; "podroutes help" lists the commands, and these are the pages:`;
    const exit = refuse(invocation, usageRefusal(problem));
    for (const each of topics) err.print(`  ${each}`);
    return exit;
  }
  const lines =
    others.length === 0
      ? formatPage(await readTopic(topic), { ...out, topic })
      : ['Pages:', ...found.map((each) => `  ${each}`)];
  for (const line of lines) out.print(line);
  return EXIT.ok;
}
