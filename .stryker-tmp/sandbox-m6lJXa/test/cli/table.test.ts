// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fitTable, formatTable } from '../../functions/cli/table.ts';

const INSTANCE = 'i-0492e3b0b30dd1741';
const OTHER = 'i-03d44f2dcc1cad639';

describe('A table', () => {
  it('lines up its columns and has no blanks at line ends', () => {
    expect(formatTable([['a', '1', ''], ['long', '2', 'x'], ['b']])).toEqual(['a     1', 'long  2  x', 'b']);
  });

  it('has no room for a column without words', () => {
    expect(
      formatTable([
        ['a', '', '1'],
        ['b', '', '2'],
      ]),
    ).toEqual(['a  1', 'b  2']);
  });

  it('may be empty', () => {
    expect(formatTable([])).toEqual([]);
  });

  it('has no lines that others have written', () => {
    expect(formatTable([['one\ntwo', 'x']])).toEqual(['onetwo  x']);
  });
});

describe('A table that is wider than its room', () => {
  it('is as it would be anywhere while it fits', () => {
    const rows = [
      ['worker-0', INSTANCE],
      ['w', 'x'],
    ];
    expect(fitTable(rows, { room: 29, names: [0] }).flat()).toEqual(formatTable(rows));
  });

  it('cuts names in the middle, and nothing else', () => {
    const name = 'aks-nodepool1-12345678-vmss000012';
    expect(fitTable([[name, INSTANCE]], { room: 41, names: [0] })).toEqual([
      [`aks-nodepo…mss000012  ${INSTANCE}`],
    ]);
  });

  it('wraps cells at blanks, each below itself', () => {
    const rows = [
      ['+', '10.200.1.0/24', INSTANCE, 'its node claims it'],
      ['~', '10.200.2.0/24', `${INSTANCE} -> ${OTHER}`, 'it leads elsewhere'],
    ];
    expect(fitTable(rows, { room: 60, names: [] })).toEqual([
      [`+  10.200.1.0/24  ${INSTANCE}     its node claims it`],
      [`~  10.200.2.0/24  ${INSTANCE} ->  it leads elsewhere`, `                  ${OTHER}`],
    ]);
  });

  it('goes on below where columns do not fit beside each other', () => {
    const rows = [
      ['NAME', 'ID', 'CLAIM', 'ROUTE'],
      ['worker-0', INSTANCE, '10.200.0.0/24', 'active'],
      ['', '', 'fd00:200::/64', ''],
    ];
    expect(fitTable(rows, { room: 40, names: [0] })).toEqual([
      ['NAME      ID', '    CLAIM          ROUTE'],
      [`worker-0  ${INSTANCE}`, '    10.200.0.0/24  active'],
      ['', '    fd00:200::/64'],
    ]);
  });

  const word = fc.stringMatching(/^[\w:./-]{1,24}$/);
  const cell = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { maxLength: 6 });
  const room = fc.integer({ min: 40, max: 120 });

  it('keeps every word of what is no name, in its order, and stays within its room', () => {
    fc.assert(
      fc.property(table, room, (rows, columns) => {
        const lines = fitTable(rows, { room: columns, names: [] });
        for (const [i, row] of rows.entries()) {
          expect(sortWords(lines[i] ?? [])).toEqual(sortWords(row));
        }
        for (const line of lines.flat()) expect(line.length).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('loses no id and no CIDR beside long names', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, word, word), { minLength: 1, maxLength: 6 }),
        room,
        (rows, columns) => {
          const lines = fitTable(rows, { room: columns, names: [0] });
          for (const [i, [, id, cidr]] of rows.entries()) {
            const words = sortWords(lines[i] ?? []);
            expect(words).toEqual(expect.arrayContaining([id, cidr]));
          }
          for (const line of lines.flat()) expect(line.length).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});

function sortWords(texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => text.split(' '))
    .filter((text) => text !== '')
    .sort();
}
