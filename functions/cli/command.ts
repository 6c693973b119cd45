import type { Terminal } from './terminal.ts';

/** What a command tells its caller; the numbers are part of the interface. */
export const EXIT = { ok: 0, error: 1, usage: 2, changes: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One option of a command, as people write it after `--`. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** Placeholder of its value in the help; without one it is a flag. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** Whether its value names a file, which shells complete by themselves. */
  readonly isFile?: boolean;
  /** What its value names, where shells can complete the names. */
  readonly names?: 'profiles';
  readonly summary: string;
}

/** An option that stands for an environment variable, and wins over it. */
export interface SettingOption extends OptionSpec {
  readonly variable: string;
}

/** What stands after a command without a name. */
export interface OperandSpec {
  /** Placeholder in the help. */
  readonly name: string;
  readonly isRequired?: boolean;
  readonly repeats?: boolean;
  readonly choices?: readonly string[];
  /** Whether it names a file, which shells complete by themselves. */
  readonly isFile?: boolean;
  /** What it names, where shells can complete the names. */
  readonly names?: 'nodes';
}

interface Example {
  readonly line: string;
  readonly what: string;
}

/** Everything that is said of a command: the help, the reading of its arguments and completion come from it. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** Paragraphs of the help, after the summary. */
  readonly description: readonly string[];
  readonly operands: readonly OperandSpec[];
  /** Besides `--help` and `--debug`, which every command has. */
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** Loaded when it is asked for: commands bring clients that others do not need. */
  readonly load: () => Promise<Command>;
}

/** What was typed, once it is known to be of the command's form. */
export interface CommandInput {
  readonly operands: readonly string[];
  readonly flags: ReadonlySet<string>;
  /** By option name. */
  readonly values: ReadonlyMap<string, string>;
}

/** What a command is given. */
export interface Invocation extends CommandInput {
  readonly env: NodeJS.ProcessEnv;
  /** Standard output, for what was asked for. */
  readonly out: Terminal;
  /** Standard error, for everything else. */
  readonly err: Terminal;
  /** Asks the person who watches; null where there is nobody, and for an answer where they break off. */
  readonly ask: ((question: string) => Promise<string | null>) | null;
}

/** @param commands every command there is, for those that tell about commands */
type Command = (invocation: Invocation, commands: readonly CommandSpec[]) => Promise<number>;

/** Why a command cannot do what it was asked, in one sentence or a few, and what it then exits with. */
export interface Refusal {
  readonly ok: false;
  readonly exit: ExitCode;
  readonly problem: string;
}

/** Says why on standard error; gives the exit code. */
export function refuse({ err }: Pick<Invocation, 'err'>, { exit, problem }: Refusal): ExitCode {
  err.print(`podroutes: ${problem}`);
  return exit;
}

export function usageRefusal(problem: string): Refusal {
  return { ok: false, exit: EXIT.usage, problem };
}

export function errorRefusal(problem: string): Refusal {
  return { ok: false, exit: EXIT.error, problem };
}
