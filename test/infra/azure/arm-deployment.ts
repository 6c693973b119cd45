import type { Json, Resource, Template } from '../../../infra/azure/arm.ts';
import { findExpression, type Node, parseExpression } from './arm-expression.ts';
import { joinType, PURE, toText, type Value } from './arm-functions.ts';
import { describeResource } from './arm-runtime.ts';

/** Where a template is deployed. */
export interface Place {
  readonly subscription: string;
  /** Null for a deployment to the subscription itself. */
  readonly group: string | null;
  readonly location: string;
  /** The address that the template was taken from; none where it was sent. */
  readonly templateUri?: string;
}

/** A resource as it would be sent to Azure. */
export interface Deployed {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly body: { readonly [key: string]: Value };
  /** Ids that it waits for. */
  readonly dependsOn: readonly string[];
  /** Ids that `reference` was asked for. */
  readonly references: readonly string[];
  /** The deployment that it is part of, by its id; null for the main one. */
  readonly deployment: string | null;
}

/** What a template makes with given parameters. */
export interface Deployment {
  readonly resources: readonly Deployed[];
  readonly outputs: Readonly<Record<string, Value>>;
  /** Names of the parameters and variables that something was made of. */
  readonly used: ReadonlySet<string>;
}

interface Scope {
  readonly template: Template;
  readonly place: Place;
  readonly parameters: Readonly<Record<string, Value>>;
  readonly copyIndexes: Readonly<Record<string, number>>;
  readonly references: Set<string>;
  readonly used: Set<string>;
}

/** Evaluates a template as Azure would, as far as that needs no Azure. Throws where something does not resolve. */
export function deployTemplate(
  template: Template,
  parameters: Readonly<Record<string, Value>>,
  place: Place,
): Deployment {
  const used = new Set<string>();
  const scope: Scope = { template, place, parameters, copyIndexes: {}, references: new Set(), used };
  for (const [name, { type }] of Object.entries(template.parameters)) {
    checkType(name, type, readParameter(name, scope));
  }
  const stray = Object.keys(parameters).filter((name) => template.parameters[name] === undefined);
  if (stray.length > 0) throw new Error(`no such parameter: ${stray.join(', ')}`);
  const resources = deployResources(scope, null);
  const outputs = Object.entries(Object(template.outputs)).map(([name, output]) => [
    name,
    evaluate(Object(output).value, scope),
  ]);
  return { resources, outputs: Object.fromEntries(outputs), used };
}

function checkType(name: string, type: string, value: Value): void {
  const found = Array.isArray(value) ? 'array' : { number: 'int', boolean: 'bool' }[typeof value as string];
  if ((found ?? typeof value) !== type) throw new Error(`${name}: expected ${type}`);
}

function deployResources(scope: Scope, deployment: string | null): Deployed[] {
  return scope.template.resources.flatMap((resource) => {
    const { copy } = resource;
    const count = copy === undefined ? 1 : Number(evaluate(copy.count, scope));
    return Array.from({ length: count }, (_, index) => {
      const copyIndexes = copy === undefined ? {} : { '': index, [copy.name]: index };
      return deployResource(resource, { ...scope, copyIndexes, references: new Set() }, deployment);
    }).flat();
  });
}

function deployResource(resource: Resource, scope: Scope, deployment: string | null): Deployed[] {
  const { condition = true, dependsOn = [], copy: _, ...rest } = resource;
  if (evaluate(condition, scope) !== true) return [];
  const isDeployment = resource.type === 'Microsoft.Resources/deployments';
  // The template inside is evaluated inside.
  const { template, ...outer } = isDeployment ? Object(rest['properties']) : { template: null };
  const body = Object(evaluate({ ...rest, ...(isDeployment && { properties: outer }) }, scope));
  const id = idOf(body, scope.place);
  const made: Deployed = {
    id,
    type: resource.type,
    name: toText(body.name),
    apiVersion: resource.apiVersion,
    body,
    dependsOn: dependsOn.map((text) => toText(evaluate(text, scope))),
    references: [...scope.references],
    deployment,
  };
  if (!isDeployment) return [made];
  const place = {
    ...scope.place,
    subscription: body.subscriptionId ?? scope.place.subscription,
    group: body.resourceGroup ?? (body.location === undefined ? scope.place.group : null),
  };
  const given = Object.entries(body.properties.parameters).map(([name, value]) => [
    name,
    Object(value).value,
  ]);
  const inner = { ...scope, template, place, parameters: Object.fromEntries(given), copyIndexes: {} };
  return [made, ...deployResources(inner, id)];
}

function idOf(body: Readonly<Record<string, Value>>, place: Place): string {
  const path = joinType(toText(body['type']), toText(body['name']).split('/'));
  if (typeof body['scope'] === 'string') return `${body['scope']}/providers/${path}`;
  const isForeign = body['subscriptionId'] !== undefined && body['resourceGroup'] === undefined;
  // Role definitions are known by the subscription, wherever they were made.
  return `${isForeign ? rootOf({ ...place, group: null }) : rootOf(place)}/providers/${path}`;
}

