import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { podroutes } from '../cli/built-command.ts';
import { type ClusterWorld, withWorld } from '../cli/cluster-world.ts';
import { withAwsPatient } from '../cli/doctor-world.ts';
import { readText, tableBelow } from './markdown.ts';

/** A finding in the sandbox, at one node, with settings beside those of the cluster. */
interface Case {
  readonly cloud?: 'aws' | 'azure';
  readonly node: string;
  readonly provoke?: (world: ClusterWorld) => void | Promise<void>;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the commands know the ledger. */
  readonly remembers?: boolean;
}

/** A node that was seen to claim its route gives it up. */
async function giveUp({ remembering, unclaim }: ClusterWorld): Promise<void> {
  await podroutes(['reconcile', '--yes', '--force'], remembering);
  await podroutes(['reconcile'], remembering);
  unclaim('worker-2');
}

/** Nothing may be left without a route, and what gave its route up has waited for long enough. */
const NO_BUDGET = { PODROUTES_MAX_DELETES: '0', PODROUTES_GRACE: '1s' };

async function waitBeyondBudget(world: ClusterWorld): Promise<void> {
  await giveUp(world);
  await podroutes(['reconcile', '--yes'], { ...world.remembering, ...NO_BUDGET });
  await setTimeout(1000);
}

/** The ledger knows all claims, and a node has none, nor a route, which would be its claim (R5). */
async function adoptAll({ remembering, unclaim }: ClusterWorld): Promise<void> {
  const env = { ...remembering, PODROUTES_ALLOCATE: '/17' };
  await podroutes(['reconcile', '--yes'], env);
  unclaim('worker-2');
  await podroutes(['reconcile', '--yes', '--force'], env);
}

function launched(podCidr: string, env: Case['env'] = {}): Case {
  const provoke = (world: ClusterWorld) => world.launchNamed('worker-60', podCidr, '10.240.1.60');
  return { node: 'worker-60', provoke, env };
}

