import { CLOUD_CHOICES } from './clouds.ts';
import type { CommandSpec } from './command.ts';

/** Every cloud together. */
const ALL = CLOUD_CHOICES.length === 2 ? 'both' : 'all';

/** Commands that need no cluster and no account. */
export const LOCAL_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'sandbox',
    summary: 'run loopback clouds to try podroutes on, until Ctrl-C',
    description: [
      'Each has a small cluster with a few things out of step. Prints what to export in another shell so that podroutes, aws and the SDKs reach it. Nothing leaves this machine.',
    ],
    operands: [],
    options: [
      {
        name: 'cloud',
        value: 'CLOUD',
        choices: [...CLOUD_CHOICES, ALL],
        summary: `which loopback cloud (${ALL})`,
      },
      {
        name: 'port',
        value: 'PORT',
        summary: 'its port; the second cloud gets the next one (any free ports)',
      },
      {
        name: 'events',
        value: 'FOLDER',
        isFile: true,
        summary: 'folder to write each event to, for podroutes replay',
      },
      { name: 'empty', summary: 'without the cluster' },
    ],
    examples: [
      { line: 'podroutes sandbox --cloud aws --port 4566', what: 'an AWS at a known address' },
      { line: 'podroutes sandbox > sandbox.env', what: 'the exports in a file, to be sourced elsewhere' },
      {
        line: 'podroutes sandbox --cloud aws --events events > sandbox.env',
        what: 'with its events: elsewhere, podroutes replay events/*.json',
      },
    ],
    load: async () => (await import('./commands/sandbox.ts')).sandbox,
  },
  {
    name: 'demo',
    summary: 'play the life of a small cluster on loopback clouds',
    description: [
      'Runs the built functions step by step, and checks the result of each step. Needs no account.',
    ],
    operands: [{ name: 'cloud', choices: CLOUD_CHOICES }],
    options: [],
    examples: [
      { line: 'podroutes demo', what: `${ALL} clouds` },
      { line: 'podroutes demo azure', what: 'one of them' },
    ],
    load: async () => {
      const { demo } = await import('./demo.ts');
      return ({ operands, out }) => demo(operands, out);
    },
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    description: [
      'The scripts also complete the names of nodes, which they read with the settings of the environment, and of profiles. They get them from "podroutes completion nodes" and "podroutes completion profiles", which print nothing where they cannot read any.',
    ],
    operands: [{ name: 'shell', isRequired: true, choices: ['bash', 'zsh', 'fish', 'nodes', 'profiles'] }],
    options: [],
    examples: [
      { line: 'source <(podroutes completion bash)', what: 'in ~/.bashrc' },
      { line: 'podroutes completion zsh > ~/.zfunc/_podroutes', what: 'for zsh, with ~/.zfunc in fpath' },
      { line: 'podroutes completion fish > ~/.config/fish/completions/podroutes.fish', what: 'for fish' },
    ],
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    name: 'help',
    summary: 'show the help of a command, or the page of an alarm, a finding or a cause',
    description: [
      'The pages say what it means, how to look and what to do. They are named like alarms/apply-failures, findings/conflicting-claim and doctor/route-missing; the last part will do where only one page has it, and "podroutes help alarms" lists those of alarms.',
    ],
    operands: [{ name: 'topic' }],
    options: [],
    examples: [
      { line: 'podroutes help plan', what: 'the same as podroutes plan --help' },
      { line: 'podroutes help alarms/apply-failures', what: 'what the alarm means, and what to do' },
      { line: 'podroutes help conflicting-claim', what: 'the page of a finding' },
    ],
    load: async () => (await import('./commands/help.ts')).help,
  },
  {
    name: 'version',
    summary: 'show the version',
    description: [],
    operands: [],
    options: [],
    examples: [{ line: 'podroutes version', what: 'the same as podroutes --version' }],
    load: async () => (await import('./commands/version.ts')).version,
  },
];