function rootOf({ subscription, group }: Place): string {
  return `/subscriptions/${subscription}${group === null ? '' : `/resourceGroups/${group}`}`;
}

function evaluate(json: Json | undefined, scope: Scope): Value {
  if (json === undefined) throw new Error('expected a value');
  if (typeof json === 'string') {
    const expression = findExpression(json);
    return expression === null
      ? json.replace(/^\[\[/, '[')
      : evaluateNode(parseExpression(expression), scope);
  }
  if (Array.isArray(json)) return json.map((item) => evaluate(item, scope));
  if (typeof json !== 'object' || json === null) return Object(json).valueOf();
  const { copy, ...rest } = Object(json);
  const copies = Array.isArray(copy) ? copy.map((each) => expandCopy(each, scope)) : [];
  const given = Array.isArray(copy) || copy === undefined ? rest : { ...rest, copy };
  const entries = Object.entries<Json>(given).map(([key, value]): [string, Value] => [
    toText(evaluate(key, scope)),
    evaluate(value, scope),
  ]);
  // Resource Manager leaves out a property whose expression gives null.
  const isLeftOut = ([key, value]: readonly [string, Value]): boolean =>
    value === null && given[key] !== null;
  return Object.fromEntries([...entries.filter((entry) => !isLeftOut(entry)), ...copies]);
}

/** A property whose value is a list made by a loop. */
function expandCopy({ name, count, input }: { name: string; count: Json; input: Json }, scope: Scope) {
  const length = Number(evaluate(count, scope));
  const items = Array.from({ length }, (_, index) =>
    evaluate(input, { ...scope, copyIndexes: { ...scope.copyIndexes, [name]: index } }),
  );
  return [name, items] as const;
}

function evaluateNode(node: Node, scope: Scope): Value {
  switch (node.kind) {
    case 'value':
      return node.value;
    case 'member': {
      const key = toText(evaluateNode(node.key, scope));
      const found = Object(evaluateNode(node.of, scope))[key];
      if (found === undefined) throw new Error(`no member ${key} of ${JSON.stringify(node.of)}`);
      return found;
    }
    case 'call':
      return call(node.name, node.args, scope);
    default:
      return node satisfies never;
  }
}

type Call = (args: readonly Node[], scope: Scope) => Value;

/** Functions whose value depends on where they stand. */
const CALLS: Readonly<Record<string, Call>> = {
  parameters: ([name], scope) => readParameter(textOf(name, scope), scope),
  variables: ([name], scope) => {
    const key = textOf(name, scope);
    scope.used.add(`variables('${key}')`);
    return evaluate(scope.template.variables?.[key], scope);
  },
  copyIndex: ([name], scope) => {
    const index = scope.copyIndexes[name === undefined ? '' : textOf(name, scope)];
    if (index === undefined) throw new Error('copyIndex stands outside of its loop');
    return index;
  },
  resourceGroup: (_, { place: { group, location, ...rest } }) => {
    if (group === null) throw new Error('a subscription has no resource group');
    return { name: group, id: rootOf({ group, location, ...rest }), location };
  },
  deployment: (_, { place: { templateUri } }) => ({
    properties: templateUri === undefined ? {} : { templateLink: { uri: templateUri } },
  }),
  subscription: (_, { place: { subscription } }) => ({
    id: `/subscriptions/${subscription}`,
    subscriptionId: subscription,
  }),
  // That of a sovereign cloud, so that an address shows that is written out.
  environment: () => ({
    resourceManager: 'https://management.usgovcloudapi.net/',
    portal: 'https://portal.azure.us',
  }),
  resourceId: (args, scope) => identify(args, scope, scope.place),
  subscriptionResourceId: (args, scope) => identify(args, scope, { ...scope.place, group: null }),
  if: ([condition, yes, no], scope) => {
    const branch = condition !== undefined && evaluateNode(condition, scope) === true ? yes : no;
    if (branch === undefined) throw new Error('expected a value of if');
    return evaluateNode(branch, scope);
  },
  reference: ([id, version], scope) => {
    const text = textOf(id, scope);
    scope.references.add(text);
    return describeResource(text, textOf(version, scope));
  },
};

function call(name: string, args: readonly Node[], scope: Scope): Value {
  const special = CALLS[name];
  if (special !== undefined) return special(args, scope);
  const pure = PURE[name];
  if (pure === undefined) throw new Error(`no function ${name}`);
  return pure(...args.map((arg) => evaluateNode(arg, scope)));
}

function textOf(node: Node | undefined, scope: Scope): string {
  return toText(node === undefined ? undefined : evaluateNode(node, scope));
}

function identify(args: readonly Node[], scope: Scope, place: Place): string {
  const [type = '', ...names] = args.map((arg) => textOf(arg, scope));
  return `${rootOf(place)}/providers/${joinType(type, names)}`;
}

function readParameter(name: string, scope: Scope): Value {
  scope.used.add(`parameters('${name}')`);
  const given = scope.parameters[name];
  if (given !== undefined) return given;
  const definition = scope.template.parameters[name];
  if (definition === undefined || !('defaultValue' in definition)) {
    throw new Error(`no value for the parameter ${name}`);
  }
  return evaluate(definition.defaultValue, scope);
}
