import { ROLES } from '../../shared/azure/role-actions.ts';
import { type Expression, evaluate, type Json, quote, type Resource, type Template } from './arm.ts';
import { principalOf } from './identity.ts';
import { IDS, typed, variable } from './names.ts';
import { parameter } from './parameters.ts';

type RoleName = keyof typeof ROLES;

const ROLE_NAMES = Object.keys(ROLES) as readonly RoleName[];

/** The same in the main template and in those that it deploys elsewhere: both are given the same `unique`. */
function roleGuid(role: RoleName, unique: Expression): Expression {
  return `guid(subscription().id, ${unique}, ${quote(role)})`;
}

function roleId(role: RoleName, unique: Expression): Expression {
  return `subscriptionResourceId('Microsoft.Authorization/roleDefinitions', ${roleGuid(role, unique)})`;
}

const UNIQUE = "parameters('unique')";
const PRINCIPAL = "parameters('principalId')";

/** Inside the templates that are deployed elsewhere, whose parameters are texts. */
const CONDITIONS = {
  // `off` is a value as well; a block size begins so.
  allocation: "startsWith(parameters('allocate'), '/')",
  forwarding: "equals(parameters('forwarding'), 'ensure')",
  'power-states': "equals(parameters('readSubscription'), 'true')",
} as const;

/** @param more what has to hold besides */
function conditionOf(role: RoleName, ...more: readonly Expression[]): { condition?: string } {
  const { onlyFor } = ROLES[role];
  const [first, ...others] = onlyFor === null ? more : [CONDITIONS[onlyFor], ...more];
  if (first === undefined) return {};
  return { condition: evaluate(others.length === 0 ? first : `and(${[first, ...others].join(', ')})`) };
}

function define(role: RoleName): Resource {
  const { title, actions, indirectActions } = ROLES[role];
  return {
    ...typed('Microsoft.Authorization/roleDefinitions'),
    ...conditionOf(role),
    name: evaluate(roleGuid(role, UNIQUE)),
    properties: {
      roleName: evaluate(`format('podroutes: ${title} ({0})', ${UNIQUE})`),
      description: `What podroutes needs to ${title}.`,
      type: 'CustomRole',
      permissions: [{ actions: [...actions, ...indirectActions], notActions: [] }],
      assignableScopes: [evaluate('subscription().id')],
    },
  };
}

/** An assignment at the scope of its template, or on a resource there. */
function assign(role: RoleName, where: Expression, more: { readonly [key: string]: Json } = {}): Resource {
  return {
    ...typed('Microsoft.Authorization/roleAssignments'),
    ...conditionOf(role),
    // With the principal: an identity that is made again gets assignments of its own.
    name: evaluate(`guid(${where}, ${PRINCIPAL}, ${quote(role)})`),
    ...more,
    properties: {
      roleDefinitionId: evaluate(roleId(role, UNIQUE)),
      principalId: evaluate(PRINCIPAL),
      principalType: 'ServicePrincipal',
    },
  };
}

interface Nested {
  readonly schema: string;
  readonly name: string;
  readonly placement: { readonly [key: string]: Json };
  readonly parameters?: Readonly<Record<string, Expression>>;
  readonly resources: readonly Resource[];
  readonly dependsOn: readonly string[];
}

/** A deployment in another place, whose expressions are evaluated there. */
function deploy({ schema, name, placement, parameters = {}, resources, dependsOn }: Nested): Resource {
  const given: Readonly<Record<string, Expression>> = {
    principalId: principalOf('identity'),
    unique: variable('unique'),
    forwarding: parameter('forwarding'),
    allocate: parameter('allocate'),
    readSubscription: `toLower(string(${parameter('readSubscription')}))`,
    ...parameters,
  };
  const template: Template = {
    $schema: `https://schema.management.azure.com/schemas/${schema}#`,
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(Object.keys(given).map((key) => [key, { type: 'string' }])),
    resources,
  };
  return {
    ...typed('Microsoft.Resources/deployments'),
    name,
    ...placement,
    dependsOn,
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      parameters: Object.fromEntries(
        Object.entries(given).map(([key, value]) => [key, { value: evaluate(value) }]),
      ),
      template: JSON.parse(JSON.stringify(template)),
    },
  };
}

const SUBSCRIPTION = '2018-05-01/subscriptionDeploymentTemplate.json';
const GROUP = '2019-04-01/deploymentTemplate.json';

const definitionsName = `format('podroutes-roles-{0}', ${variable('unique')})`;
const definitionsId = `subscriptionResourceId('Microsoft.Resources/deployments', ${definitionsName})`;

/** The custom roles, and what is in no resource group. */
const definitions = deploy({
  schema: SUBSCRIPTION,
  name: evaluate(definitionsName),
  placement: {
    subscriptionId: evaluate('subscription().subscriptionId'),
    location: evaluate(parameter('location')),
  },
  resources: [
    ...ROLE_NAMES.map(define),
    ...ROLE_NAMES.filter((role) => ROLES[role].scope === 'subscription').map((role) =>
      assign(role, 'subscription().id', {
        dependsOn: [evaluate(roleId(role, UNIQUE))],
      }),
    ),
  ],
  dependsOn: [evaluate(IDS.identity)],
});

