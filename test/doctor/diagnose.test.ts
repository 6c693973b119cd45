import { describe, expect, it } from '@jest/globals';
import { readTagClaims } from '../../shared/core/claims/pod-cidr.ts';
import type { Node } from '../../shared/core/model.ts';
import { diagnose } from '../../shared/doctor/diagnose.ts';
import { factsOf, find, NO_BLOCK_LEFT, NODES, node, routeTo, type World } from './patient.ts';
import { cidr } from './rules.ts';

const ROUTES = [0, 1, 2].map((i) => routeTo(i));
const STRANGER = { nextHop: { id: 'eni-9', shown: 'eni-9' }, target: { kind: 'stranger' } } as const;
const PEERING = {
  nextHop: { id: 'pcx-1', shown: 'pcx-1' },
  ourKind: false,
  target: { kind: 'stranger' },
} as const;
const DEFECT = {
  source: 'tag',
  text: '10.200.1.7/24',
  problem: 'has host bits set',
  corrected: '10.200.1.0/24',
  correctedList: '10.200.1.0/24',
} as const;

/** A node whose tag says this. */
function tagged(i: number, tag: string): Node {
  return node(i, readTagClaims(tag));
}

describe('doctor of a node in a network without a managed table', () => {
  const away = { ...node(3), network: 'vpc-2', domain: 'vpc-2', subnet: 'subnet-9' };
  const main = { table: { id: 'rtb-9', name: 'main' }, isAssociated: false };

  it('proposes no table that is not there', async () => {
    const { problems } = diagnose(
      await factsOf({
        nodes: [...NODES, away],
        asked: ['worker-3'],
        network: { subnets: new Map([['subnet-9', main]]) },
      }),
    );
    const lost = problems.find(({ code }) => code === 'association-lost');
    expect(lost?.evidence).toContain('managed route tables of its network: none');
    expect(lost?.remedy).toMatch(/^No route table of its network is managed\. Manage one and associate it/);
    expect(problems.flatMap(({ commands }) => commands)).toEqual([]);
  });

  it('takes no table of another network for its own where its subnet could not be read', async () => {
    const facts = await factsOf({
      nodes: [...NODES, away],
      routes: [routeTo(0)],
      table: { subnets: null },
      asked: ['worker-3'],
      network: { subnets: new Map() },
    });
    const codes = diagnose(facts).problems.map(({ code }) => code);
    expect(codes).not.toContain('route-missing');
  });
});

