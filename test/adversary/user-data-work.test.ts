import { mock } from 'node:test';
import { afterEach, describe, expect, it } from '@jest/globals';
import { searchUserData } from '../../shared/core/claims/user-data/search.ts';

function searchesFor(text: string): number {
  const indexOf = mock.method(String.prototype, 'indexOf');
  searchUserData(Buffer.from(text).toString('base64'), 'pod-cidr');
  return indexOf.mock.callCount();
}

afterEach(() => {
  mock.restoreAll();
});

/** JSON with a comment, and a string of escaped quotes that goes on in the next line. */
function brokenString(quotes: number): string {
  return `{ // a\n"${'\\"'.repeat(quotes)}\n"`;
}

describe('R12 JSON with a comment', () => {
  // 8,000 quotes, which fit into EC2's 16 KiB, take 2 s of a processor; Azure's 64 KiB 38 s, before any gzip.
  it('looks for the end of a broken string in time that grows with the text, not with its square', () => {
    const [small, large] = [searchesFor(brokenString(200)), searchesFor(brokenString(800))];
    expect(large).toBeLessThan(8 * small);
  });
});
