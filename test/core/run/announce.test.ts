import { describe, expect, it } from '@jest/globals';
import type { Block } from '../../../shared/core/claims/holders.ts';
import type { BlockTag } from '../../../shared/core/cloud.ts';
import type { FailureKind } from '../../../shared/core/errors.ts';
import type { Node, Registry } from '../../../shared/core/model.ts';
import { announceBlocks, findUnannounced } from '../../../shared/core/run/announce.ts';
import type { NodeDirectory } from '../../../shared/core/run/node-directory.ts';
import { cidr, claim, node, observation, settings } from '../builders.ts';
import { failure, memoryCloud } from '../memory-cloud.ts';

const CIDR = '10.200.1.0/24';
const BLOCKS: readonly Block[] = ['a', 'b'].map((id, i) => ({
  cidr: cidr(`10.200.${i + 1}.0/24`),
  kind: 'allocated',
  holder: { node: id, name: id, incarnation: null },
  since: 0,
  leaving: null,
}));
const OBJECT = { name: 'a', uid: 'u', version: '1', createdAt: 0, defects: [], networkUnavailable: null };
const UNTOLD: Registry = { ok: true, nodes: new Map([['a', { ...OBJECT, claims: [] }]]) };
const TOLD: Registry = {
  ok: true,
  nodes: new Map([['a', { ...OBJECT, claims: [claim(CIDR, 'kubernetes')] }]]),
};

/** Tells these nodes, and returns what the cloud and the directory were asked for, with what came of it. */
async function announce(
  nodes: readonly Node[],
  registry: Registry | null = null,
  sources: readonly ('tag' | 'user-data')[] = ['tag'],
) {
  const calls: string[] = [];
  const note = (where: string, tags: readonly BlockTag[]) => {
    calls.push(
      [where, ...tags.map((tag) => `${tag.node.id} ${tag.cidrs.map(({ text }) => text).join()}`)].join(' '),
    );
    return tags.map((tag) => ({ ...tag, failure: null }));
  };
  const cloud = memoryCloud(nodes);
  cloud.tagNodes = async (tags) => note('tag', tags);
  const directory = async (): Promise<NodeDirectory> => {
    calls.push('opened');
    return {
      read: async () => UNTOLD,
      tell: async () => [],
      assign: async (tags, known) => (known === registry ? note('object', tags) : []),
    };
  };
  const seen = observation(nodes, []);
  const scope = registry === null ? seen.scope : { ...seen.scope, registry: Promise.resolve(registry) };
  const request = {
    settings: settings({ podCidrSources: sources }),
    signal: new AbortController().signal,
    ...(registry !== null && { directory }),
  };
  const told = await announceBlocks(cloud, request, { seen, scope, blocks: { blocks: BLOCKS } });
  return {
    calls,
    told: told.map(({ place, node: { id }, failure: why }) => `${place} ${id} ${why?.code ?? '-'}`),
  };
}

describe('R13 blocks are told', () => {
  it('to tags and Node objects, each as it lacks them', async () => {
    expect(await announce([node('a'), node('b', ['10.200.2.0/24'])], UNTOLD)).toEqual({
      calls: [`tag a ${CIDR}`, 'opened', `object a ${CIDR}`],
      told: ['tag a -', 'node-object a -'],
    });
  });

  it.each<[string, Node[], Registry | null, readonly ('tag' | 'user-data')[], string[]]>([
    ['to tags alone, where Kubernetes is not asked', [node('a')], null, ['tag'], [`tag a ${CIDR}`]],
    ['to no tag, where tags are not read', [node('a')], null, ['user-data'], []],
    [
      'to Node objects, where tags are not read',
      [node('a')],
      UNTOLD,
      ['user-data'],
      ['opened', `object a ${CIDR}`],
    ],
    ['to nobody who knows', [node('a', [CIDR])], TOLD, ['tag'], []],
    ['to nobody without one', [node('c')], UNTOLD, ['tag'], []],
  ])('%s', async (_, nodes, registry, sources, expected) => {
    expect((await announce(nodes, registry, sources)).calls).toEqual(expected);
  });
});

describe('R13 that a node could not be told its block', () => {
  it.each<[FailureKind | null, boolean]>([
    [null, false],
    ['unfinished', false],
    ['stale', true],
    ['transient', true],
    ['permanent', true],
  ])('is a finding where the failure is %s: %s', (kind, isFinding) => {
    const why = kind === null ? null : failure(kind, 'Why');
    const found = findUnannounced([
      { node: node('a'), cidrs: [cidr(CIDR)], place: 'node-object', failure: why },
    ]);
    expect(found.map(({ code }) => code)).toEqual(isFinding ? ['block-not-written'] : []);
    for (const { message } of found)
      expect(message).toContain('could not be written to its Node object: Why: Why.');
  });
});
