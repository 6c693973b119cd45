/** A value of a template: JSON, of which text in brackets is an expression. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One resource of a template. */
export interface Resource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly dependsOn?: readonly string[];
  readonly copy?: { readonly name: string; readonly count: string };
  readonly [key: string]: Json | undefined;
}

/** One parameter of a template. */
export interface Parameter {
  readonly type: 'string' | 'int' | 'bool' | 'array';
  readonly metadata: { readonly description: string };
  readonly defaultValue?: Json;
  readonly allowedValues?: readonly Json[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax */
export interface Template {
  readonly $schema: string;
  readonly contentVersion: string;
  readonly metadata?: Json;
  readonly parameters: Readonly<Record<string, Parameter | { readonly type: string }>>;
  readonly variables?: Readonly<Record<string, Json>>;
  readonly resources: readonly Resource[];
  readonly outputs?: Json;
}

/** A piece of an expression, without its brackets. */
export type Expression = string;

/**
 * Makes an expression the value of a property.
 *
 * @example evaluate("parameters('cluster')") //=> "[parameters('cluster')]"
 */
export function evaluate(expression: Expression): string {
  return `[${expression}]`;
}

/** Text as a piece of an expression. */
export function quote(text: string): Expression {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The id of a resource in the app's group. */
export function resourceId(type: string, ...names: readonly Expression[]): Expression {
  return `resourceId(${[quote(type), ...names].join(', ')})`;
}

/** The id of a resource or a role in the subscription. */
export function subscriptionResourceId(type: string, ...names: readonly Expression[]): Expression {
  return `subscriptionResourceId(${[quote(type), ...names].join(', ')})`;
}

/** What Azure says of a resource once it is there; `dependsOn` has to name it besides. */
export function reference(id: Expression, apiVersion: string): Expression {
  return `reference(${id}, ${quote(apiVersion)})`;
}
