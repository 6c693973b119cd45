import { CreateRouteTableCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { removeTarget } from '../../shared/sandbox/ec2/routes.ts';
import { VPN_GATEWAY } from '../contract/aws-world.ts';
import { withAlteredAnswers } from './altered-answers.ts';
import { targetsOf, withWorld } from './observed-world.ts';

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

  it.each([
    ['instance', { kind: 'gone' }],
    ['interface', { kind: 'gone' }],
    ['nothing', { kind: 'vacant', agreed: true }],
  ] as const)(
    'knows a target that is gone and forgotten by a blackhole that shows %s',
    (blackholeShows, expected) =>
      withWorld({ sandbox: { blackholeShows, terminatedVisibleMs: 0 } }, async (world, look) => {
        await world.launch({ name: 'node', podCidr: '10.200.0.0/24' });
        await world.addRoute('10.200.0.0/24', { machine: 'node' });
        await world.terminate('node');
        const { tables } = await look();
        const route = tables[0]?.routes.find(({ destination }) => destination.text === '10.200.0.0/24');
        expect(route?.target).toEqual(expected);
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

  it('knows a route that the cloud itself propagates, which is none of ours', () =>
    withWorld({}, async (world, look, sandbox) => {
      await world.propagateRoute('10.200.252.0/24');
      const given = 'EnableVgwRoutePropagation';
      // EC2 does not show where a VPC Route Server has learnt a route from.
      const shown = `<gatewayId>${VPN_GATEWAY}</gatewayId><state>active</state><origin>${given}</origin>`;
      for (const [alter, nextHop] of [
        [(xml: string) => xml, { shown: VPN_GATEWAY }],
        [(xml: string) => xml.replaceAll(shown, '<state>active</state><origin>Advertisement</origin>'), null],
      ] as const) {
        await withAlteredAnswers(sandbox, alter, async (ec2) => {
          const [table] = (await look({}, {}, ec2)).tables;
          expect(table?.routes.filter(({ propagated }) => propagated)).toMatchObject([
            {
              destination: { text: '10.200.252.0/24' },
              nextHop,
              state: 'active',
              ourKind: false,
              target: { kind: 'stranger' },
            },
          ]);
          expect(table?.quotas[0]?.used).toBe(world.given.length);
        });
      }
    }));

  it.each(['local', 'led through an appliance'])('has a range of the network whose route is %s', (where) =>
    withWorld({ networkCidrs: ['10.0.0.0/16', '10.200.64.0/18'] }, async (_world, look, sandbox) => {
      const alter = (xml: string): string =>
        where === 'local'
          ? xml
          : xml.replaceAll(
              '<gatewayId>local</gatewayId>',
              '<networkInterfaceId>eni-0123456789abcdef0</networkInterfaceId>',
            );
      await withAlteredAnswers(sandbox, alter, async (ec2) => {
        const [table] = (await look({}, {}, ec2)).tables;
        expect(table?.networkCidrs.map(({ text }) => text).sort()).toEqual(['10.0.0.0/16', '10.200.64.0/18']);
        expect(table?.routes.filter(({ ourKind }) => ourKind)).toEqual([]);
      });
    }),
  );

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
