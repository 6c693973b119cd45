import { describe, expect, it } from '@jest/globals';
import type { ArmClient } from '../../shared/azure/arm-client.ts';
import { type AzureWorld, withAzure } from '../azure/azure-world.ts';
import { route } from '../azure/look.ts';

/** Answers in which tables come without the element that holds their routes. */
function withoutRoutes(arm: ArmClient): ArmClient {
  const strip = (json: unknown): unknown => {
    const { routes: _, ...properties } = Object(json).properties;
    return { ...Object(json), properties };
  };
  const isTable = (path: string): boolean => /\/routetables/i.test(path);
  return {
    ...arm,
    get: async (service, id, ...rest) => {
      const json = await arm.get(service, id, ...rest);
      return isTable(id) ? strip(json) : json;
    },
    list: async (service, path, ...rest) => {
      const items = await arm.list(service, path, ...rest);
      return isTable(path) ? items.map(strip) : items;
    },
  };
}

async function runCutShort(world: AzureWorld, env: Readonly<Record<string, string>>) {
  const { cloud, arm } = world;
  return world.run({}, { env, cloud: cloud(env, withoutRoutes(arm)) });
}

describe('R3 a route table that is read without its routes', () => {
  it.each([
    ['by its name', {}],
    ['by its tag', { PODROUTES_ROUTE_TABLES: '' }],
  ])('%s is not put back without them when a node is launched', (_, env) =>
    withAzure({}, async (world) => {
      world.launch(20, '10.200.20.0/24');
      world.putTable([route(99, '10.240.1.9', 'of-somebody-else')]);
      await world.run();
      const before = world.routes();
      expect(before).toHaveLength(2);
      world.launch(21, '10.200.21.0/24');
      const { observation } = await runCutShort(world, env);
      expect(world.routes()).toEqual(before);
      expect(observation.failures.map(({ what, failure }) => `${what} ${failure.code}`)).toEqual([
        'table unexpected-answer',
      ]);
    }),
  );
});
