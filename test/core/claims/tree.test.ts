import { describe, expect, it } from '@jest/globals';
import { parseTree, type TreeNode } from '../../../shared/core/claims/user-data/tree.ts';
import { beginWork } from '../../../shared/core/claims/user-data/work.ts';

type WrittenNode = Exclude<TreeNode, { kind: 'alias' }>;

function scalar(text: string, tag = ''): WrittenNode {
  return { kind: 'scalar', text, tag };
}

function list(items: readonly TreeNode[], tag = ''): WrittenNode {
  return { kind: 'list', tag, items };
}

function map(pairs: readonly (readonly [TreeNode, TreeNode])[], tag = ''): WrittenNode {
  return { kind: 'map', tag, pairs };
}

function alias(target: WrittenNode | null): TreeNode {
  return { kind: 'alias', target };
}

const [A, B] = [scalar('a'), scalar('b')];

describe('The tree of YAML', () => {
  it.each<[string, readonly TreeNode[]]>([
    ['', []],
    ['# a', []],
    ['a', [A]],
    ['"a"', [A]],
    ['!!str a', [scalar('a', '!!str')]],
    ['!own a', [scalar('a', '!own')]],
    ['- !own a\n- b', [list([scalar('a', '!own'), B])]],
    ['[]', [list([])]],
    ['!own []', [list([], '!own')]],
    ['[a, [b], []]', [list([A, list([B]), list([])])]],
    ['{}', [map([])]],
    ['!own {}', [map([], '!own')]],
    ['a: b', [map([[A, B]])]],
    [
      'a: b\nb: a\na: []',
      [
        map([
          [A, B],
          [B, A],
          [A, list([])],
        ]),
      ],
    ],
    ['a:', [map([[A, scalar('')]])]],
    ['a: {b: a}', [map([[A, map([[B, A]])]])]],
    ['? [a]\n: b', [map([[list([A]), B]])]],
    ['a\n---\nb', [A, B]],
    ['---\n[a]\n---\n- b\n', [list([A]), list([B])]],
    ['[&x a, *x]', [list([A, alias(A)])]],
    ['&x a', [A]],
    ['[&x a, &y b, *x, *y]', [list([A, B, alias(A), alias(B)])]],
    ['[&x a, &x b, *x]', [list([A, B, alias(B)])]],
    ['[&x [a], *x]', [list([list([A]), alias(list([A]))])]],
    ['[&x {a: b}, *x]', [list([map([[A, B]]), alias(map([[A, B]]))])]],
    ['[&x !own a, *x]', [list([scalar('a', '!own'), alias(scalar('a', '!own'))])]],
    ['[a, *x]', [list([A, alias(null)])]],
    ['&x [a, *x]', [list([A, alias(null)])]],
    ['&x a\n---\n[*x]', [A, list([alias(null)])]],
  ])('%j', (source, documents) => {
    expect(parseTree(source, beginWork())).toStrictEqual({ ok: true, documents });
  });

  it.each(['[a', 'a: b: a', '{a', '"a', '\ta: b\n\t- c', '- a\nb'])(
    'is none where it is no YAML: %j',
    (source) => {
      expect(parseTree(source, beginWork())).toStrictEqual({ ok: false, reason: 'syntax' });
    },
  );

  it('is less than 100 levels deep', () => {
    const nested = (depth: number) => parseTree('['.repeat(depth) + ']'.repeat(depth), beginWork());
    expect(nested(99)).toMatchObject({ ok: true, documents: [{ kind: 'list' }] });
    expect(nested(100)).toStrictEqual({ ok: false, reason: 'bound' });
  });
});

describe('R12: a tree costs', () => {
  it.each<[string, number]>([
    ['', 0],
    ['a', 0],
    ['abcdef "gh"', 0],
    ['a: b', 4],
    ['a,b', 4],
    ['a\n', 4],
    ['- a', 4],
    ['? a', 4],
    ['&a b', 4],
    ['[&a b, *a]', 12],
    [':', 4],
    ['[a: b,\n? c]', 16],
  ])('for %j %i steps', (source, steps) => {
    const work = beginWork();
    parseTree(source, work);
    expect(work.steps).toBe(steps);
  });

  it('nothing where that is more than one node may cost', () => {
    const source = '[a,b]';
    const work = { ...beginWork(), steps: 64 * 1024 - 3 };
    expect(parseTree(source, work)).toStrictEqual({ ok: false, reason: 'bound' });
    expect(work.steps).toBe(64 * 1024 - 3);
    work.steps -= 1;
    expect(parseTree(source, work)).toStrictEqual({ ok: true, documents: [list([A, B])] });
    expect(work.steps).toBe(64 * 1024);
  });
});
