import { describe, expect, it } from '@jest/globals';
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

/** A copy to which something was added, for as long as it is tried out. */
function withCopy(add: (copy: TreeCopy) => void, use: (copy: TreeCopy) => void): void {
  const copy = new TreeCopy();
  try {
    add(copy);
    use(copy);
  } finally {
    copy.end();
  }
}

const LONGEST_MS = 600_000;

describe('Whoever follows CONTRIBUTING', () => {
  it(
    'to a new cloud touches the files of the recipe and no other',
    async () => {
      const recipe = await readRecipe('A new cloud', '<cloud>', 'acme');
      withCopy(addCloud, (copy) => {
        expect(rowsOf(copy.changes(), recipe)).toEqual(recipe);
        expect(copy.checkTypes()).toBe('');
        const tests = ['test/acme/cloud.test.ts', 'test/cli/clouds.test.ts', 'test/docs/pages.test.ts'];
        const rules = ['test/architecture/rooms.test.ts', 'test/architecture/cloud-names.test.ts'];
        expect(copy.test([...tests, ...rules])).toBe('');
        expect(copy.test(['test/cli/schemas.test.ts'], 'are those of the type')).toBe('');
        const settings = ['--cloud=acme', '--cluster=kthw', '--cluster-cidrs=10.200.0.0/16'];
        expect(copy.podroutes('plan', ...settings)).toEqual({
          code: 0,
          output: expect.stringContaining('0 to create'),
        });
      });
    },
    LONGEST_MS,
  );

  it(
    'to a new finding touches the files of the recipe and no other',
    async () => {
      const recipe = await readRecipe('A new finding', '<code>', 'claim-unlucky');
      withCopy(addFinding, (copy) => {
        expect(rowsOf(copy.changes(), recipe)).toEqual(recipe);
        expect(copy.checkTypes()).toBe('');
        copy.build();
        expect(copy.test(['test/core/claims.test.ts', 'test/docs/findings.test.ts'])).toBe('');
        expect(copy.test(['test/cli/schemas.test.ts'], 'are those of the type')).toBe('');
        expect(copy.test(['test/docs/finding-commands.test.ts'], 'every code|claim-unlucky')).toBe('');
      });
    },
    LONGEST_MS,
  );
});
