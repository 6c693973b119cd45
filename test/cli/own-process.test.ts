import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../functions/cli/commands.ts';
import { SUBNET } from '../../functions/cli/sandbox/cluster.ts';
import { normalize } from '../docs/console.ts';
import { podroutes, podroutesAlone } from './built-command.ts';
import { CLOUDS, withWorld } from './cluster-world.ts';

const EVENTS = {
  aws: fileURLToPath(new URL('../../events/aws/state-running.json', import.meta.url)),
  azure: fileURLToPath(new URL('../../events/azure/vm-write.json', import.meta.url)),
};

/** What a command is given, where it does nothing without. */
const GIVEN: Readonly<Record<string, (cloud: keyof typeof EVENTS) => string[]>> = {
  reconcile: () => ['--dry-run'],
  explain: () => ['worker-0'],
  doctor: () => ['worker-0', 'worker-1'],
  replay: (cloud) => [EVENTS[cloud]],
  provision: () => [SUBNET],
  completion: () => ['bash'],
  help: () => ['plan'],
};

/** These run until somebody stops them, or long; their tests start them as processes of their own. */
const LONG: ReadonlySet<string> = new Set(['demo', 'sandbox']);

const NAMES = COMMANDS.map(({ name }) => name).filter((name) => !LONG.has(name));

describe.each(CLOUDS)('In a process of its own on %s', (cloud) => {
  it.each(NAMES)('%s ends by itself, with what it also says in one that has run others', (name) =>
    withWorld(cloud, async ({ env }) => {
      const args = [name, ...(GIVEN[name]?.(cloud) ?? [])];
      const { code, stdout, stderr } = await podroutesAlone(args, env);
      expect(stdout + stderr).not.toBe('');
      const warm = await podroutes(args, env);
      expect({ ...warm, stdout: normalize(warm.stdout), stderr: normalize(warm.stderr) }).toEqual({
        code,
        stdout: normalize(stdout),
        stderr: normalize(stderr),
      });
    }),
  );
});
