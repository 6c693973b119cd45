import { describe, expect, it } from '@jest/globals';
import type { BlockList } from '../../functions/cli/block-list.ts';
import { podroutes } from './built-command.ts';
import { CLOUDS, type ClusterWorld, withWorld } from './cluster-world.ts';

type Environment = Readonly<Record<string, string>>;

const TIME = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ';

/** As the functions of the cluster have it. */
function allocating({ remembering }: ClusterWorld): Environment {
  return { ...remembering, PODROUTES_ALLOCATE: '/24' };
}

async function list(env: Environment): Promise<{ code: unknown; listed: BlockList }> {
  const { code, stdout } = await podroutes(['blocks', '-o', 'json'], env);
  return { code, listed: JSON.parse(stdout) };
}

async function reconcile(env: Environment, ...options: readonly string[]): Promise<void> {
  await podroutes(['reconcile', '--yes', ...options], env);
}

function stateOf({ ranges }: BlockList, cidr: string): unknown {
  return ranges.flatMap(({ blocks }) => blocks).find((block) => block.cidr === cidr);
}

/** The block that a node was given. */
function blockOf({ ranges }: BlockList, name: string): string {
  const blocks = ranges.flatMap((range) => range.blocks);
  return blocks.find(({ node, kind }) => node === name && kind === 'allocated')?.cidr ?? 'none';
}

/** What explain says of the claim of worker-60. */
async function explainClaim(env: Environment): Promise<string> {
  const { stdout } = await podroutes(['explain', 'worker-60', '-o', 'json'], env);
  const { checks }: { checks: { check: string; evidence: string }[] } = JSON.parse(stdout);
  return checks.find(({ check }) => check === 'claim')?.evidence ?? 'nothing';
}

