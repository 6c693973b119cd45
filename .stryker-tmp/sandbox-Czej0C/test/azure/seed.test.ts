// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { withAzure } from './azure-world.ts';

describe('The manual procedure for Azure', () => {
  it('comes out as its final table when three workers report', () =>
    withAzure({}, async ({ launch, run, routes, sandbox }) => {
      const ids = [20, 21, 22].map((octet) => launch(octet));
      sandbox.clearCalls();
      const { results, findings } = await run({ kind: 'nodes', ids });
      expect(results.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
      expect(findings).toEqual([]);
      expect(routes()).toEqual([
        'kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20',
        'kubernetes-route-10-200-1-0-24 10.200.1.0/24 10.240.0.21',
        'kubernetes-route-10-200-2-0-24 10.200.2.0/24 10.240.0.22',
      ]);
      expect(sandbox.countCalls()).toEqual({
        RouteTables_Get: 1,
        RouteTables_CreateOrUpdate: 1,
        VirtualNetworks_Get: 1,
        VirtualMachines_Get: 3,
        NetworkInterfaces_Get: 3,
      });
    }));
});
