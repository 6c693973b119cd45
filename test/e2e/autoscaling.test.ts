import { describe, it } from '@jest/globals';
import { withAwsSite } from './autoscaling/aws-site.ts';
import { withAzureSite } from './autoscaling/azure-site.ts';
import type { Scale } from './autoscaling/site.ts';
import { playStory } from './autoscaling/story.ts';

/** `npm run test:peers` has the same with 250 machines, as slow as in reality. */
const SCALE: Omit<Scale, 'seed'> = {
  capacity: 64,
  clusterCidr: '10.200.0.0/18',
  machines: 58,
  turnover: 12,
  haste: 20,
  lagMs: 150,
  kills: 3,
};

describe.each([
  { cloud: 'AWS', withSite: withAwsSite },
  { cloud: 'Azure', withSite: withAzureSite },
])('Machines of one template on $cloud', ({ withSite }) => {
  const seed = Number(process.env['AUTOSCALING_SEED'] ?? Date.now() % 1_000_000);
  it(
    `get a block each, though all come and go at once and processes die (AUTOSCALING_SEED=${seed})`,
    () => withSite({ ...SCALE, seed }, (site) => playStory(site, { ...SCALE, seed })),
    900_000,
  );
});