const CASES: Readonly<Record<string, Case>> = {
  'missing-claim': { node: 'worker-2', provoke: ({ unclaim }) => unclaim('worker-2'), cloud: 'azure' },
  'malformed-claim': { node: 'worker-3' },
  'claim-outside-cluster': launched('10.201.0.0/24'),
  'claim-covers-cluster': launched('10.200.0.0/16'),
  'claim-covers-nodes': launched('10.200.0.0/22'),
  'claim-reserved': launched('10.200.60.0/24', { PODROUTES_RESERVED_CIDRS: '10.200.60.0/24' }),
  'too-many-claims': launched('10.200.60.0/24,10.200.61.0/24', { PODROUTES_MAX_CLAIMS: '1' }),
  'no-claims': { node: 'worker-0', env: { PODROUTES_POD_CIDR_TAG: 'podcidr' } },
  'claim-overlaps-network': launched('10.240.9.0/24', { PODROUTES_CLUSTER_CIDRS: '10.0.0.0/8' }),
  'conflicting-claim': launched('10.200.0.0/24'),
  'foreign-route': launched('10.200.250.0/24'),
  'route-table-full': { node: 'worker-1', env: { PODROUTES_ROUTE_LIMIT: '5' } },
  'route-table-filling': { node: 'worker-1', env: { PODROUTES_ROUTE_LIMIT: '7' } },
  'deletion-breaker': {
    cloud: 'azure',
    node: 'worker-2',
    provoke: waitBeyondBudget,
    env: NO_BUDGET,
    remembers: true,
  },
  'ledger-unavailable': {
    node: 'worker-2',
    provoke: giveUp,
    env: { PODROUTES_LEDGER: 'file:/dev/null/ledger' },
  },
  'no-free-cidr': {
    cloud: 'azure',
    node: 'worker-2',
    provoke: adoptAll,
    // Both of them have a claim within.
    env: { PODROUTES_ALLOCATE: '/17' },
    remembers: true,
  },
  'forwarding-disabled': { node: 'worker-1', env: { PODROUTES_FORWARDING: 'report' } },
  'node-unreachable': {
    ...launched('fd00:10:0:1::/64', { PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16,fd00:10::/48' }),
    cloud: 'azure',
  },
};

/** Shown otherwise than by a check or a cause of that code; each has a test of its own. */
const APART = [
  'subnet-not-routed',
  'node-not-found',
  'read-incomplete',
  'blocks-filling',
  'block-not-written',
  // By test/cli/kubernetes.test.ts.
  'kubernetes-unavailable',
];

interface Shown {
  /** Checks of explain that name the finding. */
  readonly checks: readonly string[];
  /** How sure doctor is; null where it does not say it. */
  readonly certainty: string | null;
}

async function show(code: string, node: string, env: Readonly<Record<string, string>>): Promise<Shown> {
  const explained = await podroutes(['explain', node, '-o', 'json'], env);
  const doctored = await podroutes(['doctor', node, '-o', 'json'], env);
  const checks: { check: string; code: string | null }[] = JSON.parse(explained.stdout).checks;
  const problems: { code: string; certainty: string }[] = JSON.parse(doctored.stdout).problems;
  return {
    checks: checks.filter((each) => each.code === code).map(({ check }) => check),
    certainty: problems.find((each) => each.code === code)?.certainty ?? null,
  };
}

/** What the page says of both commands: the check is named after `explain`, the certainty after `doctor`. */
async function readPage(code: string): Promise<Shown> {
  const text = await howToLook(code);
  const checks = /`podroutes explain [^`]+` (?:notes|fails)[^.]*? at the check `([a-z-]+)`/.exec(text);
  const certainty = /`podroutes doctor[^.]*?\b(certain|likely|possible)\b/.exec(text);
  return { checks: checks?.slice(1) ?? [], certainty: certainty?.[1] ?? null };
}

async function howToLook(code: string): Promise<string> {
  const page = await readText(`docs/findings/${code}.md`);
  return /^## How to look\n\n(.*?)\n\n/ms.exec(page)?.[1] ?? '';
}

describe('The page of a finding', () => {
  it('has been tried for every code', async () => {
    const list = tableBelow(await readText('docs/findings/README.md'), 'Findings');
    const codes = list.map(([cell = '']) => /`([^`]+)`/.exec(cell)?.[1]);
    expect([...Object.keys(CASES), ...APART].sort()).toEqual(codes.sort());
  });

  it.each(Object.entries(CASES))('says of %s what explain and doctor say', (code, each) =>
    withWorld(each.cloud ?? 'aws', async (world) => {
      await each.provoke?.(world);
      const env = { ...(each.remembers ? world.remembering : world.env), ...each.env };
      expect(await show(code, each.node, env)).toEqual(await readPage(code));
    }),
  );

  it('says of subnet-not-routed what both say', () =>
    withAwsPatient(async ({ moveSubnet, world }) => {
      await moveSubnet();
      const shown = await show('subnet-not-routed', 'worker-0', world.env);
      expect(shown).toEqual(await readPage('subnet-not-routed'));
    }));

  it('says of node-not-found which check fails, and who refuses', () =>
    withWorld('aws', async (world) => {
      const unknown = 'i-00000000000000000';
      const failing = async (id: string) => {
        const { stdout } = await podroutes(['explain', id, '-o', 'json'], world.env);
        const checks: { check: string; result: string }[] = JSON.parse(stdout).checks;
        return checks.filter(({ result }) => result === 'problem').map(({ check }) => check);
      };
      const found = [...(await failing(unknown)), ...(await failing(world.idOf('vpn-appliance')))];
      const text = await howToLook('node-not-found');
      expect([...text.matchAll(/`(found|selection)`/g)].map(([, check]) => check)).toEqual(found);
      for (const command of ['doctor', 'plan']) {
        expect(text).toContain(`\`podroutes ${command} <id>\``);
        expect((await podroutes([command, unknown], world.env)).code).toBe(1);
      }
    }));

  it('says of read-incomplete what each command does', () =>
    withWorld('aws', async (world) => {
      const run = async (...args: string[]) => {
        world.fail('claims', { code: 'UnauthorizedOperation', status: 403, times: 9 });
        return podroutes(args, world.env);
      };
      const { stdout } = await run('explain', 'worker-0', '-o', 'json');
      const checks: { check: string; result: string }[] = JSON.parse(stdout).checks;
      const failing = checks.filter(({ result }) => result === 'problem').map(({ check }) => check);
      const text = await howToLook('read-incomplete');
      expect([...text.matchAll(/`(reading|claim)`/g)].map(([, check]) => check)).toEqual(failing);
      const planned = await run('plan');
      expect([planned.code, planned.stdout]).toEqual([1, expect.stringContaining('read-incomplete')]);
      expect((await run('doctor')).stdout).toContain('not checked');
    }));

  it.each(['blocks-filling', 'block-not-written'])('says of %s that neither shows it', async (code) => {
    expect(await howToLook(code)).toMatch(/^Neither `podroutes explain` nor `podroutes doctor`/);
  });
});
