import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Run } from '../../shared/core/run/run.ts';
import { failure } from '../core/memory-cloud.ts';
import { assertSideBySide } from '../property/side-by-side.ts';
import { checkGets } from './free-blocks.ts';
import { checkCleared, checkRun, type Record, readBoard } from './game-rules.ts';
import { BLOCKS, type Game, game, type Move } from './moves.ts';
import {
  claimsOf,
  failNext,
  isLiving,
  kill,
  launch,
  type Machine,
  type Play,
  publish,
  runOnce,
  startPlay,
  TABLES,
  TICK,
} from './play.ts';

const GAMES = Number(process.env['ADVERSARY_GAMES'] ?? 200);
/** Of 10,000 games at least 500 come to each of these. */
const LEAST_SHARE = 0.05;

const REACHED = {
  'an accepted hostile claim': 0,
  'a conflict': 0,
  'a full table': 0,
  'a death': 0,
  'a second look': 0,
  'a spent budget': 0,
};
type Reached = keyof typeof REACHED;

/** What happened so far in one game. */
interface Story extends Record {
  readonly reached: Set<Reached>;
}

describe('A hostile node and a clumsy operator among honest nodes', () => {
  const counts = { ...REACHED };

  it(`leave the honest ones what they have, and what is free (${GAMES} games)`, async () => {
    await assertSideBySide(
      fc.asyncProperty(game, async (given) => {
        for (const each of await playGame(given)) counts[each] += 1;
      }),
      GAMES,
    );
  }, 3_600_000);

  it.each(Object.keys(REACHED) as Reached[])('came to %s often enough to say so', (what) => {
    expect(counts[what]).toBeGreaterThanOrEqual(GAMES * LEAST_SHARE);
  });
});

async function playGame(given: Game): Promise<ReadonlySet<Reached>> {
  const play = startPlay(given);
  const story: Story = { held: new Set(), recorded: new Set(), losses: [], reached: new Set() };
  await runChecked(play, story, null);
  for (const move of given.moves) await perform(play, story, move);
  await conclude(play, story);
  return story.reached;
}

function honest(
  { machines }: Play,
  pick: number,
  isMeant: (machine: Machine) => boolean,
): Machine | undefined {
  const meant = machines.filter((machine) => machine.role === 'honest' && isMeant(machine));
  return meant[pick % Math.max(1, meant.length)];
}

async function perform(play: Play, story: Story, move: Move): Promise<void> {
  const { machines, cloud, ledger } = play;
  const hostile = machines.find(({ role }) => role === 'hostile');
  switch (move.op) {
    case 'launch':
      launch(play, move.vpc === 0 ? 'vpc-2' : 'vpc-1', 'honest');
      break;
    case 'kill': {
      const chosen = honest(play, move.pick, isLiving);
      if (chosen !== undefined) kill(play, chosen);
      break;
    }
    case 'stop':
    case 'start': {
      const [from, to] =
        move.op === 'stop' ? (['running', 'stopped'] as const) : (['stopped', 'running'] as const);
      const chosen = honest(play, move.pick, ({ state }) => state === from);
      if (chosen !== undefined) chosen.state = to;
      break;
    }
    case 'claim':
      if (hostile !== undefined) hostile.claims = move.claims;
      break;
    case 'power':
      if (hostile !== undefined) hostile.state = hostile.state === 'running' ? 'stopped' : 'running';
      break;
    case 'retag': {
      const chosen = honest(play, move.pick, isLiving);
      if (chosen !== undefined) chosen.claims = retagged(move.claim);
      break;
    }
    case 'detag-all':
      for (const machine of machines) if (machine.role === 'honest') machine.claims = [];
      break;
    case 'misspell':
      play.isMisspelt = true;
      break;
    case 'mend':
      mend(play);
      break;
    case 'settings':
      play.options = { maxDeletes: move.maxDeletes, stoppedNodes: move.stoppedNodes };
      break;
    case 'event':
      await runChecked(play, story, eventIds(play, move));
      break;
    case 'ticks':
      for (let i = 0; i < move.count; i += 1) await tick(play, story);
      break;
    case 'pause':
      ledger.now += move.ticks * TICK;
      break;
    case 'lag':
      play.isDisturbed = true;
      cloud.lag(1);
      break;
    case 'fail':
      play.isDisturbed = true;
      failNext(play, [...TABLES.keys()][move.vpc % TABLES.size] ?? '', BLOCKS[move.block]?.[4] ?? '');
      break;
    case 'ledger':
      breakLedger(play, story, move.how);
  }
  publish(play);
}

