import { describe, expect, it } from '@jest/globals';
import { retellStory, tellStory } from '../docs/console.ts';
import { followGuide } from '../docs/guides/follow.ts';
import { readGuides } from '../docs/guides/page.ts';
import { withSite } from '../docs/guides/site.ts';

/** Between them they have every kind of command with which guides call EC2. */
const PAGES = ['kubernetes-the-hard-way', 'kubeadm-allocation'];
const GUIDES = (await Promise.all(PAGES.map(readGuides))).flat();

describe('Whoever follows a guide with the aws program', () => {
  it.each(GUIDES)('sees what the page shows: $title', (guide) =>
    withSite(guide, async (site) => {
      const aws = process.env['PODROUTES_TEST_AWS'];
      if (aws === undefined) throw new Error('No aws program: start this suite by test/peers/run');
      expect(retellStory(guide, await followGuide(guide, site, aws))).toEqual(tellStory(guide));
    }),
  );
});
