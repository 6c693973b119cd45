import { describe, expect, it } from '@jest/globals';
import { template } from '../../../infra/azure/template.ts';
import { ROLES } from '../../../shared/azure/role-actions.ts';
import { GROUP } from '../../azure/azure-world.ts';
import { ALLOCATING, recordCalls } from '../../docs/azure-calls.ts';
import { type Deployed, deployTemplate } from './arm-deployment.ts';
import type { Value } from './arm-functions.ts';
import { CASE_NAMES, CASES, deployCase, PLACE } from './template-cases.ts';

interface Grant {
  readonly scope: string;
  readonly action: string;
}

const INDIRECT: ReadonlySet<string> = new Set(
  Object.values(ROLES).flatMap(({ indirectActions }): readonly string[] => indirectActions),
);

/** What the custom roles allow the app, by scope and action, in lower case as Azure compares them. */
function grantsOf(resources: readonly Deployed[]): Grant[] {
  const actions = new Map(
    resources
      .filter(({ type }) => type === 'Microsoft.Authorization/roleDefinitions')
      .map(({ id, body }) => [id, Object(body['properties']).permissions[0].actions as string[]]),
  );
  return resources
    .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
    .flatMap(({ id, body }) => {
      const scope = id.replace(/\/providers\/Microsoft\.Authorization\/.*$/, '').toLowerCase();
      const allowed = actions.get(Object(body['properties']).roleDefinitionId) ?? [];
      return allowed
        .filter((action) => !INDIRECT.has(action))
        .map((action) => ({ scope, action: action.toLowerCase() }));
    });
}

function allows({ scope, action }: Grant, call: { readonly path: string; readonly action: string }): boolean {
  const [path = ''] = call.path.toLowerCase().split('?');
  return `${path}/`.startsWith(`${scope}/`) && call.action === action;
}

const BY_TAG = { PODROUTES_ROUTE_TABLES: '' };

interface Run {
  readonly parameters: Readonly<Record<string, Value>>;
  readonly env: Readonly<Record<string, string>>;
}

const RUNS: Readonly<Record<string, Run>> = {
  'tables found by tag': { parameters: {}, env: BY_TAG },
  'a named table': { parameters: { routeTables: [`${GROUP}/kubernetes-routes`] }, env: {} },
  'power states in one list': { parameters: { readSubscription: true }, env: BY_TAG },
  'forwarding ensured': {
    parameters: { forwarding: 'ensure' },
    env: { ...BY_TAG, PODROUTES_FORWARDING: 'ensure' },
  },
  'blocks handed out': { parameters: { allocate: '/24' }, env: { ...BY_TAG, ...ALLOCATING } },
};

/** The call that is made in vain unless a choice allows it, after which each node is read by itself. */
const ATTEMPT = /^\/subscriptions\/[^/]+\/providers\/Microsoft\.Compute\/virtualMachines\?/i;

/** Calls of these settings that are not allowed, and grants that none of them needs. */
async function compare({ parameters, env }: Run) {
  const calls = await recordCalls([env]);
  const [, subscription = ''] = /^\/subscriptions\/([^/]+)/.exec(calls[0]?.path ?? '') ?? [];
  const place = { subscription, group: 'podroutes-app', location: 'westeurope' };
  const values = { ...CASES['the least'], nodeResourceGroups: [GROUP], ...parameters };
  const grants = grantsOf(deployTemplate(template, values, place).resources);
  return {
    denied: calls.filter(
      (call) =>
        !(ATTEMPT.test(call.path) && parameters['readSubscription'] !== true) &&
        !grants.some((grant) => allows(grant, call)),
    ),
    unused: grants.filter((grant) => !calls.some((call) => allows(grant, call))),
  };
}

