import { CLOUD_CHOICES, CLOUDS } from './clouds.ts';
import type { OptionSpec, SettingOption } from './command.ts';

/** Options that every command has. */
export const GENERAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'help', short: 'h', summary: 'show this text' },
  { name: 'debug', summary: 'show stack traces, and each decision on standard error' },
];

/** What stands before a command, or without one. */
export const VERSION_OPTION: OptionSpec = { name: 'version', summary: 'show the version' };

const [FIRST, ...OTHERS] = CLOUDS;

const CLOUD_OPTION: OptionSpec = {
  name: 'cloud',
  value: 'CLOUD',
  choices: CLOUD_CHOICES,
  summary: `the cloud (${OTHERS.map((cloud) => `${cloud.name} where ${cloud.title} settings are given, else `).join('')}${FIRST.name})`,
};

/** The settings themselves are not loaded for their names: each option is to be of one. */
export const SETTING_OPTIONS: readonly SettingOption[] = [
  {
    name: 'cluster',
    value: 'NAME',
    variable: 'PODROUTES_CLUSTER',
    summary: 'cluster, which finds tables and nodes by its tag',
  },
  {
    name: 'cluster-cidrs',
    value: 'CIDR,…',
    variable: 'PODROUTES_CLUSTER_CIDRS',
    summary: 'pod address ranges, IPv4 and IPv6',
  },
  {
    name: 'route-tables',
    value: 'ID,…',
    variable: 'PODROUTES_ROUTE_TABLES',
    summary: `route tables: ${CLOUDS.map((cloud) => `on ${cloud.title} ${cloud.forms.routeTable}`).join(', ')}`,
  },
  {
    name: 'node-tag',
    value: 'KEY[=VALUE]',
    variable: 'PODROUTES_NODE_TAG',
    summary: 'tag that selects nodes',
  },
  {
    name: 'ledger',
    value: 'PLACE',
    variable: 'PODROUTES_LEDGER',
    summary: `where the ledger is kept: ${CLOUDS.map(({ forms }) => forms.ledger).join(', ')} or file:PATH`,
  },
  {
    name: 'kubernetes',
    value: 'API',
    variable: 'PODROUTES_KUBERNETES',
    summary: 'Kubernetes: kubeconfig, kubeconfig:CONTEXT, or an address as the functions have it',
  },
  ...CLOUDS.flatMap(({ settingOptions }) => settingOptions),
];

/** Options of every command that looks at a cloud. */
export const CONNECT_OPTIONS: readonly OptionSpec[] = [
  CLOUD_OPTION,
  ...SETTING_OPTIONS,
  ...CLOUDS.flatMap(({ clientOptions }) => clientOptions),
];

export type OutputFormat = 'table' | 'json' | 'plain';

/** The option for the form of what goes to standard output. */
export function outputOption(...choices: readonly OutputFormat[]): OptionSpec {
  return { name: 'output', short: 'o', value: 'FORMAT', choices, summary: 'form of the output (table)' };
}

/** The form that was asked for: what the option allows has been checked by then. */
export function outputOf(values: ReadonlyMap<string, string>): OutputFormat {
  const asked = values.get('output');
  return asked === 'json' || asked === 'plain' ? asked : 'table';
}
