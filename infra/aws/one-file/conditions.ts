import type { Decision } from './decisions.ts';
import { CHOICES } from './samples.ts';

type Expression = Readonly<Record<string, unknown>>;

/** When something is there: always, never, or under a condition of this name. */
type When = boolean | { readonly name: string; readonly expression: Expression };

/** Conditions that are made of others, by name. */
export type Combined = Map<string, Expression>;

/** The name of the condition that holds wherever the decision is true. */
export function nameCondition(decision: Decision<boolean>, combined: Combined): string {
  const when = toWhen(decision);
  if (typeof when === 'boolean') throw new Error('expected a decision; found what holds always or never');
  if (!('Condition' in when.expression)) combined.set(when.name, when.expression);
  return when.name;
}

function toWhen(decision: Decision<boolean>): When {
  if (decision.kind === 'value') return decision.value;
  const { conditions } = CHOICES[decision.choice];
  const [last, ...others] = decision.branches.map(toWhen).reverse();
  return others.reduce<When>((otherwise, branch, i) => {
    const name = conditions[others.length - 1 - i] ?? '';
    return either({ name, expression: { Condition: name } }, branch, otherwise);
  }, last ?? false);
}

/** `yes` where the condition holds, `no` where it does not. */
function either(condition: Exclude<When, boolean>, yes: When, no: When): When {
  if (same(yes, no)) return yes;
  if (yes === true) return or(condition, no);
  return or(and(condition, yes), and(not(condition), no));
}

function same(a: When, b: When): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function not(when: When): When {
  if (typeof when === 'boolean') return !when;
  return { name: `Not${when.name}`, expression: { 'Fn::Not': [when.expression] } };
}

function and(a: When, b: When): When {
  if (typeof a === 'boolean') return a ? b : false;
  if (typeof b === 'boolean') return b ? a : false;
  return { name: `${a.name}And${b.name}`, expression: { 'Fn::And': [a.expression, b.expression] } };
}

function or(a: When, b: When): When {
  if (typeof a === 'boolean') return a ? true : b;
  if (typeof b === 'boolean') return b ? true : a;
  return { name: `${a.name}Or${b.name}`, expression: { 'Fn::Or': [a.expression, b.expression] } };
}
