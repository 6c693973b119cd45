import { describe, expect, it } from '@jest/globals';
import { describeBreak, type FailureKind, isRetryable } from '../../shared/core/errors.ts';
import {
  claimCoversCluster,
  claimCoversNodes,
  claimOutsideCluster,
  claimOverlapsNetwork,
  claimReserved,
  conflictingClaim,
  malformedClaim,
  missingClaim,
  noClaims,
  tooManyClaims,
  tooManyLeftovers,
} from '../../shared/core/findings/claims.ts';
import {
  kubernetesUnavailable,
  ledgerUnavailable,
  readIncomplete,
} from '../../shared/core/findings/failures.ts';
import { countOf, labelNode } from '../../shared/core/findings/finding.ts';
import {
  forwardingDisabled,
  forwardingFailed,
  networkNotRouted,
  nodeNotFound,
  nodeUnreachable,
  subnetNotRouted,
} from '../../shared/core/findings/network.ts';
import {
  deadForeignRoute,
  deletionBreaker,
  foreignRoute,
  tableFilling,
  tableFull,
} from '../../shared/core/findings/tables.ts';
import type { ClaimDefect, ClaimSource, Finding, ReadFailure } from '../../shared/core/model.ts';
import { cidr, claim, deadRoute, node, route, table } from './builders.ts';
import { failure } from './memory-cloud.ts';

const A = '10.200.0.0/24';
const block = cidr(A);
const worker = node('i-1', [A], { name: 'worker-1', network: 'vpc-1' });
const other = node('i-2', [A], { name: 'worker-2' });
const main = table([], { id: 'rtb-1', name: 'main' });
const denied = failure('permanent', 'Denied');
const slow = failure('transient', 'Slow');

const AT_NODE = { node: 'worker-1', nodeId: 'i-1', table: null };
const AT_TABLE = { node: null, nodeId: null, table: 'rtb-1', cidr: null };
const NOWHERE = { node: null, nodeId: null, table: null, cidr: null };

const DEFECT: ClaimDefect = {
  source: 'tag',
  text: '10.200.0.5/24',
  problem: 'has host bits set',
  corrected: A,
  correctedList: A,
};
const NO_CLAIM = node('i-1', [], { name: 'worker-1' });
const CONTEXT = { objection: null, hasRoutes: false };

