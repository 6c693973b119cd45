import { ApiError } from '../query.ts';
import type { Instance } from './model.ts';
import type { Ec2, State } from './state.ts';

interface ResourceKind {
  /** As in tag answers and tag specifications. */
  readonly type: string;
  readonly errorCode: string;
  readonly noun: string;
  readonly has: (ec2: Ec2, state: State, id: string) => boolean;
}

const KINDS: ReadonlyMap<string, ResourceKind> = new Map([
  [
    'i',
    {
      type: 'instance',
      errorCode: 'InvalidInstanceID',
      noun: 'instance',
      has: (ec2, state, id) => isVisible(ec2, state.instances.get(id)),
    },
  ],
  ['eni', kind('network-interface', 'InvalidNetworkInterfaceID', 'networkInterface', 'interfaces')],
  ['rtb', kind('route-table', 'InvalidRouteTableID', 'routeTable', 'routeTables')],
  ['vpc', kind('vpc', 'InvalidVpcID', 'vpc', 'vpcs')],
  ['subnet', kind('subnet', 'InvalidSubnetID', 'subnet', 'subnets')],
  ['igw', kind('internet-gateway', 'InvalidInternetGatewayID', 'internetGateway', 'gateways')],
  ['sg', kind('security-group', 'InvalidGroup', 'security group', 'securityGroups')],
  ['acl', kind('network-acl', 'InvalidNetworkAclID', 'networkAcl', 'networkAcls')],
]);

type Collection =
  | 'interfaces'
  | 'routeTables'
  | 'vpcs'
  | 'subnets'
  | 'gateways'
  | 'securityGroups'
  | 'networkAcls';

function kind(type: string, errorCode: string, noun: string, collection: Collection): ResourceKind {
  return { type, errorCode, noun, has: (_, state, id) => state[collection].has(id) };
}

/** Whether describe calls still show it: terminated instances stay visible for a while. */
export function isVisible(ec2: Ec2, instance: Instance | undefined): instance is Instance {
  if (instance === undefined) return false;
  return (
    instance.state !== 'terminated' || ec2.now() - instance.stateChangedAt < ec2.settings.terminatedVisibleMs
  );
}

/** The resource type as tag answers name it, or null for an id of no modelled kind. */
export function resourceType(id: string): string | null {
  return kindOf(id)?.type ?? null;
}

/** Refuses ids that are not of the kind `prefix`, or that do not exist, as EC2 words it. */
export function requireIds(ec2: Ec2, state: State, prefix: string, ids: readonly string[]): void {
  const missing: string[] = [];
  for (const id of ids) {
    const kind = checkForm(prefix, id);
    if (!kind.has(ec2, state, id)) missing.push(id);
  }
  const kind = KINDS.get(prefix);
  if (kind === undefined || missing.length === 0) return;
  const what = missing.length === 1 ? `ID '${missing[0]}' does` : `IDs '${missing.join(', ')}' do`;
  throw new ApiError(`${kind.errorCode}.NotFound`, `The ${kind.noun} ${what} not exist`);
}

/** Refuses an id of any modelled kind that does not exist. */
export function requireResource(ec2: Ec2, state: State, id: string): void {
  if (kindOf(id) === undefined) throw new ApiError('InvalidID', `The ID '${id}' is not valid`);
  requireIds(ec2, state, prefixOf(id), [id]);
}

/** The resource with `id`, or EC2's refusal. */
export function requireOne<T>(
  ec2: Ec2,
  state: State,
  prefix: string,
  collection: ReadonlyMap<string, T>,
  id: string,
): T {
  requireIds(ec2, state, prefix, [id]);
  const found = collection.get(id);
  if (found === undefined) throw new ApiError('InternalError', `${id} is known but not kept`);
  return found;
}

function checkForm(prefix: string, id: string): ResourceKind {
  const kind = KINDS.get(prefix);
  if (kind !== undefined && new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) return kind;
  throw new ApiError(`${kind?.errorCode ?? 'InvalidID'}.Malformed`, `Invalid id: "${id}"`);
}

function kindOf(id: string): ResourceKind | undefined {
  return KINDS.get(prefixOf(id));
}

function prefixOf(id: string): string {
  return id.slice(0, id.indexOf('-'));
}
