// @ts-nocheck
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { podroutes } from './built-command.ts';
import { withWorld } from './cluster-world.ts';

const EVENTS = fileURLToPath(new URL('../../events/', import.meta.url));

interface Expectation {
  readonly kind: string;
  readonly reason?: string;
}
interface Entry {
  readonly file: string;
  readonly expect: Expectation | readonly Expectation[];
}
const MANIFEST: readonly Entry[] = JSON.parse(readFileSync(`${EVENTS}manifest.json`, 'utf8'));

/** Without a cluster, an event is taken to be of the one that it came from, and nobody's calls are own ones. */
const STRAY = new Set([
  'other-account',
  'other-region',
  'other-subscription',
  'other-resource-group',
  'own-call',
]);

function expectationsOf({ expect: expected }: Entry): readonly Expectation[] {
  return 'kind' in expected ? [expected] : expected;
}

const READABLE = MANIFEST.filter((entry) => expectationsOf(entry).every(({ kind }) => kind !== 'unreadable'));
const UNREADABLE = MANIFEST.filter((entry) => !READABLE.includes(entry));

describe('replay without a cluster', () => {
  it('takes every event of the package for what it is', async () => {
    const { code, stdout, stderr } = await podroutes([
      'replay',
      '-o',
      'json',
      ...READABLE.map(({ file }) => EVENTS + file),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { files, report } = JSON.parse(stdout);
    expect(report).toBeNull();
    for (const [i, entry] of READABLE.entries()) {
      for (const [j, expected] of expectationsOf(entry).entries()) {
        const found = files[i].events[j];
        if (STRAY.has(expected.reason ?? '')) continue;
        expect({ file: entry.file, kind: found.kind, reason: found.reason }).toEqual({
          file: entry.file,
          kind: expected.kind,
          reason: expected.reason,
        });
      }
    }
  });

  it('says in one line for each file why it is no event, with exit code 1', async () => {
    const { code, stderr } = await podroutes(['replay', ...UNREADABLE.map(({ file }) => EVENTS + file)]);
    expect(code).toBe(1);
    const lines = stderr.trimEnd().split('\n');
    expect(lines.length).toBe(UNREADABLE.length);
    for (const line of lines)
      expect(line).toMatch(/^podroutes: \S+: expected an event of AWS or Azure; it is .*\.$/);
  });

  it('says that there is no such file', async () => {
    expect(await podroutes(['replay', 'no-such-file.json'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'podroutes: no-such-file.json: could not be read: ENOENT. Check the path.\n',
    });
  });

  it.each<[string, (text: string) => Uint8Array]>([
    ['UTF-8 behind a byte order mark', (text) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, the other way round', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ])('reads an event in %s', async (_, encode) => {
    const folder = await mkdtemp(`${tmpdir()}/podroutes-replay-`);
    const text = readFileSync(`${EVENTS}aws/state-running.json`, 'utf8');
    await writeFile(`${folder}/event.json`, encode(text));
    const { code, stdout } = await podroutes(['replay', `${folder}/event.json`]);
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    expect(stdout).toContain('look at i-0cb0e48788838daa4');
  });

  it('reads a batch as Lambda is given it', async () => {
    const folder = await mkdtemp(`${tmpdir()}/podroutes-replay-`);
    const bodies = ['state-running.json', 'state-terminated.json'].map((file) =>
      readFileSync(`${EVENTS}aws/${file}`, 'utf8'),
    );
    await writeFile(`${folder}/batch.json`, JSON.stringify({ Records: bodies.map((body) => ({ body })) }));
    const { code, stdout } = await podroutes(['replay', `${folder}/batch.json`]);
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /batch\.json +running +look at i-0cb0e48788838daa4 \(should be there\)\n.*batch\.json +terminated +look at .* \(should be gone\)/,
    );
  });
});

describe('replay with a cluster', () => {
  it('shows what an event of AWS would lead to, and changes nothing', () =>
    withWorld('aws', async ({ env, idOf, writes }) => {
      const folder = await mkdtemp(`${tmpdir()}/podroutes-replay-`);
      const event = JSON.parse(readFileSync(`${EVENTS}aws/state-running.json`, 'utf8'));
      event.detail['instance-id'] = idOf('worker-1');
      await writeFile(`${folder}/running.json`, JSON.stringify(event));
      const { code, stdout } = await podroutes(['replay', `${folder}/running.json`], env);
      await rm(folder, { recursive: true });
      expect(code).toBe(3);
      expect(stdout).toContain('What would happen:');
      expect(stdout).toMatch(/\+ create +10\.200\.1\.0\/24/);
      expect(writes()).toEqual([]);
    }));

  it('shows what a table event of Azure would lead to', () =>
    withWorld('azure', async ({ env, writes }) => {
      const folder = await mkdtemp(`${tmpdir()}/podroutes-replay-`);
      const text = readFileSync(`${EVENTS}azure/route-delete.json`, 'utf8');
      const [, theirs = ''] = /\/subscriptions\/([\da-f-]{36})/i.exec(text) ?? [];
      const [, group = ''] = /\/resourceGroups\/([^/"]+)/i.exec(text) ?? [];
      const ours = env['PODROUTES_AZURE_SUBSCRIPTION'] ?? '';
      await writeFile(`${folder}/event.json`, text.replaceAll(theirs, ours).replaceAll(group, 'kubernetes'));
      const { code, stdout } = await podroutes(['replay', `${folder}/event.json`], env);
      await rm(folder, { recursive: true });
      expect(code).toBe(3);
      expect(stdout).toMatch(/look at everything \(drift\)/);
      expect(stdout).toMatch(/\+ create +10\.200\.1\.0\/24/);
      expect(writes()).toEqual([]);
    }));

  it.each([
    {
      what: 'names both where none is named',
      args: [],
      code: 1,
      said: 'an event of Azure (--cloud aws reads those of AWS)',
    },
    { what: 'reads those of the one that is named', args: ['--cloud', 'aws'], code: 0, said: '' },
  ])('with variables of both clouds $what', ({ args, code, said }) =>
    withWorld('aws', (aws) =>
      withWorld('azure', async (azure) => {
        const env = { ...azure.env, ...aws.env };
        const file = `${EVENTS}aws/state-running-other-region.json`;
        const ended = await podroutes(['replay', ...args, file], env);
        expect(ended.code).toBe(code);
        expect(ended.stderr).toContain(said);
      }),
    ),
  );

  it('leaves alone what is not of the cluster', () =>
    withWorld('aws', async ({ env }) => {
      const { code, stdout } = await podroutes(
        ['replay', `${EVENTS}aws/state-running-other-region.json`],
        env,
      );
      expect(code).toBe(0);
      expect(stdout).toContain('ignored: other-region');
    }));
});
