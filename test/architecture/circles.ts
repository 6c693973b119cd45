import type { Source } from './imports.ts';

/**
 * Groups of files that all import each other, directly or by way of others of the group.
 *
 * @example a imports b, b imports c, c imports a; d imports a: [['a', 'b', 'c']]
 */
export function findCircles(sources: readonly Source[]): string[][] {
  const imports = new Map(sources.map(({ path, files }) => [path, files]));
  const reached = new Map(sources.map(({ path }) => [path, followImports(path, imports)]));
  const circles = sources.map(({ path }) =>
    [...(reached.get(path) ?? [])].filter((other) => reached.get(other)?.has(path)).sort(),
  );
  const named = new Map(circles.filter(({ length }) => length > 0).map((circle) => [circle[0], circle]));
  return [...named.values()];
}

/** Every file that one comes to by its imports; itself only where they lead back. */
function followImports(from: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set(imports.get(from));
  for (const path of reached) for (const next of imports.get(path) ?? []) reached.add(next);
  return reached;
}