describe.each(CLOUDS)('blocks on %s', (cloud) => {
  it('lists what was seen before a full run has entered it, and says what to do', () =>
    withWorld(cloud, async (world) => {
      const { code, stdout, stderr } = await podroutes(['blocks'], allocating(world));
      expect(code).toBe(3);
      expect(stdout).toMatch(/^ {2}10\.200\.0\.0\/24 +used +worker-0 +- +claimed; not in the ledger yet$/m);
      expect(stderr).toMatch(/no block is handed\s+out\..*"podroutes reconcile" does so now\./s);
      expect((await list(allocating(world))).listed.adopted).toBe(false);
    }));

  it('says who has which block and since when, and how many there are of each state', () =>
    withWorld(cloud, async (world) => {
      const env = allocating(world);
      world.launchNamed('worker-60', '', '10.240.1.60');
      await reconcile(env);
      const { code, listed } = await list(env);
      expect(code).toBe(0);
      const given = blockOf(listed, 'worker-60');
      expect(stateOf(listed, given)).toEqual({
        ...{ cidr: given, state: 'used', kind: 'allocated', node: 'worker-60', leaving: null },
        ...{ nodeId: world.idOf('worker-60'), since: expect.any(String) },
      });
      expect(stateOf(listed, '10.200.0.0/24')).toMatchObject({
        state: 'used',
        kind: 'claimed',
        node: 'worker-0',
      });
      expect(stateOf(listed, '10.200.250.0/24')).toMatchObject({ state: 'used', node: null });
      const [range] = listed.ranges;
      expect(range).toMatchObject({ size: 24, total: 256, free: 249, used: 7, leaving: 0, reserved: 0 });
      const { stdout } = await podroutes(['blocks'], env);
      expect(stdout).toMatch(new RegExp(`^  ${given} +used +worker-60 +${TIME} +handed out$`, 'm'));
    }));

  it('shows a block whose node has it no more as leaving', () =>
    withWorld(cloud, async (world) => {
      const env = allocating(world);
      world.launchNamed('worker-60', '10.200.60.0/24', '10.240.1.60');
      await reconcile(env);
      world.unclaim('worker-60');
      await reconcile(env, '--force');
      await reconcile(env);
      const { listed } = await list(env);
      expect(stateOf(listed, '10.200.60.0/24')).toMatchObject({
        state: 'leaving',
        leaving: expect.any(String),
      });
      // The other one is that of the unclaimed route, which --force has deleted too.
      expect(listed.ranges[0]).toMatchObject({ leaving: 2 });
      const { stdout } = await podroutes(['blocks'], env);
      expect(stdout).toMatch(
        new RegExp(`^  10\\.200\\.60\\.0/24 +leaving .*claimed; nobody there since ${TIME}$`, 'm'),
      );
    }));

  it('counts what is reserved apart, and covers the range without a gap in plain form', () =>
    withWorld(cloud, async (world) => {
      const env = { ...allocating(world), PODROUTES_RESERVED_CIDRS: '10.200.128.0/17' };
      const { listed } = await list(env);
      expect(listed.ranges[0]).toMatchObject({ total: 256, reserved: 128, free: 124, used: 4 });
      const { stdout } = await podroutes(['blocks', '-o', 'plain'], env);
      expect(stdout).toContain('10.200.128.0/17 10.200.128.0/17 reserved - - -\n');
      expect(stdout).toMatch(/^10\.200\.10\.0\/24 10\.200\.127\.0\/24 free - - -$/m);
      expect(stdout).toMatch(/^10\.200\.0\.0\/24 10\.200\.0\.0\/24 used \S+ - -$/m);
    }));

  it('lists each family in blocks of its own size, and a family that is not handed out not at all', () =>
    withWorld(cloud, async (world) => {
      const env = { ...allocating(world), PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16,fd00:200::/48' };
      const rangesOf = async (more: Environment): Promise<unknown[]> =>
        (await list({ ...env, ...more })).listed.ranges.map(({ cidr, size, total }) => [cidr, size, total]);
      const ipv4 = ['10.200.0.0/16', 24, 256];
      expect(await rangesOf({})).toEqual([ipv4]);
      expect(await rangesOf({ PODROUTES_ALLOCATE: '/24,/64' })).toEqual([
        ipv4,
        ['fd00:200::/48', 64, 65_536],
      ]);
    }));

  it('changes nothing, and exits 3 where none is free for a node that waits', () =>
    withWorld(cloud, async (world) => {
      const env = { ...allocating(world), PODROUTES_RESERVED_CIDRS: '10.200.0.0/16' };
      await reconcile(env);
      world.launchNamed('worker-60', '', '10.240.1.60');
      const before = world.writes().length;
      const [first, second] = [await list(env), await list(env)];
      expect(second).toEqual(first);
      expect(first.code).toBe(3);
      expect(first.listed.findings.map(({ code }) => code)).toContain('no-free-cidr');
      expect(first.listed.ranges[0]).toMatchObject({ free: 0, reserved: 256 });
      expect(world.writes()).toHaveLength(before);
    }));

  it.each([
    {
      lacks: 'a size',
      more: { PODROUTES_ALLOCATE: 'off' },
      code: 2,
      says: /PODROUTES_ALLOCATE: expected the size of the blocks .* set it to what they have\./,
    },
    {
      lacks: 'a size and a ledger',
      more: { PODROUTES_ALLOCATE: '', PODROUTES_LEDGER: '' },
      code: 2,
      says: /set it to what they have, and --ledger \(PODROUTES_LEDGER\) to where they keep their ledger\./,
    },
    {
      lacks: 'a ledger',
      more: { PODROUTES_LEDGER: '' },
      code: 2,
      says: /PODROUTES_ALLOCATE: expected PODROUTES_LEDGER beside it/,
    },
    {
      lacks: 'a ledger that can be opened',
      more: { PODROUTES_LEDGER: 'file:/dev/null/ledger' },
      code: 1,
      says: /no block is handed out or freed.* Check PODROUTES_LEDGER/,
    },
  ])('refuses what lacks $lacks', ({ more, code, says }) =>
    withWorld(cloud, async (world) => {
      const ended = await podroutes(['blocks'], { ...allocating(world), ...more });
      expect(ended).toEqual({ code, stdout: '', stderr: expect.stringMatching(says) });
    }),
  );

  it('exits 1 where the nodes could not be read', () =>
    withWorld(cloud, async (world) => {
      await reconcile(allocating(world));
      world.fail('claims', { code: 'UnauthorizedOperation', status: 403 });
      expect((await list(allocating(world))).code).toBe(1);
    }));

  it('lets explain say where the block of a node comes from, and whether its tag says so', () =>
    withWorld(cloud, async (world) => {
      const env = allocating(world);
      world.launchNamed('worker-60', '', '10.240.1.60');
      await reconcile(env);
      const block = blockOf((await list(env)).listed, 'worker-60');
      const given = `It was given ${block}, which the ledger has held for it since \\S+Z\\.`;
      expect(await explainClaim(env)).toMatch(new RegExp(`^${given} Its tag pod-cidr says so too\\.$`));
      world.unclaim('worker-60');
      expect(await explainClaim(env)).toMatch(new RegExp(`^${given} Its tag pod-cidr does not say so yet: `));
    }));
});
