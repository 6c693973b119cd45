import type { CommandSpec, OperandSpec, OptionSpec } from './command.ts';
import { GENERAL_OPTIONS, VERSION_OPTION } from './options.ts';
import { formatTable, WIDTH, wrapText } from './terminal.ts';

/** The lines of `podroutes --help`. */
export function describeCommands(commands: readonly CommandSpec[]): string[] {
  return [
    'Usage: podroutes <command> [options]',
    '',
    "Keeps a cloud's route tables in step with the pod CIDRs of a Kubernetes cluster's nodes.",
    '',
    'Commands:',
    ...formatTable(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    '',
    'Options:',
    ...formatOptions([...GENERAL_OPTIONS, VERSION_OPTION]),
    '',
    'Exit codes:',
    ...formatTable([
      ['  0', 'in step, or done'],
      ['  1', 'an error: something could not be read, or was not done'],
      ['  2', 'a mistake in the command line or the settings'],
      ['  3', 'the routes are not in step with the claims, or something else wants a look'],
      ['  130', 'interrupted'],
    ]),
    '',
    'Settings are options or PODROUTES_* variables; options win. Credentials are those of aws and az.',
    '"podroutes <command> --help" tells more, with examples.',
  ];
}

/** The lines of `podroutes <command> --help`. */
export function describeCommand(spec: CommandSpec): string[] {
  return [
    `Usage: ${formatUsage(spec)}`,
    '',
    ...[`${spec.summary[0]?.toUpperCase()}${spec.summary.slice(1)}.`, ...spec.description].flatMap((text) => [
      ...wrapText(text, WIDTH),
      '',
    ]),
    'Options:',
    ...formatOptions([...spec.options, ...GENERAL_OPTIONS]),
    '',
    'Examples:',
    ...spec.examples.flatMap(({ line, what }) => [`  ${line}`, `      ${what}`]),
  ];
}

/**
 * The form of a command.
 *
 * @example formatUsage(explain) //=> 'podroutes explain <node> [options]'
 */
export function formatUsage({ name, operands, options }: CommandSpec): string {
  return [
    'podroutes',
    name,
    ...operands.map(formatOperand),
    ...(options.length === 0 ? [] : ['[options]']),
  ].join(' ');
}

function formatOperand({ name, choices, isRequired = false, repeats = false }: OperandSpec): string {
  const text = `${choices?.join('|') ?? `<${name}>`}${repeats ? '…' : ''}`;
  return isRequired ? text : `[${text}]`;
}

function formatOptions(options: readonly OptionSpec[]): string[] {
  const heads = formatTable(
    options.map(({ name, short, value }) => [
      `  ${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    ]),
  );
  const indent = Math.max(...heads.map(({ length }) => length)) + 2;
  return options.flatMap(({ summary, choices }, i) => {
    const text = `${summary}${choices === undefined ? '' : `: ${choices.join(', ')}`}`;
    return wrapText(text, WIDTH - indent).map(
      (line, part) => `${(part === 0 ? (heads[i] ?? '') : '').padEnd(indent)}${line}`,
    );
  });
}
