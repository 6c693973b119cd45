import { describe, expect, it } from '@jest/globals';
import { readSources } from '../architecture/imports.ts';
import { codeSpans, readText, tableBelow } from './markdown.ts';

const PAGE = await readText('docs/architecture.md');
const SOURCES = readSources();
const DIAGRAM = /^```mermaid\n(.*?)^```$/ms.exec(PAGE)?.[1] ?? '';

/** Folders of the diagram by the short names of its lines. */
const FOLDERS = new Map(
  [...DIAGRAM.matchAll(/(\w+)\["([^"]+)"\]/g)].map(([, name = '', folder = '']) => [name, folder]),
);
const ARROWS = [...DIAGRAM.matchAll(/^ +(\w+)\S* --> (\w+)/gm)].map(
  ([, from = '', to = '']) => [FOLDERS.get(from) ?? from, FOLDERS.get(to) ?? to] as const,
);

/** The innermost folder of the diagram that a file lies in. */
function folderOf(path: string): string | undefined {
  const within = [...FOLDERS.values()].filter((folder) => path.startsWith(`${folder}/`));
  return within.sort((a, b) => b.length - a.length)[0];
}

/** Imports between folders, as `from -> to`. */
function importsOfFolders(): Set<string> {
  const crossing = SOURCES.flatMap(({ path, files }) =>
    files.filter((file) => file.endsWith('.ts')).map((file) => [folderOf(path), folderOf(file)] as const),
  );
  return new Set(crossing.filter(([from, to]) => from !== to).map(([from, to]) => `${from} -> ${to}`));
}

/** Every folder that arrows lead to. */
function reachable(from: string): Set<string> {
  const reached = new Set([from]);
  for (const folder of reached) {
    for (const [start, end] of ARROWS) if (start === folder) reached.add(end);
  }
  return reached;
}

describe('The diagram of the architecture', () => {
  it('has a place for every file', () => {
    expect(SOURCES.filter(({ path }) => folderOf(path) === undefined).map(({ path }) => path)).toEqual([]);
    expect(
      tableBelow(PAGE, 'Architecture')
        .flatMap(([cell = '']) => codeSpans(cell))
        .sort(),
    ).toEqual([...FOLDERS.values()].filter((folder) => folder !== 'shared/core').sort());
  });

  it('has arrows for imports alone', () => {
    const imports = importsOfFolders();
    expect(ARROWS.map(([from, to]) => `${from} -> ${to}`).filter((arrow) => !imports.has(arrow))).toEqual([]);
  });

  it('leads along its arrows to whatever a folder imports', () => {
    const astray = [...importsOfFolders()].filter((line) => {
      const [from = '', to = ''] = line.split(' -> ');
      return !reachable(from).has(to);
    });
    expect(astray).toEqual([]);
  });
});

/** A table's row: a name, and the file that it is declared in. */
interface Stop {
  readonly name: string;
  readonly file: string;
}

const WALK = tableBelow(PAGE, 'One event, from body to route').map(
  ([name = '', file = '']): Stop => ({ name: codeSpans(name)[0] ?? '', file: codeSpans(file)[0] ?? '' }),
);

describe('The walk of one event', () => {
  it('is long enough to come from body to route', () => {
    const names = WALK.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['parseSqsBody', 'reconcile', 'planRoutes', 'applyChange']));
  });

  it.each(WALK)('comes by $name, which is declared in $file', async ({ name, file }) => {
    expect(await readText(file)).toMatch(
      new RegExp(`^(export )?(async )?(function|const|type|class) ${name}\\b`, 'm'),
    );
  });

  it('comes to each function from a file where it was before', async () => {
    const unheard: string[] = [];
    const before: string[] = [];
    for (const { name, file } of WALK) {
      const texts = before.includes(file) ? [...before] : [...before, file];
      const users = await Promise.all(texts.map(readText));
      const uses = users.join('\n').matchAll(new RegExp(`\\b${name}\\b`, 'g'));
      // Once where it is declared, and once more where it is used.
      if ([...uses].length < 2) unheard.push(name);
      before.push(file);
    }
    expect(unheard).toEqual([]);
  });
});
