import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readText } from '../docs/markdown.ts';
import { testOnClouds } from '../infra/node/cloud-suite.ts';
import { testSettingsAndDisks } from '../infra/node/disk-suite.ts';
import { CLOUDS } from '../infra/node/machine.ts';
import { testRestarts } from '../infra/node/restart-suite.ts';
import {
  createDisk,
  readWritten,
  runScript,
  SCRIPT,
  type Shell,
  SYSTEM_SHELL,
} from '../infra/node/script.ts';

const run = promisify(execFile);

/** Where `run` has found these programs. */
const {
  PODROUTES_TEST_BUSYBOX: BUSYBOX = '',
  PODROUTES_TEST_CNI: CNI = '',
  PODROUTES_TEST_SHELLCHECK: SHELLCHECK = '',
} = process.env;

/** All that the script calls beside its shell and the client. */
const TOOLS = [
  ...[
    'cat',
    'chmod',
    'cut',
    'date',
    'dirname',
    'grep',
    'mkdir',
    'mktemp',
    'mv',
    'paste',
    'rm',
    'sed',
    'sleep',
  ],
  ...['sync', 'tr'],
];
/** What the tests themselves call in the place of a program. */
const OF_TESTS = ['kill', 'sh', 'touch', 'wc'];

const folder = mkdtempSync(join(tmpdir(), 'podroutes-node-'));
// For whoever runs the script, who is not always root.
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

function find(program: string): string {
  return spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
}

/** A folder with these programs and no others. */
function installPrograms(name: string, programs: Readonly<Record<string, string>>): string {
  const bin = join(folder, name);
  mkdirSync(bin);
  for (const [program, path] of Object.entries(programs)) symlinkSync(path, join(bin, program));
  return bin;
}

function toolsOf(path: (tool: string) => string): Record<string, string> {
  return Object.fromEntries([...TOOLS, ...OF_TESTS].map((tool) => [tool, path(tool)]));
}

const curl = find('curl');
const wget = find('wget');
const SHELLS: readonly Shell[] = [
  {
    name: 'dash, with curl',
    command: [find('dash')],
    path: installPrograms('dash', { ...toolsOf(find), curl }),
  },
  {
    name: 'busybox, with its own tools and curl',
    command: [BUSYBOX, 'sh'],
    path: installPrograms('busybox', { ...toolsOf(() => BUSYBOX), curl }),
  },
  {
    name: 'bash, with GNU wget',
    command: [find('bash')],
    path: installPrograms('bash', { ...toolsOf(find), wget }),
  },
];

for (const shell of SHELLS) {
  testOnClouds(shell);
  testRestarts(shell);
  testSettingsAndDisks(shell);
}

it('Without curl and GNU wget the script says what it needs', async () => {
  const disk = await createDisk();
  const path = installPrograms('neither', { ...toolsOf(() => BUSYBOX), wget: BUSYBOX });
  const shell = { name: 'busybox', command: [BUSYBOX, 'sh'], path };
  const { code, log } = await runScript(shell, disk, { PODCIDR_CLOUD: 'aws' });
  await disk.remove();
  expect(code).toBe(1);
  expect(log).toContain('needs curl or GNU wget');
});

it('shellcheck has nothing to say about the script', async () => {
  const { stdout } = await run(SHELLCHECK, [SCRIPT]);
  expect(stdout).toBe('');
});

it('systemd takes the unit', async () => {
  const unit = join(folder, 'podroutes-node.service');
  const text = await readText('infra/node/podroutes-node.service');
  // The script stands elsewhere than on a machine.
  await writeFile(unit, text.replace('/usr/local/sbin/podroutes-node', SCRIPT));
  expect(await run('systemd-analyze', ['verify', '--man=no', unit])).toEqual({ stdout: '', stderr: '' });
});

/** Calls the plugin as container runtimes do: https://www.cni.dev/docs/spec/ */
async function addPod(config: object): Promise<unknown> {
  const env = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'pod-0',
    CNI_NETNS: '/none',
    CNI_IFNAME: 'eth0',
    CNI_PATH: CNI,
  };
  const running = run(join(CNI, 'host-local'), { env });
  running.child.stdin?.end(JSON.stringify(config));
  return JSON.parse((await running).stdout);
}

describe('The plugin host-local', () => {
  it.each([
    { tag: '10.200.1.0/24', ips: [{ address: '10.200.1.2/24', gateway: '10.200.1.1' }] },
    { tag: '10.200.1.4/30', ips: [{ address: '10.200.1.6/30', gateway: '10.200.1.5' }] },
    { tag: 'fd00:200:0:1::/64', ips: [{ address: 'fd00:200:0:1::2/64', gateway: 'fd00:200:0:1::1' }] },
    { tag: 'fd00:200::4/126', ips: [{ address: 'fd00:200::6/126', gateway: 'fd00:200::5' }] },
    {
      tag: '10.200.1.0/24,fd00:200:0:1::/64',
      ips: [
        { address: '10.200.1.2/24', gateway: '10.200.1.1' },
        { address: 'fd00:200:0:1::2/64', gateway: 'fd00:200:0:1::1' },
      ],
    },
  ])('gives pods addresses of $tag', async ({ tag, ips }) => {
    const disk = await createDisk();
    const machine = await CLOUDS[0].startMachine();
    machine.tag('pod-cidr', tag);
    await runScript(SYSTEM_SHELL, disk, machine.env);
    const { name, cniVersion, plugins } = JSON.parse((await readWritten(disk.cniFile))?.text ?? '');
    const config = { name, cniVersion, ...plugins[0] };
    const ipam = { ...config.ipam, dataDir: join(disk.folder, 'leases') };
    expect(await addPod({ ...config, ipam })).toMatchObject({ ips });
    await machine.close();
    await disk.remove();
  });
});
