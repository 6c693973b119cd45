import { getEventListeners } from 'node:events';
import { mock } from 'node:test';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Node, Scope } from '../../shared/core/model.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import { isInPlace, whyRetryFull } from '../../shared/core/run/retry.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, hopOf, node, settings, show } from './builders.ts';
import { failure, type MemoryCloud, memoryCloud, strangerHop } from './memory-cloud.ts';

const SCHEDULED = { kind: 'all', cause: 'schedule', id: null, occurredAt: null, what: 'schedule' } as const;
const A = '10.200.0.0/24';
const B = '10.200.1.0/24';
const C = '10.200.2.0/24';

interface Ask {
  readonly scope?: Scope;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly settings?: Parameters<typeof settings>[0];
}

/** By force, so that what a run does in which order shows without waiting for it. */
function run(cloud: MemoryCloud, ask: Ask = {}): Promise<Run> {
  return reconcile(cloud, {
    scope: { kind: 'all', ids: [] },
    dryRun: false,
    signal: new AbortController().signal,
    ledger: null,
    ...ask,
    settings: settings({ force: true, ...ask.settings }),
  });
}

function outcomes({ results }: Run): string[] {
  return results.map(
    ({ change, outcome, failure: why }) => `${outcome}${why === null ? '' : ` ${why.code}`}: ${show(change)}`,
  );
}

function writes({ log }: MemoryCloud): string[] {
  return log.filter((line) => line !== 'observe');
}

/** A node that has the route to A and now claims B. */
function movingCloud(tables: readonly string[] = ['rtb-1']): MemoryCloud {
  const cloud = memoryCloud([node('a', [B])], tables);
  for (const id of tables) cloud.put(id, cidr(A), hopOf('a'));
  return cloud;
}

function change(cloud: MemoryCloud, id: string, more: Partial<Node>): void {
  const current = cloud.nodes.get(id);
  if (current !== undefined) cloud.nodes.set(id, { ...current, ...more });
}

