import { CreateRouteTableCommand, type EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { observeAws } from '../../shared/aws/observe.ts';
import { describeProblems, readConfig } from '../../shared/core/config/config.ts';
import type { Observation, Scope } from '../../shared/core/model.ts';
import type { AwsSandboxOptions } from '../../shared/sandbox/aws-server.ts';
import { removeTarget } from '../../shared/sandbox/ec2/routes.ts';
import { IMAGE } from '../contract/aws-network.ts';
import { type AwsWorld, createAwsWorld } from '../contract/aws-world.ts';
import { startSandboxBackend } from '../contract/backends.ts';
import type { WorldOptions } from '../contract/world.ts';
import { withAlteredAnswers } from './altered-answers.ts';

interface Setup extends WorldOptions {
  readonly sandbox?: AwsSandboxOptions;
}

type Look = (
  scope?: Partial<Scope>,
  env?: Readonly<Record<string, string>>,
  client?: EC2Client,
) => Promise<Observation>;
type Sandbox = Awaited<ReturnType<typeof startSandboxBackend>>['sandbox'];

async function withWorld(
  { sandbox: sandboxOptions, ...options }: Setup,
  use: (world: AwsWorld, look: Look, sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const backend = await startSandboxBackend(sandboxOptions);
  const world = await createAwsWorld(backend, options);
  const look: Look = ({ kind = 'all', ids = [] } = {}, env = {}, client = world.ec2) => {
    const result = readConfig({ ...world.env, ...env }, 'aws');
    if (!result.ok) throw new Error(describeProblems(result.problems));
    return observeAws(client, result.config, { kind, ids }, AbortSignal.timeout(30_000));
  };
  try {
    await use(world, look, backend.sandbox);
  } finally {
    await world.close();
  }
}

function targetsOf({ tables }: Observation): Record<string, string> {
  const routes = tables[0]?.routes ?? [];
  return Object.fromEntries(routes.map(({ destination, target }) => [destination.text, target.kind]));
}

function namesOf({ nodes }: Observation): string[] {
  return nodes.map(({ name }) => name).sort();
}

describe('What is read of nodes', () => {
  it('has a name on one line, whatever its tag says', () =>
    withWorld({}, async (world, look) => {
      await world.launch({ name: 'worker\n  $ rm -r /\u001b[8m', podCidr: '10.200.0.0/24' });
      const { nodes } = await look();
      expect(nodes.map(({ name }) => name)).toEqual(['worker   $ rm -r / [8m']);
    }));

  it('has state, addresses, claims, next hop, forwarding, network and subnet', () =>
    withWorld({}, async (world, look) => {
      await world.launch({ name: 'worker', podCidr: '10.200.0.0/24' });
      const { nodes, failures, missing } = await look();
      expect({ failures, missing }).toEqual({ failures: [], missing: [] });
      const id = world.idOf('worker');
      expect(nodes).toEqual([
        expect.objectContaining({
          id,
          name: 'worker',
          state: 'running',
          addresses: [expect.stringMatching(/^10\.0\./)],
          claims: [expect.objectContaining({ source: 'tag' })],
          claimsKnown: true,
          nextHops: {
            4: { id: expect.stringMatching(/^eni-/), shown: id },
            6: { id: expect.stringMatching(/^eni-/), shown: id },
          },
          forwarding: 'off',
          network: world.network.vpc,
          subnet: world.network.subnet,
        }),
      ]);
    }));

  it('comes page by page where there are more than a thousand', () =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launchMany('many', 1_005);
      sandbox.clearCalls();
      expect((await look({}, { PODROUTES_POD_CIDR_SOURCES: 'tag' })).nodes.length).toBe(1_005);
      expect(sandbox.countCalls()['DescribeInstances']).toBe(2);
    }));

  it('comes in questions of at most 200 where they are named', () =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launchMany('many', 401);
      const ids = Array.from({ length: 401 }, (_, i) => world.idOf(`many-${i}`));
      sandbox.clearCalls();
      const scope = { kind: 'nodes', ids: [...ids, 'i-0123456789abcdef0'] } as const;
      const { nodes, missing } = await look(scope, { PODROUTES_POD_CIDR_SOURCES: 'tag' });
      expect(nodes.length).toBe(401);
      expect(missing).toEqual(['i-0123456789abcdef0']);
      expect(sandbox.countCalls()['DescribeInstances']).toBe(3);
    }));

  it.each([
    { what: 'the cluster tag', env: {}, expected: ['tagged'] },
    { what: 'another tag', env: { PODROUTES_NODE_TAG: 'role' }, expected: ['edge', 'role'] },
    { what: 'a value of another tag', env: { PODROUTES_NODE_TAG: 'role=worker' }, expected: ['role'] },
  ])('is about those that $what selects', ({ env, expected }) =>
    withWorld({}, async (world, look) => {
      await world.launch({ name: 'tagged', podCidr: '10.200.0.0/24' });
      await launchWithRole(world, 'role', 'worker');
      await launchWithRole(world, 'edge', 'edge');
      expect(namesOf(await look({}, env))).toEqual(expected);
    }),
  );

  it('is, with named tables and no selection, about whatever claims in their network', () =>
    withWorld({ namedTables: 'alone' }, async (world, look) => {
      await world.launch({ name: 'tagged', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'untagged', podCidr: '10.200.1.0/24', isNode: false });
      await world.launch({ name: 'silent', podCidr: null, isNode: false });
      expect(namesOf(await look({}, { PODROUTES_CLUSTER: '' }))).toEqual(['tagged', 'untagged']);
    }));

  it('asks for user data only where there is no tag, and never of what is gone', () =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launch({ name: 'tagged', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'spoken', podCidr: '10.200.1.0/24', via: 'user-data' });
      await world.launch({ name: 'gone', podCidr: '10.200.2.0/24', via: 'user-data' });
      await world.terminate('gone');
      sandbox.clearCalls();
      const { nodes } = await look();
      expect(nodes.find(({ name }) => name === 'gone')).toMatchObject({ state: 'gone', claims: [] });
      expect(sandbox.calls.filter(({ action }) => action === 'DescribeInstanceAttribute')).toMatchObject([
        { params: { InstanceId: world.idOf('spoken') } },
      ]);
    }));

  it('says where a claim could not be read', () =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launch({ name: 'spoken', podCidr: '10.200.1.0/24', via: 'user-data' });
      sandbox.failNext('DescribeInstanceAttribute', { code: 'UnauthorizedOperation' });
      const { nodes, failures } = await look();
      expect(nodes[0]?.claimsKnown).toBe(false);
      expect(failures).toMatchObject([
        { what: 'claims', id: world.idOf('spoken'), failure: { kind: 'permanent' } },
      ]);
    }));
});