describe('doctor', () => {
  it.each<{ what: string; world: World; found: string[][] }>([
    { what: 'nothing in a cluster without a fault', world: {}, found: [] },
    {
      what: 'a route that is missing',
      world: { routes: [routeTo(0), routeTo(2)] },
      found: [['certain route-missing', 'worker-1', 'podroutes reconcile worker-1']],
    },
    {
      what: 'several routes that are missing in one table as one fault',
      world: { routes: [routeTo(0)] },
      found: [['certain route-missing', 'worker-1 worker-2', 'podroutes reconcile worker-1 worker-2']],
    },
    {
      what: 'a route that leads nowhere',
      world: { routes: [routeTo(0), routeTo(1, { state: 'blackhole' }), routeTo(2)] },
      found: [['certain route-blackhole', 'worker-1', 'podroutes reconcile worker-1']],
    },
    {
      what: 'a route that leads to another node',
      world: {
        routes: [
          routeTo(0),
          { ...routeTo(1), nextHop: { id: 'eni-0', shown: 'i-0' }, target: { kind: 'node', id: 'i-0' } },
          routeTo(2),
        ],
      },
      found: [['certain route-wrong-next-hop', 'worker-1', 'podroutes reconcile worker-1']],
    },
    {
      what: 'a route whose last write failed',
      world: { routes: [routeTo(0), routeTo(1, { writeFailed: true }), routeTo(2)] },
      found: [['certain route-write-failed', 'worker-1', 'podroutes reconcile worker-1']],
    },
    {
      what: 'a route of somebody else in the way',
      world: { routes: [routeTo(0), routeTo(1, STRANGER), routeTo(2)] },
      found: [['certain foreign-route', 'worker-1']],
    },
    {
      what: 'a route of somebody else that leads nowhere, which may go',
      world: { routes: [routeTo(0), routeTo(1, { ...PEERING, state: 'blackhole' }), routeTo(2)] },
      found: [['certain foreign-route', 'worker-1', 'delete rtb-1 10.200.1.0/24']],
    },
    {
      what: 'no fault in a route that nobody needs any more',
      world: { routes: [...ROUTES, routeTo(7, { state: 'blackhole', target: { kind: 'gone' } })] },
      found: [],
    },
    {
      what: 'a name that a shell would mistake replaced by the id',
      world: {
        nodes: [node(0), node(1, { name: '--yes; reboot' }), node(2)],
        routes: [routeTo(0), routeTo(2)],
      },
      found: [['certain route-missing', '--yes; reboot', 'podroutes reconcile i-1']],
    },
    {
      what: 'forwarding that is off, whoever shall see to it',
      world: {
        nodes: [node(0), node(1, { forwarding: 'off' }), node(2)],
        env: { PODROUTES_FORWARDING: 'ignore' },
      },
      found: [['certain forwarding-disabled', 'worker-1', 'forward eni-1']],
    },
    {
      what: 'no fault where forwarding is not known',
      world: { nodes: [node(0), node(1, { forwarding: 'unknown' }), node(2)] },
      found: [],
    },
    {
      what: 'a claim that can be corrected',
      world: { nodes: [node(0), node(1, { claims: [], defects: [DEFECT] }), node(2)] },
      found: [['certain malformed-claim', 'worker-1', 'claim i-1 10.200.1.0/24']],
    },
    {
      what: 'a list that can be corrected, keeping what is right in it',
      world: { nodes: [node(0), tagged(1, '10.200.1.7/24,10.200.9.0/24'), node(2)] },
      found: [
        ['certain route-missing', 'worker-1', 'podroutes reconcile worker-1'],
        ['certain malformed-claim', 'worker-1', 'claim i-1 10.200.1.0/24,10.200.9.0/24'],
      ],
    },
    {
      what: 'a list with two faults, of which one cannot be corrected',
      world: { nodes: [node(0), tagged(1, '10.200.1.7/24,none'), node(2)] },
      found: [
        ['certain malformed-claim', 'worker-1'],
        ['certain malformed-claim', 'worker-1'],
      ],
    },
    {
      what: 'a claim whose corrected form another node claims',
      world: { nodes: [node(0), tagged(1, '10.200.2.5/24'), node(2)] },
      found: [['certain malformed-claim', 'worker-1']],
    },
    {
      what: 'a claim whose corrected form another malformed one means, too',
      world: { nodes: [node(0), tagged(1, '10.200.1.5/24'), tagged(2, '10.200.1.6/24')] },
      found: [
        ['certain malformed-claim', 'worker-1'],
        ['certain malformed-claim', 'worker-2'],
      ],
    },
    {
      what: 'a claim whose corrected form lies outside the cluster',
      world: { nodes: [node(0), tagged(1, '10.9.2.5/24'), node(2)] },
      found: [['certain malformed-claim', 'worker-1']],
    },
    {
      what: 'which of two nodes with one name it is',
      world: {
        nodes: [node(0, { name: 'twin' }), { ...tagged(1, '10.200.1.7/24'), name: 'twin' }, node(2)],
        routes: [routeTo(1), routeTo(2)],
      },
      found: [
        ['certain route-missing', 'twin', 'podroutes reconcile i-0'],
        ['certain malformed-claim', 'twin', 'claim i-1 10.200.1.0/24'],
      ],
    },
    {
      what: 'claims that overlap',
      world: { nodes: [...NODES, node(3, { claims: NODES[0]?.claims ?? [] })] },
      found: [['certain conflicting-claim', 'worker-3']],
    },
    {
      what: 'a claim outside the cluster',
      world: { nodes: [...NODES, node(3, { claims: [{ cidr: cidr('10.9.0.0/24'), source: 'tag' }] })] },
      found: [['certain claim-outside-cluster', 'worker-3']],
    },
    {
      what: 'a claim to the addresses of the network',
      world: { table: { networkCidrs: [cidr('10.200.2.0/24')] } },
      found: [['certain claim-overlaps-network', 'worker-2']],
    },
    {
      what: 'a claim to everything',
      world: { nodes: [...NODES, node(3, { claims: [{ cidr: cidr('10.200.0.0/16'), source: 'tag' }] })] },
      found: [['certain claim-covers-cluster', 'worker-3']],
    },
    {
      what: 'a node without a next hop',
      world: {
        nodes: [node(0), node(1, { nextHops: { 4: null, 6: null } }), node(2)],
        routes: [routeTo(0), routeTo(2)],
      },
      found: [['certain node-unreachable', 'worker-1']],
    },
    {
      what: 'a table that is nearly full',
      world: { table: { quotas: [{ families: [4], used: 450, limit: 500 }] } },
      found: [['possible route-table-filling', '']],
    },
    {
      what: 'a table that is full',
      world: {
        routes: [routeTo(0), routeTo(2)],
        table: { quotas: [{ families: [4], used: 500, limit: 500 }] },
      },
      found: [
        ['certain route-missing', 'worker-1', 'podroutes reconcile worker-1'],
        ['certain route-table-full', ''],
      ],
    },
    {
      what: 'a subnet that is associated with no table',
      world: { network: { subnets: new Map([['subnet-1', { table: null, isAssociated: false }]]) } },
      found: [['certain association-lost', 'worker-0 worker-1 worker-2', 'associate subnet-1 rtb-1']],
    },
    {
      what: 'a subnet that was left to a default table',
      world: {
        network: {
          subnets: new Map([['subnet-1', { table: { id: 'rtb-9', name: 'main' }, isAssociated: false }]]),
        },
      },
      found: [['certain association-lost', 'worker-0 worker-1 worker-2', 'associate subnet-1 rtb-1']],
    },
    {
      what: 'a subnet that uses a table of somebody else, though a main table is managed',
      world: {
        table: { subnets: null },
        network: {
          subnets: new Map([['subnet-1', { table: { id: 'rtb-9', name: 'other' }, isAssociated: true }]]),
        },
      },
      found: [
        ['certain subnet-not-routed', 'worker-0 worker-1 worker-2', 'manage rtb-9', 'podroutes reconcile'],
      ],
    },
    {
      what: 'what the core says of a subnet whose table could not be read',
      world: { table: { subnets: [] }, network: { subnets: new Map() } },
      found: [0, 1, 2].map((i) => ['likely subnet-not-routed', `worker-${i}`]),
    },
  ])('finds $what', async ({ world, found }) => {
    expect(await find(world)).toEqual(found);
  });

  it.each([
    { what: 'alive', state: 'active', shown: 'pcx-1' },
    { what: 'dead', state: 'blackhole', shown: 'pcx-1, a blackhole' },
  ] as const)(
    'shows where a route of somebody else leads that is $what, and how to look at it',
    async (row) => {
      const half = { ...PEERING, destination: cidr('10.200.1.128/25'), state: row.state };
      const { problems } = diagnose(await factsOf({ routes: [...ROUTES, routeTo(1, half)] }));
      expect(problems.map(({ evidence }) => evidence)).toEqual([
        ['finding foreign-route', `route table rtb-1: 10.200.1.128/25 -> ${row.shown}`, 'node i-1'],
      ]);
      expect(problems[0]?.lookCommands).toEqual(['look at rtb-1 10.200.1.128/25']);
    },
  );

  it('names a few of many routes, and reconciles all of them at once', async () => {
    const nodes = Array.from({ length: 200 }, (_, i) => node(i));
    const { problems } = diagnose(await factsOf({ nodes, routes: [] }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      message:
        '200 routes are missing in nodes: pods on worker-0 (i-0), worker-1 (i-1), worker-2 (i-2) and 197 more cannot be reached from there.',
      commands: ['podroutes reconcile'],
    });
    expect(problems[0]?.nodes).toHaveLength(200);
    expect(problems[0]?.evidence.slice(4)).toEqual([
      'route table rtb-1: 10.200.4.0/24 -> nothing, should be i-4',
      '195 more in route table rtb-1',
    ]);
  });

  it('merely hints at nodes without a claim, and at the hosts', async () => {
    const { problems, hints } = diagnose(await factsOf({ nodes: [...NODES, node(3, { claims: [] })] }));
    expect(problems).toEqual([]);
    expect(hints.map(({ code, certainty }) => [code, certainty])).toEqual([
      ['missing-claim', 'possible'],
      ['host-forwarding', 'possible'],
    ]);
  });

  it('names the nodes that wait for a block where none is free, and no claim that they lack', async () => {
    const { problems, hints } = diagnose(await factsOf(NO_BLOCK_LEFT));
    expect(problems).toMatchObject([
      {
        code: 'no-free-cidr',
        certainty: 'certain',
        nodes: ['worker-3'],
        message: expect.stringMatching(/the 2 blocks of .* all taken, .* No route leads to pods on worker-3/),
        lookCommands: ['podroutes blocks'],
        remedy: expect.stringMatching(/^Add a range to PODROUTES_CLUSTER_CIDRS/),
      },
    ]);
    expect(hints.map(({ code }) => code)).toEqual(['host-forwarding']);
  });

  it('tells nobody of it who asked about nodes that have theirs', async () => {
    const { problems } = diagnose(await factsOf({ ...NO_BLOCK_LEFT, asked: ['worker-0', 'worker-1'] }));
    expect(problems).toEqual([]);
  });

  it.each([
    [
      'Kubernetes',
      { awaits: 'no Node object has its providerID' },
      /check that its kubelet has registered it/,
    ],
    ['the ledger', { awaitsBlock: 'the ledger could not be read (Throttled)' }, /^Nothing, if that passes/],
  ])('says of a node without a claim what it waits for: %s', async (_, waits, remedy) => {
    const nodes = [...NODES, node(3, { claims: [], ...waits })];
    const { problems } = diagnose(await factsOf({ nodes, asked: ['worker-3'] }));
    expect(problems).toMatchObject([
      {
        code: 'missing-claim',
        evidence: [`node i-3: ${Object.values(waits)[0]}`],
        remedy: expect.stringMatching(remedy),
      },
    ]);
  });

  it('tells what to run on hosts in each family of the cluster', async () => {
    const env = { PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16,fd00:10::/48' };
    const { hints } = diagnose(await factsOf({ env }));
    expect(hints.at(-1)?.evidence).toHaveLength(6);
    expect(hints.at(-1)?.commands).toContain(
      'ip6tables -I FORWARD -s fd00:10::/48 -d fd00:10::/48 -j ACCEPT',
    );
  });

  it('names what the core could not read beside what it could not read itself', async () => {
    const failure = { kind: 'permanent', code: 'UnauthorizedOperation', message: 'no' } as const;
    const failures = [{ what: 'claims', id: 'i-1', failure }] as const;
    const gaps = [{ unchecked: 'network ACLs', failure }];
    expect(diagnose(await factsOf({ failures, network: { gaps } })).gaps).toEqual([
      { unchecked: 'what a node claims (i-1)', failure },
      { unchecked: 'network ACLs', failure },
    ]);
  });
});
