import * as z from 'zod/mini';
import { overlaps, parseCidr } from '../../core/cidr.ts';
import { type EventOrigin, ignored, type NodeEvent, unreadable } from '../../core/events/node-event.ts';
import { defineFamily, type EventFamily, InstanceId, type TagKeys } from './family.ts';

/** The two attributes that podroutes depends on: claims are read from one, forwarding hangs on the other. */
const WATCHED_ATTRIBUTES = ['sourceDestCheck', 'userData'] as const;

type CallReader = (parameters: unknown, origin: EventOrigin, config: TagKeys) => NodeEvent;

/** CloudTrail writes an attribute as a key of its own, or as `attribute` with a `value`; values are redacted. */
const InstanceAttributeParameters = z.object({
  instanceId: InstanceId,
  attribute: z.optional(z.string()),
  sourceDestCheck: z.optional(z.unknown()),
  userData: z.optional(z.unknown()),
});

const InterfaceAttributeParameters = z.object({ sourceDestCheck: z.optional(z.unknown()) });

const RouteParameters = z.object({
  destinationCidrBlock: z.optional(z.string()),
  destinationIpv6CidrBlock: z.optional(z.string()),
});

/** A changed route may have been any node's, and the event does not say whose it was before. */
const readRouteCall: CallReader = (parameters, origin, { clusterCidrs }) => {
  const read = RouteParameters.safeParse(parameters);
  const text = read.data?.destinationCidrBlock ?? read.data?.destinationIpv6CidrBlock ?? '';
  const destination = parseCidr(text);
  // Whatever else is done to route tables in this region would otherwise cost a look at every node.
  const elsewhere =
    destination.ok && clusterCidrs?.every((range) => !overlaps(range, destination.cidr)) === true;
  return elsewhere ? ignored(origin, 'route-not-ours') : { kind: 'all', cause: 'drift', ...origin };
};

const readInstanceAttributeCall: CallReader = (parameters, origin) => {
  const read = InstanceAttributeParameters.safeParse(parameters);
  if (!read.success) return unreadable('bad-shape');
  const { instanceId, attribute, ...given } = read.data;
  const watched = WATCHED_ATTRIBUTES.some((name) => attribute === name || given[name] !== undefined);
  if (!watched) return ignored(origin, 'attribute-not-ours');
  return { kind: 'nodes', nodes: [instanceId], expects: 'any', ...origin };
};

/** The event names the interface alone, not the instance that it is attached to. */
const readInterfaceAttributeCall: CallReader = (parameters, origin) => {
  const read = InterfaceAttributeParameters.safeParse(parameters);
  if (!read.success) return unreadable('bad-shape');
  if (read.data.sourceDestCheck === undefined) return ignored(origin, 'attribute-not-ours');
  return { kind: 'all', cause: 'drift', ...origin };
};

const CALL_READERS: ReadonlyMap<string, CallReader> = new Map([
  ['CreateRoute', readRouteCall],
  ['ReplaceRoute', readRouteCall],
  ['DeleteRoute', readRouteCall],
  ['ModifyInstanceAttribute', readInstanceAttributeCall],
  ['ModifyNetworkInterfaceAttribute', readInterfaceAttributeCall],
]);

/**
 * A call to EC2 that may undo our work, made by somebody else (another deployment, or a person at the command
 * line), that succeeded: only failed calls have an `errorCode`. The deployment's own calls come back as such events too, and would keep us busy forever.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export const cloudTrailCall: EventFamily = defineFamily({
  source: 'aws.ec2',
  detailType: 'AWS API Call via CloudTrail',
  what: 'api-call',
  filter: () => ({ eventName: [...CALL_READERS.keys()], errorCode: [{ exists: false }] }),
  detail: z.object({
    eventName: z.string(),
    userAgent: z.nullish(z.string()),
    errorCode: z.optional(z.unknown()),
    requestParameters: z.optional(z.unknown()),
  }),
  read({ eventName, userAgent, errorCode, requestParameters }, { origin, tags }) {
    const readCall = CALL_READERS.get(eventName);
    if (readCall === undefined) return ignored(origin, 'unknown-call');
    const named = { ...origin, what: eventName };
    if (errorCode !== undefined) return ignored(named, 'failed-call');
    if (tags.ownAgent !== undefined && userAgent?.includes(tags.ownAgent)) return ignored(named, 'own-call');
    return readCall(requestParameters, named, tags);
  },
});
