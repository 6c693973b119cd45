import { mock } from 'node:test';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { overlaps } from '../../shared/core/cidr.ts';
import { readBlocks } from '../../shared/core/ledger/blocks.ts';
import type { Node, Registry } from '../../shared/core/model.ts';
import { type ReconcileRequest, reconcile } from '../../shared/core/run/reconcile.ts';
import { BLOCK_AWAITED, isInPlace, whyRetry } from '../../shared/core/run/retry.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, claim, hopOf, node, settings } from './builders.ts';
import { failure, type MemoryCloud, memoryCloud } from './memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from './memory-ledger.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 21, 3);
const RANGE = [cidr('10.200.0.0/22')];
const ON = { clusterCidrs: RANGE, allocate: { 4: 24, 6: null } };

let cloud: MemoryCloud;
let ledger: MemoryLedger;

beforeEach(() => {
  cloud = memoryCloud([]);
  ledger = memoryLedger(START);
});

function add(...nodes: readonly Node[]): void {
  for (const each of nodes) cloud.nodes.set(each.id, each);
}

function change(id: string, more: Partial<Node>): void {
  const current = cloud.nodes.get(id);
  if (current !== undefined) cloud.nodes.set(id, { ...current, ...more });
}

function run(more: Partial<ReconcileRequest> = {}): Promise<Run> {
  return reconcile(cloud, {
    scope: { kind: 'all', ids: [] },
    dryRun: false,
    settings: settings(ON),
    signal: new AbortController().signal,
    ledger: async () => ledger,
    ...more,
  });
}

/** A run for events about these nodes. */
function launch(...ids: readonly string[]): Promise<Run> {
  return run({ scope: { kind: 'nodes', ids }, ledger: 'events', blocks: async () => ledger });
}

/** The ledger's blocks, as `cidr kind holder`. */
async function blocks(): Promise<string[]> {
  const reading = await readBlocks(ledger, new AbortController().signal);
  if (!reading.ok) throw new Error(reading.failure.message);
  return [...reading.value.kept.values()].map(
    ({ block: { cidr: each, kind, holder, leaving } }) =>
      `${each.text} ${kind} ${holder?.node ?? '-'}${leaving === null ? '' : ' leaving'}`,
  );
}

function blockOf(id: string): string {
  return (
    cloud.nodes
      .get(id)
      ?.claims.map(({ cidr: { text } }) => text)
      .join() ?? ''
  );
}

function codes({ findings }: Run): string[] {
  return findings.map(({ code }) => code);
}

function launchEvent(id: string) {
  const event = { kind: 'nodes', nodes: [id], expects: 'present', id: null, what: 'running' } as const;
  return { ...event, occurredAt: START };
}

