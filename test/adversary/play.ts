import type { Family } from '../../shared/core/cidr.ts';
import type { NextHop, Node } from '../../shared/core/model.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, node, settings } from '../core/builders.ts';
import { failure, type MemoryCloud, memoryCloud } from '../core/memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from '../core/memory-ledger.ts';
import { BLOCKS, CLUSTER_CIDRS, type Game, MAX_CLAIMS, RESERVED } from './moves.ts';

export const TABLES: ReadonlyMap<string, string> = new Map([
  ['rtb-a', 'vpc-1'],
  ['rtb-b', 'vpc-1'],
  ['rtb-c', 'vpc-2'],
]);
const MINUTE = 60_000;
export const GRACE = 15 * MINUTE;
export const TICK = 10 * MINUTE;
const START = Date.UTC(2026, 10, 21);
/** For so long EC2 shows what was terminated. */
const SHOWN_DEAD = 60 * MINUTE;

/** One machine as it really is. */
export interface Machine {
  readonly id: string;
  readonly role: 'honest' | 'hostile';
  readonly domain: string;
  readonly incarnation: string;
  /** What the cluster gave it; none to the hostile one. */
  readonly blocks: readonly string[];
  readonly launchedAt: number;
  readonly hops: Node['nextHops'];
  /** Its tags now; null where they cannot be read as claims. */
  claims: readonly string[] | null;
  state: Node['state'];
  diedAt: number | null;
}

type Settings = Parameters<typeof settings>[0];

/** One game under way. */
export interface Play {
  readonly game: Game;
  readonly cloud: MemoryCloud;
  readonly ledger: MemoryLedger;
  readonly machines: Machine[];
  /** By machine and block, since when no full run can have seen that the machine claims it. */
  readonly away: Map<string, number>;
  /** Of the ledger, before each run of the schedule. */
  readonly backups: { readonly at: number; readonly entries: MemoryLedger['entries'] }[];
  options: NonNullable<Settings>;
  isMisspelt: boolean;
  /** Whether something in the cloud's answers is wrong during the next run. */
  isDisturbed: boolean;
  launches: number;
}

export function startPlay(game: Game): Play {
  const cloud = memoryCloud([], [...TABLES.keys()]);
  for (const [table, domain] of TABLES) cloud.domains.set(table, domain);
  cloud.hops = game.hops;
  cloud.isAtomic = game.hops === 'addresses';
  cloud.limit = game.limit;
  const play: Play = {
    game,
    cloud,
    ledger: memoryLedger(START),
    machines: [],
    away: new Map(),
    backups: [],
    options: {},
    isMisspelt: false,
    isDisturbed: false,
    launches: 0,
  };
  for (let i = 0; i < game.initialNodes; i += 1) launch(play, i % 3 === 2 ? 'vpc-2' : 'vpc-1', 'honest');
  launch(play, 'vpc-1', 'hostile');
  return play;
}

export function isLiving({ state }: Machine): boolean {
  return state !== 'gone';
}

/** Launches a machine; an honest one gets the first block that no living one has. */
export function launch(play: Play, domain: string, role: Machine['role']): void {
  const living = play.machines.filter(isLiving);
  const taken = new Set(living.flatMap(({ blocks }) => blocks));
  const free = BLOCKS.find((each) => !taken.has(each[4]));
  if (free === undefined) return;
  play.launches += 1;
  const blocks = role === 'hostile' ? [] : play.game.isDual ? [free[4], free[6]] : [free[4]];
  const place = placeOf(play, living, domain);
  play.machines.push({
    ...place,
    role,
    domain,
    blocks,
    incarnation: `incarnation-${play.launches}`,
    launchedAt: play.ledger.now,
    claims: blocks,
    state: 'running',
    diedAt: null,
  });
  publish(play);
}

/** Ids and next hops never come back on the one kind of cloud, and at once on the other. */
function placeOf(
  { game, launches }: Play,
  living: readonly Machine[],
  domain: string,
): Pick<Machine, 'id' | 'hops'> {
  const hop = (id: string): NextHop => ({ id, shown: id });
  if (game.hops === 'ids') {
    const id = `i-${launches}`;
    return { id, hops: { 4: hop(`eni-${id}`), 6: hop(`eni-${id}`) } };
  }
  const ids = new Set(living.map(({ id }) => id));
  let number = 1;
  while (ids.has(`vm-${number}`)) number += 1;
  const network = domain.at(-1);
  return {
    id: `vm-${number}`,
    hops: { 4: hop(`10.${network}.0.${number}`), 6: hop(`fd00:24${network}::${number}`) },
  };
}

export function kill(play: Play, machine: Machine): void {
  machine.state = 'gone';
  machine.diedAt = play.ledger.now;
  publish(play);
}

/** Lets the cloud show what is true now, and notes what podroutes can no longer read. */
export function publish(play: Play): void {
  const { cloud, machines, ledger } = play;
  cloud.nodes.clear();
  for (const machine of machines) {
    const isShown = isLiving(machine) || cloud.hops === 'ids';
    if (!isShown || (machine.diedAt !== null && ledger.now - machine.diedAt > SHOWN_DEAD)) continue;
    cloud.nodes.set(machine.id, toNode(play, machine));
  }
  for (const machine of machines.filter(isLiving)) {
    for (const block of machine.blocks) {
      const key = `${machine.incarnation} ${block}`;
      if (!claimsOf(play, machine).includes(block) && !play.away.has(key)) play.away.set(key, ledger.now);
    }
  }
}

/** What podroutes can read of a machine's claims. */
export function claimsOf({ isMisspelt }: Play, { claims }: Machine): readonly string[] {
  return isMisspelt ? [] : (claims ?? []);
}

const DEFECT = {
  source: 'tag',
  text: 'x',
  problem: 'is no CIDR',
  corrected: null,
  correctedList: null,
} as const;

function toNode(play: Play, machine: Machine): Node {
  const { id, state, launchedAt, hops, domain, incarnation, claims } = machine;
  return node(id, claimsOf(play, machine), {
    state,
    launchedAt,
    nextHops: hops,
    network: domain,
    domain,
    incarnation: play.game.hops === 'ids' ? null : incarnation,
    defects: claims === null && !play.isMisspelt ? [DEFECT] : [],
  });
}

/** A run for events about these ids, or one of the schedule. */
export function runOnce(play: Play, ids: readonly string[] | null): Promise<Run> {
  const { cloud, ledger, options } = play;
  // A route names no more than an address: where some node has died, all are looked at.
  const isWide = ids === null || (cloud.hops === 'addresses' && ids.some((id) => !cloud.nodes.has(id)));
  return reconcile(cloud, {
    scope: { kind: isWide ? 'all' : 'nodes', ids: ids ?? [] },
    dryRun: false,
    ledger: ids === null ? async () => ledger : 'events',
    signal: new AbortController().signal,
    settings: settings({
      clusterCidrs: CLUSTER_CIDRS.map(cidr),
      reservedCidrs: [cidr(RESERVED)],
      maxClaims: MAX_CLAIMS,
      grace: GRACE,
      scheduleInterval: TICK,
      ...options,
    }),
  });
}

export function familyOf(block: string): Family {
  return block.includes(':') ? 6 : 4;
}

/** The next write of that place finds no answer. */
export function failNext({ cloud }: Play, table: string, block: string): void {
  cloud.failing.set(`${table} ${block}`, [failure('transient')]);
}
