import { describe, expect, it } from '@jest/globals';
import { CLOUDS, codesOf, launchAndReconcile, routesOf, withAws, workers } from './cluster.ts';

const THREE = workers(3);
/** What each table holds from the start, and three routes. */
const FULL = 5;

describe.each(CLOUDS)('On $cloud, in a full table', ({ withCluster }) => {
  it.each([
    ['as podroutes is told', { routeLimit: FULL }],
    ['as only the cloud knows', { cloudRouteLimit: FULL }],
  ])('a node moves to another block, the table being full %s', (_, limits) =>
    withCluster(limits, async (cluster) => {
      await launchAndReconcile(cluster, THREE);
      expect(await cluster.routes()).toEqual(routesOf(THREE));
      await cluster.world.retag('w0', '10.200.99.0/24');
      await cluster.deliverEvents();
      await cluster.pass(60);
      expect(await cluster.routes()).toEqual(routesOf(THREE));
      expect(codesOf(await cluster.reconcile())).toContain('route-table-full');
    }),
  );

  it('a node moves to another block, and what a dead one had makes room', () =>
    withCluster({ routeLimit: FULL }, async (cluster) => {
      await launchAndReconcile(cluster, THREE);
      await cluster.world.retag('w0', '10.200.99.0/24');
      await cluster.world.terminate('w2');
      await cluster.deliverEvents();
      await cluster.pass(30);
      expect(await cluster.routes()).toEqual(
        [...routesOf(THREE.slice(0, 2)), '10.200.99.0/24 w0 active'].sort(),
      );
    }));
});

describe('On AWS, where routes may not be made', () => {
  it('a node moves to another block', () =>
    withAws({}, async (cluster) => {
      await launchAndReconcile(cluster, THREE);
      cluster.sandbox.failNext('CreateRoute', { code: 'UnauthorizedOperation', times: 10_000 });
      await cluster.world.retag('w0', '10.200.99.0/24');
      await cluster.deliverEvents();
      await cluster.pass(60);
      expect(await cluster.routes()).toEqual(routesOf(THREE));
    }));
});