describe('R13 one block, one node', () => {
  it('hands a launched node a block, whose tag and routes follow in the same run', async () => {
    await run();
    add(node('a'));
    const done = await launch('a');
    const block = blockOf('a');
    expect(await blocks()).toEqual([`${block} allocated a`]);
    expect(cloud.routes()).toEqual([`${block} a`]);
    expect(isInPlace(done, 'a')).toBe(true);
    expect(done.findings).toEqual([]);
  });

  it('needs no more looks at the cloud for that than for a given claim', async () => {
    await run();
    add(node('a'));
    cloud.looks.length = 0;
    await launch('a');
    expect(cloud.looks).toEqual([{ kind: 'nodes', ids: ['a'] }]);
  });

  it('asks the ledger nothing about launches with given claims', async () => {
    add(node('a', ['10.200.1.0/24']));
    await launch('a');
    expect(ledger.log).toEqual([]);
    expect(cloud.routes()).toEqual(['10.200.1.0/24 a']);
  });

  it('hands all nodes of a run their blocks in one transaction', async () => {
    await run();
    ledger.log.length = 0;
    const ids = ['a', 'b', 'c', 'd'];
    add(...ids.map((id) => node(id)));
    await launch(...ids);
    expect(new Set(ids.map(blockOf)).size).toBe(4);
    expect(ledger.log.filter((line) => line === 'write generation')).toHaveLength(1);
    expect(cloud.routes()).toHaveLength(4);
  });

  it('hands out hundreds in as many transactions as they take', async () => {
    await run();
    const ids = Array.from({ length: 250 }, (_, i) => `n${i}`);
    add(...ids.map((id) => node(id)));
    ledger.log.length = 0;
    const wide = { ...ON, clusterCidrs: [cidr('10.200.0.0/16')] };
    const request = { scope: { kind: 'nodes', ids }, settings: settings(wide) } as const;
    await run({ ...request, ledger: 'events', blocks: async () => ledger });
    expect(new Set(ids.map(blockOf)).size).toBe(250);
    expect(ledger.log.filter((line) => line === 'write generation')).toHaveLength(3);
  });

  it('gives a node of both families a block of each', async () => {
    const both = settings({
      clusterCidrs: [...RANGE, cidr('fd00:200::/48')],
      allocate: { 4: 24, 6: 64 },
    });
    await run({ settings: both });
    add(node('a'));
    await run({ settings: both });
    expect(cloud.routes()).toHaveLength(2);
    expect(blockOf('a')).toMatch(/^10\.200\.\d\.0\/24,fd00:200:.*\/64$/);
  });

  it('gives a holder the block of a family that is handed out later, and its tag that too', async () => {
    await run();
    add(node('a'));
    await run();
    const first = blockOf('a');
    const both = settings({ clusterCidrs: [...RANGE, cidr('fd00:200::/48')], allocate: { 4: 24, 6: 64 } });
    await run({ settings: both });
    expect(blockOf('a')).toMatch(new RegExp(`^${first},fd00:200:.*/64$`));
  });

  it.each<[string, Partial<Node>]>([
    ['does not run yet', { state: 'pending' }],
    ['is stopped', { state: 'stopped' }],
    ['has ended', { state: 'gone' }],
    ['has claims that could not be read', { claimsKnown: false }],
    ['may have a claim in its user data that was not seen', { unsearched: 'is too large to be searched' }],
    ['has a tag of another spelling', { otherSpelling: 'Pod-Cidr' }],
    ['has no address yet', { nextHops: { 4: null, 6: null } }],
    ['keeps no tag, where nothing else can tell it', { claimAdvice: 'Use a flexible set.' }],
    [
      'seems to mean something',
      {
        defects: [
          {
            source: 'tag',
            text: '10.200.1.5/24',
            problem: 'has host bits set',
            corrected: '10.200.1.0/24',
            correctedList: null,
          },
        ],
      },
    ],
  ])('hands nothing to a node that %s', async (_, more) => {
    await run();
    add(node('a', [], more));
    await run();
    expect((await blocks()).filter((line) => line.includes('allocated'))).toEqual([]);
  });

  it('hands out none that overlaps what somebody has, whoever that is', async () => {
    add(
      node('tagged', ['10.200.0.0/24']),
      node('mistyped', [], {
        defects: [
          {
            source: 'tag',
            text: '10.200.1.9/25',
            problem: 'has host bits set',
            corrected: '10.200.1.0/25',
            correctedList: null,
          },
        ],
      }),
    );
    cloud.put('rtb-1', cidr('10.200.2.128/25'), { id: 'stranger-vpn', shown: 'vpn' });
    await run();
    add(node('a'));
    await launch('a');
    expect(blockOf('a')).toBe('10.200.3.0/24');
  });

  it('says that none is free, and what nodes wait for one, until there is one', async () => {
    await run();
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    add(...ids.map((id, i) => node(id, [], { launchedAt: i })));
    const done = await launch(...ids);
    expect(codes(done).filter((code) => code !== 'missing-claim')).toEqual(['no-free-cidr']);
    const [told] = done.findings.filter(({ code }) => code === 'no-free-cidr');
    expect(told?.message).toBe(
      'No block is free: the 4 blocks of /24 in 10.200.0.0/22 are all taken, and 2 nodes wait for one.',
    );
    // The older ones come first.
    expect(ids.map((id) => blockOf(id) !== '')).toEqual([true, true, true, true, false, false]);
  });

  it('warns from 80 per cent', async () => {
    const half = settings({ ...ON, allocate: { 4: 25, 6: null } });
    await run({ settings: half });
    add(...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => node(id)));
    expect(codes(await run({ settings: half }))).toEqual([]);
    add(node('g'));
    const done = await run({ settings: half });
    expect(done.findings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'blocks-filling: Of the 8 blocks of /25 in 10.200.0.0/22, 7 are taken; 1 are left for new nodes.',
    ]);
  });

  it('counts neither reserved ranges nor the addresses of the network among the blocks there are', async () => {
    const most = settings({ ...ON, reservedCidrs: [cidr('10.200.0.0/23')] });
    await run({ settings: most });
    add(...['a', 'b', 'c'].map((id) => node(id)));
    const done = await run({ settings: most });
    expect(done.findings.find(({ code }) => code === 'no-free-cidr')?.message).toContain(
      'the 2 blocks of /24 in 10.200.0.0/22 are all taken, and 1 node waits for one',
    );
  });

  it('changes nothing in a dry run', async () => {
    await run();
    const before = [...ledger.entries];
    add(node('a'));
    const done = await run({ dryRun: true });
    expect([...ledger.entries]).toEqual(before);
    expect(cloud.log.filter((line) => line !== 'observe')).toEqual([]);
    expect(done.observation.nodes[0]?.awaitsBlock).toBe('a run that is no dry run hands one out');
  });

  it('makes no change in a run after all is done', async () => {
    await run();
    add(node('a'), node('b', ['10.200.3.0/24']));
    await run();
    // This one notes whose the routes are.
    await run();
    cloud.log.length = 0;
    ledger.log.length = 0;
    await run();
    expect(cloud.log).toEqual(['observe']);
    expect(ledger.log).toEqual(['read ', 'read block/']);
  });
});

