import type { Node } from '../../../shared/core/model.ts';
import { reconcile } from '../../../shared/core/run/reconcile.ts';
import type { Report } from '../../../shared/core/run/report.ts';
import { toReport } from '../../../shared/core/run/to-report.ts';
import { cidr, hopOf, node, settings } from '../../core/builders.ts';
import { type MemoryCloud, memoryCloud, strangerHop } from '../../core/memory-cloud.ts';

interface Sample {
  readonly clusterCidrs: readonly string[];
  readonly day?: number;
  readonly dryRun?: boolean;
}

/** What the core itself reports of a cloud in memory. */
export async function reportOf(
  cloud: MemoryCloud,
  { clusterCidrs, day = 21, dryRun = true }: Sample,
): Promise<Report> {
  const ranges = clusterCidrs.map(cidr);
  const run = await reconcile(cloud, {
    scope: { kind: 'all', ids: [] },
    dryRun,
    settings: settings({ clusterCidrs: ranges, expectClaims: true }),
    ledger: null,
    signal: new AbortController().signal,
  });
  return toReport(run, {
    cluster: 'kthw',
    cloud: 'aws',
    force: false,
    startedAt: Date.UTC(2026, 10, day, 3),
    finishedAt: Date.UTC(2026, 10, day, 3) + 412,
    clusterCidrs: ranges,
    reservedCidrs: [],
    allocate: settings().allocate,
  });
}

/** A node with an address, as the demo names them. */
function worker(i: number, claims: readonly string[], more: Partial<Node> = {}): Node {
  return node(idOf(i), claims, { name: `worker-${i}`, addresses: [`10.0.${i >> 8}.${i & 255}`], ...more });
}

/** An instance id as EC2 writes them. */
function idOf(i: number): string {
  return `i-${(0xcb0e48788n + BigInt(i) * 7919n).toString(16).padStart(17, '0')}`;
}

/** Three workers whose routes are as claimed. */
export function smallCloud(): MemoryCloud {
  const cloud = memoryCloud(
    [0, 1, 2].map((i) => worker(i, [`10.200.${i}.0/24`])),
    ['rtb-0cb0e48788daa4001'],
  );
  for (const i of [0, 1, 2]) cloud.put('rtb-0cb0e48788daa4001', cidr(`10.200.${i}.0/24`), hopOf(idOf(i)));
  cloud.put('rtb-0cb0e48788daa4001', cidr('0.0.0.0/0'), strangerHop('igw-0aa1'), false);
  return cloud;
}

export const SMALL = { clusterCidrs: ['10.200.0.0/16'] };

/** The report with what the ledger of a cluster that hands out blocks adds to it. */
export function handingOut(report: Report): Report {
  const since = '2026-11-20T03:00:00.000Z';
  const entry = { kind: 'allocated', node: 'worker-1', nodeId: idOf(1), since, leaving: null } as const;
  const kept = [
    { ...entry, kind: 'claimed', cidr: '10.200.0.0/24', node: 'worker-0', nodeId: idOf(0) } as const,
    { ...entry, cidr: '10.200.1.0/24' },
    { ...entry, cidr: '10.200.9.0/24', node: 'worker-9', nodeId: idOf(9), leaving: report.startedAt },
  ];
  return { ...report, blocks: { sizes: [24], reserved: ['10.200.240.0/20'], adopted: true, kept } };
}

/** A day in a cluster of twelve: the report before, and the one after with a few things out of step. */
export async function dayOfTrouble(): Promise<{ before: Report; after: Report }> {
  const tables = ['rtb-private-a', 'rtb-private-b'];
  const first = Array.from({ length: 10 }, (_, i) => worker(i, [`10.200.${i}.0/24`]));
  const cloud = memoryCloud(first, tables);
  for (const table of tables) {
    cloud.put(table, cidr('0.0.0.0/0'), strangerHop('nat-0aa1'), false);
    for (const i of first.keys()) cloud.put(table, cidr(`10.200.${i}.0/24`), hopOf(idOf(i)));
  }
  const clusterCidrs = ['10.200.0.0/18'];
  const before = await reportOf(cloud, { clusterCidrs, day: 20 });
  cloud.nodes.delete(idOf(3));
  for (const changed of [
    worker(4, ['10.200.4.0/24'], { state: 'stopped' }),
    worker(6, ['10.200.16.0/24']),
    worker(10, ['10.200.10.0/24'], { forwarding: 'off' }),
    worker(11, ['10.200.7.0/24'], { launchedAt: 1 }),
    worker(12, ['10.200.12.0/24']),
  ]) {
    cloud.nodes.set(changed.id, changed);
  }
  cloud.put('rtb-private-b', cidr('10.200.8.0/24'), hopOf(idOf(1)));
  cloud.put('rtb-private-a', cidr('10.200.12.0/24'), strangerHop('pcx-0bb2'), false);
  return { before, after: await reportOf(cloud, { clusterCidrs }) };
}

/** A thousand workers of both families, three tables, and a little of everything that can be wrong. */
export function largeCloud(): MemoryCloud {
  const tables = ['rtb-private-a', 'rtb-private-b', 'rtb-private-c'];
  const nodes = Array.from({ length: 1000 }, (_, i) =>
    worker(i, claimsOf(i), { state: i % 211 === 5 ? 'stopped' : 'running' }),
  );
  nodes.push(
    worker(1000, ['10.128.7.0/24'], { launchedAt: 1 }),
    worker(1001, []),
    worker(1002, ['10.9.0.0/24']),
  );
  const cloud = memoryCloud(nodes, tables);
  cloud.limit = 2300;
  for (const table of tables) {
    cloud.put(table, cidr('0.0.0.0/0'), strangerHop('nat-0aa1'), false);
    cloud.put(table, cidr('10.131.200.0/22'), strangerHop('pcx-0bb2'), false);
    cloud.put(table, cidr('10.131.100.0/24'), hopOf('i-dead'));
    cloud.put(table, cidr('10.128.9.0/24'), hopOf(idOf(8)));
    for (const i of nodes.keys()) {
      if (i >= 1000 || i === 9 || i % 97 === 3) continue;
      for (const claim of claimsOf(i)) cloud.put(table, cidr(claim), hopOf(idOf(i)));
    }
  }
  return cloud;
}

export const LARGE = { clusterCidrs: ['10.128.0.0/14', 'fd00:200::/48'] };

function claimsOf(i: number): string[] {
  const block = i + (i >> 6) * 2;
  return [`10.${128 + (block >> 8)}.${block & 255}.0/24`, `fd00:200:0:${(i * 13).toString(16)}::/64`];
}
