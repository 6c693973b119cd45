/**
 * A key of the ledger as a row key, which takes no slash, no control character and few other signs:
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#characters-disallowed-in-key-fields
 * Each sign by itself, so that a prefix of the one is a prefix of the other.
 *
 * @example
 * toRowKey('table/rtb-1'); //=> 'table!002frtb-1'
 */
// @ts-nocheck

export function toRowKey(key: string): string {
  return key.replace(/[^\w.:@=-]/g, (sign) => `!${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The key of a row; null where `toRowKey` did not make it. */
export function fromRowKey(rowKey: string): string | null {
  const key = rowKey.replace(/!([\da-f]{4})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  return toRowKey(key) === rowKey ? key : null;
}

/** The least row key that no key with the prefix reaches; the signs of row keys are ASCII. */
export function afterPrefix(rowKeyPrefix: string): string {
  const last = rowKeyPrefix.charCodeAt(rowKeyPrefix.length - 1);
  return `${rowKeyPrefix.slice(0, -1)}${String.fromCharCode(last + 1)}`;
}
