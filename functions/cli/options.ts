import { SETTINGS } from '../../shared/core/config/settings.ts';
import type { OptionSpec } from './command.ts';

/** Options that every command has. */
export const GENERAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'help', short: 'h', summary: 'show this text' },
  { name: 'debug', summary: 'show stack traces, and each decision on standard error' },
];

/** What stands before a command, or without one. */
export const VERSION_OPTION: OptionSpec = { name: 'version', summary: 'show the version' };

const CLOUD_OPTION: OptionSpec = {
  name: 'cloud',
  value: 'CLOUD',
  choices: ['aws', 'azure'],
  summary: 'the cloud (azure where Azure settings are given, else aws)',
};

/** An option that stands for an environment variable, and wins over it. */
export interface SettingOption extends OptionSpec {
  readonly variable: string;
}

export const SETTING_OPTIONS: readonly SettingOption[] = [
  {
    name: 'cluster',
    value: 'NAME',
    variable: SETTINGS.cluster.name,
    summary: 'cluster, which finds tables and nodes by its tag',
  },
  {
    name: 'cluster-cidrs',
    value: 'CIDR,…',
    variable: SETTINGS.clusterCidrs.name,
    summary: 'pod address ranges, IPv4 and IPv6',
  },
  {
    name: 'route-tables',
    value: 'ID,…',
    variable: SETTINGS.routeTables.name,
    summary: 'route tables: rtb-…, or on Azure ids or group/name',
  },
  {
    name: 'node-tag',
    value: 'KEY[=VALUE]',
    variable: SETTINGS.nodeTag.name,
    summary: 'tag that selects nodes',
  },
  {
    name: 'ledger',
    value: 'PLACE',
    variable: SETTINGS.ledger.name,
    summary: 'where waiting is remembered: dynamodb:TABLE, https://…/TABLE or file:PATH',
  },
  {
    name: 'kubernetes',
    value: 'API',
    variable: SETTINGS.kubernetes.name,
    summary: 'Kubernetes: kubeconfig, kubeconfig:CONTEXT, or an address as the functions have it',
  },
  {
    name: 'subscription',
    value: 'ID',
    variable: SETTINGS.azureSubscription.name,
    summary: 'Azure: the subscription',
  },
  {
    name: 'resource-groups',
    value: 'NAME,…',
    variable: SETTINGS.azureResourceGroups.name,
    summary: 'Azure: the resource groups',
  },
];

const AWS_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'profile',
    value: 'NAME',
    names: 'profiles',
    summary: 'AWS: the profile of the shared configuration',
  },
  { name: 'region', value: 'REGION', summary: 'AWS: the region' },
];

/** Options by the only cloud that they say something to. */
export const OPTIONS_OF_CLOUD: Readonly<Record<'aws' | 'azure', readonly string[]>> = {
  aws: ['profile', 'region'],
  azure: ['subscription', 'resource-groups'],
};

/** Options of every command that looks at a cloud. */
export const CONNECT_OPTIONS: readonly OptionSpec[] = [CLOUD_OPTION, ...SETTING_OPTIONS, ...AWS_OPTIONS];

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