const FINDINGS: readonly (readonly [Finding, Finding])[] = [
  [
    claimOutsideCluster(worker, block, [cidr('10.1.0.0/16'), cidr('fd00::/48')]),
    {
      ...{ code: 'claim-outside-cluster', severity: 'error', ...AT_NODE, cidr: A },
      message:
        'worker-1 (i-1) claims 10.200.0.0/24, which lies outside the cluster CIDRs 10.1.0.0/16, fd00::/48; it gets no route.',
      remedy:
        'Give the node a pod CIDR inside 10.1.0.0/16, fd00::/48, or add its range to PODROUTES_CLUSTER_CIDRS.',
    },
  ],
  [
    claimCoversCluster(worker, block),
    {
      ...{ code: 'claim-covers-cluster', severity: 'error', ...AT_NODE, cidr: A },
      message:
        'worker-1 (i-1) claims 10.200.0.0/24, which is the whole cluster CIDR, and the cluster has more than one node; it gets no route.',
      remedy: 'Give the node a block inside 10.200.0.0/24 that no other node claims.',
    },
  ],
  [
    claimOverlapsNetwork(worker, block, cidr('10.200.0.0/16')),
    {
      ...{ code: 'claim-overlaps-network', severity: 'error', ...AT_NODE, cidr: A },
      message:
        'worker-1 (i-1) claims 10.200.0.0/24, which overlaps 10.200.0.0/16, an address range of the network itself; it gets no route.',
      remedy: 'Give the node a pod CIDR that the network does not use for its own addresses.',
    },
  ],
  [
    claimReserved(worker, block, cidr('10.200.0.0/20')),
    {
      ...{ code: 'claim-reserved', severity: 'error', ...AT_NODE, cidr: A },
      message:
        'worker-1 (i-1) claims 10.200.0.0/24, which overlaps 10.200.0.0/20 of PODROUTES_RESERVED_CIDRS; it gets no route.',
      remedy:
        'Give the node a pod CIDR outside 10.200.0.0/20, or remove the range from PODROUTES_RESERVED_CIDRS.',
    },
  ],
  [
    claimCoversNodes(worker, block),
    {
      ...{ code: 'claim-covers-nodes', severity: 'error', ...AT_NODE, cidr: A },
      message:
        'worker-1 (i-1) claims 10.200.0.0/24, which covers the pod CIDRs of most other nodes, so it is treated as a range of the whole cluster; it gets no route.',
      remedy:
        'Set the tag of worker-1 to a pod CIDR of its own. If it runs no pods, do not select it as a node.',
    },
  ],
  [
    tooManyClaims(worker, 9, 8),
    {
      ...{ code: 'too-many-claims', severity: 'error', ...AT_NODE, cidr: null },
      message: 'worker-1 (i-1) claims 9 pod CIDRs, and 8 per node count; the others get no route.',
      remedy: 'Give the node at most 8 pod CIDRs, or raise PODROUTES_MAX_CLAIMS.',
    },
  ],
  [
    tooManyLeftovers(worker, main, 1, 1),
    {
      ...{ code: 'too-many-claims', severity: 'error', ...AT_NODE, table: 'rtb-1', cidr: null },
      message:
        '1 route in main that worker-1 (i-1) no longer claims still leads to it, and at most 1 may; its other claims get no route there.',
      remedy:
        'Leave the pod CIDRs of worker-1 as they are until its old routes are deleted, or restore one that it had.',
    },
  ],
  [
    noClaims(3, 1, 'pod-cidr'),
    {
      ...{ code: 'no-claims', severity: 'error', ...NOWHERE },
      message:
        'None of 3 nodes claims a pod CIDR any more, though 1 route lead to them. No route of a living node is removed at once.',
      remedy:
        'Check PODROUTES_POD_CIDR_TAG (pod-cidr) and PODROUTES_POD_CIDR_SOURCES, and whether the tags were removed.',
    },
  ],
  [
    conflictingClaim(worker, block, { node: other, cidr: block }),
    {
      ...{ code: 'conflicting-claim', severity: 'error', ...AT_NODE, cidr: A },
      message: 'worker-1 (i-1) claims 10.200.0.0/24, but worker-2 (i-2) holds the same CIDR and keeps it.',
      remedy: 'Give worker-1 a free pod CIDR, or remove the claim from worker-2.',
    },
  ],
  [
    foreignRoute(main, route('10.200.0.0/16', 'vpn'), worker, 'error'),
    {
      ...{ code: 'foreign-route', severity: 'error', ...AT_NODE, table: 'rtb-1', cidr: '10.200.0.0/16' },
      message:
        'The route to 10.200.0.0/16 in main leads to vpn, and podroutes does not manage it: the claim of worker-1 (i-1) gets no route there.',
      remedy: 'Remove that route, or give the node another pod CIDR.',
    },
  ],
  [
    deadForeignRoute(main, route(A, 'vpn')),
    {
      ...{ code: 'foreign-route', severity: 'warning', ...AT_TABLE, cidr: A },
      message:
        'The route to 10.200.0.0/24 in main leads nowhere (a blackhole to vpn), and podroutes does not manage it.',
      remedy:
        'Remove that route if nobody needs it: a node that claims pod CIDRs there may get no route, or lose traffic to it.',
    },
  ],
  [
    nodeUnreachable(worker, cidr('fd00::/64')),
    {
      ...{ code: 'node-unreachable', severity: 'error', ...AT_NODE, cidr: 'fd00::/64' },
      message: 'worker-1 (i-1) claims fd00::/64 but has no next hop for IPv6.',
      remedy: 'Give its primary network interface an IPv6 address, or remove the claim.',
    },
  ],
  [
    forwardingDisabled(worker, 'aws'),
    {
      ...{ code: 'forwarding-disabled', severity: 'error', ...AT_NODE, cidr: null },
      message:
        'The network drops packets to and from the pods of worker-1 (i-1): forwarding is off on its primary interface.',
      remedy: 'Switch off the source/destination check, or set PODROUTES_FORWARDING=ensure.',
    },
  ],
  [
    forwardingFailed(worker, denied),
    {
      ...{ code: 'forwarding-disabled', severity: 'error', ...AT_NODE, cidr: null },
      message:
        'The network drops packets to and from the pods of worker-1 (i-1): forwarding is off on its primary interface. Switching it on failed: Denied: Denied.',
      remedy: 'Fix what the message names; the next run tries again.',
    },
  ],
  [
    subnetNotRouted(worker, 'subnet-1'),
    {
      ...{ code: 'subnet-not-routed', severity: 'warning', ...AT_NODE, cidr: null },
      message:
        'worker-1 (i-1) is in subnet-1, which no managed route table serves: pods on it cannot reach pods on other nodes.',
      remedy: 'Associate subnet-1 with a managed route table, or manage the table that it uses.',
    },
  ],
  [
    networkNotRouted(worker),
    {
      ...{ code: 'subnet-not-routed', severity: 'error', ...AT_NODE, cidr: null },
      message: 'worker-1 (i-1) is in vpc-1, where no route table is managed; it gets no route.',
      remedy: 'Manage a route table of vpc-1, or do not select the instance as a node.',
    },
  ],
  [
    nodeNotFound('i-9', 'aws'),
    {
      ...{
        code: 'node-not-found',
        severity: 'warning',
        node: 'i-9',
        nodeId: 'i-9',
        table: null,
        cidr: null,
      },
      message: 'There is no i-9 where this function looks.',
      remedy: 'Check the id, and the account and region of the function.',
    },
  ],
  [
    tableFull(main, ['worker-1', 'worker-2']),
    {
      ...{ code: 'route-table-full', severity: 'error', ...AT_TABLE },
      message: 'main has no room for more routes; nodes without a route: worker-1, worker-2.',
      remedy:
        'Raise the quota of routes per table and PODROUTES_ROUTE_LIMIT, or give nodes wider blocks and use fewer nodes.',
    },
  ],
  [
    tableFilling(main, 450, 500),
    {
      ...{ code: 'route-table-filling', severity: 'warning', ...AT_TABLE },
      message: 'main holds 450 of the 500 routes that it can hold.',
      remedy:
        'Raise the quota of routes per table and PODROUTES_ROUTE_LIMIT, or give nodes wider blocks and use fewer nodes.',
    },
  ],
  [
    deletionBreaker(main, { family: 4, nodes: ['worker-1'], allowed: 3, spent: 1, until: 0 }),
    {
      ...{ code: 'deletion-breaker', severity: 'error', ...AT_TABLE },
      message:
        'In main 1 living node would lose its last claimed IPv4 route, and 2 of 3 may within 24 hours: worker-1. None of these routes is deleted. The next is free from 1970-01-01T00:00:00.000Z.',
      remedy:
        'Look for a wrong filter, tags removed by a script, or a changed setting. If the nodes really gave up their pod CIDRs, run once with force.',
    },
  ],
  [
    kubernetesUnavailable(denied),
    {
      ...{ code: 'kubernetes-unavailable', severity: 'error', ...NOWHERE },
      message:
        'The Kubernetes API could not be read or updated, so routes for blocks that only Kubernetes knows, and Node conditions, wait: Denied: Denied.',
      remedy:
        'Check PODROUTES_KUBERNETES, its certificates and token, and the rights of the account that the token is for.',
    },
  ],
  [
    ledgerUnavailable(denied),
    {
      ...{ code: 'ledger-unavailable', severity: 'error', ...NOWHERE },
      message:
        'The ledger could not be used, so no route that waits for a second look is deleted: Denied: Denied.',
      remedy: 'Check PODROUTES_LEDGER and the permissions on what it names.',
    },
  ],
];

