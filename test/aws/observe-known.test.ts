import { describe, expect, it } from '@jest/globals';
import { type Node, type Observation, USER_DATA_REREAD_MS } from '../../shared/core/model.ts';
import type { AwsWorld } from '../contract/aws-world.ts';
import { withWorld } from './observed-world.ts';

const MINUTE_MS = 60_000;

/** Whether the node's claims are known, which they are, and how often its user data was read. */
interface Case {
  readonly what: string;
  readonly via?: 'tag' | 'user-data';
  readonly podCidr?: string | null;
  readonly age?: number;
  readonly sources?: string;
  /** What comes between the looks. */
  readonly between?: (world: AwsWorld) => Promise<void>;
  readonly isKnown?: boolean;
  readonly expected: {
    readonly claimsKnown: boolean;
    readonly claims: readonly string[];
    readonly reads: number;
  };
}

const POD = '10.200.0.0/24';
const untag = (world: AwsWorld): Promise<void> => world.retag('node', null);

const CASES: readonly Case[] = [
  { what: 'said in user data', expected: { claimsKnown: true, claims: [POD], reads: 0 } },
  { what: 'said nothing', podCidr: null, expected: { claimsKnown: true, claims: [], reads: 0 } },
  { what: 'said in a tag', via: 'tag', expected: { claimsKnown: true, claims: [POD], reads: 0 } },
  {
    what: 'said in a tag that is gone since, so that user data was never read',
    ...{ via: 'tag', between: untag },
    expected: { claimsKnown: false, claims: [], reads: 0 },
  },
  {
    what: 'said in a tag that is gone since, after user data had been read in vain',
    ...{ via: 'tag', between: untag, sources: 'user-data,tag' },
    expected: { claimsKnown: true, claims: [], reads: 0 },
  },
  {
    what: 'said in user data before it had a tag',
    between: (world) => world.retag('node', '10.200.9.0/24'),
    expected: { claimsKnown: true, claims: ['10.200.9.0/24'], reads: 0 },
  },
  {
    what: 'was not asked for',
    isKnown: false,
    expected: { claimsKnown: false, claims: [], reads: 0 },
  },
  {
    what: 'said in user data while it was young',
    age: USER_DATA_REREAD_MS - MINUTE_MS,
    expected: { claimsKnown: true, claims: [POD], reads: 1 },
  },
  {
    what: 'was not asked for, being young',
    ...{ age: USER_DATA_REREAD_MS - MINUTE_MS, isKnown: false },
    expected: { claimsKnown: true, claims: [POD], reads: 1 },
  },
];

function byId({ nodes }: Observation): ReadonlyMap<string, Node> {
  return new Map(nodes.map((node) => [node.id, node]));
}

describe('A later look of a run', () => {
  it.each(CASES)('knows of a node that $what what it may', (scene) => {
    const { via = 'user-data', podCidr = POD, age = USER_DATA_REREAD_MS + MINUTE_MS } = scene;
    const env = { PODROUTES_POD_CIDR_SOURCES: scene.sources ?? 'tag,user-data' };
    return withWorld({ sandbox: { now: () => Date.now() - age } }, async (world, look, sandbox) => {
      await world.launch({ name: 'node', podCidr, via });
      const known = scene.isKnown === false ? new Map<string, Node>() : byId(await look({}, env));
      await scene.between?.(world);
      sandbox.clearCalls();
      const { nodes, failures } = await look({ known }, env);
      expect(failures).toEqual([]);
      expect({
        claimsKnown: nodes[0]?.claimsKnown,
        claims: nodes[0]?.claims.map(({ cidr }) => cidr.text),
        reads: sandbox.countCalls()['DescribeInstanceAttribute'] ?? 0,
      }).toEqual(scene.expected);
    });
  });

  it('does not read again what it could not read before', () =>
    withWorld(
      { sandbox: { now: () => Date.now() - 2 * USER_DATA_REREAD_MS } },
      async (world, look, sandbox) => {
        await world.launch({ name: 'node', podCidr: POD, via: 'user-data' });
        sandbox.failNext('DescribeInstanceAttribute', { code: 'UnauthorizedOperation' });
        const known = byId(await look());
        sandbox.clearCalls();
        const { nodes, failures } = await look({ known });
        expect(failures).toEqual([]);
        expect(nodes).toMatchObject([{ claims: [], claimsKnown: false }]);
        expect(sandbox.countCalls()).toEqual({ DescribeInstances: 1, DescribeRouteTables: 1 });
      },
    ));
});
