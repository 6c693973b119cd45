import { type Combined, nameCondition } from './conditions.ts';
import { type Decision, decide, type Seen } from './decisions.ts';
import { CHOICES, type Sample } from './samples.ts';

type Plain = Readonly<Record<string, unknown>>;

export const NO_VALUE = { Ref: 'AWS::NoValue' };

/** Sections whose entries have a `Condition`, where everything else has `Fn::If`. */
const SECTIONS: ReadonlySet<string> = new Set(['Resources', 'Outputs']);

/**
 * One template of many: what differs between the samples depends on conditions. Nothing is known of the construct
 * here, so that whatever it learns to make needs no change here.
 */
export function mergeSamples(samples: readonly Sample[], combined: Combined): Plain {
  const seen = samples.map(({ selection, template }) => ({ selection, value: template as unknown as Plain }));
  return merge(seen, [], combined) as Plain;
}

function merge(seen: readonly Seen<unknown>[], path: readonly string[], combined: Combined): unknown {
  const [first, ...others] = seen.map(({ value }) => JSON.stringify(value));
  if (others.every((text) => text === first)) return seen[0]?.value;
  const name = path.at(-1) ?? '';
  // The conditions of a statement hang together; they become text, in which nothing may be left out at the front.
  if (name !== 'Condition' && seen.every(isPlainMap)) return mergeMaps(seen, path, combined);
  if (seen.every(isList)) {
    const ids = alignLists(seen.map(({ value }) => value));
    if (ids !== null) return mergeLists(seen, ids, path, combined);
  }
  return toIf(decide(seen, path.join('.')));
}

function isPlainMap(seen: Seen<unknown>): seen is Seen<Plain> {
  const { value } = seen;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
}

function isList(seen: Seen<unknown>): seen is Seen<readonly unknown[]> {
  return Array.isArray(seen.value);
}

function mergeMaps(seen: readonly Seen<Plain>[], path: readonly string[], combined: Combined): Plain {
  const keys = [...new Set(seen.flatMap(({ value }) => Object.keys(value)))];
  const inSection = SECTIONS.has(path.at(-1) ?? '');
  return Object.fromEntries(
    keys.map((key) => {
      const having = seen.filter(({ value }) => Object.hasOwn(value, key));
      const values = having.map(({ selection, value }) => ({ selection, value: value[key] }));
      const merged = merge(values, [...path, key], combined);
      if (having.length === seen.length) return [key, merged];
      const isThere = seen.map(({ selection, value }) => ({ selection, value: Object.hasOwn(value, key) }));
      const condition = nameCondition(decide(isThere, [...path, key].join('.')), combined);
      return [
        key,
        inSection
          ? { ...(merged as Plain), Condition: condition }
          : { 'Fn::If': [condition, merged, NO_VALUE] },
      ];
    }),
  );
}

/** What is known as one element in all lists: a statement or policy by its name, all else by what it is. */
function idOf(element: unknown): string {
  const { Sid, PolicyName } = Object(element);
  return Sid ?? PolicyName ?? JSON.stringify(element);
}

/** All elements in an order that every list keeps; null where there is none. */
function alignLists(lists: readonly (readonly unknown[])[]): string[] | null {
  const rest = lists.map((list) => list.map(idOf));
  const order: string[] = [];
  for (;;) {
    const fronts = new Set(rest.flatMap(([front]) => front ?? []));
    if (fronts.size === 0) return order;
    const next = [...fronts].find((id) => rest.every((list) => list.indexOf(id) <= 0));
    if (next === undefined) return null;
    order.push(next);
    for (const list of rest) if (list[0] === next) list.shift();
  }
}

function mergeLists(
  seen: readonly Seen<readonly unknown[]>[],
  ids: readonly string[],
  path: readonly string[],
  combined: Combined,
): unknown[] {
  return ids.map((id) => {
    const found = seen.map(({ selection, value }) => ({
      selection,
      value: value.find((element) => idOf(element) === id),
    }));
    const there = found.filter(({ value }) => value !== undefined);
    const merged = merge(there, [...path, id], combined);
    if (there.length === seen.length) return merged;
    const isThere = found.map(({ selection, value }) => ({ selection, value: value !== undefined }));
    const condition = nameCondition(decide(isThere, [...path, id].join('.')), combined);
    return { 'Fn::If': [condition, merged, NO_VALUE] };
  });
}

/** A value for each case: the first whose condition holds. */
function toIf(decision: Decision<unknown>): unknown {
  if (decision.kind === 'value') return decision.value;
  const { conditions } = CHOICES[decision.choice];
  const [last, ...others] = decision.branches.map(toIf).reverse();
  return others.reduce((otherwise, branch, i) => {
    if (JSON.stringify(branch) === JSON.stringify(otherwise)) return branch;
    return { 'Fn::If': [conditions[others.length - 1 - i], branch, otherwise] };
  }, last);
}
