import { describe, expect, it } from '@jest/globals';
import { listStories, needsAws, playStory, retellStory, tellStory } from './console.ts';
import { readText } from './markdown.ts';

const STORIES = await listStories();
const PAGES = [...new Set(STORIES.map(({ page }) => page))];

describe('Commands that pages show as typed into a terminal', () => {
  it('are on every page of the operating guide, and on both clouds', () => {
    expect(PAGES.filter((page) => page.startsWith('docs/operating/'))).toHaveLength(8);
    expect(new Set(STORIES.map(({ cloud }) => cloud))).toEqual(new Set(['aws', 'azure']));
  });

  it.each(PAGES)('are all played: %s', async (page) => {
    const played = STORIES.filter((story) => story.page === page).flatMap(({ steps }) => steps);
    // What doctor prints has commands too, which are indented.
    const typed = [...(await readText(page)).matchAll(/^\$ .*(\n> .*)*/gm)].map(([lines]) => lines);
    expect(typed.map((lines) => lines.slice(2).replaceAll(/^> /gm, '')).sort()).toEqual(
      played.map(({ command }) => command).sort(),
    );
  });

  it.each(PAGES)('stand in no list, where they would not be found: %s', async (page) => {
    expect(await readText(page)).not.toMatch(/^ +```console/m);
  });

  // Those with the aws program are played by test/peers.
  it.each(STORIES.filter((story) => !needsAws(story)))(
    'come out as $page shows: $title, on $cloud',
    async (story) => {
      expect(retellStory(story, await playStory(story))).toEqual(tellStory(story));
    },
  );
});
