import { mock } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { reconcileRoutes } from '../../functions/cli/commands/reconcile.ts';
import { createTerminal } from '../../functions/cli/terminal.ts';
import { LONGEST_RUN_MS } from '../../shared/core/guard/block-plan.ts';
import type { Report } from '../../shared/core/run/report.ts';
import { podroutes, readAll, start, waitUntil } from './built-command.ts';
import { CLOUDS, type ClusterWorld, withWorld } from './cluster-world.ts';

/** Routes to pods, once everything is in step. */
const IN_STEP = ['10.200.0.0/24', '10.200.1.0/24', '10.200.2.0/24', '10.200.250.0/24'];
/**
 * The same where nothing is forced, and what becomes of the route to 10.200.9.0/24: EC2 proves by its id that the
 * target has ended, an address that nobody has does not.
 */
const UNFORCED = {
  aws: { routes: IN_STEP, deleted: 1, waiting: 0, plan: '1 to delete', done: '1 deleted' },
  azure: {
    routes: [...IN_STEP, '10.200.9.0/24'].sort(),
    deleted: 0,
    waiting: 1,
    plan: '0 to delete, 1 in step already, 1 waiting',
    done: '0 deleted, 1 in step already, 1 waiting',
  },
};
const GRACE_MS = 1000;

function podRoutes({ destinations }: ClusterWorld): string[] {
  return destinations()
    .filter((destination) => destination.startsWith('10.200.'))
    .sort();
}

describe.each(CLOUDS)('reconcile on %s', (cloud) => {
  it('shows the plan, brings the routes in step, and shows what came of it', () =>
    withWorld(cloud, async (world) => {
      const { code, stdout, stderr } = await podroutes(['reconcile', '--yes'], world.env);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`1 to create, 1 to replace, ${UNFORCED[cloud].plan}`);
      expect(stdout).toContain(`1 created, 1 replaced, ${UNFORCED[cloud].done}`);
      expect(podRoutes(world)).toEqual(UNFORCED[cloud].routes);
    }));

  it('deletes nothing where nobody can be asked', () =>
    withWorld(cloud, async (world) => {
      const { code, stderr } = await podroutes(['reconcile', '--force'], world.env);
      expect(code).toBe(2);
      expect(stderr).toBe(
        'podroutes: the plan would delete 1 route, and there is no terminal to ask on; nothing was changed. To confirm, use --yes\n',
      );
      expect(world.writes()).toEqual([]);
    }));

  it('needs no answer where it deletes nothing', () =>
    withWorld(cloud, async (world) => {
      await podroutes(['reconcile', '--yes'], world.env);
      world.launch(2);
      expect((await podroutes(['reconcile'], world.env)).code).toBe(0);
      expect(podRoutes(world)).toEqual(
        [...UNFORCED[cloud].routes, '10.200.50.0/24', '10.200.51.0/24'].sort(),
      );
    }));

  it.each([['--dry-run'], ['PODROUTES_DRY_RUN']])('changes nothing with %s', (how) =>
    withWorld(cloud, async (world) => {
      const flags = how.startsWith('--') ? [how] : [];
      const env = flags.length === 0 ? { ...world.env, [how]: 'true' } : world.env;
      const { code } = await podroutes(['reconcile', '--yes', ...flags], env);
      expect({ code, writes: world.writes() }).toEqual({ code: 3, writes: [] });
    }),
  );

  it('makes no call when all is in step', () =>
    withWorld(cloud, async (world) => {
      await podroutes(['reconcile', '--yes'], world.env);
      const before = world.writes().length;
      expect((await podroutes(['reconcile'], world.env)).code).toBe(0);
      expect(world.writes().length).toBe(before);
    }));

  it('prints one JSON document on stdout, and the plan elsewhere', () =>
    withWorld(cloud, async (world) => {
      const { code, stdout, stderr } = await podroutes(['reconcile', '--yes', '-o', 'json'], world.env);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        dryRun: false,
        summary: {
          created: 1,
          replaced: 1,
          deleted: UNFORCED[cloud].deleted,
          waiting: UNFORCED[cloud].waiting,
        },
      });
      expect(stderr).toContain(`1 to create, 1 to replace, ${UNFORCED[cloud].plan}`);
    }));

  it('says what failed, with exit code 1', () =>
    withWorld(cloud, async (world) => {
      const code = cloud === 'aws' ? 'UnauthorizedOperation' : 'AuthorizationFailed';
      world.fail('writes', { code, status: 403, times: 9 });
      const ended = await podroutes(['reconcile', '--yes'], world.env);
      expect(ended.code).toBe(1);
      expect(ended.stdout).toContain(`failed: ${code}`);
      expect(podRoutes(world)).not.toContain('10.200.1.0/24');
    }));

  it('keeps to what the budget allows, until it is forced', () =>
    withWorld(cloud, async (world) => {
      const env = {
        ...world.remembering,
        PODROUTES_MAX_DELETES: '0',
        PODROUTES_GRACE: `${GRACE_MS / 1000}s`,
      };
      await podroutes(['reconcile', '--yes', '--force'], env);
      // What is claimed is noted by the run that sees it in force.
      await podroutes(['reconcile'], env);
      world.unclaim('worker-2');
      const first = await podroutes(['reconcile', '--yes'], env);
      expect({ code: first.code, says: first.stdout.includes('1 waiting') }).toEqual({ code: 0, says: true });
      await wait(GRACE_MS);
      const held = await podroutes(['reconcile', '--yes'], env);
      expect(held.code).toBe(3);
      expect(held.stdout).toContain('deletion-breaker');
      expect(podRoutes(world)).toContain('10.200.2.0/24');
      expect((await podroutes(['reconcile', '--yes', '--force'], env)).code).toBe(0);
      expect(podRoutes(world)).not.toContain('10.200.2.0/24');
    }));
});