describe('R13 adoption', () => {
  it('lets a launch come again until a full run has entered what there is', async () => {
    add(node('b', ['10.200.3.0/24']), node('a'));
    const early = await launch('a');
    expect(await blocks()).toEqual([]);
    expect(whyRetry(early, launchEvent('a'), START)).toBe(BLOCK_AWAITED);
    await run();
    const done = await launch('a');
    expect(whyRetry(done, launchEvent('a'), START)).toBeNull();
    expect((await blocks()).sort()).toEqual(
      [`${blockOf('a')} allocated a`, '10.200.3.0/24 claimed b'].sort(),
    );
  });

  it.each<[string, () => void]>([
    ['a table', () => cloud.unread.push({ what: 'table', id: 'rtb-1', failure: failure('permanent') })],
    ['the nodes', () => cloud.unread.push({ what: 'nodes', id: null, failure: failure('transient') })],
    ['the claims of a node', () => add(node('b', [], { claimsKnown: false }))],
  ])('does not come to pass where %s could not be read', async (_, fail) => {
    fail();
    await run();
    cloud.unread.length = 0;
    add(node('a'));
    await launch('a');
    expect((await blocks()).filter((line) => line.includes('allocated'))).toEqual([]);
  });

  it('enters hundreds of claims in as many transactions as they take, and marks the last', async () => {
    const wide = settings({ ...ON, clusterCidrs: [cidr('10.200.0.0/16')] });
    add(...Array.from({ length: 250 }, (_, i) => node(`n${i}`, [`10.200.${i}.0/24`])));
    await run({ settings: wide });
    expect(await blocks()).toHaveLength(250);
    expect(JSON.parse(ledger.entries.get('generation')?.value ?? '')).toMatchObject({ adopted: true });
    expect(ledger.log.filter((line) => line === 'write generation')).toHaveLength(3);
  });

  it('begins anew where somebody has removed the mark', async () => {
    await run();
    add(node('a'));
    await run();
    ledger.entries.delete('generation');
    add(node('b'));
    await launch('b');
    expect(blockOf('b')).toBe('');
    await run();
    expect(blockOf('b')).not.toBe('');
    expect(new Set([blockOf('a'), blockOf('b')]).size).toBe(2);
  });

  it('enters nothing where blocks are not handed out', async () => {
    add(node('b', ['10.200.3.0/24']));
    await run({ settings: settings({ clusterCidrs: RANGE }) });
    expect(await blocks()).toEqual([]);
  });

  it('is kept true where blocks are handed out no more', async () => {
    await run();
    add(node('b', ['10.200.3.0/24']));
    await run({ settings: settings({ clusterCidrs: RANGE }) });
    expect(await blocks()).toEqual(['10.200.3.0/24 claimed b']);
  });

  it('keeps a claim for its node until full runs 40 minutes apart have found it claimed no more', async () => {
    add(node('b', ['10.200.3.0/24']));
    await run();
    cloud.nodes.delete('b');
    cloud.tables.get('rtb-1')?.clear();
    await run();
    expect(await blocks()).toEqual(['10.200.3.0/24 claimed b leaving']);
    ledger.now += 39 * MINUTE;
    await run();
    expect(await blocks()).toHaveLength(1);
    ledger.now += MINUTE;
    await run();
    expect(await blocks()).toEqual([]);
  });
});

