import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findRepeatedKey, readRequest } from '../../shared/core/run/request.ts';

describe('a manual request', () => {
  it.each([
    [{}, { dryRun: false, force: false, nodes: [] }],
    [{ dryRun: true }, { dryRun: true, force: false, nodes: [] }],
    [
      { force: true, nodes: ['i-1', 'i-2'] },
      { dryRun: false, force: true, nodes: ['i-1', 'i-2'] },
    ],
  ])('%j is read', (input, value) => {
    expect(readRequest(input)).toEqual({ ok: true, value });
  });

  it.each<[string, unknown, string]>([
    ['with a mistyped field', { dryrun: true }, 'unknown field "dryrun"'],
    ['with several mistyped fields', { one: 1, two: 2 }, 'unknown field "one", unknown field "two"'],
    ['with a text for a switch', { dryRun: 'true' }, 'dryRun: expected boolean'],
    ['with a number for a switch', { force: 1 }, 'force: expected boolean'],
    ['with one node that is not in a list', { nodes: 'i-1' }, 'nodes: expected array'],
    ['with a node that is no text', { nodes: [1] }, 'nodes.0: expected string'],
    ['with a node without a name', { nodes: [''] }, 'nodes.0: expected at least 1 character'],
    [
      'with a list of no nodes, which must not mean all',
      { nodes: [], force: true },
      'nodes: expected at least 1 entry, or no list for all',
    ],
    ['with too many nodes', { nodes: Array(1001).fill('i-1') }, 'nodes: expected at most 1000'],
    ['with a name that is too long', { nodes: ['x'.repeat(2049)] }, 'nodes.0: expected at most 2048'],
    ['that is no object', 'all', 'the request: expected object'],
    ['that is a list', [], 'the request: expected object'],
    ['that is null', null, 'the request: expected object'],
    ['with two mistakes', { dryRun: 1, nodes: 1 }, 'dryRun: expected boolean; nodes: expected array'],
  ])('is refused %s, and the known fields are listed', (_, input, part) => {
    expect(problemOf(input)).toBe(`The request is refused: ${part}. Known fields: dryRun, force, nodes.`);
  });

  it('names every unknown field, shortened', () => {
    const problem = problemOf({ one: 1, ['x'.repeat(1000)]: 2 });
    expect(problem).toContain('"one"');
    expect(problem.length).toBeLessThan(300);
  });

  it('of any shape is answered, never thrown at', () => {
    fc.assert(fc.property(fc.anything(), (input) => typeof readRequest(input).ok === 'boolean'));
  });
});

describe('A key that JSON has twice', () => {
  it.each([
    ['{"dryRun":true,"dryRun":false}', 'dryRun'],
    ['{ "force" : false, "nodes": ["a"], "force" : true }', 'force'],
    ['{"dryRun":true,"dry\\u0052un":false}', 'dryRun'],
  ])('is found in %s', (json, key) => {
    expect(findRepeatedKey(json)).toBe(key);
  });

  it.each([
    '{}',
    '{"dryRun":true,"force":true}',
    '{"nodes":["force","force"],"force":true}',
    '{"nodes":["\\"force\\":"],"force":true}',
    '{"a":{"force":1},"b":{"force":1}}',
    '{"a":[{"force":1},{"force":1}],"b":[[{"force":1}]]}',
    '{"force":true,"a":{"force":1}}',
    '[{"force":1},{"force":1}]',
    '["a","a"]',
    '"text"',
  ])('is not seen in %s', (json) => {
    expect(findRepeatedKey(json)).toBeNull();
  });

  it('is found in whatever JSON writes, and only there', () => {
    const keys = fc.array(fc.string(), { maxLength: 6 });
    fc.assert(
      fc.property(keys, fc.jsonValue(), (names, value) => {
        const text = JSON.stringify(value);
        const json = `{${names.map((name) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
        const twice = names.find((name, i) => names.indexOf(name) < i) ?? null;
        expect(findRepeatedKey(json)).toBe(twice);
      }),
    );
  });
});

function problemOf(input: unknown): string {
  const result = readRequest(input);
  return result.ok ? '' : result.problem;
}