describe('R1 events are hints', () => {
  const scope = { kind: 'nodes', ids: ['a'] } as const;

  it('looks only at the named node while that is enough', async () => {
    const cloud = memoryCloud([node('a', [A]), node('b', [B])]);
    const done = await run(cloud, { scope, settings: { force: false } });
    expect(cloud.routes()).toEqual([`${A} a`]);
    expect(done.scope).toEqual(scope);
    expect(cloud.looks).toEqual([scope]);
  });

  it('leaves a withdrawn route to the schedule, and does not look further', async () => {
    const cloud = movingCloud();
    await run(cloud, { scope, settings: { force: false } });
    expect(cloud.looks).toEqual([scope]);
    expect(cloud.routes()).toEqual([`${A} a`, `${B} a`]);
  });

  it('deletes what is proven on the look at the named node alone, then looks who has come to need it', async () => {
    const cloud = memoryCloud([node('a', [A], { state: 'gone' }), node('heir', [A])]);
    cloud.put('rtb-1', cidr(A), hopOf('a'));
    const done = await run(cloud, { scope, settings: { force: false } });
    expect(writes(cloud)).toEqual([`rtb-1 delete ${A} a (node-gone)`, `rtb-1 create ${A} heir (claimed)`]);
    expect(cloud.looks).toMatchObject([scope, { kind: 'all', ids: ['a'] }]);
    expect(done.widened).not.toBeNull();
  });

  it.each<[string, MemoryCloud, string[]]>([
    ['the route in its way leads to a node that was not read', stolen(), [`${A} b`]],
  ])('looks at everything when %s', async (_, cloud, routes) => {
    const done = await run(cloud, { scope, settings: { force: false } });
    expect(cloud.looks.slice(0, 2)).toEqual([scope, { kind: 'all', ids: ['a'] }]);
    expect(done.scope.kind).toBe('all');
    expect(cloud.routes()).toEqual(routes);
  });

  it('looks at everything when a route turns up in its way during the run', async () => {
    const cloud = memoryCloud([node('a', [A]), node('b', [A])]);
    cloud.failing.set(`rtb-1 ${A}`, [failure('stale')]);
    cloud.beforeLook = (look) => {
      if (look === 2) cloud.put('rtb-1', cidr(A), hopOf('b'));
    };
    const done = await run(cloud, { scope, settings: { force: false } });
    expect(done.scope.kind).toBe('all');
    expect(done.findings.map(({ code }) => code)).toEqual(['conflicting-claim']);
    expect(isInPlace(done, 'a')).toBe(false);
  });

  it('looks again at the same node where its state moved, and tells the cloud what it has seen', async () => {
    const cloud = memoryCloud([node('a', [A]), node('b', [B])]);
    cloud.failing.set(`rtb-1 ${A}`, [failure('stale')]);
    const done = await run(cloud, { scope, settings: { force: false } });
    expect(cloud.looks.map(({ kind, ids }) => [kind, ids])).toEqual([
      ['nodes', ['a']],
      ['nodes', ['a']],
    ]);
    expect([...(cloud.looks[1]?.known?.keys() ?? [])]).toEqual(['a']);
    expect(done).toMatchObject({ scope: { kind: 'nodes' }, widened: null });
  });

  it('says why it looked further', async () => {
    const cloud = memoryCloud([node('a', [A], { state: 'gone' }), node('b', [B])]);
    cloud.put('rtb-1', cidr(A), hopOf('a'));
    const { widened } = await run(cloud, { scope, settings: { force: false } });
    expect(widened).toBe('somebody may have come to need a route that it deleted');
  });

  it('is not said to have looked further where it looked at everything to begin with', async () => {
    const cloud = memoryCloud([node('a', [A], { state: 'gone' })]);
    cloud.put('rtb-1', cidr(A), hopOf('a'));
    const done = await run(cloud, { settings: { force: false } });
    expect(cloud.looks).toHaveLength(2);
    expect(done.widened).toBeNull();
  });

  it('says how much it is about to do', async () => {
    const cloud = memoryCloud([node('a', [A], { forwarding: 'off' }), node('b', [B], { forwarding: 'off' })]);
    cloud.put('rtb-1', cidr(B), hopOf('b'));
    const counts: number[] = [];
    await reconcile(cloud, {
      ...{ scope: { kind: 'all', ids: [] }, dryRun: false, ledger: null, settings: settings() },
      signal: new AbortController().signal,
      onPlan: (count) => counts.push(count),
    });
    expect(counts).toEqual([3]);
  });

  it('reports a node that is not there', async () => {
    const done = await run(memoryCloud([]), { scope, settings: { force: false } });
    expect(done.observation.missing).toEqual(['a']);
  });
});

function stolen(): MemoryCloud {
  const cloud = memoryCloud([node('a', [A]), node('b', [A])]);
  cloud.put('rtb-1', cidr(A), hopOf('b'));
  return cloud;
}

describe('R2 only our own routes', () => {
  it('leaves foreign routes alone over a whole run', async () => {
    const cloud = memoryCloud([node('a', [A, B])]);
    cloud.put('rtb-1', cidr(A), strangerHop('vpn'));
    cloud.put('rtb-1', cidr(C), strangerHop('vpn'));
    cloud.put('rtb-1', cidr('10.201.0.0/24'), hopOf('gone'));
    cloud.put('rtb-1', cidr('10.200.3.0/24'), hopOf('gone'), false);
    const done = await run(cloud);
    expect(writes(cloud)).toEqual([`rtb-1 create ${B} a (claimed)`]);
    expect(done.findings.map(({ code, severity, cidr }) => `${code} ${severity} ${cidr}`)).toEqual([
      `foreign-route error ${A}`,
      // It leads nowhere, against no claim.
      'foreign-route warning 10.200.3.0/24',
    ]);
  });

  it('looks again before it deletes, and sees a claim made meanwhile', async () => {
    const cloud = movingCloud();
    cloud.beforeLook = (look) => {
      if (look === 2) cloud.nodes.set('b', node('b', [A]));
    };
    await run(cloud);
    expect(cloud.routes()).toEqual([`${A} b`, `${B} a`]);
    expect(writes(cloud).filter((line) => line.includes('delete'))).toEqual([]);
  });
});

