import { CLOUDS } from './clouds.ts';
import type { CommandSpec, OperandSpec, OptionSpec } from './command.ts';
import { GENERAL_OPTIONS, VERSION_OPTION } from './options.ts';
import { fitTable, formatTable } from './table.ts';
import { WIDTH, wrapText } from './terminal.ts';

/** The lines of `podroutes --help`, wrapped at `width`. */
export function describeCommands(commands: readonly CommandSpec[], width = WIDTH): string[] {
  const summaries = commands.map(({ name, summary }) => [`  ${name}`, summary]);
  return [
    'Usage: podroutes <command> [options]',
    '',
    ...wrapText(PURPOSE, width),
    '',
    'Commands:',
    ...formatRows(summaries, width),
    '',
    'Options:',
    ...formatOptions([...GENERAL_OPTIONS, VERSION_OPTION], width),
    '',
    'Exit codes:',
    ...formatRows(EXIT_CODES, width),
    '',
    ...[
      `Settings are options or PODROUTES_* variables; options take precedence. Credentials are those of ${CLOUDS.map(({ program }) => program).join(' and ')}.`,
      'See "podroutes <command> --help" for more, with examples.',
    ].flatMap((text) => wrapText(text, width)),
  ];
}

const PURPOSE = "Keeps a cloud's route tables in step with the pod CIDRs of a Kubernetes cluster's nodes.";

const EXIT_CODES = [
  ['  0', 'in step, or done'],
  ['  1', 'an error: something could not be read, or was not done'],
  ['  2', 'a mistake in the command line or the settings'],
  ['  3', 'the routes are not in step with the claims, or something else needs attention'],
  ['  130', 'interrupted'],
];

function formatRows(rows: readonly (readonly string[])[], width: number): string[] {
  return fitTable(rows, { room: width, names: [] }).flat();
}

/** The lines of `podroutes <command> --help`, wrapped at `width`. */
export function describeCommand(spec: CommandSpec, width = WIDTH): string[] {
  return [
    `Usage: ${formatUsage(spec)}`,
    '',
    ...[`${spec.summary[0]?.toUpperCase()}${spec.summary.slice(1)}.`, ...spec.description].flatMap((text) => [
      ...wrapText(text, width),
      '',
    ]),
    'Options:',
    ...formatOptions([...spec.options, ...GENERAL_OPTIONS], width),
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

function formatOptions(options: readonly OptionSpec[], width: number): string[] {
  const heads = formatTable(
    options.map(({ name, short, value }) => [
      `  ${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    ]),
  );
  const indent = Math.max(...heads.map(({ length }) => length)) + 2;
  return options.flatMap(({ summary, choices }, i) => {
    const text = `${summary}${choices === undefined ? '' : `: ${choices.join(', ')}`}`;
    return wrapText(text, width - indent).map(
      (line, part) => `${(part === 0 ? (heads[i] ?? '') : '').padEnd(indent)}${line}`,
    );
  });
}