describe('R13 a claim whose node the list lacks', () => {
  /** What the list of a full run leaves out; a call by the id does not. */
  const hidden = new Set<string>();

  beforeEach(async () => {
    hidden.clear();
    const observe = cloud.observe;
    cloud.observe = async (scope, signal) => {
      const seen = await observe(scope, signal);
      if (scope.kind === 'nodes') return seen;
      return { ...seen, nodes: seen.nodes.filter(({ id }) => !hidden.has(id)) };
    };
    add(node('b', ['10.200.3.0/24'], { incarnation: 'one' }));
    await run();
    cloud.tables.get('rtb-1')?.clear();
    hidden.add('b');
  });

  async function afterTwoLooks(): Promise<string[]> {
    await run();
    ledger.now += 41 * MINUTE;
    await run();
    return blocks();
  }

  it.each<[string, () => void]>([
    ['lives', () => {}],
    ['is stopped', () => change('b', { state: 'stopped' })],
  ])('is kept where a call by the id shows that it %s', async (_, alter) => {
    alter();
    expect(await afterTwoLooks()).toEqual(['10.200.3.0/24 claimed b']);
  });

  it('is kept where nobody knows what has become of it', async () => {
    const observe = cloud.observe;
    cloud.observe = async (scope, signal) => {
      const seen = await observe(scope, signal);
      return scope.kind === 'nodes' ? { ...seen, nodes: [], missing: [] } : seen;
    };
    expect(await afterTwoLooks()).toEqual(['10.200.3.0/24 claimed b']);
  });

  it.each<[string, () => void]>([
    ['it has ended', () => change('b', { state: 'gone' })],
    ['its id is unknown', () => void cloud.nodes.delete('b')],
    ["its id is another machine's", () => change('b', { incarnation: 'two', claims: [] })],
  ])('is given up where a call by the id shows that %s', async (_, alter) => {
    alter();
    expect(await afterTwoLooks()).toEqual([]);
  });

  it('is kept for it though somebody else had a route there meanwhile', async () => {
    cloud.put('rtb-1', cidr('10.200.3.0/24'), { id: 'stranger-vpn', shown: 'vpn' });
    await run();
    cloud.tables.get('rtb-1')?.clear();
    expect(await afterTwoLooks()).toEqual(['10.200.3.0/24 claimed b']);
  });

  it('is noted as that of the machine which has the id now', async () => {
    hidden.clear();
    change('b', { incarnation: 'two' });
    await run();
    expect(ledger.entries.get('block/10.200.3.0/24')?.value).toContain('"incarnation":"two"');
  });
});

