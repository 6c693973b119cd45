import { it } from '@jest/globals';
import { withAwsSite } from './autoscaling/aws-site.ts';
import { playStory } from './autoscaling/story.ts';

const SCALE = {
  capacity: 256,
  clusterCidr: '10.200.0.0/16',
  machines: 250,
  turnover: 50,
  haste: Number(process.env['HASTE'] ?? 5),
  lagMs: 3000,
  kills: 8,
  seed: 1,
};
it('full', () => withAwsSite(SCALE, (site) => playStory(site, SCALE)), 900_000);