describe('R3 no knowledge, no deletion', () => {
  it('keeps what it was to delete when the fresh look fails', async () => {
    const cloud = movingCloud();
    cloud.beforeLook = (look) => {
      if (look === 2) cloud.unread.push({ what: 'claims', id: 'a', failure: failure('transient') });
    };
    const done = await run(cloud);
    expect(cloud.routes()).toEqual([`${A} a`, `${B} a`]);
    expect(whyRetryFull(done, SCHEDULED, 0)).not.toBeNull();
  });

  it('does not let a read that lags behind undo what the run wrote', async () => {
    const cloud = movingCloud();
    cloud.beforeLook = (look) => {
      if (look === 2) change(cloud, 'a', { claims: [{ cidr: cidr(A), source: 'tag' }] });
    };
    const done = await run(cloud);
    expect(cloud.routes()).toEqual([`${A} a`, `${B} a`]);
    expect(outcomes(done)).toEqual([
      `applied: create ${B} a (claimed)`,
      `waiting: delete ${B} a (claim-withdrawn)`,
    ]);
    // What a later look finds besides is the next run's to decide.
    expect(whyRetryFull(done, SCHEDULED, 0)).toBeNull();
  });

  it('writes nothing twice when the reads lag behind', async () => {
    const cloud = movingCloud();
    cloud.lag(3);
    await run(cloud);
    expect(writes(cloud)).toEqual([`rtb-1 create ${B} a (claimed)`, `rtb-1 delete ${A} a (claim-withdrawn)`]);
  });
});

it('reports each change once, though a later look asks for it again in vain', async () => {
  const cloud = memoryCloud([node('a')]);
  for (const text of [A, B]) cloud.put('rtb-1', cidr(text), hopOf('a'));
  cloud.failing.set(`rtb-1 ${B}`, [failure('stale')]);
  cloud.beforeLook = (look) => {
    if (look !== 2) return;
    cloud.put('rtb-1', cidr(A), hopOf('a'));
    cloud.unread.push({ what: 'claims', id: 'a', failure: failure('transient') });
  };
  expect(outcomes(await run(cloud))).toEqual([
    `applied: delete ${A} a (claim-withdrawn)`,
    `skipped read-incomplete: delete ${B} a (claim-withdrawn)`,
  ]);
});

