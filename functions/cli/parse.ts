import { parseArgs } from 'node:util';
import { findSimilar } from '../../shared/core/nearest.ts';
import type { CommandInput, CommandSpec, OptionSpec } from './command.ts';
import { GENERAL_OPTIONS, VERSION_OPTION } from './options.ts';

/** What a command line asks for. */
export type Parsed =
  | { readonly kind: 'run'; readonly spec: CommandSpec; readonly input: CommandInput }
  | { readonly kind: 'help'; readonly spec: CommandSpec | null }
  | { readonly kind: 'version' }
  | { readonly kind: 'refused'; readonly spec: CommandSpec | null; readonly problem: string };

/** Reads the arguments after `podroutes`. Options may stand before the command as well as after it. */
export function parseCommandLine(args: readonly string[], commands: readonly CommandSpec[]): Parsed {
  const at = findCommand(args, commands);
  const name = args[at];
  if (name === undefined) return parseWithoutCommand(args);
  const spec = commands.find((candidate) => candidate.name === name);
  if (spec === undefined) {
    return refused(
      null,
      `there is no command "${name}"${suggest(
        name,
        commands.map((each) => each.name),
      )}`,
    );
  }
  const rest = args.toSpliced(at, 1);
  const options = [...GENERAL_OPTIONS, ...spec.options];
  const read = readArguments(rest, options);
  if (!read.ok) return refused(spec, read.problem);
  const { input } = read;
  if (input.flags.has('help')) return { kind: 'help', spec };
  const problem = findMistake(input, spec);
  return problem === null ? { kind: 'run', spec, input } : refused(spec, problem);
}

/** Index of the first argument that is neither an option nor the value of one. */
function findCommand(args: readonly string[], commands: readonly CommandSpec[]): number {
  const options = [...GENERAL_OPTIONS, VERSION_OPTION, ...commands.flatMap((spec) => spec.options)];
  const { tokens } = parseArgs({
    args: [...args],
    options: toParseOptions(options),
    strict: false,
    tokens: true,
  });
  return tokens.find(({ kind }) => kind === 'positional')?.index ?? args.length;
}

function parseWithoutCommand(args: readonly string[]): Parsed {
  const read = readArguments(args, [...GENERAL_OPTIONS, VERSION_OPTION]);
  if (!read.ok) return refused(null, read.problem);
  if (read.input.flags.has('version')) return { kind: 'version' };
  if (read.input.flags.has('help')) return { kind: 'help', spec: null };
  return refused(null, 'which command?');
}

type Read =
  | { readonly ok: true; readonly input: CommandInput }
  | { readonly ok: false; readonly problem: string };

function readArguments(args: readonly string[], options: readonly OptionSpec[]): Read {
  try {
    const { values, positionals } = parseArgs({
      args: joinNegative(args, options),
      options: toParseOptions(options),
      allowPositionals: true,
    });
    const given = Object.entries(values);
    return {
      ok: true,
      input: {
        operands: positionals,
        flags: new Set(given.flatMap(([name, value]) => (value === true ? name : []))),
        values: new Map(
          given.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])),
        ),
      },
    };
  } catch (thrown) {
    return { ok: false, problem: explain(thrown, options) };
  }
}

/** Node says what to do about dashes and ambiguity after the first sentence, at length. */
function explain(thrown: unknown, options: readonly OptionSpec[]): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const [, missing] = /^Option '(?:-\w, )?(--[\w-]+) <value>' argument/.exec(message) ?? [];
  if (missing !== undefined) return `${missing}: expected a value; found nothing`;
  const [, unknown] = /^Unknown option '--([^']+)'/.exec(message) ?? [];
  const names = options.map(({ name }) => name);
  const sentence = message.split('. ')[0]?.split('\n')[0] ?? message;
  return unknown === undefined ? sentence : `${sentence}${suggest(unknown, names, '--')}`;
}

/** @example suggest('plann', ['nodes', 'plan']) //=> '; did you mean "plan"?' */
function suggest(word: string, known: readonly string[], dashes = ''): string {
  const similar = findSimilar(word, known);
  return similar === null ? '' : `; did you mean "${dashes}${similar}"?`;
}

/** `--since -1h` is no two options: what is wrong with such a value, its command says better. */
function joinNegative(args: readonly string[], options: readonly OptionSpec[]): string[] {
  const taking = new Set(options.flatMap(({ name, value }) => (value === undefined ? [] : [`--${name}`])));
  return args.flatMap((arg, i) => {
    const [before = '', after = ''] = [args[i - 1], args[i + 1]];
    if (taking.has(arg) && NEGATIVE.test(after)) return [`${arg}=${after}`];
    return taking.has(before) && NEGATIVE.test(arg) ? [] : [arg];
  });
}

const NEGATIVE = /^-\d/;

function toParseOptions(options: readonly OptionSpec[]) {
  return Object.fromEntries(
    options.map(({ name, short, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short && { short }) },
    ]),
  );
}

function findMistake({ operands, values }: CommandInput, { operands: specs, options }: CommandSpec) {
  for (const { name, choices } of options) {
    const value = values.get(name);
    if (value?.trim() === '') return `--${name}: expected a value; found an empty one`;
    if (value !== undefined && choices !== undefined && !choices.includes(value)) {
      return `--${name}: expected ${listChoices(choices)}; found "${value}"`;
    }
  }
  return findOperandMistake(operands, specs);
}

function findOperandMistake(operands: readonly string[], specs: CommandSpec['operands']): string | null {
  const last = specs.at(-1);
  const surplus = operands[specs.length];
  if (surplus !== undefined && last?.repeats !== true) return `unexpected argument "${surplus}"`;
  for (const [i, { name, isRequired = false, choices }] of specs.entries()) {
    const value = operands[i];
    if (value === undefined && isRequired) return `expected <${name}>; found nothing`;
    if (value !== undefined && choices !== undefined && !choices.includes(value)) {
      return `expected ${listChoices(choices)}; found "${value}"`;
    }
  }
  return operands.includes('') ? 'expected no empty argument' : null;
}

function listChoices(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join() : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

function refused(spec: CommandSpec | null, problem: string): Parsed {
  return { kind: 'refused', spec, problem };
}