describe('R13 the ledger decides', () => {
  beforeEach(async () => {
    await run();
    add(node('a'));
    await launch('a');
  });

  it.each(['on', 'off'])(
    'keeps what a holder has that lost its tag, with allocation %s, and writes the tag again',
    async (which) => {
      const block = blockOf('a');
      change('a', { claims: [] });
      await run({ settings: settings({ clusterCidrs: RANGE, ...(which === 'on' && ON) }) });
      expect(blockOf('a')).toBe(block);
      expect(cloud.routes()).toEqual([`${block} a`]);
    },
  );

  it('writes a tag again in the run of the event that tells of its loss', async () => {
    const block = blockOf('a');
    change('a', { claims: [] });
    await launch('a');
    expect(blockOf('a')).toBe(block);
    expect(await blocks()).toEqual([`${block} allocated a`]);
  });

  it('leaves the tag alone that a person has changed, and the block with its holder', async () => {
    const block = blockOf('a');
    const other = block === '10.200.3.0/24' ? '10.200.2.0/24' : '10.200.3.0/24';
    change('a', { claims: [claim(other)] });
    await run();
    expect(blockOf('a')).toBe(other);
    expect(cloud.routes().sort()).toEqual([`${block} a`, `${other} a`].sort());
    expect((await blocks()).sort()).toEqual([`${block} allocated a`, `${other} claimed a`].sort());
  });

  it('is told of a block that another node claims by hand: that one gets no route', async () => {
    const block = blockOf('a');
    add(node('thief', [block], { launchedAt: -1 }));
    const done = await run();
    expect(codes(done)).toEqual(['conflicting-claim']);
    expect(cloud.routes()).toEqual([`${block} a`]);
  });

  it('gives a block back to its holder that another had come to before it had a route', async () => {
    const block = blockOf('a');
    cloud.tables.get('rtb-1')?.clear();
    change('a', { claims: [] });
    add(node('thief', [block]));
    cloud.put('rtb-1', cidr(block), hopOf('thief'));
    await run();
    expect(cloud.routes()).toEqual([`${block} a`]);
  });

  it('keeps a block with a holder that stopped, against one that runs and claims the same', async () => {
    const block = blockOf('a');
    change('a', { state: 'stopped' });
    add(node('thief', [block]));
    const done = await run();
    expect(codes(done)).toContain('conflicting-claim');
    expect(await blocks()).toEqual([`${block} allocated a`]);
  });

  it('is not asked about a machine that has the id of an earlier one: it gets a block of its own', async () => {
    const block = blockOf('a');
    add(node('vm', [], { incarnation: 'one' }));
    await launch('vm');
    const first = blockOf('vm');
    add(node('vm', [], { incarnation: 'two' }));
    await launch('vm');
    expect(blockOf('vm')).not.toBe(first);
    expect((await blocks()).sort()).toEqual(
      [`${block} allocated a`, `${first} allocated vm`, `${blockOf('vm')} allocated vm`].sort(),
    );
  });

  it.each<[string, (tries: number) => void, boolean]>([
    ['that another run changed', () => {}, true],
    ['that is changed again and again', (tries) => disturb(tries + 1), false],
  ])(
    'is read again and planned again: an entry %s',
    async (_, again, isDone) => {
      let tries = 0;
      function step(): void {
        tries += 1;
        const entry = ledger.entries.get('generation');
        if (entry !== undefined) ledger.entries.set('generation', { ...entry, version: `other-${tries}` });
        ledger.beforeWrite = () => {};
        again(tries);
      }
      disturb = () => {
        ledger.beforeWrite = step;
      };
      disturb(0);
      add(node('b'));
      const done = await launch('b');
      expect(blockOf('b') !== '').toBe(isDone);
      expect(whyRetry(done, launchEvent('b'), START)).toBe(isDone ? null : BLOCK_AWAITED);
      expect(codes(done).filter((code) => code !== 'missing-claim')).toEqual([]);
    },
    60_000,
  );

  it.each<[string, () => void]>([
    ['cannot be read', () => (ledger.readFailure = failure('transient', 'Throttling'))],
    ['cannot be written', () => (ledger.writeFailure = failure('permanent', 'AccessDenied'))],
    ['has an entry of another form', () => damage('generation')],
    ['has a block of another form', () => damage(`block/${blockOf('a')}`)],
  ])('hands out nothing while it %s, lets the launch come again, and stops no other', async (_, fail) => {
    fail();
    add(node('b'), node('c', ['10.200.3.0/25']));
    const block = blockOf('a');
    const done = await launch('b', 'c');
    expect(blockOf('b')).toBe('');
    expect(cloud.routes().filter((line) => !line.startsWith(block))).toEqual(['10.200.3.0/25 c']);
    expect(whyRetry(done, launchEvent('b'), START)).toBe(BLOCK_AWAITED);
    expect(whyRetry(done, launchEvent('c'), START)).toBeNull();
    expect(codes(done)).toContain('ledger-unavailable');
  });

  it('keeps no other node of the batch waiting for a ledger that gives no answer', async () => {
    const inTime = AbortSignal.timeout;
    const { mock: clock } = mock.method(AbortSignal, 'timeout', (ms: number) =>
      inTime.call(AbortSignal, Math.min(ms, 1)),
    );
    ledger.read = async (_, signal) => {
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve());
      });
      return { ok: false, failure: failure('unfinished', 'deadline') };
    };
    add(node('b'), node('c', ['10.200.3.0/25']));
    const done = await launch('b', 'c');
    clock.restore();
    expect(cloud.routes()).toContain('10.200.3.0/25 c');
    expect(whyRetry(done, launchEvent('c'), START)).toBeNull();
    expect(whyRetry(done, launchEvent('b'), START)).toBe(BLOCK_AWAITED);
  });

  it('deletes nothing that a holder may still have where its blocks could not be read, though forced', async () => {
    const block = blockOf('a');
    change('a', { claims: [] });
    ledger.readFailure = failure('transient', 'Throttling');
    await run({ settings: settings({ ...ON, force: true }) });
    expect(cloud.routes()).toEqual([`${block} a`]);
  });

  it('says that a tag could not be written, and tries again', async () => {
    cloud.untaggable.set('b', failure('permanent', 'UnauthorizedOperation'));
    add(node('b'));
    const done = await launch('b');
    expect(codes(done)).toEqual(['block-not-written']);
    expect(isInPlace(done, 'b')).toBe(false);
    expect(cloud.routes()).toHaveLength(2);
    cloud.untaggable.set('b', failure('transient', 'Throttling'));
    expect(whyRetry(await launch('b'), launchEvent('b'), START)).toBe('Throttling');
    cloud.untaggable.clear();
    await run();
    expect(await blocks()).toContain(`${blockOf('b')} allocated b`);
  });
});

let disturb: (tries: number) => void = () => {};

function damage(key: string): void {
  const entry = ledger.entries.get(key);
  if (entry !== undefined) ledger.entries.set(key, { ...entry, value: '{"format":99}' });
}