describe('R6 no gap', () => {
  it('creates and replaces, looks again, then deletes', async () => {
    const cloud = memoryCloud([node('a', [B]), node('b', [C])]);
    cloud.put('rtb-1', cidr(A), hopOf('a'));
    cloud.put('rtb-1', cidr(C), hopOf('dead'));
    await run(cloud);
    expect(cloud.log).toEqual([
      'observe',
      `rtb-1 replace ${C} b (blackhole)`,
      `rtb-1 create ${B} a (claimed)`,
      'observe',
      `rtb-1 delete ${A} a (claim-withdrawn)`,
      'observe',
    ]);
  });

  it.each(['transient', 'permanent', 'full'] as const)(
    'keeps the old route after a %s failure of the new',
    async (kind) => {
      const cloud = movingCloud();
      cloud.failing.set(`rtb-1 ${B}`, [failure(kind)]);
      const done = await run(cloud);
      expect(cloud.routes()).toEqual([`${A} a`]);
      expect(outcomes(done)).toEqual([
        `failed ${kind}: create ${B} a (claimed)`,
        `skipped replacement-failed: delete ${A} a (claim-withdrawn)`,
      ]);
      await run(cloud);
      expect(cloud.routes()).toEqual([`${B} a`]);
    },
  );

  it('keeps the old route of the failed node, and deletes those of others', async () => {
    const cloud = movingCloud();
    cloud.nodes.set('gone', node('gone', [], { state: 'gone' }));
    cloud.put('rtb-1', cidr(C), hopOf('gone'));
    cloud.failing.set(`rtb-1 ${B}`, [failure('permanent')]);
    await run(cloud);
    expect(cloud.routes()).toEqual([`${A} a`]);
  });

  it('gives a route to its next node only after its last one has a new one', async () => {
    const cloud = movingCloud();
    cloud.nodes.set('next', node('next', [A]));
    await run(cloud);
    expect(cloud.log).toEqual([
      'observe',
      `rtb-1 create ${B} a (claimed)`,
      'observe',
      `rtb-1 replace ${A} next (wrong-next-hop)`,
    ]);
  });

  it('leaves the route to its last node when that gets no new one', async () => {
    const cloud = movingCloud();
    cloud.nodes.set('next', node('next', [A]));
    cloud.failing.set(`rtb-1 ${B}`, [failure('transient')]);
    const done = await run(cloud);
    expect(cloud.routes()).toEqual([`${A} a`]);
    expect(isInPlace(done, 'next')).toBe(false);
  });

  it('keeps the old route in a full table, whether or not the new one would be refused', async () => {
    const cloud = movingCloud();
    cloud.limit = 1;
    cloud.failing.set(`rtb-1 ${B}`, [failure('permanent', 'UnauthorizedOperation')]);
    const done = await run(cloud);
    expect(writes(cloud)).toEqual([]);
    expect(cloud.routes()).toEqual([`${A} a`]);
    expect(done.findings.map(({ code }) => code)).toEqual(['route-table-full']);
  });

  it('lets the route of a node that is gone go first in a full table', async () => {
    const cloud = memoryCloud([node('a', [B])]);
    cloud.put('rtb-1', cidr(A), hopOf('dead'));
    cloud.limit = 1;
    await run(cloud);
    expect(writes(cloud)).toEqual([`rtb-1 delete ${A} dead (node-gone)`, `rtb-1 create ${B} a (claimed)`]);
  });
});

describe('a cloud that writes a table at once', () => {
  it('makes writes and deletions together, and looks again after them', async () => {
    const cloud = movingCloud();
    cloud.isAtomic = true;
    expect(outcomes(await run(cloud))).toEqual([
      `applied: create ${B} a (claimed)`,
      `applied: delete ${A} a (claim-withdrawn)`,
    ]);
    expect(cloud.log[0]).toBe('observe');
    expect(cloud.log.filter((line) => line === 'observe')).toHaveLength(2);
  });
});

describe('R8 idempotent', () => {
  it('makes no write in a second run', async () => {
    const cloud = movingCloud(['rtb-1', 'rtb-2']);
    await run(cloud);
    cloud.log.length = 0;
    const again = await run(cloud);
    expect(cloud.log).toEqual(['observe']);
    expect(again).toMatchObject({ results: [], unchanged: 2, findings: [], forwarding: [] });
  });

  it('switches forwarding on once', async () => {
    const cloud = memoryCloud([node('a', [A], { forwarding: 'off' })]);
    await run(cloud);
    await run(cloud);
    expect(writes(cloud)).toEqual([`rtb-1 create ${A} a (claimed)`, 'forward a']);
  });
});

