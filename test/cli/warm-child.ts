/**
 * Runs one command after another, each as in a process of its own: with its arguments and variables, and until
 * nothing is left to wait for. What the commands have loaded stays, which is most of what a short one costs.
 */
const [, , entry = ''] = process.argv;
let commands = 0;

interface Started {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

process.on('message', ({ args, env }: Started) => {
  process.channel?.unref();
  process.argv = [process.execPath, entry, ...args];
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  commands += 1;
  void import(`${entry}?${commands}`);
});

// Here a process of its own would end.
process.on('beforeExit', (code) => {
  process.stdout.removeAllListeners('error');
  process.exitCode = undefined;
  process.channel?.ref();
  const mark = `\0${code}\0`;
  process.stdout.write(mark);
  process.stderr.write(mark);
});

process.on('disconnect', () => process.exit());
