// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { securityGroupFirewall } from '../../shared/azure/firewall-rules.ts';
import { describeRule } from '../../shared/doctor/traffic.ts';
import { judgeBetween } from '../doctor/patient.ts';
import { cidr } from '../doctor/rules.ts';

const BASE = {
  priority: 200,
  direction: 'Inbound',
  access: 'Allow',
  protocol: '*',
  sourceAddressPrefix: '*',
  sourcePortRange: '*',
  destinationAddressPrefix: '*',
  destinationPortRange: '*',
};
const AROUND = [cidr('10.240.0.0/16'), cidr('10.200.0.0/24'), cidr('10.200.1.0/24')];

function firewallOf(...rules: readonly Partial<typeof BASE>[]) {
  const securityRules = rules.map((rule, i) => ({ name: `r${i}`, properties: { ...BASE, ...rule } }));
  const group = { id: '/S/NSG', name: 'nsg', properties: { securityRules, defaultSecurityRules: null } };
  return securityGroupFirewall(group, AROUND);
}

describe('A rule of a network security group', () => {
  it.each([
    { rule: {}, text: 'r0 (priority 200): allow all traffic from 0.0.0.0/0, ::/0' },
    {
      rule: { sourceAddressPrefix: '10.9.0.1' },
      text: 'r0 (priority 200): allow all traffic from 10.9.0.1/32',
    },
    {
      rule: { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.9.0.0/16', 'Storage'] },
      text: 'r0 (priority 200): allow all traffic from 10.9.0.0/16, Storage',
    },
    {
      rule: { protocol: 'Tcp', destinationPortRange: '80-90' },
      text: 'r0 (priority 200): allow TCP 80-90 from 0.0.0.0/0, ::/0',
    },
    {
      rule: { protocol: 'Udp', sourcePortRange: '53' },
      text: 'r0 (priority 200): allow UDP (a part of it) from 0.0.0.0/0, ::/0',
    },
    {
      rule: { protocol: 'Esp', direction: 'Outbound' },
      text: 'r0 (priority 200): allow protocol 50 to 0.0.0.0/0, ::/0',
    },
    {
      rule: { sourceAddressPrefix: '', sourceApplicationSecurityGroups: [{ id: '/s/asg-1' }] },
      text: 'r0 (priority 200): allow all traffic from asg-1',
    },
  ])('reads as "$text"', ({ rule, text }) => {
    expect(firewallOf(rule).rules.map(describeRule)).toEqual([text]);
  });
});

describe('What a network security group lets through to pods', () => {
  it.each([
    { what: 'nothing without a rule', rules: [], passes: 'none' },
    {
      what: 'all by VirtualNetwork, which has the prefixes of user-defined routes',
      rules: [{ sourceAddressPrefix: 'VirtualNetwork' }],
      passes: 'all',
    },
    {
      what: 'nothing by AzureLoadBalancer',
      rules: [{ sourceAddressPrefix: 'AzureLoadBalancer' }],
      passes: 'none',
    },
    {
      what: 'nothing by Internet, where pods have private addresses',
      rules: [{ sourceAddressPrefix: 'Internet' }],
      passes: 'none',
    },
    {
      what: 'no one knows by another service tag',
      rules: [{ sourceAddressPrefix: 'AzureCloud' }],
      passes: 'unknown',
    },
    {
      what: 'nothing by a rule for the addresses of nodes',
      rules: [{ destinationAddressPrefix: '10.240.0.0/16' }],
      passes: 'none',
    },
    {
      what: 'what the lower priority says',
      rules: [{ priority: 300 }, { priority: 100, access: 'Deny' }],
      passes: 'none',
    },
    { what: 'some by a rule for ports', rules: [{ destinationPortRange: '443' }], passes: 'some' },
  ])('is $what', ({ rules, passes }) => {
    expect(judgeBetween(firewallOf(...rules), '10.200.1.0/24', '10.200.0.0/24').passes).toBe(passes);
  });
});
