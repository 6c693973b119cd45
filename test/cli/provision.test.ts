import { describe, expect, it } from '@jest/globals';
import { findSubnet, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { withAzure } from '../azure/azure-world.ts';
import { podroutes } from './built-command.ts';

const NEW_TABLE = '--route-tables=kubernetes/new-routes';
const SECURITY_GROUP =
  '/subscriptions/s/resourceGroups/kubernetes/providers/Microsoft.Network/networkSecurityGroups/nodes';

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
      expect(stdout).toContain(`+ route table ${made} in westeurope`);
      expect(arm.resources.get(made.toLowerCase())).toMatchObject({
        location: 'westeurope',
        tags: { 'kubernetes.io_cluster_kthw': 'owned' },
      });
      expect(findSubnet(arm, plain.id)).toMatchObject({
        routeTable: expect.stringMatching(new RegExp(`^${made}$`, 'i')),
        properties,
      });
    }));

  it('changes nothing the second time', () =>
    withAzure({}, async ({ sandbox, env, subnet }) => {
      sandbox.clearCalls();
      const { code, stdout } = await podroutes(['provision', '--yes', subnet], env);
      expect(code).toBe(0);
      expect(stdout.match(/: unchanged$/gm)).toHaveLength(2);
      expect(sandbox.countCalls()['Subnets_CreateOrUpdate']).toBeUndefined();
    }));

  it('leaves a subnet alone that uses another table', () =>
    withAzure({}, async ({ sandbox: { arm }, env, subnet, table }) => {
      const { code, stdout } = await podroutes(['provision', '--yes', NEW_TABLE, subnet], env);
      expect(code).toBe(1);
      expect(stdout).toContain('failed: subnet-has-other-table');
      expect(findSubnet(arm, subnet)?.routeTable?.toLowerCase()).toBe(table.toLowerCase());
    }));

  it.each<[string, string[], Record<string, string>, string]>([
    ['where nobody can be asked', [], {}, 'nobody can be asked; nothing was changed'],
    ['without a table', ['--yes'], { PODROUTES_ROUTE_TABLES: '' }, 'expected the one table'],
    ['with two tables', ['--yes', '--route-tables=a/b,a/c'], {}, 'expected the one table'],
    ['on AWS', ['--yes', '--cloud=aws'], { PODROUTES_ROUTE_TABLES: '' }, 'provision is for Azure'],
  ])('does nothing %s', (_, flags, more, problem) =>
    withAzure({}, async ({ sandbox, env, subnet }) => {
      const { code, stderr } = await podroutes(['provision', ...flags, subnet], { ...env, ...more });
      expect(code).toBe(2);
      expect(stderr).toContain(problem);
      expect(sandbox.calls.filter(({ mutating }) => mutating)).toEqual([]);
    }),
  );

  it.each([
    ['no subnet', 'worker-0', 2, 'expected the id of a subnet, or GROUP/NETWORK/SUBNET; found "worker-0"'],
    ['a subnet of no network', 'kubernetes/nowhere/subnet', 1, 'ResourceNotFound'],
  ])('says what is wrong with %s', (_, operand, exit, problem) =>
    withAzure({}, async ({ env }) => {
      const { code, stderr } = await podroutes(['provision', '--yes', operand], env);
      expect(code).toBe(exit);
      expect(stderr).toContain(problem);
    }),
  );
});
