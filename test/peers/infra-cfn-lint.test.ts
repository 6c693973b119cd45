import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { CONFIGURATIONS, synthesize, withFolder } from '../infra/aws/synthesis.ts';
import { ONE_FILE } from './moto-stack.ts';

/** CDK names the role of a function as a dependency as well, though `Role` does already. */
const IGNORED = 'W3005';

/** What cfn-lint says of a template; nothing where it is in order. */
async function lint(template: object): Promise<string> {
  const program = process.env['PODROUTES_TEST_CFN_LINT'];
  if (program === undefined) throw new Error('No cfn-lint: start this suite by test/peers/run');
  let found = '';
  await withFolder(async (folder) => {
    const path = join(folder, 'template.json');
    await writeFile(path, JSON.stringify(template));
    const args = ['--regions', 'us-east-1', 'eu-central-1', '--ignore-checks', IGNORED, '--template', path];
    found = await promisify(execFile)(program, args).then(
      ({ stdout }) => stdout,
      ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
    );
  });
  return found;
}

describe('cfn-lint', () => {
  it.each(Object.entries(CONFIGURATIONS))('finds nothing in the template: %s', async (_, props) => {
    expect(await lint(synthesize(props).toJSON())).toBe('');
  });

  it('finds nothing in the template in one file', async () => {
    expect(await lint(JSON.parse(await readFile(ONE_FILE, 'utf8')))).toBe('');
  });

  it('would find something', async () => {
    expect(
      await lint({ Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { Delay: 1 } } } }),
    ).toContain('E3002');
  });
});
