import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAws } from '../../functions/cli/clouds/aws/sandbox.ts';
import type { RunningSandbox } from '../../functions/cli/sandbox/cluster.ts';
import { BUILT } from '../cli/built-command.ts';
import { readText } from '../docs/markdown.ts';

const PAGE = await readText('docs/alerts.md');
const STORY = PAGE.slice(PAGE.indexOf('## An alarm in the sandbox'));
/** The first block starts the sandbox, which the test does itself. */
const [, ...BLOCKS] = [...STORY.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);

let sandbox: RunningSandbox;
let bin = '';

beforeAll(async () => {
  const aws = process.env['PODROUTES_TEST_AWS'];
  if (aws === undefined) throw new Error('No aws program: start this suite by test/peers/run');
  bin = await mkdtemp(join(tmpdir(), 'podroutes-'));
  await symlink(aws, join(bin, 'aws'));
  await writeFile(join(bin, 'podroutes'), `#!/bin/sh\nexec "${process.execPath}" "${BUILT}" "$@"\n`);
  await chmod(join(bin, 'podroutes'), 0o755);
  sandbox = await startAws(0, false);
});
afterAll(async () => {
  await sandbox.close();
  await rm(bin, { recursive: true });
});

/** Runs a block in a shell that has done the exports. */
function shell(block: string): Promise<{ code: unknown; stdout: string }> {
  const env = {
    ...sandbox.variables,
    AWS_CONFIG_FILE: '/dev/null',
    PODROUTES_CLUSTER: 'kthw',
    PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16',
    PATH: `${bin}:${dirname(process.execPath)}:${process.env['PATH']}`,
  };
  return new Promise((resolve) => {
    execFile('bash', ['-euc', block], { env }, (error, stdout) =>
      resolve({ code: error?.code ?? 0, stdout }),
    );
  });
}

/** What each block comes to, in the order of the page. */
const EXPECTED = [
  {
    what: 'looks at the alarms',
    code: 3,
    says: [/^✗ apply-failures/m, /^ {4}Still the case: A plan finds malformed-claim of worker-3\.$/m],
  },
  { what: 'asks why', code: 3, says: [/✗ claim .*host bits/s, /Remedy: Set it to 10\.200\.3\.0\/24\./] },
  { what: 'corrects the claim', code: 0, says: [] },
  { what: 'repairs the routes', code: 0, says: [/^2 created, 1 replaced, 1 deleted/m] },
  {
    what: 'sees what holds no longer, and what cannot be seen',
    code: 3,
    says: [
      /Now: Every change has been made since, but a plan cannot tell whether the functions may write\s+again/,
      /No longer the case: A plan has no finding of severity error/,
    ],
  },
];

/** These follow one upon another, as on the page. */
describe('Who does what the page on alerts says', () => {
  it('has as many steps as are expected', () => {
    expect(BLOCKS).toHaveLength(EXPECTED.length);
  });

  it.each(EXPECTED.map((expected, i) => ({ ...expected, block: BLOCKS[i] ?? 'false' })))(
    '$what',
    async ({ block, code, says }) => {
      const ended = await shell(block);
      expect(ended.code).toBe(code);
      for (const line of says) expect(ended.stdout).toMatch(line);
    },
  );
});