describe('What is read of tables', () => {
  it('tells who is behind each route', () =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launch({ name: 'node', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'ghost', podCidr: null, isNode: false });
      await world.launch({ name: 'stranger', podCidr: null, isNode: false });
      await world.launch({ name: 'sleeper', podCidr: null, isNode: false });
      for (const [i, machine] of ['node', 'ghost', 'stranger', 'sleeper'].entries()) {
        await world.addRoute(`10.200.${i}.0/24`, { machine });
      }
      await world.terminate('ghost');
      await world.stop('sleeper');
      // A blackhole too, but never of a kind that podroutes creates.
      await world.addRoute('10.200.4.0/24', { gateway: 'peering' });
      removeTarget(sandbox.ec2, 'pcx-0123456789abcdef0');
      expect(targetsOf(await look())).toEqual({
        '0.0.0.0/0': 'stranger',
        '10.200.0.0/24': 'node',
        '10.200.1.0/24': 'gone',
        '10.200.2.0/24': 'stranger',
        '10.200.3.0/24': 'stranger',
        '10.200.4.0/24': 'stranger',
      });
    }));

  it('leaves open who is behind a route that a run for some nodes has not asked about', () =>
    withWorld({}, async (world, look) => {
      await world.launch({ name: 'node', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'other', podCidr: '10.200.1.0/24' });
      await world.addRoute('10.200.0.0/24', { machine: 'node' });
      await world.addRoute('10.200.1.0/24', { machine: 'other' });
      expect(targetsOf(await look({ kind: 'nodes', ids: [world.idOf('node')] }))).toMatchObject({
        '10.200.0.0/24': 'node',
        '10.200.1.0/24': 'unread',
      });
    }));

  it.each(['instance', 'interface', 'nothing'] as const)(
    'knows a target that is gone and forgotten by a blackhole that shows %s',
    (blackholeShows) =>
      withWorld({ sandbox: { blackholeShows, terminatedVisibleMs: 0 } }, async (world, look) => {
        await world.launch({ name: 'node', podCidr: '10.200.0.0/24' });
        await world.addRoute('10.200.0.0/24', { machine: 'node' });
        await world.terminate('node');
        expect(targetsOf(await look())['10.200.0.0/24']).toBe('gone');
      }),
  );

  it.each(['stranger', 'unread'] as const)(
    'takes the living target of a route for a %s, by whether the list of nodes was read',
    (expected) =>
      withWorld({}, async (world, look, sandbox) => {
        await world.launch({ name: 'node', podCidr: '10.200.0.0/24', isNode: expected === 'unread' });
        await world.addRoute('10.200.0.0/24', { machine: 'node' });
        if (expected === 'unread') sandbox.failNext('DescribeInstances', { code: 'UnauthorizedOperation' });
        const seen = await look();
        expect(targetsOf(seen)).toMatchObject({ '0.0.0.0/0': 'stranger', '10.200.0.0/24': expected });
        expect(seen.failures.map(({ what, id }) => ({ what, id }))).toEqual(
          expected === 'unread' ? [{ what: 'nodes', id: null }] : [],
        );
      }),
  );

  it.each([
    ['gone', 'ours', '123456789012'],
    ['stranger', 'another', '210987654321'],
  ])('takes what EC2 does not show for %s where its account is %s', (expected, _, account) =>
    withWorld(
      { sandbox: { blackholeShows: 'instance', terminatedVisibleMs: 0 } },
      async (world, look, sandbox) => {
        await world.launch({ name: 'node', podCidr: '10.200.0.0/24' });
        await world.addRoute('10.200.0.0/24', { machine: 'node' });
        await world.terminate('node');
        const alter = (xml: string): string =>
          xml.replace(/(<instanceOwnerId>)\d+/g, (_match, start) => `${start}${account}`);
        await withAlteredAnswers(sandbox, alter, async (ec2) => {
          expect(targetsOf(await look({}, {}, ec2))['10.200.0.0/24']).toBe(expected);
        });
      },
    ),
  );

  it('counts IPv4 and IPv6 apart, and propagated routes not at all', () =>
    withWorld({ clusterCidrs: ['10.200.0.0/16', 'fd00:200::/48'] }, async (world, look) => {
      await world.launch({ name: 'node', podCidr: null });
      await world.addRoute('10.200.0.0/24', { machine: 'node' });
      await world.addRoute('fd00:200::/64', { machine: 'node' });
      await world.propagateRoute('10.200.252.0/24');
      const { tables } = await look();
      expect(tables[0]?.quotas).toEqual([
        { families: [4], used: 3, limit: 500 },
        { families: [6], used: 1, limit: 500 },
      ]);
    }));

  it('has the ranges of the network and the subnets that the table serves', () =>
    withWorld({ networkCidrs: ['10.0.0.0/16', '10.1.0.0/16'], tables: 2 }, async (world, look) => {
      const { tables } = await look();
      expect(tables.map(({ networkCidrs }) => networkCidrs.map(({ text }) => text))).toEqual([
        ['10.0.0.0/16', '10.1.0.0/16'],
        ['10.0.0.0/16', '10.1.0.0/16'],
      ]);
      const subnets = tables.map((table) => table.subnets);
      expect(subnets).toContainEqual([world.network.subnet]);
      expect(subnets).toContainEqual([]);
    }));

  it('takes those that several clusters share, and not those of others', () =>
    withWorld({}, async (world, look) => {
      const table = async (Key: string, Value: string) => {
        const TagSpecifications = [{ ResourceType: 'route-table' as const, Tags: [{ Key, Value }] }];
        const { RouteTable } = await world.ec2.send(
          new CreateRouteTableCommand({ VpcId: world.network.vpc, TagSpecifications }),
        );
        return RouteTable?.RouteTableId;
      };
      const cluster = `kubernetes.io/cluster/${world.env['PODROUTES_CLUSTER']}`;
      const shared = await table(cluster, 'shared');
      await table(cluster, 'abandoned');
      await table('kubernetes.io/cluster/other', 'owned');
      const { tables } = await look();
      expect(tables.map(({ id }) => id).sort()).toEqual([...world.tables, shared].sort());
    }));

  it('is a failure where no table has the tag', () =>
    withWorld({}, async (_world, look) => {
      const { tables, failures } = await look({}, { PODROUTES_CLUSTER: 'nowhere' });
      expect(tables).toEqual([]);
      expect(failures).toMatchObject([
        { what: 'table', id: null, failure: { kind: 'permanent', code: 'no-route-table' } },
      ]);
    }));
});

