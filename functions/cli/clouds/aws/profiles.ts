import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Profiles by name: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html */
export async function readAwsProfiles(env: NodeJS.ProcessEnv): Promise<string[]> {
  const folder = join(env['HOME'] ?? homedir(), '.aws');
  const files = [
    {
      path: env['AWS_CONFIG_FILE'] ?? join(folder, 'config'),
      heading: /^\[(?:profile\s+|(?=default\]))(.+?)\]/gm,
    },
    { path: env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials'), heading: /^\[(.+?)\]/gm },
  ];
  const found = await Promise.all(
    files.map(async ({ path, heading }) => {
      const text = await readFile(path, 'utf8').catch(() => '');
      return [...text.matchAll(heading)].map(([, name = '']) => name.trim());
    }),
  );
  return found.flat();
}
