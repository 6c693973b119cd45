import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface Entry {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages }: { packages: Record<string, Entry> } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
);

describe('the lock file', () => {
  it('names every optional package of every platform, without which npm ci refuses it', () => {
    const names = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !locked.has(name))).toEqual([]);
  });

  it('holds no address of a registry', () => {
    expect(JSON.stringify(packages)).not.toContain('"resolved"');
  });
});