describe('A finding says what was found, where, and what to do', () => {
  it.each(FINDINGS.map(([finding, expected]) => [expected.code, finding, expected] as const))(
    '%s',
    (_, finding, expected) => {
      expect(finding).toEqual(expected);
    },
  );
});

describe('A claim that cannot be read', () => {
  it.each<[string, Partial<ClaimDefect>, Partial<Parameters<typeof malformedClaim>[2]>, string, string]>([
    [
      'is corrected where only host bits are wrong',
      {},
      {},
      'worker-1 (i-1) has "10.200.0.5/24" in its tag, which has host bits set; it gets no route for it.',
      'Set it to 10.200.0.0/24.',
    ],
    [
      'keeps the rest of its list',
      { correctedList: `${A}, fd00::/64` },
      {},
      'worker-1 (i-1) has "10.200.0.5/24" in its tag, which has host bits set; it gets no route for it.',
      'Write 10.200.0.0/24 in place of 10.200.0.5/24, and keep the rest of the list.',
    ],
    [
      'has no correction where more is wrong, and is not shown where it is in user data',
      { source: 'user-data', text: null, corrected: null, correctedList: null },
      { hasRoutes: true },
      'worker-1 (i-1) has a pod CIDR in its user-data, which has host bits set; it gets no route for it, and keeps those that it has until its claim can be read.',
      'Set it to one CIDR in canonical form, or a comma list with one for each address family.',
    ],
    [
      'is not corrected to what would not do either',
      {},
      { objection: 'worker-2 claims' },
      'worker-1 (i-1) has "10.200.0.5/24" in its tag, which has host bits set; it gets no route for it.',
      'It probably means 10.200.0.0/24, which worker-2 claims: give worker-1 a free pod CIDR.',
    ],
  ])('%s', (_, defect, context, message, remedy) => {
    const finding = malformedClaim(NO_CLAIM, { ...DEFECT, ...defect }, { ...CONTEXT, ...context });
    expect(finding).toMatchObject({
      code: 'malformed-claim',
      severity: 'error',
      ...AT_NODE,
      message,
      remedy,
    });
    expect(finding.cidr).toBe(defect.corrected === null ? null : A);
  });

  it.each<[string, readonly string[], string]>([
    ['what it claims besides', ['10.200.1.0/24'], 'and its other claims are checked separately'],
    ['the very claim that was meant', ['10.200.1.0/24', A], `what counts is its claim of ${A}`],
  ])('says what becomes of %s', (_, texts, effect) => {
    const finding = malformedClaim({ ...worker, claims: texts.map((text) => claim(text)) }, DEFECT, CONTEXT);
    expect(finding.message).toContain(effect);
  });

  it.each<[ClaimSource, string]>([
    ['tag', 'in its tag,'],
    ['user-data', 'in its user-data,'],
    ['kubernetes', 'in its Node object,'],
    ['metadata', 'in its metadata,'],
    ['annotation', 'in its annotation,'],
    ['machines.txt', 'in its machines.txt,'],
    ['ledger', 'in its ledger,'],
  ])('is in its %s', (source, place) => {
    expect(malformedClaim(worker, { ...DEFECT, source }, CONTEXT).message).toContain(place);
  });
});

