import { describe, expect, it } from '@jest/globals';
import { provision } from '../../functions/cli/commands/provision.ts';
import { createTerminal } from '../../functions/cli/terminal.ts';
import { findSubnet, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { type AzureWorld, withAzure } from '../azure/azure-world.ts';
import { podroutes, readAll, start, waitUntil } from './built-command.ts';

const NEW_TABLE = '--route-tables=kubernetes/new-routes';
const SUBNET = 'kubernetes/kubernetes-vnet/kubernetes-subnet';
const SECURITY_GROUP =
  '/subscriptions/s/resourceGroups/kubernetes/providers/Microsoft.Network/networkSecurityGroups/nodes';

type Arm = AzureWorld['sandbox']['arm'];

/** A subnet beside the one of the world, that uses no table; its id. */
function putPlain(arm: Arm, beside: string, name = 'plain', more: { routeTable?: string } = {}): string {
  const network = beside.replace(/\/subnets\/.*/, '');
  const octet = 8 + ['plain', 'one', 'two', 'three'].indexOf(name);
  return putSubnet(arm, { network, name, addressPrefixes: [`10.240.${octet}.0/24`], ...more }).id;
}

function writesOf({ calls }: AzureWorld['sandbox']): string[] {
  return calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
}

interface Person {
  readonly answer: string | null;
  /** Whether standard output is a terminal. */
  readonly isTTY?: boolean;
  /** What happens before the answer. */
  readonly meanwhile?: () => void;
}

/** The command as the built one runs it, with somebody who answers. */
async function provisionWith({ env }: AzureWorld, subnet: string, person: Person) {
  const shown = { out: '', err: '' };
  const { answer, isTTY = false, meanwhile = () => undefined } = person;
  const code = await provision({
    operands: [subnet],
    flags: new Set(),
    values: new Map([
      ['cloud', 'azure'],
      ['route-tables', 'kubernetes/new-routes'],
    ]),
    env,
    out: createTerminal({ isTTY, write: (text) => (shown.out += text) }, {}),
    err: createTerminal({ write: (text) => (shown.err += text) }, {}),
    ask: async () => {
      meanwhile();
      return answer;
    },
  });
  return { code, shown };
}

describe('provision', () => {
  it('makes the table where the network is, and lets subnets use it that keep all else', () =>
    withAzure({}, async ({ sandbox: { arm }, env, subnet, table }) => {
      const network = subnet.replace(/\/subnets\/.*/, '');
      const properties = { networkSecurityGroup: { id: SECURITY_GROUP } };
      const plain = putSubnet(arm, {
        network,
        name: 'plain',
        addressPrefixes: ['10.240.8.0/24'],
        properties,
      });
      const { code, stdout, stderr } = await podroutes(
        ['provision', '--yes', NEW_TABLE, 'kubernetes/kubernetes-vnet/plain'],
        env,
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const made = table.replace('kubernetes-routes', 'new-routes');
      expect(stdout).toBe(
        [
          '+ route table kubernetes/new-routes in westeurope',
          '~ subnet kubernetes/kubernetes-vnet/plain uses kubernetes/new-routes; everything else in it stays',
          'kubernetes/new-routes: created',
          'kubernetes/kubernetes-vnet/plain: associated',
          '',
        ].join('\n'),
      );
      expect(arm.resources.get(made.toLowerCase())).toMatchObject({
        location: 'westeurope',
        tags: { 'kubernetes.io_cluster_kthw': 'owned' },
      });
      expect(findSubnet(arm, plain.id)).toMatchObject({
        routeTable: expect.stringMatching(new RegExp(`^${made}$`, 'i')),
        properties,
      });
    }));

  it('changes nothing the second time, and asks nothing', () =>
    withAzure({}, async ({ sandbox, env, subnet }) => {
      expect(await podroutes(['provision', subnet], env)).toEqual({
        code: 0,
        stdout: `  subnet ${SUBNET} uses kubernetes/kubernetes-routes already\n`,
        stderr: '',
      });
      expect(writesOf(sandbox)).toEqual([]);
    }));

  it('leaves a subnet alone that uses another table, and makes none for nobody', () =>
    withAzure({}, async ({ sandbox, env, subnet }) => {
      expect(await podroutes(['provision', '--yes', NEW_TABLE, subnet], env)).toEqual({
        code: 1,
        stdout: `! subnet ${SUBNET} is left alone: it uses kubernetes/kubernetes-routes\n`,
        stderr: '',
      });
      expect(writesOf(sandbox)).toEqual([]);
    }));

  it('does what can be done beside a subnet that is left alone, with exit code 1', () =>
    withAzure({}, async ({ sandbox: { arm }, env, subnet }) => {
      const plain = putPlain(arm, subnet);
      const { code, stdout } = await podroutes(['provision', '--yes', NEW_TABLE, subnet, plain], env);
      expect(code).toBe(1);
      expect(stdout).toContain(`! subnet ${SUBNET} is left alone`);
      expect(findSubnet(arm, plain)?.routeTable).toMatch(/new-routes$/);
    }));

  it('goes on with the other subnets when one fails, and without the table with none', () =>
    withAzure({}, async ({ sandbox, env, subnet }) => {
      const operands = ['one', 'two'].map((name) => putPlain(sandbox.arm, subnet, name));
      const refused = { code: 'AuthorizationFailed', status: 403 };
      sandbox.failNext('RouteTables_CreateOrUpdate', refused);
      const first = await podroutes(['provision', '--yes', NEW_TABLE, ...operands], env);
      expect(first.code).toBe(1);
      expect(first.stdout).toMatch(
        /new-routes: failed: AuthorizationFailed: .*\n.*\/one: not started\n.*\/two: not started\n$/,
      );
      sandbox.failNext('Subnets_CreateOrUpdate', refused);
      const second = await podroutes(['provision', '--yes', NEW_TABLE, ...operands], env);
      expect(second.code).toBe(1);
      expect(second.stdout).toMatch(/\/one: failed: AuthorizationFailed: .*\n.*\/two: associated\n$/);
    }));

  it.each<[string, string[], Record<string, string>, string]>([
    ['where nobody can be asked', [], {}, 'there is no terminal to ask on; nothing was changed'],
    ['without a table', ['--yes'], { PODROUTES_ROUTE_TABLES: '' }, 'expected the one table'],
    ['with two tables', ['--yes', '--route-tables=a/b,a/c'], {}, 'expected the one table'],
    ['on AWS', ['--yes', '--cloud=aws'], { PODROUTES_ROUTE_TABLES: '' }, 'provision is for Azure'],
  ])('does nothing %s', (_, flags, more, problem) =>
    withAzure({}, async ({ sandbox, env, subnet }) => {
      const plain = putPlain(sandbox.arm, subnet);
      const { code, stderr } = await podroutes(['provision', ...flags, plain], { ...env, ...more });
      expect(code).toBe(2);
      expect(stderr).toContain(problem);
      expect(writesOf(sandbox)).toEqual([]);
    }),
  );

  it.each([
    ['no subnet', 'worker-0', 2, 'expected the id of a subnet, or GROUP/NETWORK/SUBNET; found "worker-0"'],
    [
      'a subnet of no network',
      'kubernetes/nowhere/subnet',
      1,
      'podroutes: could not read kubernetes/nowhere/subnet: ResourceNotFound: ',
    ],
  ])('changes nothing, and says what is wrong, with %s among others', (_, operand, exit, problem) =>
    withAzure({}, async ({ sandbox, env, subnet }) => {
      const plain = putPlain(sandbox.arm, subnet);
      const { code, stderr } = await podroutes(['provision', '--yes', plain, operand], env);
      expect(code).toBe(exit);
      expect(stderr).toContain(problem);
      expect(writesOf(sandbox)).toEqual([]);
    }),
  );
});

describe('Asked before provision', () => {
  it.each([
    ['n', 1],
    ['', 1],
    [null, 130],
  ])('%j changes nothing', (answer, code) =>
    withAzure({}, async (world) => {
      const plain = putPlain(world.sandbox.arm, world.subnet);
      expect((await provisionWith(world, plain, { answer })).code).toBe(code);
      expect(writesOf(world.sandbox)).toEqual([]);
    }),
  );

  it.each([
    ['a terminal', true, 'out'],
    ['a file', false, 'err'],
  ] as const)('shows what about on what is watched, where stdout is %s', (_, isTTY, where) =>
    withAzure({}, async (world) => {
      const plain = putPlain(world.sandbox.arm, world.subnet);
      const { code, shown } = await provisionWith(world, plain, { answer: 'y', isTTY });
      expect(code).toBe(0);
      expect(shown[where]).toContain('~ subnet kubernetes/kubernetes-vnet/plain uses');
      expect(shown.out).toContain('kubernetes/kubernetes-vnet/plain: associated');
    }),
  );

  it('writes no subnet that was given another table meanwhile', () =>
    withAzure({}, async (world) => {
      const { arm } = world.sandbox;
      const plain = putPlain(arm, world.subnet);
      const { code, shown } = await provisionWith(world, plain, {
        answer: 'y',
        meanwhile: () => putPlain(arm, world.subnet, 'plain', { routeTable: world.table }),
      });
      expect(code).toBe(1);
      expect(shown.out).toContain('failed: subnet-has-other-table');
      expect(findSubnet(arm, plain)?.routeTable).toBe(world.table);
    }));
});

describe('Ctrl-C during provision', () => {
  it.each([
    { what: 'begins no other', subnets: ['one', 'two', 'three'], said: 'not started: 2 steps' },
    {
      what: 'leaves nothing undone where it was the last',
      subnets: ['one'],
      said: 'nothing was left to do',
    },
  ])('lets the call under way finish, and $what', async ({ subnets, said }) => {
    // What the test itself has written is done once the clock has been put forward.
    let forward = 0;
    const slow = { operationMs: 500, retryAfterSeconds: 0, now: () => Date.now() + forward };
    await withAzure(slow, async ({ sandbox, env, subnet }) => {
      const operands = subnets.map((name) => putPlain(sandbox.arm, subnet, name));
      forward += slow.operationMs;
      const child = start(['provision', '--yes', ...operands], env);
      const ended = readAll(child);
      await waitUntil(child, () => writesOf(sandbox).length > 0);
      child.kill('SIGINT');
      const { code, stdout, stderr } = await ended;
      expect(code).toBe(130);
      expect(stderr).toContain('Stopping: waiting for the calls in progress to finish');
      expect(stderr).toContain(`podroutes: interrupted; ${said}\n`);
      expect(stdout.match(/^\S+: (associated|not started)$/gm)).toEqual(
        subnets.map(
          (name, i) => `kubernetes/kubernetes-vnet/${name}: ${i === 0 ? 'associated' : 'not started'}`,
        ),
      );
      expect(writesOf(sandbox)).toEqual(['Subnets_CreateOrUpdate']);
    });
  });
});
