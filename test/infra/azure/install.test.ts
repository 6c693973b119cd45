import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { zipFolder } from '../../../release/archive.ts';
import { startFunctions } from '../../../shared/sandbox/functions-host.ts';
import { readText } from '../../docs/markdown.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Commands, questions of the commands, and fields of forms that a new user has to see to. */
const MOST_STEPS = 4;

const PAGE = await readText('docs/deploy-azure.md');
const [, DEPLOY = ''] = /^## Deploy\n.*?^```sh\n(.*?)^```$/ms.exec(PAGE) ?? [];
const [, README_DEPLOY = ''] =
  /^On Azure.*?^```sh\n(.*?)^```$/ms.exec((await readText('README.md')).split('\n## Install\n')[1] ?? '') ??
  [];

/** The commands of a script, however they are joined. */
function commandsOf(script: string): string[] {
  const bare = script.replaceAll(/'[^']*'|"[^"]*"/g, 'quoted').replaceAll('\\\n', ' ');
  return bare.split(/\n|&&|\|\|?|;|\$\(/).filter((command) => command.trim() !== '');
}

const base = mkdtempSync(join(tmpdir(), 'podroutes-install-'));
afterAll(() => rmSync(base, { recursive: true }));

const at = (...names: readonly string[]): string => join(base, ...names);
for (const name of ['bin', 'empty', 'home', 'deployed', 'files/podroutes']) {
  mkdirSync(at(name), { recursive: true });
}
writeFileSync(at('files/podroutes/released-package.zip'), await zipFolder(join(ROOT, 'dist/azure'), {}));
copyFileSync(join(ROOT, 'dist/infra/azure/main.json'), at('files/podroutes/main.json'));
writeFileSync(
  at('bin/az'),
  `#!/bin/sh\nexec ${process.execPath} --no-warnings ${ROOT}test/infra/azure/az.ts "$@"\n`,
);
chmodSync(at('bin/az'), 0o755);

/** Runs a script in the empty folder with an empty home and nobody to answer, and gives the outputs. */
function deploy(script: string): Record<string, string> {
  const env = {
    PATH: `${at('bin')}:/usr/bin:/bin`,
    HOME: at('home'),
    AZ_FILES: at('files'),
    AZ_DEPLOYED: at('deployed'),
  };
  const stdout = execFileSync('sh', ['-euc', script], {
    cwd: at('empty'),
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(stdout).properties.outputs;
}

describe.each([
  ['docs/deploy-azure.md', DEPLOY],
  ['README.md', README_DEPLOY],
])('A new user who follows %s', (_, script) => {
  it(`gives at most ${MOST_STEPS} commands, and answers no question`, () => {
    expect(commandsOf(script).length).toBeGreaterThan(0);
    expect(commandsOf(script).length).toBeLessThanOrEqual(MOST_STEPS);
    expect(deploy(script)).toMatchObject({ version: expect.any(String), functionApp: expect.any(String) });
  });

  it('has the functions then, and nothing in the folder or at home', async () => {
    const host = await startFunctions(pathToFileURL(at('deployed/index.mjs')), {});
    expect(host.functions.map(({ name }) => name).sort()).toEqual([
      'node-events',
      'reconcile',
      'reconcile-schedule',
    ]);
    await host.close();
    expect([readdirSync(at('empty')), readdirSync(at('home'))]).toEqual([[], []]);
  });
});

describe('The count', () => {
  it.each([
    ['one', 1],
    ['one && two; three | four', 4],
    ['one \\\n  --more\ntwo', 2],
    [`one 'a;b' "c && d"`, 1],
    ['name=$(one) && two', 3],
    ['\n\n', 0],
  ])('of %j is %i', (script, count) => {
    expect(commandsOf(script)).toHaveLength(count);
  });

  it('would be refused where a value is missing that Azure would ask for', () => {
    expect(() => deploy(DEPLOY.replace('cluster=kthw ', ''))).toThrow('no value for the parameter cluster');
  });
});
