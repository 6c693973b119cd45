import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CLOUDS, type Machine } from './machine.ts';
import { createDisk, type Disk, readWritten, runScript, type Shell, startScript } from './script.ts';
import { ACCEPTED, REFUSED } from './values.ts';

/** What holds on a machine of either cloud, whatever runs the script. */
export function testOnClouds(shell: Shell): void {
  let disk: Disk;
  beforeEach(async () => {
    disk = await createDisk();
  });
  afterEach(() => disk.remove());

  describe.each(CLOUDS)(`The script in ${shell.name} on a machine of $cloud`, ({ startMachine }) => {
    let machine: Machine;
    beforeEach(async () => {
      machine = await startMachine();
    });
    afterEach(async () => {
      await machine.close();
      expect(await disk.leftovers()).toEqual([]);
    });
    const run = (settings = {}) => runScript(shell, disk, { ...machine.env, ...settings });
    const runOnce = (settings = {}) => run({ PODCIDR_TIME_LIMIT: '0', ...settings });

    it.each(ACCEPTED)('writes what the tag "$value" says', async ({ value, lines, ranges, routes }) => {
      machine.tag('pod-cidr', value);
      expect(await run()).toMatchObject({ code: 0 });
      expect(await readWritten(disk.envFile)).toEqual({ text: `${lines.join('\n')}\n`, mode: '644' });
      const cni = await readWritten(disk.cniFile);
      expect(cni?.mode).toBe('600');
      expect(JSON.parse(cni?.text ?? '')).toEqual({
        cniVersion: '1.0.0',
        name: 'podroutes',
        plugins: [
          {
            ...{ type: 'bridge', bridge: 'cni0', isGateway: true, hairpinMode: true, ipMasq: true },
            ipam: { type: 'host-local', ranges, routes },
          },
        ],
      });
    });

    it('reads the tag that it is told to, writes no CNI configuration where none is asked for', async () => {
      machine.tag('pod-cidr', '10.200.1.0/24');
      machine.tag('blocks.of+pods', '10.200.2.0/24');
      expect(await run({ PODCIDR_TAG: 'blocks.of+pods', PODCIDR_CNI_FILE: 'none' })).toMatchObject({
        code: 0,
      });
      expect((await readWritten(disk.envFile))?.text).toContain('POD_CIDR=10.200.2.0/24\n');
      expect(await readWritten(disk.cniFile)).toBeNull();
    });

    it('lets pods keep their addresses where it is told to', async () => {
      machine.tag('pod-cidr', '10.200.1.0/24');
      await run({ PODCIDR_MASQUERADE: 'false' });
      expect((await readWritten(disk.cniFile))?.text).toContain('"ipMasq": false,');
    });

    it('waits for a tag that comes late', async () => {
      const started = startScript(shell, disk, machine.env);
      await started.logged('waiting: no tag pod-cidr yet');
      expect(await readWritten(disk.envFile)).toBeNull();
      machine.tag('pod-cidr', '10.200.1.0/24');
      const { code, log } = await started.ended;
      expect(code).toBe(0);
      expect(log.match(/^podroutes-node: .*$/gm)).toEqual([
        expect.stringContaining('waiting: no tag pod-cidr yet'),
        'podroutes-node: the tag pod-cidr says 10.200.1.0/24',
        `podroutes-node: wrote ${disk.envFile}`,
        `podroutes-node: wrote ${disk.cniFile}`,
      ]);
    });

    it('waits until somebody corrects a wrong value', async () => {
      machine.tag('pod-cidr', '10.200.1.7/24');
      const started = startScript(shell, disk, machine.env);
      await started.logged('waiting: the tag pod-cidr says "10.200.1.7/24", which has host bits set');
      machine.tag('pod-cidr', '10.200.1.0/24');
      expect(await started.ended).toMatchObject({ code: 0 });
    });

    it.each(REFUSED)('writes nothing for the tag $value', async ({ value, why }) => {
      const marker = join(disk.folder, 'marker');
      machine.tag('pod-cidr', value.replace('{marker}', marker));
      const { code, log } = await runOnce();
      expect(code).toBe(1);
      expect(log).toMatch(/^podroutes-node: gave up after 0 s: the tag pod-cidr /m);
      expect(log).toContain(why);
      // Nobody gets lines of their own into the log, nor signs that change a terminal.
      expect(log).toMatch(/^(podroutes-node: (waiting|gave up)[ -~]*\n){2}$/);
      for (const path of [disk.envFile, disk.cniFile, marker]) expect(await readWritten(path)).toBeNull();
    });

    it.each([
      '{"name":"pod-cidr","value":"10.200.9.0/24"}',
      '","name":"pod-cidr","value":"10.200.9.0/24',
      '"},{"name":"pod-cidr","value":"10.200.9.0/24"},{"name":"',
      '\\"},{"name":"pod-cidr","value":"10.200.9.0/24"},{"name":"\\',
      'pod-cidr',
    ])('takes no other tag for it: %s', async (text) => {
      machine.tag('note', text);
      machine.tag('podxcidr', '10.200.9.0/24');
      const { code, log } = await runOnce({ PODCIDR_TAG: 'pod.cidr' });
      expect(code).toBe(1);
      expect(log).toContain('no tag pod.cidr yet');
      expect(await runOnce()).toMatchObject({ code: 1 });
      expect(await readWritten(disk.envFile)).toBeNull();
      machine.tag('pod-cidr', '10.200.1.0/24');
      machine.tag('zone', text);
      expect(await runOnce()).toMatchObject({ code: 0 });
      expect((await readWritten(disk.envFile))?.text).toContain('POD_CIDR=10.200.1.0/24\n');
    });

    it.each([
      { fault: { status: 429 }, says: 'asks to call less often (429)' },
      { fault: { status: 503 }, says: 'asks to call less often (503)' },
      { fault: { status: 500 }, says: 'answers 500' },
      { fault: { status: 410 }, says: 'answers 410' },
      { fault: { status: 403 }, says: 'answers 403' },
      { fault: { answer: 'reset' as const }, says: 'does not answer' },
    ])('goes on after $fault', async ({ fault, says }) => {
      machine.tag('pod-cidr', '10.200.1.0/24');
      machine.fail({ ...fault, message: '[{"name":"pod-cidr","value":"10.200.9.0/24"}]' });
      const { code, log } = await run();
      expect(code).toBe(0);
      expect(log).toContain(says);
      expect((await readWritten(disk.envFile))?.text).toContain('POD_CIDR=10.200.1.0/24\n');
    });

    it('says nothing twice, and gives up at its limit', async () => {
      machine.fail({ status: 429, times: 100 });
      const { code, log } = await run({ PODCIDR_TIME_LIMIT: '2' });
      expect(code).toBe(1);
      const reason = 'the metadata service asks to call less often (429)';
      expect(log).toBe(`podroutes-node: waiting: ${reason}\npodroutes-node: gave up after 2 s: ${reason}\n`);
    });

    it('gives up where nobody answers', async () => {
      await machine.close();
      const { code, log } = await runOnce();
      machine = await startMachine();
      expect(code).toBe(1);
      expect(log).toMatch(/gave up after 0 s: the metadata service at http:\S+ does not answer/);
    });

    it('asks no proxy', async () => {
      machine.tag('pod-cidr', '10.200.1.0/24');
      const proxy = 'http://127.0.0.1:9';
      expect(await runOnce({ http_proxy: proxy, all_proxy: proxy, ALL_PROXY: proxy })).toMatchObject({
        code: 0,
      });
    });

    it('leaves nothing behind where it is ended', async () => {
      const started = startScript(shell, disk, machine.env);
      await started.logged('waiting');
      started.signal('SIGTERM');
      expect(await started.ended).toMatchObject({ code: 1 });
    });
  });
}
