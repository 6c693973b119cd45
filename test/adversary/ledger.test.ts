import { rm } from 'node:fs/promises';
import { mock } from 'node:test';
import { describe, expect, it } from '@jest/globals';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, hopOf, node, settings, show } from '../core/builders.ts';
import { failure, type MemoryCloud, memoryCloud } from '../core/memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from '../core/memory-ledger.ts';
import { CLOUDS, changesOf, codesOf, launchAndReconcile, routesOf, workers } from './cluster.ts';

const THREE = workers(3);

describe.each(CLOUDS)('On $cloud, what befalls the ledger', ({ withCluster }) => {
  it('is lost while a route waits', () =>
    withCluster({}, async (cluster) => {
      await launchAndReconcile(cluster, THREE);
      await cluster.world.retag('w0', null);
      await cluster.pass(10);
      await rm(cluster.ledger);
      await rm(`${cluster.ledger}-wal`, { force: true });
      await rm(`${cluster.ledger}-shm`, { force: true });
      await cluster.restart({});
      await cluster.reconcile();
      await cluster.pass(60);
      expect(await cluster.routes()).toEqual(routesOf(THREE));
    }));

  it('is put back as it was a day ago, when a route had waited long', () =>
    withCluster({}, async (cluster) => {
      await launchAndReconcile(cluster, THREE);
      await cluster.world.retag('w0', null);
      await cluster.pass(20);
      const restore = await cluster.backUp();
      await cluster.world.retag('w0', '10.200.0.0/24');
      await cluster.deliverEvents();
      await cluster.pass(30);
      await cluster.world.retag('w0', null);
      await restore();
      cluster.sleep(24 * 60);
      expect(changesOf(await cluster.reconcile())).toEqual(['delete 10.200.0.0/24 waiting']);
      expect(await cluster.routes()).toEqual(routesOf(THREE));
    }));

  it('cannot be reached, while a node waits for its route and another gives its own up', () =>
    withCluster({}, async (cluster) => {
      await launchAndReconcile(cluster, THREE);
      await cluster.restart({ PODROUTES_LEDGER: 'file:/dev/null/ledger' });
      await cluster.world.retag('w0', null);
      await cluster.world.launch({ name: 'late', podCidr: '10.200.9.0/24', forwarding: 'on' });
      for (let i = 0; i < 4; i += 1)
        expect(codesOf(await cluster.reconcile())).toContain('ledger-unavailable');
      expect(await cluster.routes()).toEqual([...routesOf(THREE), '10.200.9.0/24 late active'].sort());
    }));

  it('is not written because the schedule is paused', () =>
    withCluster({}, async (cluster) => {
      await launchAndReconcile(cluster, THREE);
      await cluster.world.retag('w0', null);
      await cluster.pass(10);
      cluster.sleep(300);
      expect(changesOf(await cluster.reconcile())).toEqual(['delete 10.200.0.0/24 waiting']);
      expect(await cluster.routes()).toEqual(routesOf(THREE));
      await cluster.pass(20);
      expect(await cluster.routes()).toEqual(routesOf(THREE.slice(1)));
    }));
});

const MINUTE = 60_000;
const A = '10.200.0.0/24';
const B = '10.200.1.0/24';

/** A full run by the core. */
function run(cloud: MemoryCloud, ledger: MemoryLedger): Promise<Run> {
  return reconcile(cloud, {
    scope: { kind: 'all', ids: [] },
    dryRun: false,
    ledger: async () => ledger,
    signal: new AbortController().signal,
    settings: settings(),
  });
}

interface Scene {
  readonly cloud: MemoryCloud;
  readonly ledger: MemoryLedger;
  /** Lets so many minutes pass, and runs. */
  readonly after: (minutes: number) => Promise<Run>;
  readonly claim: (claims: readonly string[]) => void;
}

