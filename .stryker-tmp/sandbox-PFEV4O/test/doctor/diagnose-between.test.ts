// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import type { FirewallRule } from '../../shared/doctor/firewall.ts';
import type { Guard, NetworkReading } from '../../shared/doctor/model.ts';
import { find, NODES, node, routeTo, type World } from './patient.ts';
import { firewall, rule } from './rules.ts';

function guard(rules: readonly FirewallRule[], fields: Partial<Guard> = {}): Partial<NetworkReading> {
  const both = rules.flatMap((each) => [each, { ...each, direction: 'egress' as const }]);
  return { guards: [{ firewall: firewall(both), nodes: ['i-1'], guardsWithinSubnet: true, ...fields }] };
}

describe('Between nodes, doctor', () => {
  it.each<{ what: string; world: World; found: string[][] }>([
    {
      what: 'a firewall that lets nothing through, in each direction',
      world: { network: guard([]) },
      found: [
        [
          'certain network-acl-blocks',
          'worker-1',
          `open acl-1 ingress 10.200.0.0/16 ${Number.MAX_SAFE_INTEGER}`,
        ],
        [
          'certain network-acl-blocks',
          'worker-1',
          `open acl-1 egress 10.200.0.0/16 ${Number.MAX_SAFE_INTEGER}`,
        ],
      ],
    },
    {
      what: 'a firewall that lets one other node in alone',
      world: { network: guard([rule({ remote: ['10.200.0.0/24'] }), rule({ order: 90, action: 'deny' })]) },
      found: ['ingress', 'egress'].map((way) => [
        'certain network-acl-blocks',
        'worker-1',
        `open acl-1 ${way} 10.200.0.0/16 90`,
      ]),
    },
    {
      what: 'no fault in a firewall that does not guard inside the subnet',
      world: { network: guard([], { guardsWithinSubnet: false }) },
      found: [],
    },
    {
      what: 'a firewall that lets some ports through, as likely',
      world: { network: guard([rule({ protocol: 6 })]) },
      found: ['ingress', 'egress'].map((way) => [
        'likely network-acl-blocks',
        'worker-1',
        `open acl-1 ${way} 10.200.0.0/16 ${Number.MAX_SAFE_INTEGER}`,
      ]),
    },
    {
      what: 'a firewall that lets all but rare protocols through, as possible',
      world: { network: guard([6, 17, 1].map((protocol) => rule({ protocol }))) },
      found: ['ingress', 'egress'].map((way) => [
        'possible network-acl-blocks',
        'worker-1',
        `open acl-1 ${way} 10.200.0.0/16 ${Number.MAX_SAFE_INTEGER}`,
      ]),
    },
    {
      what: 'a prefix list as possible',
      world: { network: guard([rule({ named: ['pl-1'] })]) },
      found: ['ingress', 'egress'].map((way) => [
        'possible network-acl-blocks',
        'worker-1',
        `open acl-1 ${way} 10.200.0.0/16 ${Number.MAX_SAFE_INTEGER}`,
      ]),
    },
    {
      what: 'a rule for the members of a group as likely',
      world: { network: guard([rule({ named: ['sg-1'] })]) },
      found: ['ingress', 'egress'].map((way) => [
        'likely network-acl-blocks',
        'worker-1',
        `open acl-1 ${way} 10.200.0.0/16 ${Number.MAX_SAFE_INTEGER}`,
      ]),
    },
    {
      what: 'nothing of another node where one was asked about',
      world: { nodes: [node(0), node(1, { forwarding: 'off' }), node(2)], asked: ['worker-0'] },
      found: [],
    },
    {
      what: 'nothing between two nodes where the fault is a third one’s',
      world: { routes: [routeTo(0), routeTo(2)], network: guard([]), asked: ['worker-0', 'worker-2'] },
      found: [],
    },
    {
      what: 'no fault in a table that neither of two nodes uses',
      world: {
        nodes: [0, 1, 2].map((i) => node(i, { subnet: i === 1 ? 'subnet-1' : 'subnet-2' })),
        routes: [routeTo(0), routeTo(1)],
        network: {
          subnets: new Map([['subnet-2', { table: { id: 'rtb-2', name: 'other' }, isAssociated: true }]]),
        },
        asked: ['worker-0', 'worker-2'],
      },
      found: [['certain subnet-not-routed', 'worker-0 worker-2', 'manage rtb-2', 'podroutes reconcile']],
    },
    {
      what: 'that a node is stopped, where it was asked about',
      world: { nodes: [node(0), node(1, { state: 'stopped' }), node(2)], asked: ['worker-1'] },
      found: [['certain node-not-running', 'worker-1', 'start i-1']],
    },
    {
      what: 'that a node claims nothing, where it was asked about',
      world: { nodes: [...NODES, node(3, { claims: [] })], asked: ['worker-3'] },
      found: [['likely missing-claim', 'worker-3']],
    },
    {
      what: 'that some nodes are in another network than all others, where nobody asked about any',
      world: { nodes: [...NODES, node(3, { network: 'vpc-2', domain: 'vpc-2', subnet: null })] },
      found: [
        ['likely different-networks', 'worker-0 worker-1 worker-2 worker-3'],
        ['likely subnet-not-routed', 'worker-3'],
      ],
    },
    {
      what: 'nothing where the two networks are peered',
      world: {
        nodes: [...NODES, node(3, { network: 'vpc-2', subnet: 'subnet-1' })],
        routes: [0, 1, 2, 3].map((index) => routeTo(index)),
      },
      found: [],
    },
    {
      what: 'that two nodes are in different networks',
      world: {
        nodes: [...NODES, node(3, { network: 'vpc-2', domain: 'vpc-2', subnet: null })],
        asked: ['worker-0', 'worker-3'],
      },
      found: [
        ['likely different-networks', 'worker-0 worker-3'],
        ['likely subnet-not-routed', 'worker-3'],
      ],
    },
  ])('finds $what', async ({ world, found }) => {
    expect(await find(world)).toEqual(found);
  });
});
