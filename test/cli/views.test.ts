import { describe, expect, it } from '@jest/globals';
import { podroutes } from './built-command.ts';
import { CLOUDS, withWorld } from './cluster-world.ts';

describe.each(CLOUDS)('On %s', (cloud) => {
  it('nodes lists the claims and the state of their routes', () =>
    withWorld(cloud, async ({ env }) => {
      const { code, stdout, stderr } = await podroutes(['nodes'], env);
      expect(code).toBe(3);
      expect(stderr).toMatch(/^Findings:\n {2}error malformed-claim\n {4}worker-3 /);
      const rows = stdout.split('\n').map((line) =>
        line
          .replace(/ i-\w+/, '')
          .trim()
          .split(/ {2,}/),
      );
      expect(rows).toEqual(
        expect.arrayContaining([
          ['worker-0', 'running', '10.240.0.20', '10.200.0.0/24', 'user-data', 'active'],
          ['worker-1', 'running', '10.240.0.21', '10.200.1.0/24', 'user-data', 'missing'],
          ['worker-2', 'running', '10.240.0.22', '10.200.2.0/24', 'tag', 'elsewhere'],
          ['worker-3', 'running', '10.240.0.23', 'malformed', 'tag'],
        ]),
      );
    }));

  it('nodes says for scripts which claims are malformed', () =>
    withWorld(cloud, async ({ env }) => {
      const { code, stdout } = await podroutes(['nodes', '-o', 'json'], env);
      const list = JSON.parse(stdout);
      const claiming = list.nodes.filter(({ malformed }: { malformed: unknown[] }) => malformed.length > 0);
      expect(code).toBe(3);
      expect(claiming).toMatchObject([
        {
          name: 'worker-3',
          claims: [],
          malformed: [{ source: 'tag', problem: 'has host bits set', corrected: '10.200.3.0/24' }],
        },
      ]);
      expect(list.findings).toMatchObject([{ code: 'malformed-claim', node: 'worker-3' }]);
    }));

  it('nodes exits 0 where every claim can be read', () =>
    withWorld(cloud, async ({ env, tag }) => {
      tag('worker-3', 'pod-cidr', '10.200.3.0/24');
      const { code, stderr } = await podroutes(['nodes'], env);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }));

  it('nodes prints the lines of the manual procedure, for a loop', () =>
    withWorld(cloud, async ({ env }) => {
      const { code, stdout } = await podroutes(['nodes', '-o', 'plain'], env);
      expect(code).toBe(3);
      expect(stdout).toBe(
        '10.240.0.20 10.200.0.0/24\n10.240.0.21 10.200.1.0/24\n10.240.0.22 10.200.2.0/24\n',
      );
    }));

  it('routes says of each route whose it is, and why', () =>
    withWorld(cloud, async ({ env }) => {
      const { code, stdout } = await podroutes(['routes'], env);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^kubernetes-routes.*: 5 routes, 3 managed, limit \d+$/m);
      expect(stdout).toMatch(/^ {2}0\.0\.0\.0\/0 .* foreign: outside the cluster CIDRs$/m);
      expect(stdout).toMatch(/^ {2}10\.200\.0\.0\/24 .* worker-0 +active +managed$/m);
      expect(stdout).toMatch(/^ {2}10\.200\.9\.0\/24 .* - +\w+ +managed$/m);
      expect(stdout).toMatch(/^ {2}10\.200\.250\.0\/24 .* foreign: its target exists and is not a node$/m);
    }));

  it('routes prints one line for each route, for scripts', () =>
    withWorld(cloud, async ({ env, idOf }) => {
      const { stdout } = await podroutes(['routes', '-o', 'plain'], env);
      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' '));
      expect(lines.map(([table]) => table)).toEqual(Array(5).fill(idOf('kubernetes-routes')));
      expect(lines.map((words) => words.slice(3))).toContainEqual(['active', 'managed']);
    }));

  it('plan shows what would change and why, and changes nothing', () =>
    withWorld(cloud, async ({ env, writes }) => {
      const { code, stdout, stderr } = await podroutes(['plan'], env);
      expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
      expect(stdout).toMatch(/^ {2}\+ create +10\.200\.1\.0\/24 .* worker-1 +its node claims it$/m);
      expect(stdout).toMatch(/^ {2}~ replace +10\.200\.2\.0\/24 +\S+ -> \S+ +worker-2 +it leads elsewhere$/m);
      // An address that nobody has is no proof that its machine is gone.
      expect(stdout).toMatch(
        cloud === 'aws'
          ? /^ {2}- delete +10\.200\.9\.0\/24 /m
          : /^ {2}\* delete +10\.200\.9\.0\/24 .* waiting$/m,
      );
      expect(stdout).toContain('error malformed-claim');
      expect(stdout).toContain('Remedy: Set it to 10.200.3.0/24.');
      const rest =
        cloud === 'aws' ? '1 to delete, 1 in step already' : '0 to delete, 1 in step already, 1 waiting';
      expect(stdout).toContain(`1 to create, 1 to replace, ${rest}`);
      expect(writes()).toEqual([]);
    }));

  it('plan says what is in step with exit code 0', () =>
    withWorld(cloud, async ({ env }) => {
      expect((await podroutes(['reconcile', '--yes', '--force'], env)).code).toBe(0);
      const { code, stdout } = await podroutes(['plan'], env);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ {2}no change$/m);
      expect(stdout).toMatch(/^0 to create, 0 to replace, 0 to delete, 3 in step already/m);
    }));

  it.each(['worker-2', '10.240.0.22'])('plan looks at one node alone: %s', (called) =>
    withWorld(cloud, async ({ env }) => {
      await podroutes(['reconcile', '--yes'], env);
      const { code, stdout } = await podroutes(['plan', called, '-o', 'json'], env);
      expect(code).toBe(0);
      const { nodes } = JSON.parse(stdout);
      expect(nodes).toEqual([expect.objectContaining({ name: 'worker-2' })]);
    }),
  );

  it.each(['plan', 'reconcile', 'explain'])('%s refuses a node that is not there, in one line', (command) =>
    withWorld(cloud, async ({ env, writes }) => {
      const { code, stdout, stderr } = await podroutes([command, 'worker-77'], env);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /^podroutes: there is no node "worker-77" among the \d in \w+ .*"podroutes nodes" lists them\.\n$/,
      );
      expect(writes()).toEqual([]);
    }),
  );

  it('says which of several nodes of one name are meant', () =>
    withWorld(cloud, async ({ env, launchNamed }) => {
      if (cloud === 'aws') launchNamed('worker-0', '10.200.70.0/24', '10.240.1.70');
      const { stderr } = await podroutes(['plan', 'worker-0'], env);
      // A subscription has one machine of a name in each group.
      if (cloud === 'azure') expect(stderr).not.toContain('several');
      else
        expect(stderr).toMatch(
          /^podroutes: several nodes are called "worker-0": i-\w+, i-\w+; name one by its id/,
        );
    }));

  it('lets no name steer the terminal', () =>
    withWorld(cloud, async ({ env, launchNamed }) => {
      if (cloud === 'azure') return expect((await podroutes(['nodes'], env)).code).toBe(3);
      launchNamed('evil\u001b[2J\u202ename', '10.200.71.0/24', '10.240.1.71');
      const { stdout } = await podroutes(['nodes'], env);
      expect(stdout).toContain('evil [2J name');
      const json = await podroutes(['nodes', '-o', 'json'], env);
      expect(json.stdout).not.toContain('\u001b');
      expect(json.stdout).not.toContain('\u202e');
      expect(json.stdout).toContain('evil [2J name');
    }));
});

it('A node that is gone claims nothing, and asks for no route', () =>
  withWorld('aws', async ({ env }) => {
    const before = await podroutes(['nodes'], env);
    expect(before.stdout).toMatch(/^worker-9 .* gone .* blackhole$/m);
    await podroutes(['reconcile', '--yes'], env);
    const after = await podroutes(['nodes'], env);
    expect(after.stdout).toMatch(/^worker-9 .* gone .* -$/m);
    const { stdout } = await podroutes(['explain', 'worker-9'], env);
    expect(stdout).toContain('- claim      Its tag still says 10.200.9.0/24, which no longer counts.');
    expect(stdout).not.toContain('✓ claim');
  }));