describe('A node that claims nothing', () => {
  const SELECTED = 'worker-1 (i-1) is selected as a node';
  it.each<[string, Partial<typeof worker>, string, string, string]>([
    [
      'is told of',
      {},
      'info',
      `${SELECTED} but claims no pod CIDR; it gets no route.`,
      'If it runs pods, set its pod-cidr tag; if not, nothing needs to be done.',
    ],
    [
      'is to be looked at where its tag is spelt otherwise',
      { otherSpelling: 'PodCidr' },
      'warning',
      `${SELECTED}, but no pod CIDR claim was found: its tag PodCidr is not read, only pod-cidr is; it gets no route.`,
      'If it runs pods, set its pod-cidr tag in place of PodCidr.',
    ],
    [
      'is to be looked at where its user data was not searched',
      { unsearched: 'is encrypted' },
      'warning',
      `${SELECTED}, but no pod CIDR claim was found: its user data is encrypted; it gets no route.`,
      'If it runs pods, set its pod-cidr tag; if not, nothing needs to be done.',
    ],
    [
      'is advised by its kind',
      { claimAdvice: 'Set the tag of its scale set.' },
      'info',
      `${SELECTED} but claims no pod CIDR; it gets no route.`,
      'Set the tag of its scale set.',
    ],
    [
      'is waited for',
      { awaits: 'no Node object names it' },
      'info',
      `${SELECTED} but claims no pod CIDR: no Node object names it; it gets no route.`,
      'If it runs pods, check that its kubelet has registered it with a providerID, and that the controller manager allocates blocks (--allocate-node-cidrs); if not, nothing needs to be done.',
    ],
    [
      'waits for a block, whatever else there is',
      { awaitsBlock: 'the ledger failed', awaits: 'no Node object names it', unsearched: 'is encrypted' },
      'info',
      `${SELECTED} and waits for a block: the ledger failed; it gets no route yet.`,
      'Nothing, if that passes: its event comes again, and every scheduled run tries it again.',
    ],
    [
      'is to be looked at before it is waited for',
      { awaits: 'no Node object names it', unsearched: 'is encrypted' },
      'warning',
      `${SELECTED}, but no pod CIDR claim was found: its user data is encrypted; it gets no route.`,
      'If it runs pods, set its pod-cidr tag; if not, nothing needs to be done.',
    ],
  ])('%s', (_, more, severity, message, remedy) => {
    expect(missingClaim({ ...NO_CLAIM, ...more }, 'pod-cidr')).toEqual({
      ...{ code: 'missing-claim', severity, ...AT_NODE, cidr: null, message, remedy },
    });
  });
});