describe('The custom roles', () => {
  it.each(Object.entries(RUNS))('allow every call, and nothing that is not called: %s', async (_, run) => {
    expect(await compare(run)).toEqual({ denied: [], unused: [] });
  });

  it('do not let tables be written that are not named', async () => {
    const run = { parameters: { routeTables: [`${GROUP}/another-table`] }, env: BY_TAG };
    const { denied } = await compare(run);
    expect(new Set(denied.map(({ action }) => action))).toEqual(
      new Set(['microsoft.network/routetables/write']),
    );
  });

  it('open no machine outside of the groups, and so no user data, unless the subscription is to be read', () => {
    const scopesOf = (readSubscription: boolean) =>
      grantsOf(deployTemplate(template, { ...CASES['the least'], readSubscription }, PLACE).resources)
        .filter(({ action }) => /^microsoft\.compute\//.test(action))
        .map(({ scope }) => scope);
    const group = `/subscriptions/${PLACE.subscription}/resourcegroups/podroutes-app`;
    expect(new Set(scopesOf(false))).toEqual(new Set([group]));
    expect(new Set(scopesOf(true))).toEqual(new Set([group, `/subscriptions/${PLACE.subscription}`]));
  });

  it('do not let interfaces be written unless forwarding is ensured', async () => {
    const { denied } = await compare({ parameters: {}, env: RUNS['forwarding ensured']?.env ?? {} });
    expect(new Set(denied.map(({ action }) => action))).toEqual(
      new Set(['microsoft.network/networkinterfaces/write']),
    );
  });

  it.each(['', 'off'])(
    'do not let tags be written unless blocks are handed out: allocate = "%s"',
    async (allocate) => {
      const { denied } = await compare({ parameters: { allocate }, env: { ...BY_TAG, ...ALLOCATING } });
      expect(new Set(denied.map(({ action }) => action))).toEqual(
        new Set(['microsoft.resources/tags/write']),
      );
    },
  );

  it('let tags be written where nodes are, and not in groups that only networks are in', () => {
    const values = {
      ...CASES['nodes in other groups than the app'],
      networkResourceGroups: ['network', 'nodes-b'],
      allocate: '/24,/64',
    };
    const tagged = grantsOf(deployTemplate(template, values, PLACE).resources).filter(
      ({ action }) => action === 'microsoft.resources/tags/write',
    );
    const groups = ['nodes-a', 'nodes-b'];
    expect(tagged.map(({ scope }) => scope).sort()).toEqual(
      groups.map((name) => `/subscriptions/${PLACE.subscription}/resourcegroups/${name}`),
    );
  });

  it('name every action: the one wildcard is what Azure asks for to count messages', () => {
    const actions = Object.values(ROLES).flatMap(({ actions, indirectActions }) => [
      ...actions,
      ...indirectActions,
    ]);
    expect(actions.filter((action) => action.includes('*'))).toEqual([
      'Microsoft.ServiceBus/namespaces/*/read',
    ]);
  });
});

const DEPLOYMENTS = 'Microsoft.Resources/deployments';
const DEFINITIONS = 'Microsoft.Authorization/roleDefinitions';
const ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments';

describe('The roles as they are made', () => {
  const { resources, outputs } = deployCase('named tables and everything on');
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const definitions = ofType(DEFINITIONS);

  it('have their actions and no exception from them, for the subscription', () => {
    expect(definitions.map(({ body }) => body['properties'])).toEqual(
      Object.values(ROLES).map(({ title, actions, indirectActions }) => ({
        roleName: `podroutes: ${title} (${outputs['unique']})`,
        description: `What podroutes needs to ${title}.`,
        type: 'CustomRole',
        permissions: [{ actions: [...actions, ...indirectActions], notActions: [] }],
        assignableScopes: [`/subscriptions/${PLACE.subscription}`],
      })),
    );
  });

  it('are assigned to the app alone, which is no user', () => {
    const custom = new Set(definitions.map(({ id }) => id));
    const assigned = ofType(ASSIGNMENTS)
      .map(({ body }) => Object(body['properties']))
      .filter(({ roleDefinitionId }) => custom.has(roleDefinitionId));
    expect(new Set(assigned.map(({ roleDefinitionId }) => roleDefinitionId))).toEqual(custom);
    for (const { roleDefinitionId: _, description: __, ...principal } of assigned) {
      expect(principal).toEqual({
        principalId: 'principal-of-a-name-of-my-own-app',
        principalType: 'ServicePrincipal',
      });
    }
  });
});

describe.each(CASE_NAMES)('What is deployed elsewhere with %s', (name) => {
  const { resources } = deployCase(name);
  const deployments = resources.filter(({ type }) => type === DEPLOYMENTS);

  it('adds to what is there: another mode would delete everything else in those groups', () => {
    expect(deployments).not.toEqual([]);
    for (const { body } of deployments) {
      const { parameters: _, ...properties } = Object(body['properties']);
      expect(properties).toEqual({
        mode: 'Incremental',
        // Or ids inside would be those of the app's own group.
        expressionEvaluationOptions: { scope: 'inner' },
      });
    }
  });

  it('comes after the roles that it assigns', () => {
    const definitions = new Map(
      resources.filter(({ type }) => type === DEFINITIONS).map((role) => [role.id, role]),
    );
    const byId = new Map(resources.map((resource) => [resource.id, resource]));
    for (const assignment of resources.filter(({ type }) => type === ASSIGNMENTS)) {
      const role = definitions.get(Object(assignment.body['properties']).roleDefinitionId);
      if (role === undefined) continue;
      // Beside the role it waits for that; elsewhere, it or its own deployment waits for the role's deployment.
      const isBeside = assignment.deployment === role.deployment;
      const waiting = isBeside ? assignment : (byId.get(assignment.deployment ?? '') ?? assignment);
      expect(waiting.dependsOn).toContain(isBeside ? role.id : role.deployment);
    }
  });
});

/** Where the assignment on a named table is deployed to, in a deployment of the app's own group. */
function groupFor(table: string, parameters: Readonly<Record<string, Value>> = {}) {
  const values = { ...CASES['the least'], routeTables: [table], ...parameters };
  return deployTemplate(template, values, PLACE)
    .resources.filter(({ name }) => /-table-0$/.test(name))
    .map(({ body }) => body['resourceGroup']);
}

function tableId(subscription: string): string {
  return `/subscriptions/${subscription}/resourceGroups/net/providers/Microsoft.Network/routeTables/rt`;
}

/** No such group can be there; Azure refuses the deployment with this name. */
const REFUSAL = 'routeTables-names-a-table-outside-nodeResourceGroups-and-networkResourceGroups';

describe('A named table', () => {
  it.each([
    ["in the app's own group", 'Podroutes-App/rt', {}, 'Podroutes-App'],
    ['in a group with nodes', 'net/rt', { nodeResourceGroups: ['net'] }, 'net'],
    ['in a group with networks, in another case', 'NET/rt', { networkResourceGroups: ['net'] }, 'NET'],
    ['by its id', tableId(PLACE.subscription.toUpperCase()), { networkResourceGroups: ['net'] }, 'net'],
    ['in a group that is not listed', 'net/rt', {}, REFUSAL],
    ['in a group that only begins like one', 'ne/rt', { networkResourceGroups: ['net'] }, REFUSAL],
    [
      'of another subscription',
      tableId('00000000-0000-0000-0000-00000000000b'),
      { networkResourceGroups: ['net'] },
      REFUSAL,
    ],
  ])('is written where it is read, and nowhere else: %s', (_, table, parameters, group) => {
    expect(groupFor(table, parameters)).toEqual([group]);
    expect(group.length).toBeLessThanOrEqual(90);
  });
});
