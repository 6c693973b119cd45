import { describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };
import { notesOf } from '../../release/notes.ts';
import { readText } from '../docs/markdown.ts';

const CHANGELOG = `# Changelog

Words.

## [0.2.0] - 2026-12-01

### Added

- A thing.

## [0.1.0] - 2026-11-01

- The first.
`;

describe('The notes of a release', () => {
  it('are the section of its version, without the heading', () => {
    expect(notesOf(CHANGELOG, '0.2.0')).toBe('### Added\n\n- A thing.\n');
  });

  it.each(['0.1.0', '0.3.0', '0.2'])('are refused for %s, where another version is the newest', (version) => {
    expect(() => notesOf(CHANGELOG, version)).toThrow(`expected ${version}`);
    expect(() => notesOf(CHANGELOG, version)).toThrow('found 0.2.0');
  });

  it('are refused where there is no version at all', () => {
    expect(() => notesOf('# Changelog\n', '0.1.0')).toThrow('expected 0.1.0');
  });

  it('of this version are in CHANGELOG, and say what a person has to do', async () => {
    const notes = notesOf(await readText('CHANGELOG.md'), packageJson.version);
    expect(notes).toContain('\n### Upgrading\n\n- ');
  });
});
