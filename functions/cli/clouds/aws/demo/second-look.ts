import { setTimeout as wait } from 'node:timers/promises';
import {
  expectChanges,
  expectErrors,
  expectFindings,
  expectNothingLost,
  expectWaits,
  expectWrites,
} from '../../../demo/expectations.ts';
import { GRACE_SECONDS, type Step } from '../../../demo/scene.ts';
import { CLAIMS, OTHERS } from './cluster.ts';
import { expectOthers, expectRoutes } from './expectations.ts';
import { deliverEvents } from './life.ts';
import { tagPodCidr, untagPodCidrs } from './operator.ts';
import { type AwsStage, invokeSchedule } from './stage.ts';

/** Whose tags a script takes away, by mistake. */
const UNTAGGED = ['worker-3', 'worker-4', 'worker-5', 'worker-8'];

const twice = (lines: readonly string[]): string[] => lines.flatMap((line) => [line, line]);
const changesOf = (outcome: string): string[] =>
  twice(UNTAGGED.map((name) => `delete ${CLAIMS.givenUp[name]} ${outcome}`));

/** The steps in which living nodes claim no more what they had. */
export const SECOND_LOOK: readonly Step<AwsStage>[] = [
  {
    title: 'a node gives up its block',
    why: 'The tag of worker-6 is removed, on purpose or not. Its event takes nothing away: that nobody claims a block can be said only after a look at all nodes, and not after one.',
    shows: 'changes',
    act: async (stage) => {
      await untagPodCidrs(stage.operator, ['worker-6']);
      return deliverEvents(stage);
    },
    checks: (scene) => [
      expectWrites(scene, [], 'no call changed anything'),
      expectRoutes(scene, CLAIMS.resolved, OTHERS.twoTables, 'worker-6 has kept its routes'),
      expectFindings(scene, ['missing-claim'], 'it was said that worker-6 claims nothing'),
    ],
  },
  {
    title: 'the first look',
    why: 'The scheduled run looks at all nodes. The ledger knows that worker-6 claimed the route before, so it may go once it has been seen unclaimed for PODROUTES_GRACE: 15 minutes, or a second in this demo.',
    shows: 'changes',
    act: async (stage) => ({ handled: await invokeSchedule(stage), notes: [] }),
    checks: (scene) => [
      expectChanges(scene, twice(['delete 10.200.6.0/24 waiting']), 'the route waits in both tables'),
      expectWaits(scene, GRACE_SECONDS, 'for the time that PODROUTES_GRACE says'),
      expectWrites(scene, [], 'no call changed anything'),
    ],
  },
  {
    title: 'the second look',
    why: 'A later run still finds it so, and removes the routes. worker-6 is paid for: of the eight nodes that had a route, two may be left without one within 24 hours.',
    shows: 'changes',
    act: async (stage) => {
      await wait(GRACE_SECONDS * 1000);
      return { handled: await invokeSchedule(stage), notes: [] };
    },
    checks: (scene) => [
      expectRoutes(scene, CLAIMS.givenUp, OTHERS.twoTables, 'the routes of worker-6 are gone, no others'),
      expectWrites(scene, ['DeleteRoute', 'DeleteRoute'], 'each table took one call'),
    ],
  },
  {
    title: 'a script removes the tags of four nodes',
    why: 'Four more nodes claim nothing any more, and runs have seen that for long enough. It is more than the budget has left, and smells of a mistake: none of their routes goes, and an alarm calls a person.',
    shows: 'changes',
    act: async (stage) => {
      await untagPodCidrs(stage.operator, UNTAGGED);
      await deliverEvents(stage);
      await invokeSchedule(stage);
      await wait(GRACE_SECONDS * 1000);
      return { handled: await invokeSchedule(stage), notes: [] };
    },
    checks: (scene) => [
      expectRoutes(scene, CLAIMS.givenUp, OTHERS.twoTables, 'all four nodes have kept their routes'),
      expectWrites(scene, [], 'no call changed anything'),
      expectChanges(scene, changesOf('skipped'), 'the deletions are held back'),
      expectErrors(scene, ['deletion-breaker', 'deletion-breaker'], 'each table has its error'),
    ],
  },
  {
    title: 'the mistake is mended',
    why: 'The tags are put back. Nothing has happened to the pods meanwhile, and nothing has to be done now.',
    shows: 'all',
    act: async (stage) => {
      for (const name of UNTAGGED) await tagPodCidr(stage.operator, name, CLAIMS.givenUp[name] ?? '');
      await deliverEvents(stage);
      return { handled: await invokeSchedule(stage), notes: [] };
    },
    checks: (scene) => [
      expectWrites(scene, [], 'no call changed anything'),
      expectRoutes(scene, CLAIMS.givenUp, OTHERS.twoTables, 'both tables are as before the script'),
      expectErrors(scene, [], 'no error is left'),
      expectOthers(scene, OTHERS.twoTables),
      expectNothingLost(scene, 'all along, no event had to be given up'),
    ],
  },
];