describe('R13 a tag that was meant for the machine that had the id before', () => {
  let before: string;

  beforeEach(async () => {
    await run();
    add(node('vm', [], { incarnation: 'one' }));
    await launch('vm');
    before = blockOf('vm');
    add(node('vm', [], { incarnation: 'two', nextHops: { 4: hopOf('later'), 6: null } }));
  });

  async function afterTwoLooks(): Promise<Run> {
    await run();
    ledger.now += 41 * MINUTE;
    return run();
  }

  it('gives way to the block that the machine of today has', async () => {
    await launch('vm');
    const own = blockOf('vm');
    change('vm', { claims: [claim(before)] });
    await afterTwoLooks();
    expect(blockOf('vm')).toBe(own);
    expect(cloud.routes()).toEqual([`${own} later`]);
    expect(await blocks()).toEqual([`${own} allocated vm`]);
  });

  it('is mended too where it stands beside the block of today', async () => {
    await launch('vm');
    const own = blockOf('vm');
    change('vm', { claims: [claim(before), claim(own)] });
    await run();
    expect(blockOf('vm')).toBe(own);
  });

  it('keeps its block, where it has no other, and from everybody else', async () => {
    change('vm', { claims: [claim(before)] });
    await afterTwoLooks();
    expect(cloud.routes()).toEqual([`${before} later`]);
    expect((await blocks()).map((line) => line.split(' ')[0])).toEqual([before]);
  });

  it.each([[true], [false]])(
    'is its claim once the block of the former is given up, routed or not, all claims read: %s',
    async (isComplete) => {
      change('vm', { claims: [claim(before)] });
      cloud.tables.get('rtb-1')?.clear();
      cloud.limit = 0;
      if (!isComplete) add(node('unread', [], { claimsKnown: false }));
      await afterTwoLooks();
      expect(await blocks()).toEqual([`${before} claimed vm`]);
      const others = ['a', 'b', 'c', 'd', 'e'];
      add(...others.map((id) => node(id)));
      await launch(...others);
      expect(others.map(blockOf).filter((block) => block !== '')).toHaveLength(3);
      expect(others.map(blockOf)).not.toContain(before);
    },
  );
});

describe('R13 release', () => {
  beforeEach(async () => {
    await run();
    add(node('a'));
    await launch('a');
  });

  async function minutesLater(minutes: number): Promise<string[]> {
    ledger.now += minutes * MINUTE;
    await run();
    return blocks();
  }

  it('frees a block once full runs 40 minutes apart have found its holder gone, and no route to it', async () => {
    const block = blockOf('a');
    cloud.nodes.delete('a');
    expect(await minutesLater(0)).toEqual([`${block} allocated a`]);
    expect(cloud.routes()).toEqual([]);
    expect(await minutesLater(10)).toEqual([`${block} allocated a leaving`]);
    expect(await minutesLater(29)).toEqual([`${block} allocated a leaving`]);
    expect(await minutesLater(11)).toEqual([]);
  });

  it('frees no block while a run may be under way that began before its mark was written', async () => {
    const block = blockOf('a');
    cloud.nodes.delete('a');
    await minutesLater(0);
    // The mark is as old as what its run has read.
    ledger.beforeWrite = () => {
      ledger.now += 14 * MINUTE;
      ledger.beforeWrite = () => {};
    };
    expect(await minutesLater(0)).toEqual([`${block} allocated a leaving`]);
    expect(await minutesLater(15)).toEqual([`${block} allocated a leaving`]);
  });

  it.each<[string, () => void]>([
    ['is alive and no node any more', () => change('a', { domain: 'vpc-2', state: 'running' })],
    ['is stopped', () => change('a', { state: 'stopped' })],
  ])('frees no block whose holder %s', async (_, alter) => {
    alter();
    const block = blockOf('a');
    expect(await minutesLater(41)).toEqual([`${block} allocated a`]);
    expect(await minutesLater(41)).toEqual([`${block} allocated a`]);
  });

  it('frees no block to which a route leads, whoever has made it', async () => {
    const block = blockOf('a');
    cloud.nodes.delete('a');
    cloud.tables.get('rtb-1')?.clear();
    cloud.put('rtb-1', cidr(block), { id: 'stranger-vpn', shown: 'vpn' });
    await minutesLater(41);
    expect(await minutesLater(41)).toEqual([`${block} allocated a`]);
  });

  it('erases the mark where the holder lives after all', async () => {
    const block = blockOf('a');
    const holder = cloud.nodes.get('a');
    cloud.nodes.delete('a');
    await minutesLater(0);
    expect(await minutesLater(10)).toEqual([`${block} allocated a leaving`]);
    if (holder !== undefined) add(holder);
    expect(await minutesLater(10)).toEqual([`${block} allocated a`]);
    cloud.nodes.delete('a');
    await minutesLater(0);
    expect(await minutesLater(39)).toEqual([`${block} allocated a leaving`]);
  });

  describe('while the ledger does not take that a marked holder lives', () => {
    const refusals: [string, ReturnType<typeof failure>][] = [
      ['refuses the writes', failure('permanent', 'AccessDenied')],
      ['is changed by others again and again', failure('stale', 'version')],
    ];
    let block: string;

    beforeEach(async () => {
      block = blockOf('a');
      const holder = cloud.nodes.get('a');
      cloud.nodes.delete('a');
      await minutesLater(0);
      expect(await minutesLater(10)).toEqual([`${block} allocated a leaving`]);
      if (holder !== undefined) add(holder);
    });

    it.each(refusals)(
      'writes neither its tag nor its routes where it %s, and lets its launch come again',
      async (_, refusal) => {
        change('a', { claims: [] });
        ledger.writeFailure = refusal;
        for (const done of [await run(), await launch('a')]) {
          expect(cloud.routes()).toEqual([]);
          expect(blockOf('a')).toBe('');
          expect(whyRetry(done, launchEvent('a'), START)).toBe('block-still-leaving');
          expect(isInPlace(done, 'a')).toBe(false);
        }
        ledger.writeFailure = null;
        await launch('a');
        expect(cloud.routes()).toEqual([`${block} a`]);
        expect(await blocks()).toEqual([`${block} allocated a`]);
      },
      60_000,
    );

    it('makes no route by its tag either, and deletes none that it has, though forced', async () => {
      ledger.writeFailure = failure('permanent', 'AccessDenied');
      await run();
      expect(cloud.routes()).toEqual([]);
      cloud.put('rtb-1', cidr(block), hopOf('a'));
      await run({ settings: settings({ ...ON, force: true }) });
      expect(cloud.routes()).toEqual([`${block} a`]);
      ledger.writeFailure = null;
      await run();
      expect(cloud.routes()).toEqual([`${block} a`]);
    });

    it('plans in a dry run what the next run does', async () => {
      const done = await run({ dryRun: true });
      expect(
        done.results.map(({ change: { action, destination } }) => `${action} ${destination.text}`),
      ).toEqual([`create ${block}`]);
    });
  });

  it('marks and frees nothing in a run that could not read a table, or not whether the holder lives', async () => {
    const block = blockOf('a');
    cloud.nodes.delete('a');
    cloud.tables.get('rtb-1')?.clear();
    cloud.unread.push({ what: 'table', id: 'rtb-1', failure: failure('transient') });
    expect(await minutesLater(41)).toEqual([`${block} allocated a`]);
  });

  it('frees nothing where somebody has written the ledger since it was read', async () => {
    const block = blockOf('a');
    cloud.nodes.delete('a');
    await minutesLater(0);
    await minutesLater(1);
    ledger.now += 41 * MINUTE;
    const holder = node('a', [block]);
    ledger.beforeWrite = () => {
      ledger.beforeWrite = () => {};
      const entry = ledger.entries.get('generation');
      const kept = ledger.entries.get(`block/${block}`);
      if (entry === undefined || kept === undefined) return;
      ledger.entries.set('generation', { ...entry, version: 'another' });
      // The other run has read the holder as alive.
      ledger.entries.set(kept.key, {
        ...kept,
        version: 'another',
        value: kept.value.replace(/"leaving":\d+/, '"leaving":null'),
      });
      add(holder);
    };
    await run();
    expect((await blocks()).filter((line) => line.startsWith(block))).toHaveLength(1);
  });

  it('does not hand out next the block that has just been freed', async () => {
    const wide = { settings: settings({ ...ON, clusterCidrs: [cidr('10.200.0.0/16')] }) };
    add(node('x'));
    await run(wide);
    const freed = blockOf('x');
    cloud.nodes.delete('x');
    for (const minutes of [0, 1, 41]) {
      ledger.now += minutes * MINUTE;
      await run(wide);
    }
    add(node('y'));
    await run(wide);
    expect(blockOf('y')).not.toBe('');
    expect(blockOf('y')).not.toBe(freed);
  });
});

