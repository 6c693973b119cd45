import {
  AssociateVpcCidrBlockCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  type CreateRouteCommandInput,
  DeleteRouteCommand,
  type EC2Client,
  ModifyInstanceAttributeCommand,
  ReplaceRouteCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { parseCidr } from '../../shared/core/cidr.ts';
import { completeTransitions } from '../../shared/sandbox/ec2/instances.ts';
import { propagateRoute, removeTarget } from '../../shared/sandbox/ec2/routes.ts';
import { createNetwork, launch, readRoutes, refusal, text, withSandbox } from './setup.ts';

const POD = '10.200.0.0/24';

function cidr(value: string) {
  const result = parseCidr(value);
  if (!result.ok) throw new Error(result.problem);
  return result.cidr;
}

async function createInterface(ec2: EC2Client, subnet: string): Promise<string> {
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet }));
  return text(NetworkInterface?.NetworkInterfaceId);
}

describe('Routes of the sandbox EC2', () => {
  it('gives each new table the local route of every CIDR of its VPC', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { vpc, table } = await createNetwork(ec2);
      const local = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' };
      await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpc, CidrBlock: '10.1.0.0/16' }));
      await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpc, AmazonProvidedIpv6CidrBlock: true }));
      expect([...(await readRoutes(ec2, table)).values()]).toEqual([
        { DestinationCidrBlock: '10.0.0.0/16', ...local },
        { DestinationCidrBlock: '10.1.0.0/16', ...local },
        { DestinationIpv6CidrBlock: '2001:db8:1234:1a00::/56', ...local },
      ]);
    }));

  it('shows a route to an instance with its interface and its owner', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const id = await launch(ec2, subnet);
      await ec2.send(
        new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock: POD, InstanceId: id }),
      );
      expect((await readRoutes(ec2, table)).get(POD)).toEqual({
        DestinationCidrBlock: POD,
        InstanceId: id,
        InstanceOwnerId: sandbox.account,
        NetworkInterfaceId: sandbox.ec2.state.instances.get(id)?.interfaces[0],
        Origin: 'CreateRoute',
        State: 'active',
      });
    }));

  it('clears host bits of destinations and writes IPv6 in its short form', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const route = { RouteTableId: table, InstanceId: await launch(ec2, subnet) };
      await ec2.send(new CreateRouteCommand({ ...route, DestinationCidrBlock: '100.68.0.18/18' }));
      await ec2.send(new CreateRouteCommand({ ...route, DestinationIpv6CidrBlock: 'FD00:0:0:1::5/64' }));
      const routes = await readRoutes(ec2, table);
      expect([...routes.keys()]).toEqual(['100.68.0.0/18', '10.0.0.0/16', 'fd00:0:0:1::/64']);
    }));

  it('turns a route into a blackhole while its instance is stopped', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const id = await launch(ec2, subnet);
      await ec2.send(
        new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock: POD, InstanceId: id }),
      );
      const states: (string | undefined)[] = [];
      const note = async () => states.push((await readRoutes(ec2, table)).get(POD)?.State);
      await note();
      await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
      await note();
      await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
      await note();
      expect(states).toEqual(['active', 'blackhole', 'active']);
    }));

  it.each([
    ['instance', ['InstanceId', 'InstanceOwnerId']],
    ['interface', ['NetworkInterfaceId']],
    ['nothing', []],
  ] as const)('shows %s of a target that was terminated, as set', (blackholeShows, shown) =>
    withSandbox({ blackholeShows }, async ({ ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const id = await launch(ec2, subnet);
      await ec2.send(
        new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock: POD, InstanceId: id }),
      );
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
      const route = (await readRoutes(ec2, table)).get(POD);
      expect(route?.State).toBe('blackhole');
      const always = ['DestinationCidrBlock', 'Origin', 'State'];
      expect(Object.keys(route ?? {}).sort()).toEqual([...always, ...shown].sort());
    }),
  );

  it('shows a route to an interface that belongs to no instance as a blackhole', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const NetworkInterfaceId = await createInterface(ec2, subnet);
      const route = { RouteTableId: table, DestinationCidrBlock: POD, NetworkInterfaceId };
      await ec2.send(new CreateRouteCommand(route));
      expect((await readRoutes(ec2, table)).get(POD)).toMatchObject({
        NetworkInterfaceId,
        State: 'blackhole',
      });
    }));

  it.each([
    ['GatewayId', 'vgw-0a1b2c3d4e5f60718'],
    ['NatGatewayId', 'nat-0a1b2c3d4e5f60718'],
    ['VpcPeeringConnectionId', 'pcx-0a1b2c3d4e5f60718'],
    ['TransitGatewayId', 'tgw-0a1b2c3d4e5f60718'],
  ])('takes a route to a %s, and loses it when the target is removed', (field, id) =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { table } = await createNetwork(ec2);
      const route = { RouteTableId: table, DestinationCidrBlock: POD, [field]: id };
      await ec2.send(new CreateRouteCommand(route));
      expect((await readRoutes(ec2, table)).get(POD)).toMatchObject({ [field]: id, State: 'active' });
      removeTarget(sandbox.ec2, id);
      expect((await readRoutes(ec2, table)).get(POD)).toMatchObject({ [field]: id, State: 'blackhole' });
    }),
  );

  it('takes an internet gateway only in the VPC that it is attached to', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { vpc, table } = await createNetwork(ec2);
      const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
      const InternetGatewayId = text(InternetGateway?.InternetGatewayId);
      const route = new CreateRouteCommand({
        RouteTableId: table,
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: InternetGatewayId,
      });
      expect(await refusal(ec2.send(route))).toMatchObject({ code: 'InvalidParameterValue' });
      await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId: vpc }));
      await ec2.send(route);
      expect((await readRoutes(ec2, table)).get('0.0.0.0/0')?.State).toBe('active');
    }));

  it('replaces a route in place and deletes it', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const [first, second] = [await launch(ec2, subnet), await launch(ec2, subnet)];
      const route = { RouteTableId: table, DestinationCidrBlock: POD };
      await ec2.send(new CreateRouteCommand({ ...route, InstanceId: first }));
      await ec2.send(new ReplaceRouteCommand({ ...route, InstanceId: second }));
      expect((await readRoutes(ec2, table)).get(POD)?.InstanceId).toBe(second);
      await ec2.send(new DeleteRouteCommand(route));
      expect((await readRoutes(ec2, table)).has(POD)).toBe(false);
    }));

  it('keeps a propagated route beside a static one of the same destination', () =>
    withSandbox({ routeLimit: 2 }, async ({ sandbox, ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      propagateRoute(sandbox.ec2, table, cidr(POD), 'vgw-0a1b2c3d4e5f60718');
      const InstanceId = await launch(ec2, subnet);
      const before = (await readRoutes(ec2, table)).get(POD);
      expect(before).toMatchObject({ Origin: 'EnableVgwRoutePropagation', State: 'active' });
      const route = { RouteTableId: table, DestinationCidrBlock: POD };
      expect(await refusal(ec2.send(new DeleteRouteCommand(route)))).toMatchObject({
        code: 'InvalidRoute.NotFound',
      });
      await ec2.send(new CreateRouteCommand({ ...route, InstanceId }));
      const origins = [...(sandbox.ec2.state.routeTables.get(table)?.routes.values() ?? [])].map(
        (entry) => entry.origin,
      );
      expect(origins).toEqual(['CreateRouteTable', 'EnableVgwRoutePropagation', 'CreateRoute']);
    }));

  it('counts IPv4 and IPv6 routes apart against the limit', () =>
    withSandbox({ routeLimit: 2 }, async ({ ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const route = { RouteTableId: table, InstanceId: await launch(ec2, subnet) };
      await ec2.send(new CreateRouteCommand({ ...route, DestinationCidrBlock: POD }));
      await ec2.send(new CreateRouteCommand({ ...route, DestinationIpv6CidrBlock: 'fd00:1::/64' }));
      await ec2.send(new CreateRouteCommand({ ...route, DestinationIpv6CidrBlock: 'fd00:2::/64' }));
      for (const more of [
        { DestinationCidrBlock: '10.200.1.0/24' },
        { DestinationIpv6CidrBlock: 'fd00:3::/64' },
      ]) {
        const refused = await refusal(ec2.send(new CreateRouteCommand({ ...route, ...more })));
        expect(refused).toMatchObject({ code: 'RouteLimitExceeded', status: 400 });
      }
    }));

  const MISSING = '0123456789abcdef0';
  const refusedCreates: [string, CreateRouteCommandInput | object, string, RegExp][] = [
    ['an existing destination', { DestinationCidrBlock: POD }, 'RouteAlreadyExists', /identified by 10\.200/],
    ['a VPC range', { DestinationCidrBlock: '10.0.0.0/16' }, 'RouteAlreadyExists', /10\.0\.0\.0\/16/],
    ['a part of the VPC', { DestinationCidrBlock: '10.0.2.0/24' }, 'InvalidParameterValue', /subnet CIDR/],
    ['IPv6 in the IPv4 field', { DestinationCidrBlock: 'fd00::/64' }, 'InvalidParameterValue', /valid CIDR/],
    ['text that is no CIDR', { DestinationCidrBlock: '10.200.1' }, 'InvalidParameterValue', /valid CIDR/],
    ['IPv4 in the IPv6 field', { DestinationIpv6CidrBlock: POD }, 'InvalidParameterValue', /IPv6 CIDR/],
    ['no destination', {}, 'MissingParameter', /destinationCidrBlock/],
    [
      'an unknown instance',
      { DestinationCidrBlock: '10.200.1.0/24', InstanceId: `i-${MISSING}` },
      'InvalidInstanceID.NotFound',
      /The instance ID 'i-0123456789abcdef0' does not exist/,
    ],
    [
      'a malformed instance id',
      { DestinationCidrBlock: '10.200.1.0/24', InstanceId: 'worker-0' },
      'InvalidInstanceID.Malformed',
      /Invalid id: "worker-0"/,
    ],
    [
      'an unknown interface',
      { DestinationCidrBlock: '10.200.1.0/24', InstanceId: undefined, NetworkInterfaceId: `eni-${MISSING}` },
      'InvalidNetworkInterfaceID.NotFound',
      /The networkInterface ID 'eni-0123456789abcdef0' does not exist/,
    ],
    [
      'an unknown table',
      { DestinationCidrBlock: '10.200.1.0/24', RouteTableId: `rtb-${MISSING}` },
      'InvalidRouteTableID.NotFound',
      /The routeTable ID 'rtb-0123456789abcdef0' does not exist/,
    ],
    [
      'two targets',
      { DestinationCidrBlock: '10.200.1.0/24', NatGatewayId: `nat-${MISSING}` },
      'InvalidParameterCombination',
      /exactly one/,
    ],
    [
      'no target',
      { DestinationCidrBlock: '10.200.1.0/24', InstanceId: undefined },
      'MissingParameter',
      /exactly one/,
    ],
    [
      'a prefix list, which is not modelled',
      { DestinationPrefixListId: `pl-${MISSING}` },
      'UnsupportedOperation',
      /DestinationPrefixListId/,
    ],
    ['a dry run', { DestinationCidrBlock: '10.200.1.0/24', DryRun: true }, 'DryRunOperation', /DryRun flag/],
  ];
  it.each(refusedCreates)('refuses to create a route for %s', (_case, more, code, message) =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const target = { RouteTableId: table, InstanceId: await launch(ec2, subnet) };
      await ec2.send(new CreateRouteCommand({ ...target, DestinationCidrBlock: POD }));
      const before = await readRoutes(ec2, table);
      const refused = await refusal(ec2.send(new CreateRouteCommand({ ...target, ...more })));
      expect(refused).toEqual({
        code,
        status: code === 'DryRunOperation' ? 412 : 400,
        message: expect.stringMatching(message),
      });
      expect(await readRoutes(ec2, table)).toEqual(before);
    }),
  );

  it.each([
    ['pending', [], 'InvalidInstanceID', /The pending instance 'i-\w+' is not in a valid state/],
    ['shutting-down', ['complete', 'terminate'], 'IncorrectInstanceState', /'shutting-down'/],
    ['terminated', ['complete', 'terminate', 'complete'], 'IncorrectInstanceState', /'terminated'/],
  ] as const)('refuses a route to an instance that is %s', (_state, steps, code, message) =>
    withSandbox({ transitions: 'manual' }, async ({ sandbox, ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const id = await launch(ec2, subnet);
      for (const step of steps) {
        if (step === 'complete') completeTransitions(sandbox.ec2);
        else await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
      }
      const route = { RouteTableId: table, DestinationCidrBlock: POD, InstanceId: id };
      const refused = await refusal(ec2.send(new CreateRouteCommand(route)));
      expect(refused).toEqual({ code, status: 400, message: expect.stringMatching(message) });
    }),
  );

  it('wants an interface where an instance has several', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const id = await launch(ec2, subnet, {
        NetworkInterfaces: [
          { DeviceIndex: 1, SubnetId: subnet },
          { DeviceIndex: 0, SubnetId: subnet, PrivateIpAddress: '10.0.1.20' },
        ],
      });
      const several = {
        code: 'InvalidInstanceID',
        message: `There are multiple interfaces attached to instance '${id}'. Please specify an interface ID for the operation instead.`,
      };
      const route = { RouteTableId: table, DestinationCidrBlock: POD };
      expect(await refusal(ec2.send(new CreateRouteCommand({ ...route, InstanceId: id })))).toMatchObject(
        several,
      );
      const check = new ModifyInstanceAttributeCommand({ InstanceId: id, SourceDestCheck: { Value: false } });
      expect(await refusal(ec2.send(check))).toMatchObject(several);
      const [primary] = sandbox.ec2.state.instances.get(id)?.interfaces ?? [];
      await ec2.send(new CreateRouteCommand({ ...route, NetworkInterfaceId: text(primary) }));
      expect((await readRoutes(ec2, table)).get(POD)).toMatchObject({ InstanceId: id, State: 'active' });
    }));

  it.each([
    [
      'replace',
      'a route that is not there',
      '10.209.0.0/24',
      'InvalidParameterValue',
      /Use CreateRoute instead/,
    ],
    ['replace', 'a local route', '10.0.0.0/16', 'InvalidParameterValue', /cannot replace local route/],
    ['delete', 'a route that is not there', '10.209.0.0/24', 'InvalidRoute.NotFound', /no route with destin/],
    ['delete', 'a local route', '10.0.0.0/16', 'InvalidParameterValue', /cannot remove local route/],
  ] as const)('refuses to %s %s', (verb, _what, destination, code, message) =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet, table } = await createNetwork(ec2);
      const InstanceId = await launch(ec2, subnet);
      const route = { RouteTableId: table, DestinationCidrBlock: destination };
      const call =
        verb === 'replace'
          ? ec2.send(new ReplaceRouteCommand({ ...route, InstanceId }))
          : ec2.send(new DeleteRouteCommand(route));
      expect(await refusal(call)).toEqual({ code, status: 400, message: expect.stringMatching(message) });
    }),
  );

  it('refuses a target in another VPC', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { table } = await createNetwork(ec2);
      const { subnet } = await createNetwork(ec2);
      const InstanceId = await launch(ec2, subnet);
      const route = { RouteTableId: table, DestinationCidrBlock: POD, InstanceId };
      const refused = await refusal(ec2.send(new CreateRouteCommand(route)));
      expect(refused.message).toMatch(/belong to different networks/);
    }));
});
