import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { commandNow, describeWait } from '../../functions/cli/waiting.ts';
import { podroutes } from './built-command.ts';
import { CLOUDS, type ClusterWorld, withWorld } from './cluster-world.ts';

const GRACE_MS = 1000;
const ISO = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`;

/** A cluster in step, whose claims are noted, and in which worker-2 has given up its own. */
async function givenUp(world: ClusterWorld, grace = '15m') {
  const env = { ...world.remembering, PODROUTES_GRACE: grace };
  await podroutes(['reconcile', '--yes', '--force'], env);
  await podroutes(['reconcile'], env);
  world.unclaim('worker-2');
  await podroutes(['reconcile'], env);
  return env;
}

/** The text without the line breaks that the width of the terminal asks for. */
function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

describe.each(CLOUDS)('A route that waits on %s', (cloud) => {
  it('is shown with its times and the command that does it now, and is no reason to act', () =>
    withWorld(cloud, async (world) => {
      const env = await givenUp(world);
      const { code, stdout } = await podroutes(['plan'], env);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ {2}\* delete {2}10\.200\.2\.0\/24 .* waiting$/m);
      expect(flat(stdout)).toMatch(
        new RegExp(`waiting since ${ISO}; a full run makes it from ${ISO} on now: podroutes`),
      );
      expect(stdout).toContain('now: podroutes reconcile worker-2 --force\n');
      expect(flat(stdout)).toContain('0 to create, 0 to replace, 0 to delete, 2 in step already, 1 waiting,');
    }));

  it('ends its line with what it waits for and its times in plain output', () =>
    withWorld(cloud, async (world) => {
      const env = await givenUp(world);
      const { stdout } = await podroutes(['plan', '-o', 'plain'], env);
      expect(stdout).toMatch(
        new RegExp(
          `^delete \\S+ 10\\.200\\.2\\.0/24 \\S+ - \\S+ claim-withdrawn waiting second-look ${ISO} ${ISO}$`,
          'm',
        ),
      );
    }));

  it('is explained, without being called wrong', () =>
    withWorld(cloud, async (world) => {
      const env = await givenUp(world);
      const { stdout } = await podroutes(['explain', 'worker-2', '-o', 'json'], env);
      const { checks }: { checks: { check: string; result: string; evidence: string; remedy: string }[] } =
        JSON.parse(stdout);
      const route = checks.find(({ check }) => check === 'route');
      expect(route).toMatchObject({
        result: 'note',
        evidence: expect.stringMatching(
          new RegExp(`To delete it waits since ${ISO}; a full run makes it from ${ISO} on\\.$`),
        ),
        remedy: 'Wait, or make the change now: "podroutes reconcile worker-2 --force".',
      });
      expect(checks.find(({ check }) => check === 'held-back')?.result).toBe('ok');
    }));

  it('goes at the second look', () =>
    withWorld(cloud, async (world) => {
      const env = await givenUp(world, `${GRACE_MS / 1000}s`);
      expect(world.destinations()).toContain('10.200.2.0/24');
      await wait(GRACE_MS);
      const { code, stdout } = await podroutes(['reconcile', '--yes'], env);
      expect([code, stdout]).toEqual([0, expect.stringContaining('1 deleted')]);
      expect(world.destinations()).not.toContain('10.200.2.0/24');
    }));

  it('goes by the command that is shown with it', () =>
    withWorld(cloud, async (world) => {
      const env = await givenUp(world);
      const { stdout } = await podroutes(['plan'], env);
      const [, command = ''] = /now: podroutes (.*)/.exec(stdout) ?? [];
      expect((await podroutes([...command.split(' '), '--yes'], env)).code).toBe(0);
      expect(world.destinations()).not.toContain('10.200.2.0/24');
    }));

  it('is on the page, with its times', () =>
    withWorld(cloud, async (world) => {
      const env = await givenUp(world);
      const { stdout } = await podroutes(['report', '--html', '-'], env);
      const page = flat(stdout.replaceAll(/<[^>]+>/g, ' '));
      expect(page).toMatch(/waits since [^;]+ UTC; a full run makes it from [^;]+ UTC on\. Now: podroutes/);
      expect(page).toContain('1 change waits for a later run.');
      expect(page).not.toContain('Out of step.');
    }));

  it.each([
    {
      why: 'there is no ledger',
      env: ({ env }: ClusterWorld) => env,
      says: 'only --force makes it: without a ledger (PODROUTES_LEDGER), podroutes cannot know since when it is so',
    },
    {
      why: 'the ledger cannot be read',
      env: ({ env }: ClusterWorld) => ({ ...env, PODROUTES_LEDGER: 'file:/dev/null/ledger' }),
      says: 'a full run that can read the ledger decides',
    },
    {
      why: 'nobody was ever seen to claim it',
      env: ({ remembering }: ClusterWorld) => remembering,
      says: 'only --force makes it: no full run ever saw its node claim it',
    },
  ])('says that it waits because $why', ({ env, says }) =>
    withWorld(cloud, async (world) => {
      await podroutes(['reconcile', '--yes', '--force'], world.env);
      world.unclaim('worker-2');
      const { code, stdout } = await podroutes(['plan'], env(world));
      expect(flat(stdout)).toContain(says);
      expect(code).toBe(0);
    }),
  );
});

describe('The ledger of a command', () => {
  it('is given by an option as well', () =>
    withWorld('aws', async (world) => {
      await givenUp(world);
      const place = world.remembering['PODROUTES_LEDGER'] ?? '';
      const { stdout } = await podroutes(['plan', '--ledger', place, '-o', 'plain'], world.env);
      expect(stdout).toContain(' waiting second-look ');
    }));

  it.each([
    ['aws', 'https://account.table.core.windows.net/ledger'],
    ['azure', 'dynamodb:ledger'],
  ] as const)('of another cloud is refused on %s', (cloud, place) =>
    withWorld(cloud, async (world) => {
      const { code, stderr } = await podroutes(['plan', '--ledger', place], world.env);
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining(`"${place}", which is no ledger for ${cloud}`),
      ]);
    }),
  );

  it('needs a cluster', async () => {
    const { code, stderr } = await podroutes([
      ...['plan', '--ledger', 'file:x', '--cluster-cidrs', '10.0.0.0/8', '--route-tables', 'rtb-0123abcd'],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('--ledger: expected --cluster (PODROUTES_CLUSTER) beside it; found nothing');
  });
});

describe('The command that does it now', () => {
  const nodes = [
    { id: 'i-1', name: 'worker-1' },
    { id: 'i-2', name: 'twin' },
    { id: 'i-3', name: 'twin' },
    { id: 'i-4', name: '$(reboot)' },
    { id: 'i-5', name: '--yes' },
    { id: "/groups/o'(b)/vm", name: 'a b' },
  ];

  it.each([
    [null, 'podroutes reconcile --force'],
    ['i-1', 'podroutes reconcile worker-1 --force'],
    ['i-2', 'podroutes reconcile i-2 --force'],
    ['i-4', 'podroutes reconcile i-4 --force'],
    ['i-5', 'podroutes reconcile i-5 --force'],
    ['i-9', 'podroutes reconcile i-9 --force'],
    ["/groups/o'(b)/vm", "podroutes reconcile '/groups/o'\\''(b)/vm' --force"],
  ])('of node %s is safe to be typed: %s', (nodeId, command) => {
    expect(commandNow({ nodeId }, nodes)).toBe(command);
  });
});

it('What a later version waits for is shown as it says', () => {
  expect(describeWait({ since: null, notBefore: null, waitsFor: 'full-moon' })).toBe(': full-moon');
  expect(describeWait({ since: '2026-11-21T03:00:00.000Z', notBefore: null, waitsFor: 'x' })).toBe(
    ' since 2026-11-21T03:00:00Z; x',
  );
});
