import { ApiError, type Params, readBoolean, refuseUnknownParams, type WireObject } from '../query.ts';
import type { Action } from './action.ts';
import { DESCRIBE_ACTIONS } from './describe.ts';
import { rehearse } from './dry-run.ts';
import { FIREWALL_ACTIONS } from './firewall-actions.ts';
import { INSTANCE_ACTIONS } from './instance-actions.ts';
import { completeTransitions } from './instances.ts';
import { INTERFACE_ACTIONS } from './interface-actions.ts';
import { METADATA_ACTIONS } from './metadata-actions.ts';
import { NETWORK_ACTIONS } from './network-actions.ts';
import { ROUTE_ACTIONS } from './route-actions.ts';
import type { Ec2 } from './state.ts';
import { TAG_ACTIONS } from './tag-actions.ts';
import { ZONE_ACTIONS } from './zones.ts';

interface KnownAction extends Action {
  readonly known: ReadonlySet<string>;
}

const ACTIONS: ReadonlyMap<string, KnownAction> = new Map(
  Object.entries({
    ...DESCRIBE_ACTIONS,
    ...FIREWALL_ACTIONS,
    ...INSTANCE_ACTIONS,
    ...INTERFACE_ACTIONS,
    ...METADATA_ACTIONS,
    ...NETWORK_ACTIONS,
    ...ROUTE_ACTIONS,
    ...TAG_ACTIONS,
    ...ZONE_ACTIONS,
  }).map(([name, action]) => [name, { ...action, known: new Set([...action.params, 'DryRun']) }]),
);

/** Whether the action changes something, had it been accepted. */
export function isMutating(action: string): boolean {
  return ACTIONS.get(action)?.mutating ?? false;
}

/** Runs one EC2 action and gives its answer, or throws the `ApiError` that EC2 would answer. */
export function runEc2Action(ec2: Ec2, name: string, params: Params): WireObject {
  const action = ACTIONS.get(name);
  if (action === undefined) {
    throw new ApiError('UnsupportedOperation', `The sandbox does not model the action ${name}`);
  }
  refuseUnknownParams(params, action.known);
  if (readBoolean(params, 'DryRun') === true) {
    action.run(rehearse(ec2), params);
    throw new ApiError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
  }
  const answer = action.run(ec2, params);
  if (ec2.inTransition.size > 0 && ec2.settings.transitions === 'immediate') completeTransitions(ec2);
  return answer;
}
