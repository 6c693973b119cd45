import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { readContext, readDeployments } from '../../../infra/aws/deployments.ts';
import { COMPILE_CACHE } from '../../compile-cache.ts';
import { withFolder } from './synthesis.ts';

const FILE = { cluster: 'kthw', clusterCidrs: ['10.200.0.0/16'] };

describe('Values on the command line', () => {
  it('become what they stand for', () => {
    expect(
      readContext({
        clusterCidrs: '10.200.0.0/16, fd00:200::/48',
        dryRun: 'true',
        scheduleMinutes: '15',
        cluster: 'kthw',
      }),
    ).toEqual({
      clusterCidrs: ['10.200.0.0/16', 'fd00:200::/48'],
      dryRun: true,
      scheduleMinutes: 15,
      cluster: 'kthw',
    });
  });

  it('stay as they are where they stand for nothing, so that the mistake shows them', () => {
    expect(readContext({ dryRun: 'yes', scheduleMinutes: 'soon' })).toEqual({
      dryRun: 'yes',
      scheduleMinutes: 'soon',
    });
  });

  it("are told from CDK's own", () => {
    const marked = { 'aws:cdk:enable-path-metadata': true, '@aws-cdk/core:x': true, config: 'file.json' };
    const bare = { 'cli-telemetry': false, 'acknowledged-issue-numbers': [34892] };
    expect(readContext({ ...marked, ...bare, cluster: 'kthw' })).toEqual({ cluster: 'kthw' });
  });

  it('are laid over the one deployment of a file', () => {
    expect(readDeployments(FILE, { cluster: 'other' })).toEqual([
      { stackName: 'podroutes-other', env: {}, props: { ...FILE, cluster: 'other' } },
    ]);
  });
});

describe('A file', () => {
  it('holds one deployment, or a list of them, each with a stack of its own', () => {
    const other = {
      ...FILE,
      cluster: 'a.b_c',
      stackName: 'routes',
      account: '123456789012',
      region: 'eu-west-1',
    };
    expect(readDeployments([FILE, other], {})).toEqual([
      { stackName: 'podroutes-kthw', env: {}, props: FILE },
      {
        stackName: 'routes',
        env: { account: '123456789012', region: 'eu-west-1' },
        props: { ...FILE, cluster: 'a.b_c' },
      },
    ]);
  });

  it('with two stacks of one name is refused, and says which', () => {
    const regions = ['eu-west-1', 'us-east-1'].map((region) => ({ ...FILE, region }));
    expect(() => readDeployments(regions, {})).toThrow(
      'stackName: expected another one for each deployment; found podroutes-kthw more than once',
    );
  });

  it('without a stack name gets one from the cluster or the first table', () => {
    const nameOf = (values: object): string | undefined => readDeployments(values, {})[0]?.stackName;
    expect(nameOf({ cluster: 'a-b' })).toBe('podroutes-a-b');
    expect(nameOf({ cluster: 'a--b' })).toBe('podroutes-a--b');
    expect(nameOf({ routeTables: ['rtb-1', 'rtb-2'] })).toBe('podroutes-rtb-1');
  });

  it('may have a cluster twice, in stacks of two names', () => {
    const entries = ['a', 'b'].map((stackName) => ({ ...FILE, stackName }));
    expect(readDeployments(entries, {}).map(({ stackName }) => stackName)).toEqual(['a', 'b']);
  });

  it('without a cluster is left to the construct, which says what is missing', () => {
    const entries = ['a', 'b'].map((stackName) => ({ clusterCidrs: FILE.clusterCidrs, stackName }));
    expect(readDeployments(entries, {})).toHaveLength(2);
  });

  it.each<[string, unknown, Record<string, unknown>, string]>([
    [
      'a key that there is not',
      { ...FILE, clustr: 'x' },
      {},
      '- clustr: expected a known key; known: cluster, clusterCidrs, ',
    ],
    ['an account that is none', { ...FILE, account: 1 }, {}, '- account: expected twelve digits; found 1'],
    ['a region that is none', { ...FILE, region: 'Frankfurt' }, {}, '- region: expected a region such as'],
    ['a stack name with a dot', { ...FILE, stackName: 'a.b' }, {}, '- stackName: expected letters, digits'],
    [
      'a cluster whose name cannot be that of a stack',
      { ...FILE, cluster: 'kt.hw' },
      {},
      '- stackName: expected one for cluster "kt.hw", whose dots and underscores',
    ],
    ['nothing in it', [], {}, '- config: expected at least one deployment; found none'],
    [
      'one stack twice',
      [FILE, FILE],
      {},
      '- stackName: expected another one for each deployment; found podroutes-kthw more than once',
    ],
    ['no object', 'kthw', {}, '- config: expected an object, or a list of objects'],
    [
      'many, and values beside',
      [FILE, FILE],
      { cluster: 'x' },
      '- cluster: expected a file with one deployment',
    ],
  ])('is refused with %s', (_, file, given, beginning) => {
    expect(() => readDeployments(file, given)).toThrow(beginning);
  });
});

/** Runs the app as the CDK command line does: context in the environment, no account, no credentials. */
async function runApp(outdir: string, context: object): Promise<{ code: number; stderr: string }> {
  const env = {
    ...COMPILE_CACHE,
    PATH: process.env['PATH'],
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
  try {
    const { stderr } = await promisify(execFile)(process.execPath, ['infra/aws/app.ts'], { env });
    return { code: 0, stderr };
  } catch (thrown) {
    const { code, stderr } = thrown as { code: number; stderr: string };
    return { code, stderr };
  }
}

describe('The app', () => {
  it('writes a template, without an account', () =>
    withFolder(async (outdir) => {
      const { code } = await runApp(outdir, { config: 'infra/aws/example.json' });
      expect(code).toBe(0);
      const template = JSON.parse(await readFile(join(outdir, 'podroutes-kthw.template.json'), 'utf8'));
      expect(Object.keys(template.Resources).length).toBeGreaterThan(30);
    }));

  it.each([
    ['is not there', null, 'ENOENT'],
    ['is no JSON', '{ cluster: kthw }', 'JSON'],
  ])('names a file that %s', (_, content, why) =>
    withFolder(async (folder) => {
      const config = join(folder, 'podroutes.json');
      if (content !== null) await writeFile(config, content);
      const { code, stderr } = await runApp(folder, { config });
      expect(code).toBe(1);
      expect(stderr).toContain(`- config: expected a file with JSON, ${config}; found: `);
      expect(stderr).toContain(why);
    }),
  );

  it('says all mistakes and nothing else, and fails', () =>
    withFolder(async (outdir) => {
      const { code, stderr } = await runApp(outdir, { clusterCidrs: '10.200.0.1/16', maxDeletes: '130%' });
      expect(code).toBe(1);
      expect(stderr.split('\n').map((line) => line.split(':')[0])).toEqual([
        'The configuration has 3 mistakes',
        '- clusterCidrs',
        '- maxDeletes',
        '- cluster or routeTables',
        '',
      ]);
    }));
});
