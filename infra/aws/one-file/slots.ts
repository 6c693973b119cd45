import type { Combined } from './conditions.ts';
import { LISTS, type ListName, slotMarks } from './marks.ts';
import { NO_VALUE } from './merge.ts';

type Plain = Readonly<Record<string, unknown>>;

/** The condition that a list has so many elements, counted from 0. */
export function slotCondition(name: ListName, i: number): string {
  return i === 0 ? `Has${name}` : `Has${name}${i + 1}`;
}

const CONDITIONS: ReadonlyMap<string, string> = new Map(
  (Object.keys(LISTS) as ListName[]).flatMap((name) =>
    slotMarks(name).map((mark, i) => [mark, slotCondition(name, i)] as const),
  ),
);

/** What stands for an element of a list is there only if the list has that element. */
export function dropAbsentElements(resources: Plain, combined: Combined): Plain {
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => {
      const { Condition: other } = resource as Plain;
      const withoutElements = dropInLists(resource, [other]) as Plain;
      const slot = findOutsideLists(withoutElements);
      if (slot === null) return [id, withoutElements];
      if (other === undefined) return [id, { ...withoutElements, Condition: slot }];
      const name = `${other}And${slot}`;
      combined.set(name, { 'Fn::And': [{ Condition: other }, { Condition: slot }] });
      return [id, { ...withoutElements, Condition: name }];
    }),
  );
}

function isFunction(node: object): boolean {
  return Object.keys(node).some((key) => key === 'Ref' || key.startsWith('Fn::'));
}

/** A text, whether or not it is put together. */
function isText(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return typeof node === 'string';
  return isFunction(node) && !('Fn::If' in node);
}

/** @param held conditions that hold wherever this is */
function dropInLists(node: unknown, held: readonly unknown[]): unknown {
  if (Array.isArray(node)) {
    return node.map((element) => {
      const condition = isText(element) ? findMark(element) : null;
      return condition === null || held.includes(condition)
        ? dropInLists(element, held)
        : { 'Fn::If': [condition, element, NO_VALUE] };
    });
  }
  if (typeof node !== 'object' || node === null) return node;
  if ('Fn::If' in node) {
    const [condition, yes, no] = node['Fn::If'] as unknown[];
    return { 'Fn::If': [condition, dropInLists(yes, [...held, condition]), dropInLists(no, held)] };
  }
  // Arguments of a function are no lists.
  if (isFunction(node)) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, dropInLists(value, held)]));
}

function findMark(node: unknown): string | null {
  const text = JSON.stringify(node);
  return [...CONDITIONS].find(([mark]) => text.includes(mark))?.[1] ?? null;
}

/** The condition of an element that the resource is about as a whole. */
function findOutsideLists(node: unknown): string | null {
  if (typeof node === 'string') return CONDITIONS.get(node) ?? null;
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return null;
  for (const [key, value] of Object.entries(node)) {
    const found = key.startsWith('Fn::') ? null : findOutsideLists(value);
    if (found !== null) return found;
  }
  return null;
}
