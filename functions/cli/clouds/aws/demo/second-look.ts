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
    title: 'a node loses its claim',
    why: 'The tag of worker-6 is removed, on purpose or not. Its event deletes nothing: only a read of all nodes can show that nobody claims a block, and one such read is not enough.',
    shows: 'changes',
    act: async (stage) => {
      await untagPodCidrs(stage.operator, ['worker-6']);
      return deliverEvents(stage);
    },
    checks: (scene) => [
      expectWrites(scene, [], 'no call changed anything'),
      expectRoutes(scene, CLAIMS.resolved, OTHERS.twoTables, 'worker-6 has kept its routes'),
      expectFindings(scene, ['missing-claim'], 'a finding says that worker-6 claims nothing'),
    ],
  },
  {
    title: 'the first look',
    why: 'The scheduled run reads all nodes. The ledger shows that worker-6 claimed the route before, so the route can be deleted once it has been unclaimed for PODROUTES_GRACE: 15 minutes, or a second in this demo.',
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
    why: 'A later run still finds it unclaimed and deletes the routes. worker-6 counts against the budget: of the eight nodes that had a route, two may be left without one within 24 hours.',
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
    why: 'Four more nodes no longer claim anything, and runs have seen that for long enough. That is more than the rest of the budget, so it is probably a mistake: none of their routes is deleted, and an alarm is raised.',
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
    title: 'the mistake is corrected',
    why: 'The tags are restored. The pods were not affected, and no route has to change.',
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
      expectNothingLost(scene, 'no event was lost in any step'),
    ],
  },
];
