import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs the script that a machine runs when it starts, and gives what it wrote for the machine's environment.
 *
 * @param built folder of all that is built, as a URL that ends with a slash
 * @param settings the cloud, the cluster CIDRs, and where the machine's metadata service is
 */
export async function runNodeScript(built: URL, settings: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-node-'));
  const file = join(folder, 'pod-cidr.env');
  const env = {
    PATH: process.env['PATH'],
    PODCIDR_ENV_FILE: file,
    PODCIDR_CNI_FILE: 'none',
    PODCIDR_TIME_LIMIT: '30',
    ...settings,
  };
  try {
    await run('/bin/sh', [fileURLToPath(new URL('infra/node/podroutes-node', built))], { env });
    const [line = ''] = (await readFile(file, 'utf8')).split('\n');
    return line;
  } finally {
    await rm(folder, { recursive: true });
  }
}