describe('A read that failed', () => {
  it.each<[ReadFailure, typeof worker | undefined, Partial<Finding>]>([
    [
      { what: 'nodes', id: null, failure: slow },
      undefined,
      {
        ...NOWHERE,
        message: 'The nodes could not be read, so only proven deletions were made: Slow: Slow.',
        remedy: 'Nothing, if the failure is temporary: the next run catches up.',
      },
    ],
    [
      { what: 'nodes', id: 'i-1', failure: denied },
      worker,
      {
        ...{ ...AT_NODE, cidr: null },
        message:
          'The nodes (worker-1 (i-1)) could not be read, so only proven deletions were made: Denied: Denied.',
        remedy: 'Fix what the message names; the next run then catches up.',
      },
    ],
    [
      { what: 'claims', id: 'i-9', failure: slow },
      undefined,
      {
        ...{ node: 'i-9', nodeId: null, table: null, cidr: null },
        message:
          'The claims of a node (i-9) could not be read, so only proven deletions were made: Slow: Slow.',
      },
    ],
    [
      { what: 'table', id: 'rtb-1', failure: slow },
      undefined,
      { ...AT_TABLE, message: 'Route tables (rtb-1) could not be read, so it gets no changes: Slow: Slow.' },
    ],
    [
      { what: 'table', id: null, failure: slow },
      undefined,
      {
        ...NOWHERE,
        message: 'Route tables could not be read, so only proven deletions were made: Slow: Slow.',
      },
    ],
  ])('is told of: %j', (read, about, expected) => {
    expect(readIncomplete(read, about)).toMatchObject({
      ...{ code: 'read-incomplete', severity: 'error' },
      ...expected,
    });
  });
});