function retagged(claim: Extract<Move, { op: 'retag' }>['claim']): Machine['claims'] {
  if (claim === 'malformed') return null;
  return claim === null ? [] : [claim];
}

function mend(play: Play): void {
  play.isMisspelt = false;
  play.options = {};
  play.ledger.readFailure = null;
  play.ledger.writeFailure = null;
  for (const machine of play.machines) if (machine.role === 'honest') machine.claims = machine.blocks;
}

function eventIds({ machines }: Play, { pick, invented }: Extract<Move, { op: 'event' }>): string[] {
  const named = machines[pick % Math.max(1, machines.length)];
  const none = Array.from({ length: invented }, (_, i) => `i-invented-${i}`);
  return named === undefined ? none : [named.id, ...none];
}

async function tick(play: Play, story: Story): Promise<void> {
  play.ledger.now += TICK;
  play.backups.push({ at: play.ledger.now, entries: new Map(play.ledger.entries) });
  publish(play);
  await runChecked(play, story, null);
}

/** What was sighted when a backup was made says nothing about now; nor does anybody know what was spent since. */
function breakLedger(
  { ledger, backups }: Play,
  { losses, recorded }: Story,
  how: Extract<Move, { op: 'ledger' }>['how'],
): void {
  switch (how) {
    case 'lost':
    case 'old': {
      const old = backups.findLast(({ at }) => how === 'old' && ledger.now - at >= 2 * TICK);
      ledger.entries.clear();
      for (const [key, entry] of old?.entries ?? []) ledger.entries.set(key, entry);
      losses.length = 0;
      recorded.clear();
      break;
    }
    case 'unreadable':
      ledger.readFailure = failure('transient', 'throttled');
      break;
    case 'unwritable':
      ledger.writeFailure = failure('stale', 'condition-refused');
  }
}

/** Runs once, and holds what came of it against the rules. */
async function runChecked(play: Play, story: Story, ids: readonly string[] | null): Promise<void> {
  const before = readBoard(play);
  const run = await runOnce(play, ids);
  note(play, story, run);
  const { isDisturbed } = play;
  play.isDisturbed = false;
  play.cloud.lag(0);
  play.cloud.failing.clear();
  if (isDisturbed) return;
  const after = readBoard(play);
  checkRun(play, story, before, after, ids === null);
  if (ids === null) checkGets(play, before, after);
}

function note(play: Play, { reached }: Story, { results, findings }: Run): void {
  const codes = new Set(findings.map(({ code }) => code));
  if (codes.has('conflicting-claim')) reached.add('a conflict');
  if (codes.has('route-table-full')) reached.add('a full table');
  if (codes.has('deletion-breaker')) reached.add('a spent budget');
  const hostile = play.machines.find(({ role }) => role === 'hostile');
  for (const { change, outcome } of results) {
    if (outcome !== 'applied') continue;
    const isClaimed = claimsOf(play, hostile ?? NOBODY).includes(change.destination.text);
    if (change.action !== 'delete' && change.node === hostile?.id && isClaimed)
      reached.add('an accepted hostile claim');
    if (
      change.action === 'delete' &&
      ['node-gone', 'next-hop-unknown', 'claimant-gone'].includes(change.reason)
    )
      reached.add('a death');
    if (
      change.action === 'delete' &&
      change.evidence !== 'proven' &&
      play.ledger.log.at(-1)?.startsWith('write')
    )
      reached.add('a second look');
  }
}

const NOBODY: Pick<Machine, 'claims'> & Machine = {
  id: '',
  role: 'hostile',
  domain: '',
  incarnation: '',
  blocks: [],
  launchedAt: 0,
  hops: { 4: null, 6: null },
  claims: [],
  state: 'gone',
  diedAt: null,
};

/** The operator repairs everything, and the schedule runs for some hours. */
async function conclude(play: Play, story: Story): Promise<void> {
  mend(play);
  for (let i = 0; i < 6; i += 1) await tick(play, story);
  checkCleared(play, readBoard(play));
  play.cloud.log.length = 0;
  await runOnce(play, null);
  expect(play.cloud.log.filter((call) => call !== 'observe')).toEqual([]);
}
