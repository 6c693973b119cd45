import { type CommandSpec, EXIT, type Invocation, type OptionSpec } from '../command.ts';
import { GENERAL_OPTIONS } from '../options.ts';

type Shell = 'bash' | 'zsh' | 'fish';

/** Prints the completion script of a shell. */
export async function completion(invocation: Invocation, commands: readonly CommandSpec[]): Promise<number> {
  const { operands, out } = invocation;
  const [shell] = operands;
  if (shell === 'nodes' || shell === 'profiles') {
    const { printNames } = await import('./completion-names.ts');
    await printNames(shell, invocation);
    return EXIT.ok;
  }
  const write = SHELLS[shell === 'zsh' || shell === 'fish' ? shell : 'bash'];
  for (const line of write(commands)) out.print(line);
  return EXIT.ok;
}

const SHELLS: Readonly<Record<Shell, (commands: readonly CommandSpec[]) => string[]>> = {
  bash: writeBash,
  zsh: writeZsh,
  fish: writeFish,
};

function optionsOf({ options }: CommandSpec): readonly OptionSpec[] {
  return [...options, ...GENERAL_OPTIONS];
}

/** Words that can stand after a command without a name. */
function operandWords({ name, operands }: CommandSpec, commands: readonly CommandSpec[]): readonly string[] {
  if (name === 'help') return commands.map((spec) => spec.name);
  return operands.flatMap(({ choices }) => choices ?? []);
}

/** The command that prints the names that a shell can offer; null where there are none. */
function namesCommand(names: 'nodes' | 'profiles' | undefined): string | null {
  return names === undefined ? null : `podroutes completion ${names} 2>/dev/null`;
}

function operandNames({ operands }: CommandSpec): string | null {
  return namesCommand(operands.find(({ names }) => names !== undefined)?.names);
}

function takesFiles({ operands }: CommandSpec): boolean {
  return operands.some(({ isFile }) => isFile === true);
}

/** Options that take a value: their spellings, and the words that it can be. */
function valueOptions(spec: CommandSpec) {
  return optionsOf(spec).flatMap(({ name, short, value, isFile = false, choices = [], names }) =>
    value === undefined
      ? []
      : [
          {
            spellings: [`--${name}`, ...(short === undefined ? [] : [`-${short}`])],
            isFile,
            choices,
            names: namesCommand(names),
          },
        ],
  );
}

function writeBash(commands: readonly CommandSpec[]): string[] {
  return [
    '# bash completion of podroutes',
    '_podroutes() {',
    '  local word=$2 previous=$3 command',
    '  read -r _ command _ <<< "$COMP_LINE"',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} --help --version" -- "$word"))`,
    '    return',
    '  fi',
    '  case "$command:$previous" in',
    ...commands.flatMap((spec) =>
      valueOptions(spec).map(({ spellings, isFile, choices, names }) => {
        const patterns = spellings.map((spelling) => `${spec.name}:${spelling}`).join('|');
        const files = isFile ? ' -f' : '';
        return `    ${patterns}) COMPREPLY=($(compgen${files} -W "${names === null ? choices.join(' ') : `$(${names})`}" -- "$word")); return ;;`;
      }),
    ),
    '  esac',
    '  local names=',
    '  case "$command:$word" in',
    ...commands.flatMap((spec) => {
      const names = operandNames(spec);
      return names === null ? [] : [`    ${spec.name}:-*) ;;`, `    ${spec.name}:*) names=$(${names}) ;;`];
    }),
    '  esac',
    '  case "$command" in',
    ...commands.map((spec) => {
      const words = [...operandWords(spec, commands), ...optionsOf(spec).map(({ name }) => `--${name}`)];
      const files = takesFiles(spec) ? ' -f' : '';
      return `    ${spec.name}) COMPREPLY=($(compgen${files} -W "${operandNames(spec) === null ? '' : '$names '}${words.join(' ')}" -- "$word")) ;;`;
    }),
    '  esac',
    '}',
    'complete -F _podroutes podroutes',
  ];
}

function writeZsh(commands: readonly CommandSpec[]): string[] {
  return [
    '#compdef podroutes',
    '# zsh completion of podroutes',
    '_podroutes() {',
    '  local -a commands',
    '  commands=(',
    ...commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`),
    '  )',
    '  if (( CURRENT == 2 )); then',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  case $words[2] in',
    ...commands.flatMap((spec) => [
      `    ${spec.name})`,
      '      shift words; (( CURRENT-- ))',
      `      _arguments ${[...optionsOf(spec).flatMap(zshOption), ...zshOperands(spec, commands)].join(' ')}`,
      '      ;;',
    ]),
    '  esac',
    '}',
    'if [ "$funcstack[1]" = _podroutes ]; then _podroutes "$@"; else compdef _podroutes podroutes; fi',
  ];
}

function zshOption({ name, short, value, isFile = false, choices, names, summary }: OptionSpec): string[] {
  const command = namesCommand(names);
  const known = command === null ? choices?.join(' ') : `$(${command})`;
  const words = known === undefined ? '' : `(${known})`;
  const action = value === undefined ? '' : `:${name}:${isFile ? '_files' : words}`;
  const text = summary.replaceAll(/[[\]:]/g, '');
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])].map((spelling) =>
    quote(`${spelling}[${text}]${action}`),
  );
}

function zshOperands(spec: CommandSpec, commands: readonly CommandSpec[]): string[] {
  if (takesFiles(spec)) return [quote('*:file:_files')];
  const names = operandNames(spec);
  if (names !== null) return [quote(`*:node:($(${names}))`)];
  const words = operandWords(spec, commands);
  return words.length === 0 ? [] : [quote(`*:argument:(${words.join(' ')})`)];
}

/** What fish says of a program that is not there comes from fish itself. */
const IF_INSTALLED = 'command -q podroutes; and ';

function writeFish(commands: readonly CommandSpec[]): string[] {
  const line = (condition: string, rest: string) => `complete -c podroutes -n ${quote(condition)} ${rest}`;
  return [
    '# fish completion of podroutes',
    'complete -c podroutes -f',
    ...commands.map(({ name, summary }) => line('__fish_use_subcommand', `-a ${name} -d ${quote(summary)}`)),
    ...commands.flatMap((spec) => {
      const after = `__fish_seen_subcommand_from ${spec.name}`;
      const words = operandWords(spec, commands);
      return [
        ...(words.length === 0 ? [] : [line(after, `-a ${quote(words.join(' '))}`)]),
        ...(operandNames(spec) === null
          ? []
          : [line(after, `-a ${quote(`(${IF_INSTALLED}${operandNames(spec)})`)}`)]),
        ...(takesFiles(spec) ? [line(after, '-F')] : []),
        ...optionsOf(spec).map((option) => line(after, fishOption(option))),
      ];
    }),
  ];
}

function fishOption({ name, short, value, isFile = false, choices, names, summary }: OptionSpec): string {
  const command = namesCommand(names);
  const offered = command === null ? choices?.join(' ') : `(${IF_INSTALLED}${command})`;
  const letter = short === undefined ? '' : ` -s ${short}`;
  const argument =
    value === undefined
      ? ''
      : ` ${isFile ? '-rF' : '-x'}${offered === undefined ? '' : ` -a ${quote(offered)}`}`;
  return `-l ${name}${letter}${argument} -d ${quote(summary)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
