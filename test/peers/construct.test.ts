import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };
import { CONFIGURATIONS, synthesize } from '../infra/aws/synthesis.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** An app of somebody else's, which writes the template for each of the properties that it is given. */
const APP = `import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { PodRoutes } from 'podroutes/cdk';

const templates = Object.entries(JSON.parse(readFileSync('configurations.json', 'utf8'))).map(([name, props]) => {
  const app = new App({ analyticsReporting: false, context: flags });
  const stack = new Stack(app, 'podroutes');
  new PodRoutes(stack, 'PodRoutes', props);
  return [name, app.synth().getStackArtifact(stack.artifactId).template];
});
process.stdout.write(JSON.stringify(Object.fromEntries(templates)));
`;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** The lowest version that a range allows. */
function lowestOf(range: string): string {
  return range.replace(/^(>=|\^)/, '');
}

/** The templates that the built construct makes with these versions from npm. */
async function synthesizeWith(packages: Readonly<Record<string, string>>): Promise<object> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-construct-'));
  folders.push(folder);
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await writeFile(join(folder, 'app.js'), APP);
  await writeFile(join(folder, 'configurations.json'), JSON.stringify(CONFIGURATIONS));
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  await run('npm', ['install', ...flags, ...wanted], { cwd: folder });
  const installed = join(folder, 'node_modules/podroutes');
  await mkdir(installed);
  await cp(join(ROOT, 'package.json'), join(installed, 'package.json'));
  await cp(join(ROOT, 'dist'), join(installed, 'dist'), { recursive: true });
  const { stdout } = await run(process.execPath, ['app.js'], { cwd: folder, maxBuffer: 64e6 });
  return JSON.parse(stdout);
}

/** What does not depend on which version of CDK wrote it. */
function essenceOf(template: object): unknown {
  const { Resources, Outputs } = Object(template);
  return { Resources, Outputs };
}

describe('podroutes/cdk', () => {
  const { 'aws-cdk-lib': lib, constructs } = packageJson.peerDependencies;
  const expected = Object.fromEntries(
    Object.entries(CONFIGURATIONS).map(([name, props]) => [name, essenceOf(synthesize(props).toJSON())]),
  );

  it.each([
    ['the lowest', { 'aws-cdk-lib': lowestOf(lib), constructs: lowestOf(constructs) }],
    ['the newest', { 'aws-cdk-lib': 'latest', constructs: 'latest' }],
  ])('makes the same with %s CDK that package.json allows', async (_, packages) => {
    const templates = Object.entries(await synthesizeWith(packages));
    expect(Object.fromEntries(templates.map(([name, each]) => [name, essenceOf(each)]))).toEqual(expected);
  });

  it('is said to need what package.json says', async () => {
    const page = await readFile(join(ROOT, 'docs/deploy-aws.md'), 'utf8');
    expect(page).toContain(`for apps with \`aws-cdk-lib\` ${lowestOf(lib).replace(/\.0$/, '')} or newer`);
  });
});