describe('R9 isolation', () => {
  it('goes on with the other tables when one fails', async () => {
    const cloud = movingCloud(['rtb-1', 'rtb-2']);
    cloud.failing.set(`rtb-1 ${B}`, [failure('permanent')]);
    const done = await run(cloud);
    expect(cloud.routes('rtb-1')).toEqual([`${A} a`]);
    expect(cloud.routes('rtb-2')).toEqual([`${B} a`]);
    expect(isInPlace(done, 'a')).toBe(false);
  });

  it('goes on with the other tables when one cannot be read', async () => {
    const cloud = movingCloud(['rtb-1', 'rtb-2']);
    cloud.unread.push({ what: 'table', id: 'rtb-1', failure: failure('permanent') });
    const done = await run(cloud);
    expect(cloud.routes('rtb-2')).toEqual([`${B} a`]);
    expect(done.findings).toMatchObject([{ code: 'read-incomplete', table: 'rtb-1' }]);
  });

  it('reports a node whose forwarding stays off, and routes it', async () => {
    const cloud = memoryCloud([node('a', [A], { forwarding: 'off' })]);
    cloud.unforwardable.set('a', failure('permanent', 'denied'));
    const done = await run(cloud);
    expect(cloud.routes()).toEqual([`${A} a`]);
    expect(done.findings.map(({ code }) => code)).toEqual(['forwarding-disabled']);
    expect(isInPlace(done, 'a')).toBe(false);
  });

  it('reports a table that the cloud calls full below the configured limit', async () => {
    const cloud = memoryCloud([node('a', [A])]);
    cloud.failing.set(`rtb-1 ${A}`, [failure('full')]);
    const done = await run(cloud);
    expect(done.findings.map(({ code }) => code)).toEqual(['route-table-full']);
  });

  it('names the nodes that found no room in it, and in no other table', async () => {
    const cloud = memoryCloud(
      [node('a', [A], { name: 'worker-a' }), node('b', [B], { name: 'worker-b' })],
      ['rtb-1', 'rtb-2'],
    );
    for (const text of [A, B]) cloud.failing.set(`rtb-1 ${text}`, [failure('full')]);
    cloud.failing.set(`rtb-2 ${A}`, [failure('permanent')]);
    const done = await run(cloud);
    expect(done.findings.map(({ table, message }) => [table, message])).toEqual([
      ['rtb-1', expect.stringMatching(/worker-a.*worker-b/)],
    ]);
  });

  it('names the route where the node is no longer read', async () => {
    const cloud = memoryCloud([node('a', [A]), node('b', [B])]);
    cloud.failing.set(`rtb-1 ${A}`, [failure('full')]);
    cloud.failing.set(`rtb-1 ${B}`, [failure('stale')]);
    cloud.beforeLook = (look) => {
      if (look === 2) cloud.nodes.delete('a');
    };
    const done = await run(cloud);
    expect(done.findings.map(({ message }) => message)).toEqual([expect.stringContaining(A)]);
  });
});

