import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };
import { startFunctions } from '../../shared/sandbox/functions-host.ts';
import { TreeCopy } from '../architecture/tree-copy.ts';

const run = promisify(execFile);
const { version } = packageJson;

/** Two folders with the sources, of which one has a longer path, and what `npm run release` made in them. */
const copies = [new TreeCopy(), new TreeCopy('a folder/deep inside')];
/** An empty folder, with an empty home in it. */
let empty: string;

beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'podroutes-release-'));
  await mkdir(join(empty, 'home'));
  // What Terraform leaves behind may say everything about an account.
  copies[1]?.write('infra/terraform/aws/terraform.tfstate', '{}');
  copies[1]?.write('infra/terraform/aws/.terraform/modules/modules.json', '{}');
  // Another time zone and another mask, as on another machine.
  execFileSync('npm', ['run', '--silent', 'release'], { cwd: copies[0]?.root, stdio: 'pipe' });
  execFileSync('bash', ['-c', 'umask 077; chmod -R go= .; TZ=Asia/Tokyo npm run --silent release'], {
    cwd: copies[1]?.root,
    stdio: 'pipe',
  });
});

afterAll(async () => {
  for (const copy of copies) copy.end();
  await rm(empty, { recursive: true });
});

function released(name = '', from = 0): string {
  return join(copies[from]?.root ?? '', 'dist/release', name);
}

/** Runs a command in the empty folder, with nothing at home. */
async function inEmptyFolder(command: string): Promise<string> {
  const env = { PATH: `${join(empty, 'bin')}:${process.env['PATH']}`, HOME: join(empty, 'home') };
  const { stdout } = await run('bash', ['-euc', command], { cwd: empty, env });
  return stdout.trim();
}

const FILES = [
  'NOTES.md',
  'SHA256SUMS',
  'THIRD-PARTY-LICENSES.txt',
  'aws-node-events.zip',
  'aws-reconcile.zip',
  'main.json',
  'podroutes.cdx.json',
  'podroutes.template.json',
  `podroutes-${version}.tgz`,
  'released-package.zip',
  'terraform-aws.zip',
  'terraform-azure.zip',
];

describe('npm run release', () => {
  it('makes the files that docs/release.md names, and no others', async () => {
    expect((await readdir(released())).sort()).toEqual([...FILES].sort());
    const page = await readFile(join(copies[0]?.root ?? '', 'docs/release.md'), 'utf8');
    for (const name of FILES) expect(page).toContain(`\`${name.replace(version, '<version>')}\``);
  });

  it.each(FILES)('makes the same %s again, in another folder and time zone', async (name) => {
    expect((await readFile(released(name, 1))).equals(await readFile(released(name)))).toBe(true);
  });

  it('makes checksums of all of them', async () => {
    const { stdout } = await run('sha256sum', ['--check', 'SHA256SUMS'], { cwd: released() });
    const checked = stdout.trim().split('\n');
    expect(checked.sort()).toEqual(
      FILES.filter((name) => name !== 'SHA256SUMS')
        .map((name) => `${name}: OK`)
        .sort(),
    );
  });
});

const LIST = `
import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
archive.extractall(sys.argv[2])
for each in archive.infolist():
    print(each.filename, oct(each.external_attr >> 16), each.date_time, sep='|')
`;

const PYTHON = process.env['PODROUTES_TEST_PYTHON'] ?? '';

describe('The archives', () => {
  it.each([
    ['aws-node-events.zip', 'dist/aws/node-events'],
    ['aws-reconcile.zip', 'dist/aws/reconcile'],
    ['released-package.zip', 'dist/azure'],
  ])('%s has the files of %s and their licences, for every user to read, of no day', async (name, folder) => {
    const { stdout } = await run(PYTHON, ['-c', LIST, released(name), join(empty, name)]);
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('|'));
    const built = await readdir(join(copies[0]?.root ?? '', folder));
    expect(found.map(([file]) => file)).toEqual([...built, 'LICENSE', 'THIRD-PARTY-LICENSES.txt'].sort());
    for (const [, mode, time] of found) expect([mode, time]).toEqual(['0o100644', '(1980, 1, 1, 0, 0, 0)']);
  });

  it.each([
    ['terraform-aws.zip', 'podroutes.template.json'],
    ['terraform-azure.zip', 'main.json'],
  ])(
    '%s has a Terraform module with %s beside it, and nothing that Terraform leaves',
    async (name, template) => {
      const { stdout } = await run(PYTHON, ['-c', LIST, released(name), join(empty, name)]);
      const found = stdout
        .trim()
        .split('\n')
        .map((line) => line.split('|')[0]);
      const own = ['examples/basic/main.tf', 'main.tf', 'outputs.tf', 'parameters.tf', 'variables.tf'];
      expect(found).toEqual([...own, template, 'LICENSE', 'THIRD-PARTY-LICENSES.txt'].sort());
      const [inside, beside] = await Promise.all(
        [join(empty, name, template), released(template)].map((path) => readFile(path)),
      );
      expect(inside).toEqual(beside);
    },
  );

  it.each(['aws-node-events.zip', 'aws-reconcile.zip'])(
    '%s has the handler that Lambda is to call',
    async (name) => {
      const { handler } = await import(pathToFileURL(join(empty, name, 'index.mjs')).href);
      expect(handler).toBeInstanceOf(Function);
    },
  );

  it('released-package.zip has the functions of the app', async () => {
    const host = await startFunctions(pathToFileURL(join(empty, 'released-package.zip/index.mjs')), {});
    expect(host.functions.map(({ name }) => name).sort()).toEqual([
      'node-events',
      'reconcile',
      'reconcile-schedule',
    ]);
    await host.close();
  });
});

describe('The npm package', () => {
  it('is installed as docs/release.md says, in an empty folder with an empty home and no registry', async () => {
    const page = await readFile(join(copies[0]?.root ?? '', 'docs/release.md'), 'utf8');
    const install = /^npm install --global.*$/m.exec(page)?.[0] ?? 'false';
    await inEmptyFolder(`cp ${released(`podroutes-${version}.tgz`)} . && npm_config_prefix=. ${install}`);
    expect(await inEmptyFolder('podroutes --version')).toBe(version);
    const npx = /npx --offline --package [^`]*/.exec(page)?.[0] ?? 'false';
    expect(await inEmptyFolder(npx)).toBe(version);
  });

  it('brings the licences of what is in it, and nothing of the release', async () => {
    const list = await inEmptyFolder(`tar -tzf podroutes-${version}.tgz`);
    expect(list.split('\n')).toContain('package/dist/THIRD-PARTY-LICENSES.txt');
    expect(list).not.toContain('dist/release');
  });
});
