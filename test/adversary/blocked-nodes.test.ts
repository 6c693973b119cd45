import { describe, expect, it } from '@jest/globals';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, claim, hopOf, node, observation, route, settings, show, table } from '../core/builders.ts';
import { memoryCloud } from '../core/memory-cloud.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { alter, eventRun, fullRun, MINUTE, START, type Stage, schedule } from './stage.ts';

function codes({ findings }: Run): string[] {
  return findings.map(({ code, node: who }) => `${code} ${who}`);
}

describe('R5, R7 a route to a whole cluster CIDR', () => {
  it('does not keep the second node of a cluster out, when its claim no longer holds', async () => {
    const stage: Stage = { cloud: memoryCloud([node('a', ['10.200.0.0/16'])]), ledger: memoryLedger(START) };
    await fullRun(stage);
    expect(stage.cloud.routes()).toEqual(['10.200.0.0/16 a']);
    stage.cloud.nodes.set('b', node('b', ['10.200.1.0/24'], { launchedAt: 1 }));
    stage.ledger.now += 10 * MINUTE;
    const last = await schedule(stage, 6);
    expect(codes(last)).toContain('claim-covers-cluster a');
    expect(stage.cloud.routes()).toContain('10.200.1.0/24 b');
  });

  it('waits as withdrawn once it covers the claims of most other nodes', async () => {
    const stage: Stage = { cloud: memoryCloud([node('a', ['10.200.0.0/16'])]), ledger: memoryLedger(START) };
    await fullRun(stage);
    // The run that makes a route does not see it in force yet.
    await fullRun(stage);
    for (const i of [1, 2, 3])
      stage.cloud.nodes.set(`b${i}`, node(`b${i}`, [`10.200.${i}.0/24`], { launchedAt: 1 }));
    stage.ledger.now += 10 * MINUTE;
    await schedule(stage, 6);
    expect(stage.cloud.routes()).not.toContain('10.200.0.0/16 a');
  });
});

describe('one hostile node that takes its cluster tag off', () => {
  it('does not keep out all nodes whose claims lie in a wide range that it had', async () => {
    const stage: Stage = { cloud: memoryCloud([node('h', ['10.200.0.0/17'])]), ledger: memoryLedger(START) };
    await fullRun(stage);
    // Without the tag it is a living instance that is no node of ours.
    stage.cloud.nodes.delete('h');
    stage.cloud.put('rtb-1', cidr('10.200.0.0/17'), { id: 'stranger-h', shown: 'h' });
    for (const i of [1, 2, 3, 4]) stage.cloud.nodes.set(`b${i}`, node(`b${i}`, [`10.200.${i}.0/24`]));
    stage.ledger.now += 10 * MINUTE;
    await schedule(stage, 3);
    expect(stage.cloud.routes()).toContain('10.200.1.0/24 b1');
  });
});

describe('R5 a node that has just been started again', () => {
  it('keeps its block against an older node’s claim of a part, where the table is read a moment before', () => {
    const victim = node('v', ['10.200.0.0/24'], { launchedAt: 100 });
    const hostile = node('h', ['10.200.0.128/25'], { launchedAt: 1 });
    // The table still shows the blackhole, the list of instances already that it runs.
    const seen = observation(
      [victim, hostile],
      [table([route('10.200.0.0/24', 'v', { state: 'blackhole' })])],
    );
    const { changes } = planRoutes(seen, settings());
    expect(changes.map(show)).not.toContain('create 10.200.0.128/25 h (claimed)');
  });
});

describe('R5 two tables', () => {
  it('leave a block with the node that has it, though the last holder has a left-over route in the other', async () => {
    const cloud = memoryCloud(
      [
        node('v', ['10.200.0.0/24', '10.200.8.0/24'], { launchedAt: 9 }),
        node('h', ['10.200.7.0/24'], { launchedAt: 1 }),
      ],
      ['rtb-1', 'rtb-2'],
    );
    const stage: Stage = { cloud, ledger: memoryLedger(START) };
    for (const id of ['rtb-1', 'rtb-2']) cloud.put(id, cidr('10.200.7.0/24'), hopOf('h'));
    for (const id of ['rtb-1', 'rtb-2']) cloud.put(id, cidr('10.200.8.0/24'), hopOf('v'));
    cloud.put('rtb-1', cidr('10.200.0.0/24'), hopOf('v'));
    // What h had before it moved to another block; the write that should have turned it failed.
    cloud.put('rtb-2', cidr('10.200.0.0/24'), hopOf('h'));
    alter(stage, 'h', { claims: [claim('10.200.7.0/24'), claim('10.200.0.0/24')] });
    await eventRun(stage, ['h']);
    await fullRun(stage);
    expect(cloud.routes('rtb-1')).toContain('10.200.0.0/24 v');
  });
});
