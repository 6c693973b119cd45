import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { podroutes, start, waitUntil } from './built-command.ts';

/** Starts `podroutes sandbox`, gives `use` what it says to export, and ends it by Ctrl-C. */
async function withSandbox(
  args: readonly string[],
  use: (env: Record<string, string>, said: string) => Promise<void>,
): Promise<void> {
  const child = start(['sandbox', ...args]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  await waitUntil(child, () => stderr.includes('Ctrl-C stops it'));
  const env = Object.fromEntries(
    [...stdout.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  try {
    await use(env, stderr);
  } finally {
    child.kill('SIGINT');
  }
  await waitUntil(child, () => child.exitCode !== null);
  expect({
    code: child.exitCode,
    lines: stdout.split('\n').filter((line) => line !== '' && !line.startsWith('export ')),
  }).toEqual({ code: 0, lines: [] });
}

describe('podroutes sandbox', () => {
  it.each(['aws', 'azure'])('has a cluster on %s that podroutes reaches with what it prints', (cloud) =>
    withSandbox(['--cloud', cloud], async (env) => {
      const { code, stdout } = await podroutes(['plan'], env);
      expect(code).toBe(3);
      // An address that nobody has is no proof, and is looked at twice.
      const rest = cloud === 'aws' ? '1 to delete' : '0 to delete, 1 in step already, 1 waiting';
      expect(stdout).toContain(`1 to create, 1 to replace, ${rest}`);
      expect(env['PODROUTES_LEDGER']).toMatch(/^file:/);
    }),
  );

  it('runs both clouds at once', () =>
    withSandbox([], async (env) => {
      const [aws, azure] = await Promise.all(
        ['aws', 'azure'].map((cloud) => podroutes(['plan', '--cloud', cloud], env)),
      );
      expect([aws?.code, azure?.code]).toEqual([3, 3]);
    }));

  it('says what to do with the file that its exports go to', () =>
    withSandbox(['--cloud', 'aws'], async (_env, said) => {
      expect(said).toBe(
        [
          'A loopback AWS runs. In another shell:',
          'source the file that standard output goes to, as in ". ./sandbox.env".',
          'Then, for example: podroutes plan --cloud aws',
          'Ctrl-C stops it and discards everything in it.',
          '',
        ].join('\n'),
      );
    }));

  it.each(['aws', 'azure'])('writes the events of its cluster on %s, for replay', async (cloud) => {
    const folder = await mkdtemp(join(tmpdir(), 'podroutes-events-'));
    await withSandbox(['--cloud', cloud, '--events', join(folder, 'new')], async (env, said) => {
      expect(said).toContain(`Events: podroutes replay ${join(folder, 'new')}/*.json\n`);
      const files = (await readdir(join(folder, 'new'))).map((file) => join(folder, 'new', file));
      expect(files.length).toBeGreaterThan(3);
      const { code, stdout } = await podroutes(['replay', '-o', 'json', ...files], env);
      const { report } = JSON.parse(stdout);
      expect(code).toBe(3);
      expect(report.changes).toContainEqual(
        expect.objectContaining({ action: 'create', destination: '10.200.1.0/24', node: 'worker-1' }),
      );
    });
    await rm(folder, { recursive: true });
  });

  it('says where it cannot write events', async () => {
    const { code, stderr } = await podroutes(['sandbox', '--cloud', 'aws', '--events', '/dev/null/events']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^podroutes: could not write events to \/dev\/null\/events: ENOTDIR/);
  });

  it('may be empty', () =>
    withSandbox(['--cloud', 'aws', '--empty'], async (env) => {
      const { code, stderr } = await podroutes(
        ['nodes', '--cluster', 'mine', '--cluster-cidrs', '10.0.0.0/8'],
        env,
      );
      expect(code).toBe(1);
      expect(stderr).toContain('no-route-table');
    }));

  it('says that its port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { code, stderr } = await podroutes(['sandbox', '--cloud', 'aws', '--port', port]);
    server.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^podroutes: could not start: .*EADDRINUSE.*; choose another one by --port\n$/);
  });

  it.each(['0', '65535', 'x', '1.5'])('refuses --port %s', async (port) => {
    const { code, stderr } = await podroutes(['sandbox', '--port', port]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `podroutes: --port: expected 1 to 65534; found "${port}"\n`,
    });
  });
});
