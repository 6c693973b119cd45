// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { describeAzureTraits } from './azure-differences.ts';
import { GROUP, nameOfRoute } from './azure-network.ts';
import { type AzureWorld, createAzureWorld } from './azure-world.ts';
import { launchAll, WORKER_ROUTES, WORKERS, withGiven } from './cases.ts';
import { describeCloud } from './cloud-contract.ts';

async function withWorkers(use: (world: AzureWorld) => Promise<void>): Promise<void> {
  const world = await createAzureWorld();
  try {
    await launchAll(world, WORKERS);
    await world.reconcile();
    await use(world);
  } finally {
    await world.close();
  }
}

/** Gives a route another name, as somebody else would who wants to keep it for themselves. */
async function rename({ network: { routes } }: AzureWorld, destination: string, name: string): Promise<void> {
  const route = await routes.get(GROUP, 'table-0', nameOfRoute(destination));
  await routes.delete(GROUP, 'table-0', nameOfRoute(destination));
  await routes.createOrUpdate(GROUP, 'table-0', name, { ...route, name });
}

describe('Azure in the sandbox', () => {
  describeCloud(createAzureWorld);
  describeAzureTraits(createAzureWorld);

  describe('A route under a name that is not ours', () => {
    it('is enough for the claim that it meets', () =>
      withWorkers(async (world) => {
        await rename(world, '10.200.0.0/24', 'theirs');
        const { run, writes } = await world.reconcile();
        expect([run.findings, run.unchanged, writes]).toEqual([[], 3, []]);
      }));

    it('outlives the node that it leads to', () =>
      withWorkers(async (world) => {
        await rename(world, '10.200.0.0/24', 'theirs');
        await world.terminate('worker-0');
        await world.terminate('worker-1');
        await world.reconcile({ force: true });
        const left = WORKER_ROUTES.filter((line) => !line.includes('worker-1'));
        expect(await world.routes()).toEqual(withGiven(world, left));
      }));
  });
});
