import { describe, expect, it } from '@jest/globals';
import type { ArmClient } from '../../shared/azure/arm-client.ts';
import { setPower } from '../../shared/sandbox/arm/machines.ts';
import { withAzure } from '../azure/azure-world.ts';

/** A list of power states that stays as it is now, however old it gets: Azure's is as old as it likes. */
async function freezeStates(arm: ArmClient): Promise<ArmClient> {
  const path = `/subscriptions/${arm.subscription}/providers/Microsoft.Compute/virtualMachines`;
  const statusOnly = 'true';
  const old = await arm.list('compute', path, AbortSignal.timeout(5_000), { statusOnly });
  return {
    ...arm,
    list: (service, at, signal, query) =>
      query?.['statusOnly'] === statusOnly ? Promise.resolve(old) : arm.list(service, at, signal, query),
  };
}

describe('R4 a list of power states that lags behind', () => {
  it('takes no routes of nodes that were stopped by night and run again', () =>
    withAzure({}, async (world) => {
      const { arm } = world.sandbox;
      const env = { PODROUTES_STOPPED_NODES: 'remove' };
      const ids = [20, 21, 22].map((octet) => world.launch(octet, `10.200.${octet}.0/24`));
      await world.run({}, { env });
      for (const id of ids) setPower(arm, id, 'deallocate');
      await world.run({}, { env });
      expect(world.routes()).toEqual([]);
      const late = await freezeStates(world.arm);
      for (const id of ids) setPower(arm, id, 'start');
      await world.run({ kind: 'nodes', ids }, { env });
      expect(world.routes()).toHaveLength(3);
      await world.run({}, { env, cloud: world.cloud(env, late) });
      expect(world.routes()).toHaveLength(3);
    }));
});
