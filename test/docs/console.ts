import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAws } from '../../functions/cli/clouds/aws/sandbox.ts';
import { startAzure } from '../../functions/cli/clouds/azure/sandbox.ts';
import { CLUSTER, CLUSTER_CIDR } from '../../functions/cli/sandbox/cluster.ts';
import { BUILT } from '../cli/built-command.ts';
import { COMPILE_CACHE } from '../compile-cache.ts';
import { listPages, readText } from './markdown.ts';

/** A command of a page, and what the terminal shows after it. */
export interface Step {
  readonly command: string;
  readonly shown: string;
}

/** Commands that follow one upon another, in a shell and a sandbox of their own. */
interface Story {
  readonly page: string;
  /** The heading that they stand under. */
  readonly title: string;
  readonly cloud: 'aws' | 'azure';
  readonly steps: readonly Step[];
}

/** The stories of all pages. */
export async function listStories(): Promise<Story[]> {
  const pages = await listPages();
  return (await Promise.all(pages.map(async (page) => readStories(page, await readText(page))))).flat();
}

/**
 * The stories of a page: blocks marked `console aws` or `console azure`, those of one section together. In a block
 * `$ ` begins a command, `> ` carries it on, and all else is output.
 */
function readStories(page: string, text: string): Story[] {
  return text.split(/^## /m).flatMap((section) => {
    const blocks = [...section.matchAll(/^```console (aws|azure)\n(.*?)^```$/gms)];
    return (['aws', 'azure'] as const).flatMap((cloud) => {
      const steps = blocks
        .filter(([, name]) => name === cloud)
        .flatMap(([, , block = '']) => readSteps(block));
      const title = section.slice(0, section.indexOf('\n'));
      return steps.length === 0 ? [] : [{ page, title, cloud, steps }];
    });
  });
}

/** The commands of a block, each with what was shown after it. */
export function readSteps(block: string): Step[] {
  const [, ...texts] = `\n${block}`.split(/\n\$ /);
  return texts.map((text) => {
    const [, command = '', shown = ''] = /^(.*(?:\n> .*)*)\n?([\s\S]*)$/.exec(text) ?? [];
    return { command: command.replaceAll(/^> /gm, ''), shown: shown.trimEnd() };
  });
}

/** Whether a story runs the aws program, which is not there in every suite. */
export function needsAws({ steps }: Story): boolean {
  return steps.some(({ command }) => /(^|[(|;]|\bdo) *aws /m.test(command));
}

/**
 * Plays a story in bash; gives what each of its commands showed.
 *
 * @param programs paths of further programs, by the name that the shell knows them by
 */
export async function playStory(
  { cloud, steps }: Story,
  programs: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-'));
  const sandbox = await (cloud === 'aws' ? startAws : startAzure)(0, false);
  try {
    const shown = await typeSteps(steps, folder, {
      ...sandbox.variables,
      PODROUTES_CLUSTER: CLUSTER,
      PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR,
      PODROUTES_LEDGER: `file:${join(folder, '.ledger')}`,
      AWS_CONFIG_FILE: '/dev/null',
      HOME: folder,
      ...COMPILE_CACHE,
      PATH: `${await installPrograms(folder, programs)}:${dirname(process.execPath)}:${process.env['PATH']}`,
    });
    return shown;
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true });
  }
}

async function installPrograms(folder: string, programs: Readonly<Record<string, string>>): Promise<string> {
  const bin = join(folder, '.bin');
  await mkdir(bin);
  const scripts = { podroutes: BUILT, az: fileURLToPath(new URL('az.ts', import.meta.url)) };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
  const node = fileURLToPath(new URL('../../infra/node/podroutes-node', import.meta.url));
  const paths = { ...programs, 'podroutes-node': node };
  for (const [name, path] of Object.entries(paths)) await symlink(path, join(bin, name));
  return bin;
}

const MARK = '--- end of a command ---';

/** A command may ask for the exit code of the one before, so that telling them apart must not change it. */
const PREAMBLE = `exec 2>&1\nmark() { local code=$?; printf '\\n%s\\n' '${MARK}'; return $code; }\n`;

/** Types commands into one bash; gives what each of them showed. */
export function typeSteps(
  steps: readonly Step[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  const script = PREAMBLE + steps.map(({ command }) => `${command}\nmark\n`).join('');
  return new Promise((resolve) => {
    const child = execFile('bash', ['-c', script], { cwd, env }, (_, stdout) => {
      const shown = stdout.split(`\n${MARK}\n`).map((text) => text.trimEnd());
      resolve(steps.map((_, i) => shown[i] ?? 'The shell had ended.'));
    });
    child.stdin?.end();
  });
}

/** A story as its page has it: what is typed, and what is shown. */
export function tellStory({ steps }: Pick<Story, 'steps'>): string[] {
  return steps.map(({ command, shown }) => `$ ${command}\n${shown}`);
}

/** The same with what commands have shown, where that is more than other ids and times. */
export function retellStory({ steps }: Pick<Story, 'steps'>, actual: readonly string[]): string[] {
  return steps.map(({ command, shown }, i) => `$ ${command}\n${agree(shown, actual[i] ?? '')}`);
}

/** What the page shows, where it agrees with what the command showed; else the latter. `…` alone is any lines. */
function agree(shown: string, actual: string): string {
  const parts = normalize(shown).split(/^…$/m).map(escapeRegExp);
  return new RegExp(`^${parts.join('[\\s\\S]*?')}$`).test(normalize(actual)) ? shown : actual;
}

/** The text with the same words for all ids and times, which are others in every sandbox. */
export function normalize(text: string): string {
  return (
    text
      .replaceAll(/\b(i|eni|rtb|igw|subnet|sg|acl|vpc)-[\da-f]{17}\b/g, '$1-')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
      // The day stands once where a span ends on the day that it began.
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d( to (\d{4}-\d\d-\d\d )?\d\d:\d\d)?/g, 'time')
  );
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
