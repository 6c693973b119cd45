/**
 * A value in one form, however a template or a service writes it: numbers and flags as text, a list of one as its
 * element, lists in one order, and nothing that is empty. IAM and EventBridge read all of these as the same.
 */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(canonical).filter((item) => item !== undefined);
    if (items.length < 2) return items[0];
    return items.toSorted((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .map(([key, each]) => [key, canonical(each)] as const)
      .filter(([, each]) => each !== undefined);
    if (entries.length === 0) return undefined;
    return Object.fromEntries(entries.toSorted(([a], [b]) => compareText(a, b)));
  }
  return value === undefined || value === null ? undefined : String(value);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

/** Where two values differ, as paths such as `Environment.Variables.PODROUTES_GRACE`, with what stands there. */
export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly found: unknown;
}

export function findDifferences(expected: unknown, found: unknown, path: string): Difference[] {
  if (isSame(expected, found)) return [];
  const [a, b] = [canonical(expected), canonical(found)];
  if (Array.isArray(a) || Array.isArray(b)) return compareLists([a].flat(), [b].flat(), path);
  if (!isObject(a) || !isObject(b)) return [{ path, expected: a, found: b }];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => findDifferences(a[key], b[key], `${path}.${key}`));
}

/** What either lacks; elements that have a name are compared by it. */
function compareLists(a: readonly unknown[], b: readonly unknown[], path: string): Difference[] {
  const missing = a.filter((each) => each !== undefined && !b.some((other) => isSame(each, other)));
  const strange = b.filter((each) => each !== undefined && !a.some((other) => isSame(each, other)));
  const pairs = missing.map((each) => ({ each, other: strange.find((other) => isNamesake(each, other)) }));
  const paired = new Set(pairs.map(({ other }) => other));
  return [
    ...pairs.flatMap(({ each, other }) =>
      other === undefined
        ? [{ path, expected: each, found: undefined }]
        : findDifferences(each, other, `${path}.${nameOf(each)}`),
    ),
    ...strange
      .filter((each) => !paired.has(each))
      .map((each) => ({ path, expected: undefined, found: each })),
  ];
}

/** What elements of lists are known by: statements, policies, targets and metrics. */
const NAMES = ['Sid', 'PolicyName', 'Id', 'Name', 'AttributeName'];

function nameOf(element: unknown): string | undefined {
  if (!isObject(element)) return undefined;
  const key = NAMES.find((name) => element[name] !== undefined);
  return key === undefined ? undefined : String(element[key]);
}

function isNamesake(a: unknown, b: unknown): boolean {
  return nameOf(a) !== undefined && nameOf(a) === nameOf(b);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Long enough for an ARN and a name. */
const MOST_LETTERS = 160;

/** @example describeDifference({ path: 'State', expected: 'ENABLED', found: 'DISABLED' }) //=> 'State: expected ENABLED; found DISABLED' */
export function describeDifference({ path, expected, found }: Difference): string {
  return `${path}: expected ${show(expected)}; found ${show(found)}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}
