import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CLOUDS, type Machine } from './machine.ts';
import { createDisk, type Disk, readWritten, runScript, SCRIPT, type Shell } from './script.ts';

/** What holds whatever the cloud is: settings, disks, and a death at any moment. */
export function testSettingsAndDisks(shell: Shell): void {
  let disk: Disk;
  beforeEach(async () => {
    disk = await createDisk();
  });
  afterEach(() => disk.remove());

  describe(`The script in ${shell.name}`, () => {
    let machine: Machine;
    beforeEach(async () => {
      machine = await CLOUDS[0].startMachine();
      machine.tag('pod-cidr', '10.200.1.0/24');
    });
    afterEach(() => machine.close());

    it('names every mistake in its settings', async () => {
      const { code, log } = await runScript(shell, disk, {
        ...machine.env,
        PODCIDR_CLOUD: 'gcp',
        PODCIDR_CLUSTER_CIDRS: '10.200.0.1/16,fd00:200::/129',
        PODCIDR_TAG: 'kubernetes.io/pod-cidr',
        PODCIDR_ENV_FILE: 'pod-cidr.env',
        PODCIDR_CNI_FILE: 'cni/x.conflist',
        PODCIDR_MASQUERADE: 'yes',
        PODCIDR_TIME_LIMIT: '15m',
      });
      expect(code).toBe(2);
      const cidrs = 'CIDRs without host bits, as 10.200.0.0/16 or 10.200.0.0/16,fd00:200::/48';
      expect(log.trimEnd().split('\n')).toEqual([
        'podroutes-node: PODCIDR_CLOUD: expected aws or azure; found "gcp"',
        'podroutes-node: PODCIDR_TAG: expected letters, digits and _+=,.@:-; found "kubernetes.io/pod-cidr"',
        'podroutes-node: PODCIDR_MASQUERADE: expected true or false; found "yes"',
        'podroutes-node: PODCIDR_TIME_LIMIT: expected seconds, up to 86400; found "15m"',
        'podroutes-node: PODCIDR_ENV_FILE: expected an absolute path; found "pod-cidr.env"',
        'podroutes-node: PODCIDR_CNI_FILE: expected an absolute path, or none; found "cni/x.conflist"',
        `podroutes-node: PODCIDR_CLUSTER_CIDRS: expected ${cidrs}; found "10.200.0.1/16"`,
        `podroutes-node: PODCIDR_CLUSTER_CIDRS: expected ${cidrs}; found "fd00:200::/129"`,
      ]);
    });

    it('needs cluster CIDRs', async () => {
      const { code, log } = await runScript(shell, disk, { ...machine.env, PODCIDR_CLUSTER_CIDRS: '' });
      expect({ code, log }).toMatchObject({
        code: 2,
        log: expect.stringContaining('PODCIDR_CLUSTER_CIDRS: expected'),
      });
    });

    it('gives up where somebody listens and says nothing', async () => {
      const deaf = createServer();
      const port = await new Promise<number>((resolve) => {
        deaf.listen(0, '127.0.0.1', () => resolve(Object(deaf.address()).port));
      });
      const { code, log } = await runScript(shell, disk, {
        ...machine.env,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}/`,
        PODCIDR_TIME_LIMIT: '0',
      });
      deaf.close();
      expect(code).toBe(1);
      expect(log).toContain(`the metadata service at http://127.0.0.1:${port} does not answer`);
    });

    it('says what it cannot make', async () => {
      await writeFile(join(disk.folder, 'etc'), '');
      const { code, log } = await runScript(shell, disk, machine.env);
      expect(code).toBe(1);
      expect(log).toContain(`cannot make ${dirname(disk.envFile)}`);
    });

    it('says where it may not write', async () => {
      const script = join(disk.folder, 'script');
      await copyFile(SCRIPT, script);
      await mkdir(dirname(disk.envFile), { recursive: true });
      await mkdir(dirname(disk.cniFile), { recursive: true });
      await chmod(disk.folder, 0o755);
      await chmod(join(disk.folder, 'tmp'), 0o777);
      await chmod(dirname(disk.envFile), 0o555);
      // Root may write everywhere: be somebody else.
      const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
      const { code, log } = await runScript(shell, disk, machine.env, { script, ...nobody });
      expect(code).toBe(1);
      expect(log).toContain(`cannot write to ${dirname(disk.envFile)}`);
      expect(await disk.leftovers()).toEqual([]);
      expect(await readWritten(disk.cniFile)).toBeNull();
    });

    it('completes what it was killed in, wherever that was', async () => {
      const paths: string[] = [];
      let killed = 0;
      for (;;) {
        const world = await createDisk();
        const bin = await installKiller(world.folder, shell.path, killed + 1);
        const outcome = await runScript({ ...shell, path: `${bin}:${shell.path}` }, world, machine.env);
        for (const path of [world.envFile, world.cniFile]) {
          const written = await readWritten(path);
          // All of it, or nothing.
          if (written !== null)
            expect(written.text).toMatch(/^POD_CIDR=10\.200\.1\.0\/24\n.*\n$|^\{[\s\S]*\n\}\n$/);
        }
        paths.push(String(await readWritten(world.envFile).then((written) => written !== null)));
        expect(await runScript(shell, world, machine.env)).toMatchObject({ code: 0 });
        expect((await readWritten(world.envFile))?.text).toContain('POD_CIDR=10.200.1.0/24\n');
        expect(JSON.parse((await readWritten(world.cniFile))?.text ?? '')).toHaveProperty('plugins');
        await world.remove();
        if (outcome.code === 0) break;
        killed += 1;
      }
      // Five commands make a file; before the first file stood, and after it.
      expect(killed).toBe(10);
      expect(new Set(paths)).toEqual(new Set(['false', 'true']));
    });
  });
}

/** Programs that write files, the nth call of which kills the script and itself before anything is done. */
async function installKiller(folder: string, path: string, nth: number): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const count = join(folder, 'count');
  for (const name of ['mkdir', 'mktemp', 'chmod', 'sync', 'mv']) {
    const lines = [
      '#!/bin/sh',
      `PATH='${path}'`,
      // The script's own folder for answers is none of its results.
      name === 'mktemp' ? '[ "$1" = -d ] && exec mktemp -d' : '',
      `echo >>'${count}'`,
      `[ "$(wc -l <'${count}')" -ne ${nth} ] || kill -9 0`,
      `exec ${name} "$@"`,
    ];
    await writeFile(join(bin, name), `${lines.join('\n')}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}