/** For each group: what is read and written there, and its tables where none is named. */
const groupAssignments: Resource = {
  ...deploy({
    schema: GROUP,
    name: evaluate(`format('podroutes-{0}-{1}', ${variable('unique')}, copyIndex())`),
    placement: { resourceGroup: evaluate(`${variable('resourceGroups')}[copyIndex()]`) },
    parameters: {
      namedTables: `string(length(${parameter('routeTables')}))`,
      hasNodes: `toLower(string(contains(${parameter('nodeResourceGroups')}, ${variable('resourceGroups')}[copyIndex()])))`,
    },
    resources: [
      ...ROLE_NAMES.filter((role) => ROLES[role].scope === 'groups').map((role) =>
        assign(role, 'resourceGroup().id'),
      ),
      ...ROLE_NAMES.filter((role) => ROLES[role].scope === 'tables').map((role) =>
        assign(role, 'resourceGroup().id', conditionOf(role, "equals(parameters('namedTables'), '0')")),
      ),
      ...ROLE_NAMES.filter((role) => ROLES[role].scope === 'node-groups').map((role) =>
        assign(role, 'resourceGroup().id', conditionOf(role, "equals(parameters('hasNodes'), 'true')")),
      ),
    ],
    dependsOn: [evaluate(IDS.identity), evaluate(definitionsId)],
  }),
  copy: { name: 'groups', count: evaluate(`length(${variable('resourceGroups')})`) },
};

const table = `split(${parameter('routeTables')}[copyIndex()], '/')`;
const isId = `startsWith(${parameter('routeTables')}[copyIndex()], '/')`;
const own = 'subscription().subscriptionId';
const tableSubscription = `if(${isId}, ${table}[2], ${own})`;
const tableGroup = `if(${isId}, ${table}[4], ${table}[0])`;
const groupsInLowerCase = `split(toLower(join(${variable('resourceGroups')}, ',')), ',')`;

/** Nobody could read a table elsewhere. Azure refuses to deploy to a group that is not there, and says its name. */
const ELSEWHERE = 'routeTables-names-a-table-outside-nodeResourceGroups-and-networkResourceGroups';
const isWithin = `and(equals(toLower(${tableSubscription}), toLower(${own})), contains(${groupsInLowerCase}, toLower(${tableGroup})))`;

/** For each table that is named, by its id or as `group/name`: that it is written. */
const tableAssignments: Resource = {
  ...deploy({
    schema: GROUP,
    name: evaluate(`format('podroutes-{0}-table-{1}', ${variable('unique')}, copyIndex())`),
    placement: { resourceGroup: evaluate(`if(${isWithin}, ${tableGroup}, ${quote(ELSEWHERE)})`) },
    parameters: { table: `last(${table})` },
    resources: ROLE_NAMES.filter((role) => ROLES[role].scope === 'tables').map((role) => {
      const id = "resourceId('Microsoft.Network/routeTables', parameters('table'))";
      return assign(role, id, { scope: evaluate(id) });
    }),
    dependsOn: [evaluate(IDS.identity), evaluate(definitionsId)],
  }),
  copy: { name: 'tables', count: evaluate(`length(${parameter('routeTables')})`) },
};

const NAMESPACE_ROLES = ROLE_NAMES.filter((role) => ROLES[role].scope === 'namespace');

function namespaceGrantName(role: RoleName): Expression {
  return `guid(${IDS.serviceBus}, ${variable('identity')}, ${quote(role)})`;
}

/** In the app's own group: what is read of its Service Bus namespace. */
const namespaceAssignments = NAMESPACE_ROLES.map(
  (role): Resource => ({
    ...typed('Microsoft.Authorization/roleAssignments'),
    scope: evaluate(IDS.serviceBus),
    name: evaluate(namespaceGrantName(role)),
    dependsOn: [IDS.serviceBus, IDS.identity, definitionsId].map(evaluate),
    properties: {
      description: ROLES[role].title,
      roleDefinitionId: evaluate(roleId(role, variable('unique'))),
      principalId: evaluate(principalOf('identity')),
      principalType: 'ServicePrincipal',
    },
  }),
);

/** Ids of the assignments on the namespace, for the app, which is not to begin before them. */
export const namespaceGrantIds: readonly string[] = NAMESPACE_ROLES.map((role) =>
  evaluate(
    `extensionResourceId(${IDS.serviceBus}, 'Microsoft.Authorization/roleAssignments', ${namespaceGrantName(role)})`,
  ),
);

/** Custom roles with exactly the actions that the adapter and the platform call, and their assignments. */
export const roles: readonly Resource[] = [
  definitions,
  groupAssignments,
  tableAssignments,
  ...namespaceAssignments,
];
