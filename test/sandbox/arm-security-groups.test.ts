import { describe, expect, it } from '@jest/globals';
import { collect, GROUP, idOf, refusal, withArm } from './arm-setup.ts';

const NAME = 'nodes-nsg';
const RULE = {
  name: 'from-pods',
  priority: 100,
  direction: 'Inbound',
  access: 'Allow',
  protocol: '*',
  sourceAddressPrefix: '10.200.0.0/16',
  sourcePortRange: '*',
  destinationAddressPrefix: '*',
  destinationPortRange: '*',
};

describe('Network security groups of the sandbox', () => {
  it('have the rules that they were given, and the ones that all have', () =>
    withArm({}, async ({ network }) => {
      const body = { location: 'westeurope', securityRules: [RULE] };
      await network.networkSecurityGroups.createOrUpdate(GROUP, NAME, body);
      const { securityRules, defaultSecurityRules } = await network.networkSecurityGroups.get(GROUP, NAME);
      expect(securityRules).toEqual([expect.objectContaining(RULE)]);
      expect(defaultSecurityRules?.map(({ name, priority }) => [name, priority])).toEqual([
        ['AllowVnetInBound', 65_000],
        ['AllowAzureLoadBalancerInBound', 65_001],
        ['DenyAllInBound', 65_500],
        ['AllowVnetOutBound', 65_000],
        ['AllowInternetOutBound', 65_001],
        ['DenyAllOutBound', 65_500],
      ]);
    }));

  it('take rules one by one, and refuse two of one priority', () =>
    withArm({}, async ({ network }) => {
      await network.networkSecurityGroups.createOrUpdate(GROUP, NAME, { location: 'westeurope' });
      await network.securityRules.createOrUpdate(GROUP, NAME, RULE.name, RULE);
      const call = network.securityRules.createOrUpdate(GROUP, NAME, 'other', { ...RULE, name: 'other' });
      expect(await refusal(call)).toMatchObject({ status: 400, code: 'SecurityRuleConflict' });
      const groups = await collect(network.networkSecurityGroups.list(GROUP));
      expect(groups.map(({ securityRules }) => securityRules?.length)).toEqual([1]);
    }));

  it.each([99, 4097])('refuse the priority %d', (priority) =>
    withArm({}, async ({ network }) => {
      const body = { location: 'westeurope', securityRules: [{ ...RULE, priority }] };
      const call = network.networkSecurityGroups.createOrUpdate(GROUP, NAME, body);
      expect(await refusal(call)).toMatchObject({ status: 400, code: 'SecurityRuleInvalidPriority' });
    }),
  );

  it('are named by the subnets and interfaces that use them', () =>
    withArm({}, async ({ network }) => {
      const group = await network.networkSecurityGroups.createOrUpdate(GROUP, NAME, {
        location: 'westeurope',
      });
      const networkSecurityGroup = { id: idOf(group) };
      const subnet = { addressPrefix: '10.240.0.0/24', networkSecurityGroup };
      await network.subnets.createOrUpdate(GROUP, 'kubernetes-vnet', 'kubernetes-subnet', subnet);
      const { subnets } = await network.virtualNetworks.get(GROUP, 'kubernetes-vnet');
      expect(subnets?.[0]?.networkSecurityGroup?.id).toBe(networkSecurityGroup.id);
    }));
});
