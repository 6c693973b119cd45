// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { listStories, needsAws, playStory, retellStory, tellStory } from '../docs/console.ts';

const STORIES = (await listStories()).filter(needsAws);

/** The others are played by test/docs. */
describe('Commands with the aws program that pages show as typed into a terminal', () => {
  it('are there', () => {
    expect(STORIES.length).toBeGreaterThan(2);
  });

  it.each(STORIES)('come out as $page shows: $title', async (story) => {
    const aws = process.env['PODROUTES_TEST_AWS'];
    if (aws === undefined) throw new Error('No aws program: start this suite by test/peers/run');
    expect(retellStory(story, await playStory(story, { aws }))).toEqual(tellStory(story));
  });
});
