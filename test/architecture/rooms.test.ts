import { describe, expect, it } from '@jest/globals';
import { CLOUD_TRAITS } from '../../shared/core/clouds.ts';
import { readSources, type Source } from './imports.ts';

const SOURCES = readSources();

/** Folders of the core, each of which imports from those before it alone. */
const STATIONS = ['', 'findings', 'config', 'events', 'claims', 'plan', 'ledger', 'guard', 'run'];
const ADAPTERS = Object.keys(CLOUD_TRAITS);

/** The folder of the core that a file lies in; null where it is none of the core's. */
function stationOf(path: string): number | null {
  const [, folder = ''] = /^shared\/core\/(?:([a-z-]+)\/)?/.exec(path) ?? [];
  return path.startsWith('shared/core/') ? STATIONS.indexOf(folder) : null;
}

function within(folder: string): Source[] {
  return SOURCES.filter(({ path }) => path.startsWith(folder));
}

/** Imports that a rule forbids, as `file -> import`. */
function breaches(
  sources: readonly Source[],
  isForbidden: (name: string, path: string) => boolean,
): string[] {
  return sources.flatMap(({ path, files, packages }) =>
    [...files, ...packages].filter((name) => isForbidden(name, path)).map((name) => `${path} -> ${name}`),
  );
}

describe('the core', () => {
  it('has no folder without a place in the order', () => {
    expect(within('shared/core/').filter(({ path }) => stationOf(path) === -1)).toEqual([]);
  });

  it('imports one way: no folder from one that comes later', () => {
    const isLater = (name: string, path: string): boolean => (stationOf(name) ?? 0) > (stationOf(path) ?? 0);
    expect(breaches(within('shared/core/'), isLater)).toEqual([]);
  });

  it('imports nothing from outside but Node, and no SDK', () => {
    const isOutside = (name: string): boolean =>
      /^(shared|functions|infra)\//.test(name)
        ? !name.startsWith('shared/core/')
        : /^(@aws|@azure|@google)/.test(name);
    expect(breaches(within('shared/core/'), isOutside)).toEqual([]);
  });
});

describe('adapters', () => {
  it.each(ADAPTERS)('of %s import no other, and nothing that is invoked', (adapter) => {
    const others = ADAPTERS.filter((each) => each !== adapter).map((each) => `shared/${each}/`);
    const isForbidden = (name: string): boolean =>
      name.startsWith('functions/') ||
      name.startsWith('infra/') ||
      others.some((folder) => name.startsWith(folder));
    expect(breaches(within(`shared/${adapter}/`), isForbidden)).toEqual([]);
  });
});

describe('what is invoked', () => {
  it.each(['functions/aws/', 'functions/azure/'])(
    '%s imports neither the sandbox nor the command line',
    (folder) => {
      const isForbidden = (name: string): boolean => /^(shared\/sandbox|functions\/cli|infra)\//.test(name);
      expect(breaches(within(folder), isForbidden)).toEqual([]);
    },
  );

  it('is nothing that the infrastructure imports', () => {
    expect(breaches(within('infra/'), (name) => name.startsWith('functions/'))).toEqual([]);
  });
});
