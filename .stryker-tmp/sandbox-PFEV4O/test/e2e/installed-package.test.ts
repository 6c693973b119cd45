// @ts-nocheck
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };

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

  it('plays the demo of both clouds', async () => {
    const { code, text } = await runIn(project, 'npx', ['--offline', 'podroutes', 'demo']);
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('on Azure') });
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