describe('reconcile of one node', () => {
  it('says why it looked at all nodes on Azure, and leaves the routes of others to wait', () =>
    withWorld('azure', async (world) => {
      const { code, stdout, stderr } = await podroutes(['reconcile', '--yes', 'worker-2'], world.env);
      expect(stderr).toBe(
        'podroutes: read all nodes, because the target of the route to 10.200.2.0/24 was not read; the plan also has the changes of other nodes\n',
      );
      expect(stdout).toContain('1 waiting');
      expect(podRoutes(world)).toEqual(UNFORCED.azure.routes);
      expect(code).toBe(0);
    }));

  it.each(CLOUDS)('withdraws nothing unless it is forced, and then from that node alone, on %s', (cloud) =>
    withWorld(cloud, async (world) => {
      await podroutes(['reconcile', '--yes', '--force'], world.env);
      world.unclaim('worker-2');
      world.launchNamed('worker-60', '10.200.60.0/24', '10.240.1.60');
      await podroutes(['reconcile', '--yes'], world.env);
      world.unclaim('worker-60');
      const all = [...IN_STEP, '10.200.60.0/24'].sort();
      expect((await podroutes(['reconcile', '--yes', 'worker-2'], world.env)).code).toBe(0);
      expect(podRoutes(world)).toEqual(all);
      expect((await podroutes(['reconcile', '--yes', '--force', 'worker-2'], world.env)).code).toBe(0);
      expect(podRoutes(world)).toEqual(all.filter((destination) => destination !== '10.200.2.0/24'));
    }),
  );
});

describe.each(CLOUDS)('Asked before a deletion on %s', (cloud) => {
  it.each(['', 'n', 'no', 'yesterday'])('"%s" changes nothing', (answer) =>
    withWorld(cloud, async (world) => {
      const { code, questions } = await reconcileWith(world, async () => answer);
      expect({ code, questions }).toEqual({
        code: 1,
        questions: ['Delete 1 route and make the other changes? [y/N] '],
      });
      expect(world.writes()).toEqual([]);
    }),
  );

  it('is asked of nothing else where there is nothing else', () =>
    withWorld(cloud, async (world) => {
      await podroutes(['reconcile', '--yes', '--force'], world.env);
      world.unclaim('worker-2');
      const { questions } = await reconcileWith(world, async () => 'n');
      expect(questions).toEqual(['Delete 1 route? [y/N] ']);
    }));

  it('is asked of a replacement, too, that takes the route of a live node', () =>
    withWorld(cloud, async (world) => {
      await podroutes(['reconcile', '--yes', '--force'], world.env);
      world.unclaim('worker-2');
      world.launchNamed('worker-60', '10.200.2.0/24', '10.240.1.60');
      const before = world.writes().length;
      const { questions } = await reconcileWith(world, async () => 'n');
      expect(questions).toEqual([
        expect.stringMatching(/^Replace 1 route of live nodes( and make the other changes)?\? /),
      ]);
      expect(world.writes()).toHaveLength(before);
    }));

  it('to break off changes nothing, with exit code 130', () =>
    withWorld(cloud, async (world) => {
      expect((await reconcileWith(world, async () => null)).code).toBe(130);
      expect(world.writes()).toEqual([]);
    }));

  it.each(['y', 'Yes'])('"%s" makes the changes', (answer) =>
    withWorld(cloud, async (world) => {
      expect((await reconcileWith(world, async () => answer)).code).toBe(0);
      expect(podRoutes(world)).toEqual(IN_STEP);
    }),
  );

  it('agrees to no deletion that was not shown', () =>
    withWorld(cloud, async (world) => {
      const { code, output } = await reconcileWith(world, async () => {
        world.unclaim('worker-2');
        return 'y';
      });
      expect(code).toBe(3);
      expect(output).toContain('not-agreed');
      expect(podRoutes(world)).toEqual(IN_STEP);
    }));
});

