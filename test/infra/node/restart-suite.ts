import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CLOUDS, type Machine } from './machine.ts';
import { createDisk, type Disk, readWritten, runScript, type Shell } from './script.ts';

/** What holds where the script has run before. */
export function testRestarts(shell: Shell): void {
  describe(`The script in ${shell.name} that is started again`, () => {
    let disk: Disk;
    let machine: Machine;
    beforeEach(async () => {
      [disk, machine] = await Promise.all([createDisk(), CLOUDS[0].startMachine()]);
    });
    afterEach(async () => {
      await machine.close();
      const leftovers = await disk.leftovers();
      await disk.remove();
      expect(leftovers).toEqual([]);
    });
    const run = (settings = {}) => runScript(shell, disk, { ...machine.env, ...settings });
    const bothFiles = () => Promise.all([readWritten(disk.envFile), readWritten(disk.cniFile)]);

    it('changes nothing where the tag says the same', async () => {
      machine.tag('pod-cidr', '10.200.1.0/24,fd00:200:0:1::/64');
      await run();
      const before = await bothFiles();
      const { code, log } = await run();
      expect(code).toBe(0);
      expect(log).toContain(`kept ${disk.envFile}\n`);
      expect(log).toContain(`kept ${disk.cniFile}\n`);
      expect(await bothFiles()).toEqual(before);
    });

    it('keeps what a person has changed beside the CIDRs', async () => {
      machine.tag('pod-cidr', '10.200.1.0/24,fd00:200:0:1::/64');
      await run();
      const [, cni] = await bothFiles();
      const { plugins, ...more } = JSON.parse(cni?.text ?? '');
      const edited = JSON.stringify({ ...more, plugins: [{ ...plugins[0], mtu: 1400 }] });
      await writeFile(disk.cniFile, edited);
      expect(await run()).toMatchObject({ code: 0 });
      expect((await readWritten(disk.cniFile))?.text).toBe(edited);
    });

    it('says what to do, and changes nothing, where the tag says something else', async () => {
      machine.tag('pod-cidr', '10.200.1.0/24');
      await run();
      const before = await bothFiles();
      machine.tag('pod-cidr', '10.200.2.0/24');
      const { code, log } = await run();
      expect(code).toBe(1);
      expect(log).toContain(
        `the tag pod-cidr says 10.200.2.0/24, but ${disk.envFile} stands for 10.200.1.0/24. Nothing was changed.`,
      );
      expect(log).toContain(`drain it, remove ${disk.envFile} and ${disk.cniFile}, and reboot`);
      expect(await bothFiles()).toEqual(before);
    });

    it.each(['{"subnet":"10.200.2.0/24"}', 'not JSON', ''])(
      'writes nothing beside a CNI configuration for something else: %s',
      async (text) => {
        await mkdir(dirname(disk.cniFile), { recursive: true });
        await writeFile(disk.cniFile, text);
        machine.tag('pod-cidr', '10.200.1.0/24');
        const { code, log } = await run();
        expect(code).toBe(1);
        expect(log).toContain(`but ${disk.cniFile} stands for`);
        expect(await readWritten(disk.envFile)).toBeNull();
        expect((await readWritten(disk.cniFile))?.text).toBe(text);
      },
    );

    it('fails where the tag is gone, since a file may come from the image of another machine', async () => {
      machine.tag('pod-cidr', '10.200.1.0/24');
      await run();
      const before = await bothFiles();
      machine.untag('pod-cidr');
      expect(await run({ PODCIDR_TIME_LIMIT: '0' })).toMatchObject({ code: 1 });
      expect(await bothFiles()).toEqual(before);
    });
  });
}
