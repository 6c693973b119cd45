import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BUILT, podroutes } from './built-command.ts';
import { CLOUDS, withWorld } from './cluster-world.ts';
import { dayOfTrouble } from './html/sample-reports.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
const readPage = (): Promise<string> => readFile(at('out.html'), 'utf8');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podroutes-report-'));
  const { before, after } = await dayOfTrouble();
  await writeFile(at('before.json'), JSON.stringify(before));
  await writeFile(at('after.json'), JSON.stringify(after));
  await writeFile(at('other.json'), JSON.stringify({ ...before, cluster: 'other' }));
  await writeFile(at('event.json'), '{"detail-type": "Scheduled Event"}');
});

afterAll(() => rm(folder, { recursive: true }));

describe.each(CLOUDS)('podroutes report on %s', (cloud) => {
  it('writes the page of the cluster as it is, and changes nothing', async () => {
    await withWorld(cloud, async ({ env, writes, idOf }) => {
      const ended = await podroutes(['report', '--html', at('out.html')], env);
      expect(ended).toEqual({ code: 0, stdout: '', stderr: `Wrote ${at('out.html')}.\n` });
      const page = await readPage();
      expect(page).toMatch(/^<!doctype html>\n<html lang="en-GB">/);
      expect(page).toContain(idOf('worker-0'));
      expect(page).toContain('<h3><code>10.200.0.0/16</code></h3>');
      expect(writes()).toEqual([]);
    });
  });

  it('takes the JSON of a plan from a pipe', async () => {
    await withWorld(cloud, async ({ env }) => {
      const { stdout: json } = await podroutes(['plan', '-o', 'json'], env);
      expect(await reportFromPipe(json)).toBe(0);
      expect(await readPage()).toContain('<title>10.200.0.0/24:');
    });
  });

  it('exits 1 where nothing can be read', async () => {
    await withWorld(cloud, async ({ env, fail, writes }) => {
      fail('nodes', { code: cloud === 'aws' ? 'UnauthorizedOperation' : 'AuthorizationFailed', status: 403 });
      const { code, stdout } = await podroutes(['report', '--html', at('out.html')], env);
      expect({ code, stdout, writes: writes() }).toEqual({ code: 1, stdout: '', writes: [] });
    });
  });
});

/** Its exit code, with the JSON on standard input. */
async function reportFromPipe(json: string): Promise<unknown> {
  const child = spawn(process.execPath, [BUILT, 'report', '--html', at('out.html'), '-'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.end(json);
  const [code] = await once(child, 'close');
  return code;
}

describe('podroutes report of saved files', () => {
  it('needs no cloud', async () => {
    const ended = await podroutes(['report', '--html', at('out.html'), at('after.json')]);
    expect(ended.code).toBe(0);
    expect(await readPage()).not.toContain('Since the earlier report');
  });

  it('compares two', async () => {
    const args = ['report', '--html', at('out.html'), '--previous', at('before.json'), at('after.json')];
    expect((await podroutes(args)).code).toBe(0);
    expect(await readPage()).toContain('Since 20 November 2026 at 03:00 UTC: 3 nodes added');
  });

  it('writes to standard output for "-"', async () => {
    const { code, stdout, stderr } = await podroutes(['report', '--html', '-', at('after.json')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await podroutes(['report', '--html', at('out.html'), at('after.json')]);
    expect(stdout).toBe(await readPage());
  });

  it.each([
    { what: 'a symbolic link', make: symlink },
    { what: 'a hard link', make: link },
  ])('refuses $what to the report that the page is made from, in either place', async ({ make }) => {
    const saved = await readFile(at('after.json'), 'utf8');
    await make(at('after.json'), at('link.json'));
    const asReport = await podroutes(['report', '--html', at('link.json'), at('after.json')]);
    const asPrevious = await podroutes([
      ...['report', '--html', at('after.json')],
      ...['--previous', at('link.json'), at('before.json')],
    ]);
    await rm(at('link.json'));
    for (const { code, stderr } of [asReport, asPrevious]) {
      expect(code).toBe(2);
      expect(stderr).toContain('the page would overwrite a report');
    }
    await expect(readFile(at('after.json'), 'utf8')).resolves.toBe(saved);
  });

  it.each([
    { what: 'nowhere to write to', args: ['after.json'], code: 2, says: '--html says where to write' },
    {
      what: 'two from a pipe',
      args: ['--html', 'x.html', '--previous', '-', '-'],
      code: 2,
      says: 'only one report',
    },
    {
      what: 'a page in the place of the report that it is made from',
      args: ['--html', './after.json', 'after.json'],
      code: 2,
      says: 'the page would overwrite a report',
    },
    {
      what: 'a missing file',
      args: ['--html', 'x.html', 'none.json'],
      code: 1,
      says: 'none.json: could not be read: ENOENT.',
    },
    {
      what: 'an event',
      args: ['--html', 'x.html', 'event.json'],
      code: 1,
      says: 'expected the JSON of a report',
    },
    {
      what: 'another cluster',
      args: ['--html', 'x.html', '--previous', 'other.json', 'after.json'],
      code: 1,
      says: 'the earlier report is of other on aws, the later one of kthw on aws',
    },
    {
      what: 'the wrong order',
      args: ['--html', 'x.html', '--previous', 'after.json', 'before.json'],
      code: 1,
      says: 'swap them',
    },
    {
      what: 'no folder to write to',
      args: ['--html', 'none/x.html', 'after.json'],
      code: 1,
      says: 'x.html: could not be written: ENOENT.',
    },
  ])('refuses $what in one line, and writes nothing', async ({ args, code, says }) => {
    const here = args.map((arg) => (/\.(json|html)$/.test(arg) ? at(arg) : arg));
    const ended = await podroutes(['report', ...here]);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(says);
    expect(ended.stderr.trim().split('\n').length).toBe(1);
    expect(await readdir(folder)).not.toContain('x.html');
  });
});