describe('R13 under other settings', () => {
  const OFF = settings({ clusterCidrs: RANGE });

  it('gives no second block to a node whose route in force is all that tells what it has', async () => {
    add(node('byHand'), node('a'));
    cloud.put('rtb-1', cidr('10.200.3.0/24'), hopOf('byHand'));
    await run();
    await launch('byHand');
    expect(blockOf('byHand')).toBe('');
    expect(cloud.routes()).toEqual([`${blockOf('a')} a`, '10.200.3.0/24 byHand'].sort());
  });

  it('hands a block to a machine to which only the route of another leads that has ended', async () => {
    cloud.hops = 'addresses';
    await run();
    add(node('a'));
    await launch('a');
    const first = blockOf('a');
    cloud.nodes.delete('a');
    add(node('heir', [], { nextHops: { 4: hopOf('a'), 6: null } }));
    await launch('heir');
    expect(blockOf('heir')).not.toBe('');
    expect(blockOf('heir')).not.toBe(first);
  });

  it('keeps the claims of a range that is not configured here', async () => {
    add(node('b', ['10.200.3.0/24']));
    await run();
    const other = settings({ clusterCidrs: [cidr('10.201.0.0/22')], allocate: { 4: 24, 6: null } });
    await run({ settings: other });
    ledger.now += 41 * MINUTE;
    await run({ settings: other });
    expect(await blocks()).toEqual(['10.200.3.0/24 claimed b']);
  });

  it('deletes no route of a holder where blocks are handed out no more and cannot be read', async () => {
    await run();
    add(node('a'), node('b', ['10.200.3.0/25']));
    await run();
    const block = blockOf('a');
    const isA = (line: string): boolean => line.endsWith(' a');
    await run({ settings: OFF });
    change('a', { claims: [] });
    damage(`block/${block}`);
    for (const minutes of [0, 10, 10, 10]) {
      ledger.now += minutes * MINUTE;
      await run({ settings: OFF });
    }
    await run({ settings: settings({ clusterCidrs: RANGE, force: true }) });
    expect(cloud.routes().filter(isA)).toEqual([`${block} a`]);
  });

  it('hands out smaller blocks beside the old ones, which stay as they are', async () => {
    await run();
    add(node('a'));
    await run();
    const first = blockOf('a');
    const smaller = settings({ ...ON, allocate: { 4: 25, 6: null } });
    const ids = ['b', 'c', 'd', 'e', 'f', 'g'];
    add(...ids.map((id) => node(id)));
    await run({ settings: smaller });
    expect(blockOf('a')).toBe(first);
    const given = ids.map((id) => cidr(blockOf(id)));
    expect(given.every(({ prefix }) => prefix === 25)).toBe(true);
    expect(given.some((each) => overlaps(each, cidr(first)))).toBe(false);
    expect(new Set(given.map(({ text }) => text)).size).toBe(6);
  });

  it('hands out blocks of IPv6 alone', async () => {
    const only = settings({ clusterCidrs: [cidr('fd00:200::/62')], allocate: { 4: null, 6: 64 } });
    await run({ settings: only });
    add(...['a', 'b', 'c', 'd', 'e'].map((id, i) => node(id, [], { launchedAt: i })));
    const done = await run({ settings: only });
    expect(cloud.routes()).toHaveLength(4);
    expect(codes(done)).toContain('no-free-cidr');
  });

  it.each([1, 400 * 24 * 60])(
    'frees a block in time whose mark was dated %s minutes ahead',
    async (ahead) => {
      await run();
      add(node('a'));
      await run();
      cloud.nodes.delete('a');
      await run();
      ledger.now += ahead * MINUTE;
      await run();
      expect((await blocks())[0]).toContain('leaving');
      ledger.now -= ahead * MINUTE;
      await run();
      ledger.now += 39 * MINUTE;
      await run();
      expect(await blocks()).toHaveLength(1);
      ledger.now += 2 * MINUTE;
      await run();
      expect(await blocks()).toEqual([]);
    },
  );
});

