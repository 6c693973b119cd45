import { describe, expect, it } from '@jest/globals';
import { readSources } from './imports.ts';
import { TreeCopy } from './tree-copy.ts';

/** What there is of a cloud: its row in the table of the command line, and the beginnings of its files' paths. */
interface Place {
  readonly row: string;
  readonly files: readonly string[];
  /** An event of it. */
  readonly event: string;
  /** Tests that show that it works. */
  readonly tests: readonly string[];
}

const PLACES = {
  aws: {
    row: 'AWS',
    files: [
      'shared/aws/',
      'functions/aws/',
      'functions/cli/clouds/aws/',
      'infra/aws/',
      'shared/sandbox/ec2/',
      'test/aws/',
    ],
    event: 'events/aws/state-running.json',
    tests: ['test/aws/events.test.ts', 'test/aws/observe.test.ts', 'test/sandbox/ec2-routes.test.ts'],
  },
  azure: {
    row: 'AZURE',
    files: [
      'shared/azure/',
      'functions/azure/',
      'functions/cli/clouds/azure/',
      'infra/azure/',
      'shared/sandbox/arm',
      'test/azure/',
    ],
    event: 'events/azure/vm-write.json',
    tests: ['test/azure/events.test.ts', 'test/azure/observe.test.ts', 'test/sandbox/arm-routes.test.ts'],
  },
} satisfies Record<string, Place>;

/** Tests that know no cloud. */
const COMMON = ['test/config.test.ts', 'test/core/plan.test.ts', 'test/cli/clouds.test.ts'];

const SOURCES = readSources(/\.ts$/);

/** Files of a cloud, and what in tests, benchmarks, sandboxes and the release rests on them. */
function filesOf({ files }: Place): Set<string> {
  const found = new Set(
    SOURCES.map(({ path }) => path).filter((path) => files.some((begin) => path.startsWith(begin))),
  );
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const source of SOURCES) {
      const rests = source.files.some((name) => found.has(name));
      if (rests && /^(test|bench|release|shared\/sandbox)\//.test(source.path)) found.add(source.path);
    }
  }
  return found;
}

/** The tree without a cloud. */
function copyWithout(place: Place): TreeCopy {
  const copy = new TreeCopy();
  for (const path of filesOf(place)) copy.remove(path);
  const table = 'functions/cli/clouds.ts';
  const folder = place.files
    .find((path) => path.startsWith('functions/cli/'))
    ?.slice('functions/cli/'.length);
  copy.replace(table, `import { ${place.row} } from './${folder}cloud.ts';\n`, '');
  copy.write(table, copy.read(table).replace(new RegExp(`\\b${place.row}, |, ${place.row}\\b`), ''));
  return copy;
}

describe('Once its folders and its row are deleted', () => {
  it.each([
    ['aws', 'azure'],
    ['azure', 'aws'],
  ] as const)(
    'nothing misses %s, and %s works as before',
    (gone, left) => {
      const copy = copyWithout(PLACES[gone]);
      try {
        expect(copy.checkTypes()).toBe('');
        expect(copy.test([...COMMON, ...PLACES[left].tests])).toBe('');
        expect(copy.podroutes('replay', PLACES[left].event)).toMatchObject({ code: 0 });
        expect(copy.podroutes('plan', `--cloud=${gone}`)).toEqual({
          code: 2,
          output: expect.stringContaining(`expected ${left}; found "${gone}"`),
        });
      } finally {
        copy.end();
      }
    },
    600_000,
  );
});
