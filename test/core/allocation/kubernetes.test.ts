import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Node, Registry } from '../../../shared/core/model.ts';
import { claim, node } from '../builders.ts';
import { failure } from '../memory-cloud.ts';
import { add, beginAnew, blockOf, blocks, cloud, run } from './cluster.ts';

beforeEach(beginAnew);

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