describe('R13 with Kubernetes', () => {
  const registered = {
    name: 'a.internal',
    uid: 'u',
    version: '1',
    createdAt: 0,
    defects: [],
    networkUnavailable: null,
  };

  function directoryOf(claims: readonly string[] | null) {
    const assigned: string[] = [];
    const nodes =
      claims === null
        ? []
        : [['a', { ...registered, claims: claims.map((text) => claim(text, 'kubernetes')) }] as const];
    const registry: Registry = { ok: true, nodes: new Map(nodes) };
    const open = async () => ({
      read: async () => registry,
      tell: async () => [],
      assign: async (tags: readonly { node: Node; cidrs: readonly { text: string }[] }[]) =>
        tags.map((tag) => {
          assigned.push(`${tag.node.id} ${tag.cidrs.map(({ text }) => text).join()}`);
          return { node: tag.node, cidrs: [], failure: null };
        }),
    });
    return { open, assigned };
  }

  it('gives a Node object without pod CIDRs those of its machine', async () => {
    const { open, assigned } = directoryOf([]);
    await run({ directory: open });
    add(node('a'));
    await run({ directory: open });
    expect(assigned).toEqual([`a ${blockOf('a')}`]);
  });

  it('respects what Kubernetes has handed out by itself', async () => {
    const { open, assigned } = directoryOf(['10.200.2.0/24']);
    add(node('a'));
    await run({ directory: open });
    expect(await blocks()).toEqual(['10.200.2.0/24 claimed a']);
    expect(assigned).toEqual([]);
  });

  it('hands nothing out where Node objects could not be read: they may say what it has', async () => {
    await run();
    add(node('a'));
    const registry: Registry = { ok: false, failure: failure('transient', 'timeout') };
    const open = async () => ({ read: async () => registry, tell: async () => [], assign: async () => [] });
    const done = await run({ directory: open });
    expect(await blocks()).toEqual([]);
    expect(done.observation.nodes[0]?.awaitsBlock).toBe('the Node objects could not be read (timeout)');
  });

  it('hands a block to a machine that keeps no tag, whose Node object tells it', async () => {
    const { open, assigned } = directoryOf([]);
    add(node('a', [], { claimAdvice: 'Use a flexible set.' }));
    await run({ directory: open });
    expect(assigned).toHaveLength(1);
    expect(cloud.log.filter((line) => line.startsWith('tag'))).toEqual([]);
    expect(cloud.routes()).toHaveLength(1);
  });
});
