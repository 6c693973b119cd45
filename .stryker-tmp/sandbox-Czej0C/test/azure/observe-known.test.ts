// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import type { Node, Observation } from '../../shared/core/model.ts';
import { deleteMachine, setUserData } from '../../shared/sandbox/arm/machines.ts';
import { tagResource } from '../../shared/sandbox/arm/tags.ts';
import { type AzureWorld, CLUSTER_TAG } from './azure-world.ts';
import { withLook } from './look.ts';

const MINUTE_MS = 60_000;
const BY_CLAIM = { PODROUTES_CLUSTER: '' };
const USER_DATA = 'pod-cidr=10.200.1.0/24';
const TAG = { 'pod-cidr': '10.200.2.0/24' };

/** A sandbox whose machines were all made so many minutes ago. */
const agedBy = (minutes: number) => ({ now: () => Date.now() - minutes * MINUTE_MS });
const OLD = agedBy(16);
const YOUNG = agedBy(14);

function byId({ nodes }: Observation): ReadonlyMap<string, Node> {
  return new Map(nodes.map((node) => [node.id, node]));
}

/** What the nodes say, or that nobody knows. */
function saidBy({ nodes, failures }: Observation): string[] {
  expect(failures).toEqual([]);
  return nodes.map(({ claims, claimsKnown }) =>
    claimsKnown ? claims.map(({ cidr, source }) => `${cidr.text} ${source}`).join(', ') : 'unknown',
  );
}

interface Before {
  readonly userData?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

describe('A later look of a run', () => {
  it.each<[string, typeof OLD, Before, (world: AzureWorld, id: string) => void, string, number]>([
    ['recalls the user data of a node', OLD, { userData: USER_DATA }, () => {}, '10.200.1.0/24 user-data', 0],
    ['recalls that a node has none', OLD, {}, () => {}, '', 0],
    ['reads it of a young node', YOUNG, { userData: USER_DATA }, () => {}, '10.200.1.0/24 user-data', 1],
    [
      'reads the tag that a node got meanwhile',
      OLD,
      { userData: USER_DATA },
      ({ sandbox }, id) => tagResource(sandbox.arm, id, { ...CLUSTER_TAG, ...TAG }),
      '10.200.2.0/24 tag',
      0,
    ],
    [
      'does not know what a node claims that has lost its tag',
      OLD,
      { userData: USER_DATA, tags: TAG },
      ({ sandbox }, id) => tagResource(sandbox.arm, id, { ...CLUSTER_TAG, 'pod-cidr': '' }),
      'unknown',
      0,
    ],
    [
      'does not take a machine for an earlier one of its id',
      OLD,
      { userData: USER_DATA },
      ({ sandbox, launch }, id) => {
        deleteMachine(sandbox.arm, id);
        launch(20, null, { userData: USER_DATA });
      },
      'unknown',
      0,
    ],
  ])('%s', (_, options, before, change, said, reads) =>
    withLook(async (look, world) => {
      const id = world.launch(20, null, before);
      const first = await look();
      change(world, id);
      world.sandbox.clearCalls();
      expect(saidBy(await look({ known: byId(first) }))).toEqual([said]);
      expect(world.sandbox.countCalls()['VirtualMachines_Get'] ?? 0).toBe(reads);
    }, options),
  );

  it('keeps what it recalls, whatever was written into the user data meanwhile', () =>
    withLook(async (look, { launch, sandbox }) => {
      const id = launch(20, null, { userData: USER_DATA });
      const first = await look();
      setUserData(sandbox.arm, id, btoa('pod-cidr=10.200.9.0/24'));
      expect(saidBy(await look({ known: byId(first) }))).toEqual(['10.200.1.0/24 user-data']);
      expect(saidBy(await look())).toEqual(['10.200.9.0/24 user-data']);
    }, OLD));

  it.each<[string, typeof OLD, string]>([
    ['does not know what an old node claims that it has not read', OLD, 'unknown'],
    ['reads a young one that it has not read', YOUNG, '10.200.1.0/24 user-data'],
  ])('%s', (_, options, said) =>
    withLook(async (look, { launch }) => {
      launch(20, null, { userData: USER_DATA });
      expect(saidBy(await look({ known: new Map() }))).toEqual([said]);
    }, options),
  );

  it('takes no silent machine for a node, where nodes are known by their claims alone', () =>
    withLook(async (look, { launch }) => {
      launch(20, null, { userData: USER_DATA });
      launch(21, null);
      const first = await look({}, BY_CLAIM);
      const again = await look({ known: byId(first) }, BY_CLAIM);
      expect([first, again].map(saidBy)).toEqual([['10.200.1.0/24 user-data'], ['10.200.1.0/24 user-data']]);
    }, OLD));
});