/** Two nodes with their routes, of which a full run has taken note. */
async function startScene(): Promise<Scene> {
  const cloud = memoryCloud([node('a', [A]), node('b', [B])]);
  const ledger = memoryLedger(Date.UTC(2026, 10, 21));
  cloud.put('rtb-1', cidr(A), hopOf('a'));
  cloud.put('rtb-1', cidr(B), hopOf('b'));
  await run(cloud, ledger);
  return {
    cloud,
    ledger,
    after: (minutes) => {
      ledger.now += minutes * MINUTE;
      return run(cloud, ledger);
    },
    claim: (claims) => cloud.nodes.set('a', node('a', claims)),
  };
}

const BOTH = [`${A} a`, `${B} b`];
const shown = ({ results }: Run): readonly string[] =>
  results.map(({ change, outcome }) => `${outcome}: ${show(change)}`);
const WAITING = [`waiting: delete ${A} a (claim-withdrawn)`];

describe('Of the ledger, by the core', () => {
  it('two full runs at once: the one that read first takes nothing, since the other saw the route claimed', async () => {
    const { cloud, ledger, after, claim } = await startScene();
    claim([]);
    await after(10);
    await after(10);
    // The second run reads and writes between the reading and the writing of the first.
    const write = ledger.write;
    let second: Promise<Run> | null = null;
    Object.assign(ledger, {
      write: async (...given: Parameters<typeof write>) => {
        if (second === null) {
          claim([A]);
          second = run(cloud, ledger);
          await second;
        }
        return write(...given);
      },
    });
    expect(shown(await after(10))).toEqual(WAITING);
    expect(cloud.routes()).toEqual(BOTH);
  });

  it('two full runs at once that both find a route due: it goes once', async () => {
    const { cloud, ledger, after, claim } = await startScene();
    claim([]);
    await after(10);
    await after(10);
    ledger.now += 10 * MINUTE;
    const runs = await Promise.all([run(cloud, ledger), run(cloud, ledger)]);
    expect(runs.flatMap(shown).filter((line) => line.startsWith('applied'))).toHaveLength(1);
    expect(cloud.routes()).toEqual([`${B} b`]);
  });

  it('an erase that failed: what was sighted before counts no more', async () => {
    const { cloud, ledger, after, claim } = await startScene();
    claim([]);
    await after(10);
    await after(10);
    claim([A]);
    ledger.writeFailure = failure('transient');
    await after(10);
    ledger.writeFailure = null;
    claim([]);
    expect(shown(await after(10))).toEqual(WAITING);
    expect(cloud.routes()).toEqual(BOTH);
  });

  it("a clock that is a day ahead on the operator's machine", async () => {
    const { cloud, after, claim } = await startScene();
    claim([]);
    await after(10);
    const ahead = Date.now() + 24 * 60 * MINUTE;
    const { mock: clock } = mock.method(Date, 'now', () => ahead);
    try {
      expect(shown(await after(1))).toEqual(WAITING);
    } finally {
      clock.restore();
    }
    expect(cloud.routes()).toEqual(BOTH);
  });

  it('what was noted by a clock a day ahead is no sighting', async () => {
    const { cloud, ledger, after, claim } = await startScene();
    claim([]);
    await after(24 * 60);
    ledger.now -= 24 * 60 * MINUTE;
    expect(shown(await after(20))).toEqual(WAITING);
    expect(cloud.routes()).toEqual(BOTH);
  });

  it.each([
    ['throttled', { readFailure: failure('transient', 'throttled') }],
    ['not allowed to read', { readFailure: failure('permanent', 'forbidden') }],
    ['refused a condition', { writeFailure: failure('stale', 'condition') }],
    ['throttled at the write', { writeFailure: failure('transient', 'throttled') }],
  ])('it is %s when a route is due: that stays, and a new node gets its own', async (_, fault) => {
    const { cloud, ledger, after, claim } = await startScene();
    claim([]);
    await after(10);
    await after(10);
    Object.assign(ledger, fault);
    cloud.nodes.set('c', node('c', ['10.200.2.0/24']));
    await after(10);
    expect(cloud.routes()).toEqual([...BOTH, '10.200.2.0/24 c']);
  });
});
