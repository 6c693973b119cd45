import { BODIES, readBody } from './bodies.ts';
import { type ArmAnswer, type ArmCall, answerPage, type Endpoint, endpoint, param } from './endpoint.ts';
import { canonicalGroup, createGroup } from './groups.ts';
import { viewEndpoints } from './metadata.ts';
import type { ResourceGroup } from './model.ts';
import type { Arm } from './state.ts';
import type { View } from './views.ts';

const SUBSCRIPTIONS = '/subscriptions';
const SUBSCRIPTION = `${SUBSCRIPTIONS}/{subscription}`;
const GROUPS = `${SUBSCRIPTION}/resourceGroups`;
const GROUP = `${GROUPS}/{group}`;

/** What clients ask before they ask for resources: the cloud, the tenant, the subscription and its groups. */
export const GROUP_ENDPOINTS: readonly Endpoint[] = [
  {
    ...endpoint('Metadata_Endpoints', 'GET', '/metadata/endpoints', (_arm, call) => ({
      status: 200,
      body: viewEndpoints(call.endpoint, call.query.get('api-version') ?? ''),
    })),
    isOpen: true,
  },
  endpoint('Tenants_List', 'GET', '/tenants', ({ tenant }) => ({
    status: 200,
    body: { value: [{ id: `/tenants/${tenant}`, tenantId: tenant }] },
  })),
  endpoint('Subscriptions_List', 'GET', SUBSCRIPTIONS, (arm) => ({
    status: 200,
    body: { value: [viewSubscription(arm)] },
  })),
  endpoint('Subscriptions_Get', 'GET', SUBSCRIPTION, (arm) => ({ status: 200, body: viewSubscription(arm) })),
  endpoint('ResourceGroups_List', 'GET', GROUPS, (arm, call) =>
    answerPage(arm, call, [...arm.groups.values()].map(viewGroup)),
  ),
  endpoint('ResourceGroups_Get', 'GET', GROUP, (arm, call) => ({
    status: 200,
    body: viewGroup(requireGroup(arm, call)),
  })),
  endpoint('ResourceGroups_CreateOrUpdate', 'PUT', `${GROUPS}/{newGroup}`, putGroup),
];

function putGroup(arm: Arm, call: ArmCall): ArmAnswer {
  const name = param(call, 'newGroup');
  const before = arm.groups.get(name.toLowerCase());
  const { location, tags } = readBody(BODIES.group, call.body);
  const group = createGroup(arm, before?.name ?? name, { location, tags: tags ?? {} });
  return { status: before === undefined ? 201 : 200, body: viewGroup(group) };
}

function requireGroup(arm: Arm, call: ArmCall): ResourceGroup {
  const found = arm.groups.get(canonicalGroup(arm, param(call, 'group')).toLowerCase());
  if (found === undefined) throw new Error(`the group ${param(call, 'group')} is known but not kept`);
  return found;
}

function viewGroup({ id, name, location, tags }: ResourceGroup): View {
  const head = { id, name, type: 'Microsoft.Resources/resourceGroups', location };
  const properties = { provisioningState: 'Succeeded' };
  return { ...head, ...(Object.keys(tags).length > 0 && { tags }), properties };
}

function viewSubscription({ subscription, tenant }: Arm): View {
  return {
    id: `/subscriptions/${subscription}`,
    subscriptionId: subscription,
    tenantId: tenant,
    displayName: 'Sandbox',
    state: 'Enabled',
    authorizationSource: 'RoleBased',
  };
}