describe('state that moves under the run', () => {
  it('is read and planned again, and the failure vanishes', async () => {
    const cloud = memoryCloud([node('a', [A])]);
    cloud.afterWrite = () => cloud.put('rtb-1', cidr(A), hopOf('dead'));
    cloud.failing.set(`rtb-1 ${A}`, [failure('stale')]);
    cloud.beforeLook = () => {
      if (cloud.looks.length === 2) cloud.afterWrite = () => {};
    };
    const done = await run(cloud);
    expect(outcomes(done)).toEqual([`applied: replace ${A} a (blackhole)`]);
    expect(cloud.routes()).toEqual([`${A} a`]);
  });

  it.each(['stale', 'contradicted'] as const)(
    'and was refused as %s leaves no trace where a later look asks for something else',
    async (kind) => {
      const cloud = memoryCloud([node('a', [A])]);
      cloud.failing.set(`rtb-1 ${A}`, [failure(kind)]);
      cloud.beforeLook = (look) => {
        if (look === 2) cloud.put('rtb-1', cidr(A), hopOf('dead'));
      };
      expect(outcomes(await run(cloud))).toEqual([`applied: replace ${A} a (blackhole)`]);
    },
  );

  describe('is looked at again after a pause', () => {
    const { setImmediate: soon } = globalThis;
    beforeEach(() => {
      mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    });
    afterEach(() => {
      mock.timers.reset();
    });

    /** When each look came, in milliseconds after the first. */
    async function timesOf(cloud: MemoryCloud, ask: Ask = {}): Promise<number[]> {
      const times: number[] = [];
      const { beforeLook } = cloud;
      cloud.beforeLook = (look) => {
        times.push(Date.now());
        beforeLook(look);
      };
      let isDone = false;
      const done = run(cloud, ask).finally(() => {
        isDone = true;
      });
      for (let ms = 0; !isDone && ms < 10_000; ms += 50) {
        for (let i = 0; i < 5; i += 1) await new Promise<void>((resolve) => soon(() => resolve()));
        if (!isDone) mock.timers.tick(50);
      }
      await done;
      return times.map((time) => time - (times[0] ?? 0));
    }

    it('that is twice the last', async () => {
      const cloud = memoryCloud([node('a', [A])]);
      cloud.failing.set(`rtb-1 ${A}`, Array(9).fill(failure('stale')));
      expect(await timesOf(cloud)).toEqual([0, 200, 600, 1_400, 3_000]);
    });

    it('and at once where nothing moved', async () => {
      expect(await timesOf(movingCloud())).toEqual([0, 0, 0]);
    });

    it('that ends with the time of the run', async () => {
      const cloud = memoryCloud([node('a', [A])]);
      cloud.failing.set(`rtb-1 ${A}`, Array(9).fill(failure('stale')));
      const time = new AbortController();
      setTimeout(() => time.abort(), 300);
      expect(await timesOf(cloud, { signal: time.signal })).toEqual([0, 200, 300]);
      expect(getEventListeners(time.signal, 'abort')).toEqual([]);
    });
  });

  it('leaves no trace of what is no longer wanted', async () => {
    const cloud = memoryCloud([node('a', [A])]);
    cloud.failing.set(`rtb-1 ${A}`, [failure('stale')]);
    cloud.beforeLook = (look) => {
      if (look === 2) cloud.nodes.delete('a');
    };
    expect(outcomes(await run(cloud))).toEqual([]);
  });

  it('is given up after five rounds, to be tried again', async () => {
    const cloud = memoryCloud([node('a', [A])]);
    cloud.failing.set(`rtb-1 ${A}`, Array(9).fill(failure('stale')));
    const done = await run(cloud);
    expect(cloud.looks).toHaveLength(5);
    expect(outcomes(done)).toEqual([`failed stale: create ${A} a (claimed)`]);
    expect(whyRetryFull(done, SCHEDULED, 0)).toBe('stale');
  });
});

describe('a dry run', () => {
  it('plans everything and writes nothing', async () => {
    const cloud = movingCloud();
    change(cloud, 'a', { forwarding: 'off' });
    const done = await run(cloud, { dryRun: true });
    expect(cloud.log).toEqual(['observe']);
    expect(outcomes(done)).toEqual([
      `planned: create ${B} a (claimed)`,
      `planned: delete ${A} a (claim-withdrawn)`,
    ]);
    expect(done.forwarding).toMatchObject([{ node: { id: 'a' }, failure: null }]);
  });

  it('shows what the guard holds back', async () => {
    const cloud = movingCloud();
    const done = await run(cloud, { dryRun: true, settings: { force: false } });
    expect(outcomes(done)).toContain(`waiting: delete ${A} a (claim-withdrawn)`);
  });
});

describe('when the time runs out', () => {
  it('begins nothing, and says that it is left', async () => {
    const cloud = movingCloud();
    change(cloud, 'a', { forwarding: 'off' });
    const done = await run(cloud, { signal: AbortSignal.abort() });
    expect(cloud.log).toEqual(['observe']);
    expect(outcomes(done)[0]).toBe(`skipped deadline: create ${B} a (claimed)`);
    expect(whyRetryFull(done, SCHEDULED, 0)).toBe('deadline');
  });

  it('leaves the deletions that were to follow, to be tried again', async () => {
    const cloud = movingCloud();
    const time = new AbortController();
    cloud.afterWrite = () => time.abort();
    const done = await run(cloud, { signal: time.signal });
    expect(cloud.routes()).toEqual([`${A} a`, `${B} a`]);
    expect(outcomes(done)).toEqual([
      `applied: create ${B} a (claimed)`,
      `skipped unfinished: delete ${A} a (claim-withdrawn)`,
    ]);
    expect(whyRetryFull(done, SCHEDULED, 0)).toBe('unfinished');
  });
});
