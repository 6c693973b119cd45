// @ts-nocheck
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../functions/cli/commands.ts';
import { podroutes, readAll } from './built-command.ts';
import { CLOUDS, withWorld } from './cluster-world.ts';

const SCRIPT = (await podroutes(['completion', 'bash'])).stdout;

/** What bash offers at the end of a line. */
async function complete(line: string, before = 'podroutes() { :; }'): Promise<string[]> {
  const words = line.split(' ');
  const program = `${before}
${SCRIPT}
COMP_LINE=$1 COMP_CWORD=$2
_podroutes podroutes "$3" "$4"
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = [
    '-c',
    program,
    'bash',
    line,
    String(words.length - 1),
    words.at(-1) ?? '',
    words.at(-2) ?? '',
  ];
  const child = spawn('bash', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { stdout, stderr } = await readAll(child);
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('The completion of bash', () => {
  it('offers every command', async () => {
    expect(await complete('podroutes ')).toEqual([
      ...COMMANDS.map(({ name }) => name),
      '--help',
      '--version',
    ]);
  });

  it.each([
    { line: 'podroutes re', offered: ['reconcile', 'replay'] },
    { line: 'podroutes plan --cluster', offered: ['--cluster', '--cluster-cidrs'] },
    { line: 'podroutes plan -o ', offered: ['table', 'json', 'plain'] },
    { line: 'podroutes plan --output j', offered: ['json'] },
    { line: 'podroutes sandbox --cloud ', offered: ['aws', 'azure', 'both'] },
    { line: 'podroutes completion ', offered: ['bash', 'zsh', 'fish', 'nodes', 'profiles', '--help'] },
    { line: 'podroutes help exp', offered: ['explain'] },
    { line: 'podroutes plan --profile ', offered: [] },
  ])('offers $offered after "$line"', async ({ line, offered }) => {
    expect((await complete(line)).slice(0, Math.max(offered.length, 1))).toEqual(offered);
  });

  it.each(['podroutes replay package', 'podroutes report --previous package'])(
    'offers files where one is taken: "%s"',
    async (line) => {
      expect(await complete(line)).toContain('package.json');
    },
  );
});

describe('The names that completions offer', () => {
  it.each(CLOUDS)('are those of the nodes on %s, but for what a shell would expand', (cloud) =>
    withWorld(cloud, async ({ env, launchNamed }) => {
      if (cloud === 'aws') launchNamed('$(touch evil)', '10.200.70.0/24', '10.240.1.70');
      const { code, stdout, stderr } = await podroutes(['completion', 'nodes'], env);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.trimEnd().split('\n')).toEqual(['worker-0', 'worker-1', 'worker-2', 'worker-3']);
    }),
  );

  it('are nothing, in silence, where nodes cannot be read', async () => {
    const quiet = { code: 0, stdout: '', stderr: '' };
    expect(await podroutes(['completion', 'nodes'])).toEqual(quiet);
    const unreachable = {
      ...{ AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_REGION: 'eu-west-1' },
      ...{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
      ...{ PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' },
    };
    expect(await podroutes(['completion', 'nodes'], unreachable)).toEqual(quiet);
    expect(await podroutes(['completion', 'profiles'])).toEqual(quiet);
  });

  it('are those of the profiles in both files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'podroutes-profiles-'));
    const [AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE] = [
      join(folder, 'config'),
      join(folder, 'credentials'),
    ];
    await writeFile(
      AWS_CONFIG_FILE,
      '[default]\n[profile staging]\nregion = a\n[sso-session x]\n[profile $(x)]\n',
    );
    await writeFile(AWS_SHARED_CREDENTIALS_FILE, '[default]\n[prod]\naws_access_key_id = secret\n');
    const { stdout } = await podroutes(['completion', 'profiles'], {
      AWS_CONFIG_FILE,
      AWS_SHARED_CREDENTIALS_FILE,
    });
    await rm(folder, { recursive: true });
    expect(stdout).toBe('default\nprod\nstaging\n');
  });

  it('come to bash by the program itself', async () => {
    expect(SCRIPT).toContain('plan:*) names=$(podroutes completion nodes 2>/dev/null) ;;');
    const stub = 'podroutes() { [ "$2" = nodes ] && echo worker-0 worker-1 || echo staging; }';
    expect(await complete('podroutes explain work', stub)).toEqual(['worker-0', 'worker-1']);
    expect(await complete('podroutes plan --profile st', stub)).toEqual(['staging']);
    expect(await complete('podroutes plan --for', 'podroutes() { echo --forbidden; }')).toEqual(['--force']);
  });
});

describe('The completion of other shells', () => {
  it.each(['zsh', 'fish'])('names every command and option: %s', async (shell) => {
    const { code, stdout } = await podroutes(['completion', shell]);
    expect(code).toBe(0);
    for (const { name, options } of COMMANDS) {
      expect(stdout).toContain(name);
      for (const option of options) expect(stdout).toContain(option.name);
    }
  });
});
