import { describe, expect, it } from '@jest/globals';
import { podroutes } from './built-command.ts';
import { CLOUDS, type ClusterWorld, withWorld } from './cluster-world.ts';

interface Explained {
  readonly node: { readonly name: string } | null;
  readonly checks: readonly {
    readonly check: string;
    readonly result: string;
    readonly evidence: string;
    readonly remedy: string | null;
    readonly code: string | null;
  }[];
}

async function explain(
  { env }: ClusterWorld,
  called: string,
  ...more: readonly string[]
): Promise<{ code: unknown; explained: Explained }> {
  const { code, stdout, stderr } = await podroutes(['explain', called, '-o', 'json', ...more], env);
  expect(stderr).toBe('');
  return { code, explained: JSON.parse(stdout) };
}

function problemsOf({ checks }: Explained): unknown[] {
  return checks.filter(({ result }) => result === 'problem').map(({ check, code }) => [check, code]);
}

describe.each(CLOUDS)('explain on %s', (cloud) => {
  it('goes through every check of a node that has its route', () =>
    withWorld(cloud, async (world) => {
      const { code, explained } = await explain(world, 'worker-0');
      expect(code).toBe(0);
      expect(explained.node).toMatchObject({ name: 'worker-0' });
      const names = explained.checks.filter(({ result }) => result === 'ok').map(({ check }) => check);
      expect(names).toEqual([
        'reading',
        'found',
        'selection',
        'state',
        'claim',
        'bounds',
        'conflict',
        'network',
        'route',
        'capacity',
        'held-back',
        'forwarding',
        'subnet',
      ]);
      expect(explained.checks.find(({ check }) => check === 'claim')?.evidence).toBe(
        'It claims 10.200.0.0/24, in its user-data.',
      );
    }));

  it('says that a route is missing, and that forwarding is off', () =>
    withWorld(cloud, async (world) => {
      const { code, explained } = await explain(world, '10.240.0.21');
      expect(code).toBe(3);
      expect(problemsOf(explained)).toEqual([
        ['route', null],
        ['forwarding', cloud === 'aws' ? null : 'forwarding-disabled'],
      ]);
      const route = explained.checks.find(({ check, result }) => check === 'route' && result === 'problem');
      expect(route?.evidence).toBe(
        '10.200.1.0/24 in kubernetes-routes: there is no route. The next run would create it.',
      );
      expect(route?.remedy).toContain('podroutes reconcile');
    }));

  it('says where a route leads instead', () =>
    withWorld(cloud, async (world) => {
      const { explained } = await explain(world, 'worker-2');
      expect(problemsOf(explained)).toEqual([['route', null]]);
      expect(explained.checks.find(({ result }) => result === 'problem')?.evidence).toMatch(
        /leads elsewhere, to \S+\. The next run would replace it\.$/,
      );
    }));

  it.each([
    { name: 'worker-3', podCidr: null, check: 'claim', finding: 'malformed-claim' },
    { name: 'worker-60', podCidr: '10.201.0.0/24', check: 'bounds', finding: 'claim-outside-cluster' },
    { name: 'worker-61', podCidr: '10.200.0.0/16', check: 'bounds', finding: 'claim-covers-cluster' },
    { name: 'worker-62', podCidr: '10.200.0.0/24', check: 'conflict', finding: 'conflicting-claim' },
    { name: 'worker-63', podCidr: '10.200.250.0/24', check: 'route', finding: 'foreign-route' },
  ])('gives $finding as the reason of $name, with its remedy', ({ name, podCidr, check, finding }) =>
    withWorld(cloud, async (world) => {
      if (podCidr !== null) world.launchNamed(name, podCidr, '10.240.1.60');
      const { code, explained } = await explain(world, name);
      expect(code).toBe(3);
      expect(problemsOf(explained)).toContainEqual([check, finding]);
      expect(explained.checks.find((each) => each.code === finding)?.remedy).toMatch(/\w/);
    }),
  );

  it('says where a claim may be in user data that was not searched', () =>
    withWorld(cloud, async (world) => {
      world.launchNamed('worker-65', '', '10.240.1.60', '#include\nhttps://example.org/user-data\n');
      const { code, explained } = await explain(world, 'worker-65');
      expect(code).toBe(3);
      expect(problemsOf(explained)).toEqual([['claim', 'missing-claim']]);
      const { evidence } = explained.checks.find((each) => each.code === 'missing-claim') ?? {};
      expect(evidence).toMatch(
        /its user data names other places to read from, which podroutes does not open/,
      );
    }));

  it('says that a part of what the node claims goes elsewhere, though its own route is there', () =>
    withWorld(cloud, async (world) => {
      world.launchNamed('worker-64', '10.200.248.0/22', '10.240.1.60');
      await podroutes(['reconcile', '--yes'], world.env);
      const { code, explained } = await explain(world, 'worker-64');
      expect({ code, problems: problemsOf(explained) }).toEqual({
        code: 3,
        problems: [['route', 'foreign-route']],
      });
    }));

  it('counts the routes of a table as its quota does, and says where the list of routes differs', () =>
    withWorld(cloud, async (world) => {
      const { explained } = await explain(world, 'worker-0');
      const { stdout } = await podroutes(['routes', '-o', 'json'], world.env);
      const { length } = JSON.parse(stdout).tables[0].routes;
      const evidence = explained.checks.find(({ check }) => check === 'capacity')?.evidence;
      expect(evidence).toMatch(
        cloud === 'aws'
          ? new RegExp(`holds ${length + 1} of 500 \\(IPv4\\), 0 of .*: local routes .* lists ${length}\\.$`)
          : new RegExp(`holds ${length} of 1000 \\(IPv4/6\\) routes\\.$`),
      );
    }));

  it('says that a table is full', () =>
    withWorld(cloud, async (world) => {
      const limited = { ...world, env: { ...world.env, PODROUTES_ROUTE_LIMIT: '4' } };
      const { explained } = await explain(limited, 'worker-1');
      expect(problemsOf(explained)).toContainEqual(['capacity', 'route-table-full']);
      expect(problemsOf(explained)).toContainEqual(['held-back', null]);
    }));

  it('tells a machine that is no node from an id that nothing has', () =>
    withWorld(cloud, async (world) => {
      const appliance = world.idOf('vpn-appliance');
      const { code, explained } = await explain(world, appliance);
      expect({ code, problems: problemsOf(explained) }).toEqual({ code: 3, problems: [['selection', null]] });
      const unknown = cloud === 'aws' ? 'i-00000000000000000' : appliance.replace('vpn-appliance', 'nobody');
      const nobody = await explain(world, unknown);
      expect({ code: nobody.code, problems: problemsOf(nobody.explained) }).toEqual({
        code: 3,
        problems: [['found', null]],
      });
    }));

  it('says that a tag of another spelling is not read', () =>
    withWorld(cloud, async (world) => {
      world.unclaim('worker-2');
      world.tag('worker-2', 'Pod_Cidr', '10.200.2.0/24');
      const { code, explained } = await explain(world, 'worker-2');
      const claim = explained.checks.find(({ check }) => check === 'claim');
      expect([code, claim?.result, claim?.code]).toEqual([3, 'problem', 'missing-claim']);
      expect(claim?.evidence).toMatch(
        /: its tag pod_cidr is not read, only pod-cidr is; it gets no route\.$/i,
      );
      expect(claim?.remedy).toMatch(/^If it runs pods, set its pod-cidr tag in place of pod_cidr\.$/i);
      const doctor = await podroutes(['doctor', 'worker-2'], world.env);
      expect(doctor.stdout).toMatch(/its tag pod_cidr is not read, only pod-cidr is/i);
    }));

  it.each(['true', 'Owned'])('says that the value %s of the cluster tag selects nothing', (value) =>
    withWorld(cloud, async (world) => {
      const key = cloud === 'aws' ? 'kubernetes.io/cluster/kthw' : 'kubernetes.io_cluster_kthw';
      world.tag('worker-2', key, value);
      const { code, explained } = await explain(world, world.idOf('worker-2'));
      expect({ code, problems: problemsOf(explained) }).toEqual({ code: 3, problems: [['selection', null]] });
      const miss = `Its tag ${key} has the value "${value}"; expected owned or shared.`;
      expect(explained.checks[0]?.evidence).toContain(miss);
      const doctor = await podroutes(['doctor', world.idOf('worker-2')], world.env);
      expect(doctor.code).toBe(1);
      expect(doctor.stderr).toContain(`exists, but it is not a node (${miss.slice(0, -1)}).`);
    }),
  );

  it('says that a cluster tag of another spelling selects nothing', () =>
    withWorld(cloud, async (world) => {
      const key = 'Kubernetes.io-cluster-kthw';
      world.tag('vpn-appliance', key, 'owned');
      const { explained } = await explain(world, world.idOf('vpn-appliance'));
      expect(explained.checks[0]?.evidence).toMatch(/ It has the tag kubernetes\.io-cluster-kthw; only /i);
    }));

  it('says that not everything could be read', () =>
    withWorld(cloud, async (world) => {
      world.fail('claims', {
        code: cloud === 'aws' ? 'UnauthorizedOperation' : 'AuthorizationFailed',
        status: 403,
        times: 9,
      });
      const { explained } = await explain(world, 'worker-0');
      expect(problemsOf(explained)).toContainEqual(['claim', null]);
    }));

  it('reads well', () =>
    withWorld(cloud, async ({ env }) => {
      const { stdout } = await podroutes(['explain', 'worker-2'], env);
      expect(stdout).toMatch(/^worker-2\n {2}✓ reading {4}Everything could be read\.\n/);
      expect(stdout).toMatch(/\n\n1 of 13 checks failed\.\n$/);
    }));
});