describe('A reconcile that takes too long', () => {
  it('begins nothing more, since blocks are freed on the word that no run lasts longer', () =>
    withWorld('aws', async (world) => {
      const inTime = AbortSignal.timeout;
      const isOver = AbortSignal.abort(new DOMException('The time is up.', 'TimeoutError'));
      const { mock: clock } = mock.method(AbortSignal, 'timeout', (ms: number) =>
        ms === LONGEST_RUN_MS ? isOver : inTime.call(AbortSignal, ms),
      );
      const { code, output } = await reconcileWith(world, async () => 'y');
      clock.restore();
      expect(code).toBe(3);
      expect(output).not.toContain('interrupted');
      expect(world.writes()).toEqual([]);
    }));
});

describe('Ctrl-C during a reconcile', () => {
  it('lets the calls under way finish on AWS, begins no other, and tells which is which', () =>
    withWorld('aws', async (world) => {
      world.launch(150);
      world.setLatency(40);
      const { code, stderr, changes } = await interruptReconcile(world);
      expect(code).toBe(130);
      expect(stderr).toContain('Stopping: waiting for the calls in progress to finish');
      const outcomes = Map.groupBy(changes, ({ outcome }) => outcome);
      expect([...outcomes.keys()].sort()).toEqual(['applied', 'skipped']);
      const skipped = outcomes.get('skipped') ?? [];
      expect(new Set(skipped.map(({ action }) => action))).toEqual(new Set(['create', 'delete']));
      expect(new Set(skipped.map(({ error }) => error?.code))).toEqual(new Set(['interrupted']));
      expect(stderr).toContain(`podroutes: interrupted; not started: ${skipped.length} changes`);
      const made = (outcomes.get('applied') ?? []).filter(({ action }) => action === 'create');
      const wasThere = ['10.200.0.0/24', '10.200.2.0/24', '10.200.9.0/24', '10.200.250.0/24'];
      expect(podRoutes(world)).toEqual([...wasThere, ...made.map(({ destination }) => destination)].sort());
    }));

  it('waits on Azure for the one write that has all changes, and that was accepted already', () =>
    withWorld(
      'azure',
      async (world) => {
        world.launch(5);
        const { code, stderr, changes } = await interruptReconcile(world);
        expect(code).toBe(130);
        expect(stderr).toContain('podroutes: interrupted; nothing was left to do\n');
        const outcomes = changes.map(({ outcome }) => outcome).sort();
        expect(outcomes).toEqual([...Array(7).fill('applied'), 'waiting']);
        expect(podRoutes(world).length).toBe(UNFORCED.azure.routes.length + 5);
      },
      { operationMs: 500 },
    ));

  /** Sends the signal once the first write has reached the cloud. */
  async function interruptReconcile(world: ClusterWorld) {
    const child = start(['reconcile', '--yes', '-o', 'json'], world.env);
    const ended = readAll(child);
    await waitUntil(child, () => world.writes().length > 0);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    const { changes }: Pick<Report, 'changes'> = JSON.parse(stdout);
    return { code, stderr, changes };
  }
});

/** The command with --force, as the built one runs it, with somebody who answers. */
async function reconcileWith(
  world: ClusterWorld,
  answer: () => Promise<string | null>,
): Promise<{ code: number; output: string; questions: string[] }> {
  let output = '';
  const terminal = createTerminal({ write: (text) => (output += text) }, {});
  const questions: string[] = [];
  const saved = { ...process.env };
  Object.assign(process.env, world.env);
  try {
    const code = await reconcileRoutes({
      operands: [],
      flags: new Set(['force']),
      values: new Map([['cloud', world.cloud]]),
      env: world.env,
      out: terminal,
      err: terminal,
      ask: (question) => {
        questions.push(question);
        return answer();
      },
    });
    return { code, output, questions };
  } finally {
    process.env = saved;
  }
}