describe('The words of a finding', () => {
  it('tell one from several', () => {
    expect([0, 1, 2].map((count) => countOf(count, 'route'))).toEqual(['0 routes', '1 route', '2 routes']);
    expect(tooManyLeftovers(worker, main, 2, 1).message).toContain('2 routes in main');
    expect(tooManyLeftovers(worker, main, 2, 1).message).toContain('still lead to it');
    const over = { family: 6, nodes: ['a', 'b'], allowed: 1, spent: 2, until: null } as const;
    expect(deletionBreaker(main, over).message).toBe(
      'In main 2 living nodes would lose their last claimed IPv6 route, and 0 of 1 may within 24 hours: a, b. None of these routes is deleted.',
    );
  });

  it('call a node by its name, and by its id where that is another', () => {
    expect(labelNode(worker)).toBe('worker-1 (i-1)');
    expect(labelNode(node('i-1'))).toBe('i-1');
  });

  it('tell the same block from one that overlaps', () => {
    const finding = conflictingClaim(worker, block, { node: other, cidr: cidr('10.200.0.0/20') });
    expect(finding.message).toContain('holds the overlapping 10.200.0.0/20 and');
  });

  it.each<[Parameters<typeof route>[2], string, string]>([
    [{}, 'leads to vpn, and', 'Remove that route,'],
    [{ nextHop: null }, 'leads to a next hop that the cloud does not show, and', 'Remove that route,'],
    [{ nextHop: null, state: 'blackhole' }, 'leads to a next hop that is gone, and', 'Remove that route,'],
    [{ propagated: true }, 'leads to vpn, and', 'Stop its propagation into the table,'],
  ])('say where a foreign route leads, and how it goes: %j', (more, leads, remedy) => {
    const finding = foreignRoute(main, route(A, 'vpn', more), worker, 'warning');
    expect(finding).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining(leads),
      remedy: expect.stringContaining(remedy),
    });
    expect(finding.message).toMatch(/: part of what worker-1 \(i-1\) claims goes elsewhere\.$/);
  });

  it('say of a dead route that nothing is left of its next hop', () => {
    expect(deadForeignRoute(main, deadRoute(A)).message).toContain('(a blackhole to nothing)');
  });

  it.each([
    ['aws', 'Switch off the source/destination check,', 'the account and region'],
    ['azure', 'Switch on IP forwarding,', 'the subscription'],
    ['linux', 'Switch on IP forwarding,', 'the list of hosts'],
    ['openstack', 'Allow the pod CIDRs as address pairs of its port,', 'the project and region'],
    ['gcp', 'Switch on IP forwarding,', 'the project'],
  ] as const)('are those of %s', (cloud, remedy, place) => {
    expect(forwardingDisabled(worker, cloud).remedy).toContain(remedy);
    expect(nodeNotFound('i-9', cloud).remedy).toBe(`Check the id, and ${place} of the function.`);
  });

  it('call a network that is not known by what it is', () => {
    expect(networkNotRouted({ ...worker, network: null }).message).toContain('is in its network, where');
  });

  it.each([kubernetesUnavailable, ledgerUnavailable])('ask for nothing where it may pass', (toFinding) => {
    expect(toFinding(slow).remedy).toMatch(/the next run (makes up for it|catches up)\.$/);
  });
});

describe('A failure', () => {
  it.each<[FailureKind, boolean]>([
    ['stale', true],
    ['contradicted', true],
    ['transient', true],
    ['unfinished', true],
    ['full', false],
    ['permanent', false],
  ])('that is %s may be gone on another try: %s', (kind, retryable) => {
    expect(isRetryable(failure(kind))).toBe(retryable);
  });

  it.each(['ECONNRESET', 'ECONNABORTED', 'EPIPE'])('of the connection is called so (%s)', (code) => {
    expect(describeBreak(code, 'read')).toBe('the connection broke before the answer came (read)');
  });

  it('of another kind keeps its words', () => {
    expect(describeBreak('ENOTFOUND', 'no such host')).toBe('no such host');
  });
});
