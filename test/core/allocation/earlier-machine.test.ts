import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Run } from '../../../shared/core/run/run.ts';
import { claim, hopOf, node } from '../builders.ts';
import { add, beginAnew, blockOf, blocks, change, cloud, launch, ledger, MINUTE, run } from './cluster.ts';

beforeEach(beginAnew);

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
