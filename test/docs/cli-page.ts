import type { CommandSpec, OptionSpec } from '../../functions/cli/command.ts';
import { COMMANDS } from '../../functions/cli/commands.ts';
import { CONNECT_OPTIONS, GENERAL_OPTIONS, SETTING_OPTIONS } from '../../functions/cli/options.ts';
import { describeCommands, formatUsage } from '../../functions/cli/usage.ts';

/** The text of `docs/cli.md`, made from the table of commands. */
export function describeCli(): string {
  return `${[
    '# The command line',
    '`podroutes` is [installed from the release](release.md#install-the-command-line): `npm install --global ./podroutes-*.tgz`, or run from it by `npx`.',
    'Made from the table that `--help`, the reading of arguments and shell completion come from; `podroutes help <command>` shows the same. How the commands are used is in the [operating guide](operating/README.md).',
    fence(describeCommands(COMMANDS)),
    '## Common options',
    'Of every command:',
    optionTable(GENERAL_OPTIONS),
    'Of all commands that look at a cloud. An option that stands for a setting wins over its variable; the [other settings](configuration.md) are variables alone.',
    optionTable(CONNECT_OPTIONS),
    ...COMMANDS.flatMap(describeCommand),
  ].join('\n\n')}\n`;
}

function describeCommand(spec: CommandSpec): string[] {
  const { name, summary, description, options, examples } = spec;
  const own = options.filter((option) => !CONNECT_OPTIONS.includes(option));
  const looks = options.some((option) => CONNECT_OPTIONS.includes(option));
  return [
    `## ${name}`,
    fence([formatUsage(spec)]),
    ...[`${summary[0]?.toUpperCase()}${summary.slice(1)}.`, ...description].map(quotePlaceholders),
    ...(own.length === 0 ? [] : [optionTable(own)]),
    ...(looks ? ['It also takes the [options for a cloud](#common-options).'] : []),
    [
      '| example | shows |',
      '| --- | --- |',
      ...examples.map(({ line, what }) => row([code(line), what])),
    ].join('\n'),
  ];
}

function optionTable(options: readonly OptionSpec[]): string {
  const variables = new Map<OptionSpec, string>(SETTING_OPTIONS.map((option) => [option, option.variable]));
  const hasVariables = options.some((option) => variables.has(option));
  const rows = options.map((option) => {
    const { name, short, value, choices, summary } = option;
    const long = code(`--${name}${value === undefined ? '' : ` ${value}`}`);
    const words = choices === undefined ? '' : `: ${choices.map(code).join(', ')}`;
    const variable = variables.get(option);
    return row([
      short === undefined ? long : `${code(`-${short}`)}, ${long}`,
      `${quotePlaceholders(summary)}${words}`,
      ...(hasVariables ? [variable === undefined ? '' : code(variable)] : []),
    ]);
  });
  const head = ['option', 'meaning', ...(hasVariables ? ['stands for'] : [])];
  return [row(head), row(head.map(() => '---')), ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function fence(lines: readonly string[]): string {
  return ['```text', ...lines, '```'].join('\n');
}

/** A placeholder in angle brackets would be taken for HTML. */
function quotePlaceholders(text: string): string {
  return text.replaceAll(/<[^>]+>/g, '`$&`');
}

if (import.meta.main) process.stdout.write(describeCli());
