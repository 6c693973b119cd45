import { stat } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { readUserDataClaims } from '../../../shared/core/claims/pod-cidr.ts';
import { ROOT, readText } from '../../docs/markdown.ts';

const CLOUD_INIT = await readText('dist/infra/node/cloud-init.yaml');
const SCRIPT = await readText('dist/infra/node/podroutes-node');
const UNIT = await readText('dist/infra/node/podroutes-node.service');

interface WrittenFile {
  readonly path: string;
  readonly permissions?: string;
  readonly encoding?: string;
  readonly content: string;
}

const { write_files: FILES, runcmd: COMMANDS }: { write_files: WrittenFile[]; runcmd: string[] } = Object(
  load(CLOUD_INIT),
);

/** A file of the user data as cloud-init writes it. */
function fileAt(path: string): { content: string; permissions: string | undefined } {
  const file = FILES.find((each) => each.path === path);
  if (file === undefined) throw new Error(`expected ${path} in the user data`);
  const { content, encoding, permissions } = file;
  const isPacked = encoding === 'gz+b64';
  return { content: isPacked ? gunzipSync(Buffer.from(content, 'base64')).toString() : content, permissions };
}

describe('What is built for machines', () => {
  it('is what stands in the sources, and can be executed', async () => {
    for (const name of ['podroutes-node', 'podroutes-node.service']) {
      expect(await readText(`dist/infra/node/${name}`)).toBe(await readText(`infra/node/${name}`));
    }
    expect((await stat(new URL('dist/infra/node/podroutes-node', ROOT))).mode & 0o111).toBe(0o111);
  });
});

describe('The user data', () => {
  it('is what cloud-init takes for its own, and short enough for EC2', () => {
    expect(CLOUD_INIT.split('\n')[0]).toBe('#cloud-config');
    expect(Buffer.byteLength(CLOUD_INIT)).toBeLessThan(16_384);
  });

  it('brings the script, the unit and the settings to where the unit looks for them', async () => {
    const script = / ?ExecStart=(.+)/.exec(UNIT)?.[1] ?? '';
    expect(fileAt(script)).toEqual({
      content: SCRIPT,
      permissions: '0755',
    });
    expect(fileAt('/etc/systemd/system/podroutes-node.service').content).toBe(UNIT);
    const settings = /EnvironmentFile=(.+)/.exec(UNIT)?.[1] ?? '';
    expect(fileAt(settings).content).toBe('PODCIDR_CLOUD=aws\nPODCIDR_CLUSTER_CIDRS=10.200.0.0/16\n');
    expect(COMMANDS.at(-1)).toBe('systemctl enable --now podroutes-node.service');
  });

  it.each([
    { form: 'as it is', bytes: Buffer.from(CLOUD_INIT) },
    { form: 'packed', bytes: gzipSync(CLOUD_INIT) },
    { form: 'the script alone', bytes: Buffer.from(SCRIPT) },
  ])('claims nothing for those who read it, $form', async ({ bytes }) => {
    expect(await readUserDataClaims(bytes.toString('base64'))).toEqual({ claims: [], defects: [] });
  });
});
