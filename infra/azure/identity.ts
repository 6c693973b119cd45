import { NODE_EVENTS_QUEUE, UNREADABLE_QUEUE } from '../../shared/azure/queues.ts';
import { type Expression, evaluate, quote, type Resource, reference, subscriptionResourceId } from './arm.ts';
import { API_VERSIONS, CONTAINERS, containerId, IDS, queueId, typed, variable } from './names.ts';
import { parameter } from './parameters.ts';

/** @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const BUILT_IN_ROLES = {
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  'Azure Service Bus Data Receiver': '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0',
  'Azure Service Bus Data Sender': '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39',
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb',
} as const;

type Identity = 'identity' | 'deliveryIdentity';

interface Grant {
  readonly to: Identity;
  readonly role: keyof typeof BUILT_IN_ROLES;
  readonly on: Expression;
}

/** What the identities may do inside the app's group. */
const GRANTS: readonly Grant[] = [
  // The host keeps its keys, and the lease of the timer, in containers that it makes itself.
  { to: 'identity', role: 'Storage Blob Data Owner', on: IDS.storage },
  { to: 'identity', role: 'Storage Queue Data Contributor', on: IDS.storage },
  // The host keeps tables as well, and makes them itself; the ledger is one more.
  { to: 'identity', role: 'Storage Table Data Contributor', on: IDS.storage },
  { to: 'identity', role: 'Azure Service Bus Data Receiver', on: queueId(NODE_EVENTS_QUEUE) },
  { to: 'identity', role: 'Azure Service Bus Data Sender', on: queueId(UNREADABLE_QUEUE) },
  { to: 'identity', role: 'Monitoring Metrics Publisher', on: IDS.insights },
  { to: 'deliveryIdentity', role: 'Azure Service Bus Data Sender', on: queueId(NODE_EVENTS_QUEUE) },
  {
    to: 'deliveryIdentity',
    role: 'Storage Blob Data Contributor',
    on: containerId(CONTAINERS.deadLetters),
  },
];

function grantName({ to, role, on }: Grant): Expression {
  return `guid(${on}, ${variable(to)}, ${quote(BUILT_IN_ROLES[role])})`;
}

function assign(grant: Grant): Resource {
  const { to, role, on } = grant;
  return {
    ...typed('Microsoft.Authorization/roleAssignments'),
    scope: evaluate(on),
    name: evaluate(grantName(grant)),
    dependsOn: [evaluate(on), evaluate(IDS[to])],
    properties: {
      description: role,
      roleDefinitionId: evaluate(
        subscriptionResourceId('Microsoft.Authorization/roleDefinitions', quote(BUILT_IN_ROLES[role])),
      ),
      principalId: evaluate(principalOf(to)),
      // Without it, Azure looks the new identity up in a directory that may not know it yet.
      principalType: 'ServicePrincipal',
    },
  };
}

/** The principal that roles are assigned to. */
export function principalOf(identity: Identity): Expression {
  return `${reference(IDS[identity], API_VERSIONS['Microsoft.ManagedIdentity/userAssignedIdentities'])}.principalId`;
}

/** The id by which code asks for tokens of an identity. */
export function clientIdOf(identity: Identity): Expression {
  return `${reference(IDS[identity], API_VERSIONS['Microsoft.ManagedIdentity/userAssignedIdentities'])}.clientId`;
}

/** Ids of an identity's grants, for what must not begin before them. */
export function grantIdsOf(identity: Identity): string[] {
  return GRANTS.filter(({ to }) => to === identity).map((grant) =>
    evaluate(
      `extensionResourceId(${grant.on}, 'Microsoft.Authorization/roleAssignments', ${grantName(grant)})`,
    ),
  );
}

/** The app's identity and the one that Event Grid delivers as. Made first, so that their roles are there in time. */
export const identities: readonly Resource[] = [
  ...(['identity', 'deliveryIdentity'] as const).map(
    (name): Resource => ({
      ...typed('Microsoft.ManagedIdentity/userAssignedIdentities'),
      name: evaluate(variable(name)),
      location: evaluate(parameter('location')),
      properties: {},
    }),
  ),
  ...GRANTS.map(assign),
];
