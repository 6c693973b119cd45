import { describe, expect, it } from '@jest/globals';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import { type AzureWorld, CLUSTER_TAG, withAzure } from '../azure/azure-world.ts';
import { podroutes, readAll, start, waitUntil } from './built-command.ts';

type Arm = AzureWorld['sandbox']['arm'];

const PLAIN = 'kubernetes/kubernetes-vnet/plain';
const DEFAULT_ROUTE = { name: 'out', addressPrefix: '0.0.0.0/0', nextHopType: 'Internet' } as const;

/** A subnet that uses no table; its id. */
function putPlain(arm: Arm, network: string, addressPrefix = '10.240.8.0/24'): string {
  return putSubnet(arm, { network, name: 'plain', addressPrefixes: [addressPrefix] }).id;
}

/** A network of any region, with a subnet that uses no table. */
function putAway(arm: Arm, location: string): void {
  const { id } = createNetwork(arm, {
    group: 'kubernetes',
    name: 'away',
    addressPrefixes: ['10.8.0.0/16'],
    location,
  });
  putPlain(arm, id, '10.8.0.0/24');
}

function networkOf(subnet: string): string {
  return subnet.replace(/\/subnets\/.*/, '');
}

function writesOf({ calls }: AzureWorld['sandbox']): string[] {
  return calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
}

describe('provision with a table that is there', () => {
  it.each([
    {
      what: 'says how many routes will hold in the subnet, and that the tag is missing',
      tags: { owner: 'somebody' },
      said: [
        '! route table kubernetes/present has 1 route already, which will hold in 1 subnet more',
        '! route table kubernetes/present lacks the tag kubernetes.io_cluster_kthw=owned: only runs that name it in --route-tables find it',
      ],
    },
    {
      what: 'says nothing of a tag that it has',
      tags: CLUSTER_TAG,
      said: ['! route table kubernetes/present has 1 route already, which will hold in 1 subnet more'],
    },
  ])('$what', ({ tags, said }) =>
    withAzure({}, async ({ sandbox: { arm }, env, subnet }) => {
      putRouteTable(arm, {
        group: 'kubernetes',
        name: 'present',
        location: arm.location,
        tags,
        routes: [DEFAULT_ROUTE],
      });
      putPlain(arm, networkOf(subnet));
      const { code, stdout } = await podroutes(
        ['provision', '--yes', '--route-tables=kubernetes/present', PLAIN],
        env,
      );
      expect({ code, lines: stdout.split('\n') }).toEqual({
        code: 0,
        lines: [
          ...said,
          `~ subnet ${PLAIN} uses kubernetes/present; everything else in it stays`,
          `${PLAIN}: associated`,
          '',
        ],
      });
    }),
  );

  it('says that the tag is missing of one that the subnet uses already', () =>
    withAzure({}, async ({ sandbox: { arm }, env, subnet, table }) => {
      putRouteTable(arm, {
        group: 'kubernetes',
        name: 'kubernetes-routes',
        location: arm.location,
        tags: {},
      });
      const { code, stdout } = await podroutes(['provision', `--route-tables=${table}`, subnet], env);
      expect(code).toBe(0);
      expect(stdout).toContain('lacks the tag kubernetes.io_cluster_kthw=owned');
      expect(stdout).not.toContain('will hold');
    }));
});

describe('provision between regions', () => {
  it('refuses a table of another region before it asks', () =>
    withAzure({}, async ({ sandbox, env, subnet }) => {
      putRouteTable(sandbox.arm, { group: 'kubernetes', name: 'far', location: 'northeurope' });
      putPlain(sandbox.arm, networkOf(subnet));
      const { code, stderr } = await podroutes(
        ['provision', '--yes', '--route-tables=kubernetes/far', PLAIN],
        env,
      );
      expect(code).toBe(1);
      expect(stderr).toBe(
        'podroutes: the network kubernetes/kubernetes-vnet is in westeurope, and the route table kubernetes/far in northeurope; a subnet uses only tables of its region. Nothing was changed.\n',
      );
      expect(writesOf(sandbox)).toEqual([]);
    }));

  it('refuses one new table for networks of two regions', () =>
    withAzure({}, async ({ sandbox, env, subnet }) => {
      putPlain(sandbox.arm, networkOf(subnet));
      putAway(sandbox.arm, 'northeurope');
      const { code, stderr } = await podroutes(
        ['provision', '--yes', '--route-tables=kubernetes/new', PLAIN, 'kubernetes/away/plain'],
        env,
      );
      expect(code).toBe(1);
      expect(stderr).toContain('the network kubernetes/away is in northeurope, and another');
      expect(writesOf(sandbox)).toEqual([]);
    }));

  it('takes the display name of a region for its name', () =>
    withAzure({}, async ({ sandbox: { arm }, env }) => {
      putAway(arm, 'West Europe');
      const { stderr } = await podroutes(['provision', 'kubernetes/away/plain'], env);
      expect(stderr).toContain('there is no terminal to ask on');
    }));
});

it('A subnet that is named thrice, in any case, is written once', () =>
  withAzure({}, async ({ sandbox, env, subnet }) => {
    const id = putPlain(sandbox.arm, networkOf(subnet));
    const { stdout } = await podroutes(
      ['provision', '--yes', PLAIN, PLAIN.toUpperCase(), id.toLowerCase()],
      env,
    );
    expect(stdout.match(/associated/g)).toHaveLength(1);
    expect(writesOf(sandbox)).toEqual(['Subnets_CreateOrUpdate']);
  }));

it.each([
  { what: 'subnet', operand: 'kubernetes/kubernetes-vnet/plian' },
  { what: 'network', operand: 'kubernetes/vent/plain' },
  { what: 'group', operand: 'kubernets/kubernetes-vnet/plain' },
])('A mistyped $what is what the remedy is about', ({ operand }) =>
  withAzure({}, async ({ env }) => {
    const { code, stderr } = await podroutes(['provision', '--yes', operand], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/ Check the subnet that you named, and --subscription\.\n$/);
  }),
);

it('A second Ctrl-C names a command that writes nothing', async () => {
  let forward = 0;
  const slow = { operationMs: 60_000, retryAfterSeconds: 0, now: () => Date.now() + forward };
  await withAzure(slow, async ({ sandbox, env, subnet }) => {
    putPlain(sandbox.arm, networkOf(subnet));
    forward += slow.operationMs;
    const child = start(['provision', '--yes', PLAIN], env);
    const ended = readAll(child);
    let seen = '';
    child.stderr.on('data', (part) => (seen += part));
    await waitUntil(child, () => writesOf(sandbox).length > 0);
    child.kill('SIGINT');
    await waitUntil(child, () => seen.includes('Stopping'));
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain(
      'abandoned; the same command without --yes shows the results of the calls that were in progress',
    );
  });
});
