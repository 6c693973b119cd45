import type { FirewallRule } from '../../shared/doctor/firewall.ts';
import type { Diagnosis, Guard } from '../../shared/doctor/model.ts';
import { NO_BLOCK_LEFT, NODES, node, routeTo, type World } from '../doctor/patient.ts';
import { cidr, firewall, rule } from '../doctor/rules.ts';

/** A cluster with one thing wrong in it. */
interface Cause {
  readonly code: Diagnosis['code'];
  readonly certainty: Diagnosis['certainty'];
  readonly world: World;
}

const STRANGER = { nextHop: { id: 'pcx-1', shown: 'pcx-1' }, target: { kind: 'stranger' } } as const;
const OTHER = { id: 'rtb-9', name: 'other' };
const DEFECT = {
  source: 'tag',
  text: 'x',
  problem: 'is no network',
  corrected: null,
  correctedList: null,
} as const;

function claiming(...texts: readonly string[]): World {
  const claims = texts.map((text) => ({ cidr: cidr(text), source: 'tag' }) as const);
  return { nodes: [...NODES, node(3, { claims })] };
}

function routed(route: ReturnType<typeof routeTo>): World {
  return { routes: [routeTo(0), route, routeTo(2)] };
}

function guarded(kind: Guard['firewall']['kind'], ...rules: readonly FirewallRule[]): World {
  const both = rules.flatMap((each) => [each, { ...each, direction: 'egress' as const }]);
  const members = kind === 'security-group' ? { nodes: ['i-1'], others: ['eni-9'] } : undefined;
  const guard = { firewall: firewall(both, kind), nodes: ['i-1'], guardsWithinSubnet: true };
  return { network: { guards: [{ ...guard, ...(members && { members }) }] } };
}

const COMMON = [6, 17, 1].map((protocol) => rule({ protocol }));

function firewallCauses(kind: Guard['firewall']['kind'], code: Cause['code']): Cause[] {
  return [
    { code, certainty: 'certain', world: guarded(kind) },
    { code, certainty: 'likely', world: guarded(kind, rule({ protocol: 6 })) },
    { code, certainty: 'possible', world: guarded(kind, ...COMMON) },
  ];
}

/** Everything that doctor can find, each as sure as it can be of it. */
export const CAUSES: readonly Cause[] = [
  { code: 'route-missing', certainty: 'certain', world: { routes: [routeTo(0), routeTo(2)] } },
  { code: 'route-blackhole', certainty: 'certain', world: routed(routeTo(1, { state: 'blackhole' })) },
  {
    code: 'route-wrong-next-hop',
    certainty: 'certain',
    world: routed({ ...routeTo(0), destination: cidr('10.200.1.0/24') }),
  },
  { code: 'route-write-failed', certainty: 'certain', world: routed(routeTo(1, { writeFailed: true })) },
  { code: 'foreign-route', certainty: 'certain', world: routed(routeTo(1, STRANGER)) },
  {
    code: 'foreign-route',
    certainty: 'certain',
    world: routed(routeTo(1, { ...STRANGER, ourKind: false, state: 'blackhole' })),
  },
  {
    code: 'route-table-full',
    certainty: 'certain',
    world: {
      routes: [routeTo(0), routeTo(2)],
      table: { quotas: [{ families: [4], used: 500, limit: 500 }] },
    },
  },
  {
    code: 'route-table-filling',
    certainty: 'possible',
    world: { table: { quotas: [{ families: [4], used: 450, limit: 500 }] } },
  },
  {
    code: 'subnet-not-routed',
    certainty: 'certain',
    world: { network: { subnets: new Map([['subnet-1', { table: OTHER, isAssociated: true }]]) } },
  },
  {
    code: 'subnet-not-routed',
    certainty: 'likely',
    world: { table: { subnets: [] }, network: { subnets: new Map() } },
  },
  {
    code: 'association-lost',
    certainty: 'certain',
    world: { network: { subnets: new Map([['subnet-1', { table: OTHER, isAssociated: false }]]) } },
  },
  {
    code: 'forwarding-disabled',
    certainty: 'certain',
    world: { nodes: [node(0), node(1, { forwarding: 'off' }), node(2)] },
  },
  ...firewallCauses('security-group', 'security-group-blocks'),
  {
    code: 'security-group-blocks',
    certainty: 'likely',
    world: guarded('security-group', rule({ named: ['sg-1'] })),
  },
  ...firewallCauses('network-acl', 'network-acl-blocks'),
  ...firewallCauses('network-security-group', 'network-security-group-blocks'),
  {
    code: 'node-not-running',
    certainty: 'certain',
    world: { nodes: [node(0), node(1, { state: 'stopped' }), node(2)], asked: ['worker-1'] },
  },
  {
    code: 'different-networks',
    certainty: 'likely',
    world: {
      nodes: [...NODES, node(3, { network: 'vpc-2', domain: 'vpc-2' })],
      asked: ['worker-0', 'worker-3'],
    },
  },
  {
    code: 'node-unreachable',
    certainty: 'certain',
    world: {
      nodes: [node(0), node(1, { nextHops: { 4: null, 6: null } }), node(2)],
      routes: [routeTo(0), routeTo(2)],
    },
  },
  {
    code: 'missing-claim',
    certainty: 'likely',
    world: { nodes: [...NODES, node(3, { claims: [] })], asked: ['worker-3'] },
  },
  { code: 'missing-claim', certainty: 'possible', world: { nodes: [...NODES, node(3, { claims: [] })] } },
  {
    code: 'malformed-claim',
    certainty: 'certain',
    world: { nodes: [node(0), node(1, { claims: [], defects: [DEFECT] }), node(2)] },
  },
  { code: 'claim-outside-cluster', certainty: 'certain', world: claiming('10.9.0.0/24') },
  { code: 'claim-covers-cluster', certainty: 'certain', world: claiming('10.200.0.0/16') },
  {
    code: 'claim-overlaps-network',
    certainty: 'certain',
    world: { table: { networkCidrs: [cidr('10.200.2.0/24')] } },
  },
  {
    code: 'claim-covers-nodes',
    certainty: 'certain',
    world: claiming('10.200.0.0/22'),
  },
  {
    code: 'claim-reserved',
    certainty: 'certain',
    world: { ...claiming('10.200.9.0/24'), env: { PODROUTES_RESERVED_CIDRS: '10.200.9.0/24' } },
  },
  {
    code: 'too-many-claims',
    certainty: 'certain',
    world: { ...claiming('10.200.8.0/24', '10.200.9.0/24'), env: { PODROUTES_MAX_CLAIMS: '1' } },
  },
  { code: 'conflicting-claim', certainty: 'certain', world: claiming('10.200.0.0/24') },
  { code: 'no-free-cidr', certainty: 'certain', world: { ...NO_BLOCK_LEFT, asked: ['worker-3'] } },
  { code: 'host-forwarding', certainty: 'possible', world: {} },
];
