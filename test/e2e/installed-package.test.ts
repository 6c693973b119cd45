import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AWS_GROUP } from '../../functions/cli/clouds/aws/demo/group.ts';
import { AWS } from '../../functions/cli/clouds/aws/demo/part.ts';
import { AZURE_GROUP } from '../../functions/cli/clouds/azure/demo/group.ts';
import { AZURE } from '../../functions/cli/clouds/azure/demo/part.ts';
import { WIDTH } from '../../functions/cli/terminal.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { readText } from '../docs/markdown.ts';

function untimed(text: string): string {
  return text.replace(/ in [\d.]+ s\b/, ' in some time');
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** A project of somebody else's, with the packed podroutes installed and nothing more. */
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'podroutes-'));
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  // Tests run on what was built before them; to build again would pull it from under the others.
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', project], { cwd: ROOT });
  const packed = `podroutes-${packageJson.version}.tgz`;
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', packed], { cwd: project });
});

afterAll(() => rm(project, { recursive: true }));

/** What comes of a command, by its exit code and all that it wrote. */
async function runIn(folder: string, command: string, args: readonly string[]) {
  const running = run(command, args, { cwd: folder });
  // Where npx finds nothing it asks whether to fetch it.
  running.child.stdin?.end();
  const { stdout, stderr, code } = await running.then(
    (output) => ({ ...output, code: 0 }),
    (failed: { stdout: string; stderr: string; code: unknown }) => failed,
  );
  return { code, text: stdout + stderr };
}

describe('The installed package', () => {
  it('brings no other package', async () => {
    expect(await readdir(join(project, 'node_modules'))).toEqual(['.bin', '.package-lock.json', 'podroutes']);
  });

  it.each([
    ['where it is installed', () => project],
    ['in its checkout', () => ROOT],
  ])('is run by npx %s', async (_, folder) => {
    const { code, text } = await runIn(folder(), 'npx', ['--offline', 'podroutes', '--help']);
    expect(text).toContain('Usage: podroutes <command> [options]');
    expect(code).toBe(0);
  });

  // All that is said of a demo of both clouds is held to one, which takes seconds.
  it('plays the demo of both clouds as its page shows, without colour, paths of this machine or anything on stderr', async () => {
    const { stdout, stderr } = await run('npx', ['--offline', 'podroutes', 'demo'], { cwd: project });
    expect(stderr).toBe('');
    for (const strange of ['\u001b', '127.0.0.1', '✗', ROOT, project]) expect(stdout).not.toContain(strange);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => line.length > WIDTH)).toEqual([]);
    const played = lines.flatMap((line) => /^── Step 1 of \d+ on (\w+):/.exec(line)?.[1] ?? []);
    expect(played).toEqual(['AWS', 'AWS', 'Azure', 'Azure']);
    const steps = [AWS, AWS_GROUP, AZURE, AZURE_GROUP].reduce((sum, part) => sum + part.steps.length, 0);
    expect(lines.at(-1)).toMatch(
      new RegExp(`^All ${steps} steps and \\d+ checks passed, in \\d+\\.\\d s\\.$`),
    );
    const page = await readText('docs/demo.md');
    const shown = [...page.matchAll(/^```text\n(.*?)^```$/gms)].map(([, block = '']) => untimed(block));
    expect(shown).toHaveLength(3);
    expect(shown.filter((block) => !untimed(stdout).includes(block))).toEqual([]);
  });

  it('says which Node it expects, on an older one', async () => {
    const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })`;
    const bin = 'node_modules/podroutes/dist/cli/podroutes.mjs';
    const args = ['--import', `data:text/javascript,${older}`, bin, '--help'];
    expect(await runIn(project, process.execPath, args)).toEqual({
      code: 1,
      text: 'podroutes: expected Node 22 or newer; found 20.19.0\n',
    });
    expect(packageJson.engines.node).toBe('>=22');
  });
});

const CONSUMER = `import { App, Stack } from 'aws-cdk-lib';
import { PodRoutes, type PodRoutesProps } from 'podroutes/cdk';

const props: PodRoutesProps = { cluster: 'kthw', clusterCidrs: ['10.200.0.0/16'] };
const podRoutes = new PodRoutes(new Stack(new App(), 'network'), 'PodRoutes', props);
export const queueUrl: string = podRoutes.queue.queueUrl;
// @ts-expect-error: a wrong property
new PodRoutes(new Stack(), 'PodRoutes', { clusterCidr: '10.200.0.0/16' });
// @ts-expect-error: no range
new PodRoutes(new Stack(), 'PodRoutes', { cluster: 'kthw' });
`;

describe('The types of podroutes/cdk', () => {
  it('let a right app through, and find the mistakes of a wrong one', async () => {
    const app = join(project, 'app');
    await mkdir(app);
    for (const name of ['aws-cdk-lib', 'constructs']) {
      await symlink(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
    }
    await writeFile(join(app, 'app.ts'), CONSUMER);
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const flags = '--noEmit --strict --module nodenext --target es2022 --skipLibCheck --types'.split(' ');
    expect(await runIn(app, tsc, [...flags, '', 'app.ts'])).toEqual({ code: 0, text: '' });
  });
});
