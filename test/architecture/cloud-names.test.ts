import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CLOUDS as ROWS } from '../../functions/cli/clouds.ts';
import { CLOUD_TRAITS } from '../../shared/core/clouds.ts';
import { readSources } from './imports.ts';

const CLOUDS = Object.keys(CLOUD_TRAITS);

/** Files outside the folders of a cloud that may name one, and what for. None of them decides by the name. */
const REASONS: Readonly<Record<string, string>> = {
  'shared/core/model.ts': 'the type of all names',
  'shared/core/clouds.ts': 'the table of what settings and messages say of each',
  'shared/core/config/config.ts': 'the settings that Azure alone has are a group of their own',
};

/** The cloud whose folder a file lies in: the sandbox of Azure is called after its API. */
function ownerOf(path: string): string | undefined {
  if (path.startsWith('shared/sandbox/arm/')) return 'azure';
  return CLOUDS.find((cloud) => path.split('/').slice(0, -1).includes(cloud));
}

const NAMES = [...CLOUDS, ...ROWS.map(({ title }) => title)].join('|');
/** A name as a whole string, or as a key. */
const NAMING = new RegExp(`(['"\`])(?<text>${NAMES})\\1|\\b(?<key>${CLOUDS.join('|')})\\??:(?=\\s)`, 'g');

/** Clouds that a text names in code, as the model calls them. */
function namedIn(text: string): string[] {
  return [...text.matchAll(NAMING)].map(({ groups }) => {
    const name = groups?.['text'] ?? groups?.['key'] ?? '';
    return ROWS.find(({ title }) => title === name)?.name ?? name;
  });
}

/** Clouds that each file names and is not the place of. */
const NAMED = new Map(
  readSources().map(({ path }) => {
    const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    return [path, namedIn(text).filter((cloud) => cloud !== ownerOf(path))] as const;
  }),
);

describe("A cloud's name", () => {
  it('stands in its own folders and in the tables alone', () => {
    const elsewhere = [...NAMED].filter(([path, names]) => names.length > 0 && !(path in REASONS));
    expect(elsewhere).toEqual([]);
  });

  it.each(Object.keys(REASONS))('does stand in %s, which has a reason for it', (path) => {
    expect(NAMED.get(path)).not.toEqual([]);
  });

  it.each([
    ["if (cloud === 'aws') return;", ['aws']],
    ['const isAzure = name !== "Azure";', ['azure']],
    ['case `gcp`:', ['gcp']],
    ['const LIMITS = { aws: 500, azure: 1000 };', ['aws', 'azure']],
    ["import { AWS } from './clouds/aws/cloud.ts';", []],
    ["const what = 'the credentials of aws';", []],
  ])('is seen in %s', (text, names) => {
    expect(namedIn(text)).toEqual(names);
  });
});