it.each([
  ['nodes', 'reservationSet'],
  ['nodes', 'instancesSet'],
  ['table', 'routeTableSet'],
])('An answer that lacks its list is a read of %s that failed: %s', (what, set) =>
  withWorld({}, async (world, look, sandbox) => {
    await world.launch({ name: 'node', podCidr: '10.200.0.0/24' });
    const alter = (xml: string): string => xml.replace(new RegExp(`<${set}>.*</${set}>|<${set}/>`, 's'), '');
    await withAlteredAnswers(sandbox, alter, async (ec2) => {
      const { failures } = await look({}, {}, ec2);
      expect(failures).toMatchObject([
        {
          what,
          id: null,
          failure: { kind: 'transient', message: expect.stringContaining('lacks the list') },
        },
      ]);
    });
  }),
);

it.each([
  ['nodes', 'DescribeInstances'],
  ['table', 'DescribeRouteTables'],
])('An answer whose pages do not end is a read of %s that failed', (what, action) =>
  withWorld({}, async (world, look, sandbox) => {
    await world.launch({ name: 'node', podCidr: '10.200.0.0/24' });
    const token = Buffer.from('after:0').toString('base64url');
    const alter = (xml: string): string =>
      xml.replace(`</${action}Response>`, `<nextToken>${token}</nextToken></${action}Response>`);
    await withAlteredAnswers(sandbox, alter, async (ec2) => {
      const { failures, missing } = await look({}, {}, ec2);
      expect(failures).toMatchObject([
        { what, id: null, failure: { message: expect.stringContaining('pages of the answer do not end') } },
      ]);
      expect(missing).toEqual([]);
    });
  }),
);

async function launchWithRole({ ec2, network }: AwsWorld, name: string, role: string): Promise<void> {
  const Tags = [
    { Key: 'Name', Value: name },
    { Key: 'role', Value: role },
  ];
  await ec2.send(
    new RunInstancesCommand({
      ImageId: IMAGE,
      MinCount: 1,
      MaxCount: 1,
      SubnetId: network.subnet,
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }),
  );
}
