import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeSpans, readText, tableBelow } from '../docs/markdown.ts';
import { addCloud } from './dummy-cloud.ts';
import { addFinding } from './dummy-finding.ts';
import { TreeCopy } from './tree-copy.ts';

/** Files and folders that a recipe names first in each row of its table, with the name put in. */
async function readRecipe(heading: string, placeholder: string, name: string): Promise<string[]> {
  const rows = tableBelow(await readText('CONTRIBUTING.md'), heading);
  return rows.map(([cell = '']) => (codeSpans(cell)[0] ?? '').replace(placeholder, name)).sort();
}

/** The rows that files belong to; a file that belongs to none stands for itself. */
function rowsOf(files: readonly string[], recipe: readonly string[]): string[] {
  const rowOf = (file: string) =>
    recipe.find((row) => row === file || (row.endsWith('/') && file.startsWith(row)));
  return [...new Set(files.map((file) => rowOf(file) ?? file))].sort();
}

const RECIPES = [
  { what: 'cloud', placeholder: '<cloud>', name: 'acme', add: addCloud },
  { what: 'finding', placeholder: '<code>', name: 'claim-unlucky', add: addFinding },
];

const TESTS = [
  'test/acme/cloud.test.ts',
  'test/cli/clouds.test.ts',
  'test/docs/pages.test.ts',
  'test/architecture/rooms.test.ts',
  'test/architecture/cloud-names.test.ts',
  'test/core/claims.test.ts',
  'test/docs/findings.test.ts',
];

const LONGEST_MS = 600_000;

describe('Whoever follows CONTRIBUTING', () => {
  let copy: TreeCopy;

  // What is added by one recipe stays while the next is followed.
  beforeAll(() => {
    copy = new TreeCopy();
  });

  afterAll(() => copy.end());

  it.each(RECIPES)(
    'to a new $what touches the files of the recipe and no other',
    async ({ what, placeholder, name, add }) => {
      const recipe = await readRecipe(`A new ${what}`, placeholder, name);
      add(copy);
      expect(rowsOf(copy.changes(), recipe)).toEqual(recipe);
      copy.accept();
    },
    LONGEST_MS,
  );

  it(
    'has a cloud and a finding that compile, pass their tests and work',
    () => {
      expect(copy.checkTypes()).toBe('');
      expect(copy.test(TESTS)).toBe('');
      copy.build();
      expect(copy.test(['test/cli/schemas.test.ts'], 'are those of the type')).toBe('');
      expect(copy.test(['test/docs/finding-commands.test.ts'], 'every code|claim-unlucky')).toBe('');
      const settings = ['--cloud=acme', '--cluster=kthw', '--cluster-cidrs=10.200.0.0/16'];
      expect(copy.podroutes('plan', ...settings)).toEqual({
        code: 0,
        output: expect.stringContaining('0 to create'),
      });
    },
    LONGEST_MS,
  );
});
