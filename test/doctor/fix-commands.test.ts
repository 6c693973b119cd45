import { describe, expect, it } from '@jest/globals';
import { createAwsFixes } from '../../shared/aws/fix-commands.ts';
import { createAwsLooks } from '../../shared/aws/look-commands.ts';
import { createAzureFixes } from '../../shared/azure/fix-commands.ts';
import { AZURE_LOOKS } from '../../shared/azure/look-commands.ts';
import { type Config, readConfig } from '../../shared/core/config/config.ts';
import type { Node, RouteTable } from '../../shared/core/model.ts';
import type { Opening } from '../../shared/doctor/model.ts';
import { quote } from '../../shared/doctor/shell.ts';
import { cidr, firewall, rule } from './rules.ts';

function configOf(cloud: 'aws' | 'azure', more: Readonly<Record<string, string>> = {}): Config {
  const env = { PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16', ...more };
  const result = readConfig(env, cloud);
  if (!result.ok) throw new Error(result.problems.join('; '));
  return result.config;
}

const OPENING: Omit<Opening, 'firewall'> = {
  direction: 'egress',
  cidr: cidr('fd00:10::/48'),
  before: 100,
  skip: 0,
};
const NSG = '/subscriptions/s/resourcegroups/g/providers/microsoft.network/networksecuritygroups/nsg';

describe('The commands of the aws program', () => {
  const fixes = createAwsFixes(configOf('aws'), ['--region', 'eu-west-1', '--profile', 'staging']);

  it('carry the options by which the cluster was reached', () => {
    expect(fixes.associate('subnet-1', 'rtb-1')).toEqual([
      'aws ec2 associate-route-table --route-table-id rtb-1 --subnet-id subnet-1 --region eu-west-1 --profile staging',
    ]);
  });

  it('open IPv6 in fields of its own', () => {
    expect(fixes.open({ ...OPENING, firewall: firewall([], 'security-group') })[0]).toContain(
      "authorize-security-group-egress --group-id sg-1 --ip-permissions 'IpProtocol=-1,Ipv6Ranges=[{CidrIpv6=fd00:10::/48}]'",
    );
    expect(fixes.open({ ...OPENING, firewall: firewall([]) })[0]).toContain(
      '--egress --rule-number 99 --protocol -1 --rule-action allow --ipv6-cidr-block fd00:10::/48',
    );
  });

  it('are none where no number is free, or the tables are named by hand', () => {
    const full = firewall([rule({ order: 1, direction: 'egress' })]);
    expect(fixes.open({ ...OPENING, before: 2, firewall: full })).toEqual([]);
    const named = createAwsFixes(configOf('aws', { PODROUTES_ROUTE_TABLES: 'rtb-0123456789abcdef0' }), []);
    expect(named.manageTable('rtb-1')).toEqual([]);
  });
});

const TABLE: RouteTable = {
  id: '/subscriptions/s/resourcegroups/g/providers/microsoft.network/routetables/nodes',
  name: 'nodes',
  ...{ network: null, domain: null, networkCidrs: [], routes: [], quotas: [], subnets: null },
};

describe('The commands that look', () => {
  it.each([
    ['10.200.1.0/24', 'DestinationCidrBlock'],
    ['fd00:10::/64', 'DestinationIpv6CidrBlock'],
  ])('show the route to %s on AWS', (text, field) => {
    const looks = createAwsLooks(['--region', 'eu-west-1']);
    expect(looks.route({ ...TABLE, id: 'rtb-1' }, cidr(text))).toEqual([
      `aws ec2 describe-route-tables --route-table-ids rtb-1 --query "RouteTables[].Routes[?${field}=='${text}'][]" --region eu-west-1`,
    ]);
  });

  it('show the members of a security group', () => {
    expect(createAwsLooks(['--region', 'eu-west-1']).members(firewall([], 'security-group'))).toEqual([
      "aws ec2 describe-network-interfaces --filters Name=group-id,Values=sg-1 --output text --query 'NetworkInterfaces[].[NetworkInterfaceId,Attachment.InstanceId,Description]' --region eu-west-1",
    ]);
  });

  it('show a route on Azure, where a rule of a security group is for pods alone', () => {
    expect(AZURE_LOOKS.route(TABLE, cidr('10.200.1.0/24'))).toEqual([
      `az network route-table show --ids ${TABLE.id} --query "routes[?addressPrefix=='10.200.1.0/24']"`,
    ]);
    expect(AZURE_LOOKS.members(firewall([], 'network-security-group'))).toEqual([]);
  });
});

describe('The commands of the az program', () => {
  const fixes = createAzureFixes(configOf('azure'), 's');

  it('open the pod range on both sides of a rule', () => {
    const nsg = { ...firewall([], 'network-security-group'), id: NSG };
    expect(fixes.open({ ...OPENING, cidr: cidr('10.200.0.0/16'), before: 65_500, firewall: nsg })).toEqual([
      "az network nsg rule create --subscription s --resource-group g --nsg-name nsg --name pods-out-10-200-0-0-16 --priority 4096 --direction Outbound --access Allow --protocol '*' --source-address-prefixes 10.200.0.0/16 --source-port-ranges '*' --destination-address-prefixes 10.200.0.0/16 --destination-port-ranges '*'",
    ]);
    expect(fixes.open({ ...OPENING, before: 100, firewall: nsg })).toEqual([]);
  });

  it('are none for instances of a uniform scale set, which follow its model', () => {
    const nic = '/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachinescalesets/x/nic';
    const node: Node = {
      ...{ id: nic, name: 'x_0', state: 'stopped', launchedAt: 0, addresses: [], claims: [], defects: [] },
      ...{
        claimsKnown: true,
        nextHops: { 4: null, 6: null },
        forwarding: 'off',
        network: null,
        domain: null,
        incarnation: null,
        subnet: null,
      },
    };
    expect(fixes.enableForwarding(node, nic)).toEqual([]);
    expect(fixes.enableForwarding(node, undefined)).toEqual([]);
    expect(fixes.start(node)).toEqual([]);
  });
});

describe('A word of a command', () => {
  it.each([
    ['rtb-1', 'rtb-1'],
    ['10.200.0.0/16', '10.200.0.0/16'],
    ['*', "'*'"],
    ['a b', "'a b'"],
    ["it's", `"it's"`],
    ["it's $HOME", "'it'\\''s $HOME'"],
    ['it\'s "so"', `'it'\\''s "so"'`],
    ["it's `so`", "'it'\\''s `so`'"],
    ["it's so!", "'it'\\''s so!'"],
    ["it's\\", "'it'\\''s\\'"],
    ["it's\nso", "'it'\\''s\nso'"],
    ['$(reboot)', "'$(reboot)'"],
    ['=ls', "'=ls'"],
    ['', "''"],
  ])('%j is written %s', (word, written) => {
    expect(quote(word)).toBe(written);
  });
});
