import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { afterPrefix, fromRowKey, toRowKey } from '../../shared/azure/row-keys.ts';
import { anyCharacter } from '../any-character.ts';

const text = fc.string({ unit: anyCharacter, maxLength: 40 });

describe('A row key', () => {
  it('has signs that Azure takes alone, and leads back to its key', () => {
    fc.assert(
      fc.property(text, (key) => {
        expect(toRowKey(key)).toMatch(/^[\w.:@=!-]*$/);
        expect(fromRowKey(toRowKey(key))).toBe(key);
      }),
    );
  });

  it('lies between a prefix and what comes after it exactly where the key begins so', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter, minLength: 1, maxLength: 5 }),
        text,
        fc.boolean(),
        (prefix, rest, isOf) => {
          const key = isOf ? `${prefix}${rest}` : rest;
          const [from, row] = [toRowKey(prefix), toRowKey(key)];
          expect(row >= from && row < afterPrefix(from)).toBe(key.startsWith(prefix));
        },
      ),
    );
  });

  it.each(['table/a', '!00', '!zzzz', '!0041'])('that nobody made is none: %s', (row) => {
    expect(fromRowKey(row)).toBe(null);
  });
});
