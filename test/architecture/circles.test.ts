import { describe, expect, it } from '@jest/globals';
import { readSources, type Source } from './imports.ts';

/** Files that import each other, by way of others or not, in the order in which they do. */
function findCircles(sources: readonly Source[]): string[][] {
  const imports = new Map(sources.map(({ path, files }) => [path, files]));
  const done = new Set<string>();
  const circles: string[][] = [];
  const follow = (path: string, way: readonly string[]): void => {
    const met = way.indexOf(path);
    if (met >= 0) circles.push([...way.slice(met), path]);
    if (met >= 0 || done.has(path)) return;
    for (const name of imports.get(path) ?? []) follow(name, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) follow(path, []);
  return circles;
}

describe('Files that import each other', () => {
  it('are none in what is invoked and in the infrastructure', () => {
    expect(findCircles(readSources(/^(functions|infra)\/.*\.ts$/))).toEqual([]);
  });

  it('are found, however long the way round is', () => {
    const source = (path: string, ...files: string[]): Source => ({ path, files, packages: [] });
    const sources = [source('a', 'b', 'd'), source('b', 'c'), source('c', 'a'), source('d')];
    expect(findCircles(sources)).toEqual([['a', 'b', 'c', 'a']]);
  });
});
