import { expect, it } from '@jest/globals';
import { nameOfRoute } from '../contract/azure-network.ts';
import { launchAndReconcile, withAzure, workers } from './cluster.ts';

it('R4 a launch that Azure does not show yet is no death, and lets no vacant route go at once', () =>
  withAzure({}, async (cluster) => {
    const { world, deliverEvents, routes, takeEvents } = cluster;
    await launchAndReconcile(cluster, workers(2));
    await world.launch({ name: 'late', podCidr: null });
    const launch = takeEvents().map((event) =>
      JSON.parse(JSON.stringify(event).replaceAll(/\blate\b/g, 'later')),
    );
    // The platform's own services have it, and Azure calls it available.
    await world.network.routes.createOrUpdate('contract', 'table-0', nameOfRoute('10.200.77.0/24'), {
      addressPrefix: '10.200.77.0/24',
      nextHopType: 'VirtualAppliance',
      nextHopIpAddress: '10.0.15.250',
    });
    await deliverEvents([...takeEvents(), ...launch]);
    expect(await routes()).toHaveLength(3);
  }));
