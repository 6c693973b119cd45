import * as z from 'zod/mini';
import {
  type EventOrigin,
  type Expectation,
  ignored,
  type LifecycleHook,
  type NodeEvent,
  originOf,
  unreadable,
} from '../../core/events/node-event.ts';
import { defineFamily, type EventFamily, InstanceId } from './family.ts';

type Transition = LifecycleHook['transition'];

const TRANSITIONS: ReadonlyMap<string, Transition> = new Map([
  ['autoscaling:EC2_INSTANCE_LAUNCHING', 'launching'],
  ['autoscaling:EC2_INSTANCE_TERMINATING', 'terminating'],
]);

/** Notices of a group's own SNS topic; those of failed launches and terminations name no node to look at. */
const NOTICES: ReadonlyMap<string, Transition> = new Map([
  ['autoscaling:EC2_INSTANCE_LAUNCH', 'launching'],
  ['autoscaling:EC2_INSTANCE_TERMINATE', 'terminating'],
]);

const TEST_NOTIFICATION = 'autoscaling:TEST_NOTIFICATION';

const LIFECYCLE_LABELS: Readonly<Record<Transition, string>> = {
  launching: 'launch-lifecycle',
  terminating: 'terminate-lifecycle',
};

const COMPLETED_LABELS: Readonly<Record<Transition, string>> = {
  launching: 'launch-successful',
  terminating: 'terminate-successful',
};

/**
 * What completing the hook takes; the patterns are those of the Auto Scaling API.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html
 */
const LifecycleAction = z.object({
  AutoScalingGroupName: z.string().check(z.regex(/^[\x20-\x7e]{1,255}$/)),
  LifecycleHookName: z.string().check(z.regex(/^[A-Za-z0-9\-_/]{1,255}$/)),
  LifecycleActionToken: z.string().check(z.regex(/^[0-9A-Za-z-]{36}$/)),
  EC2InstanceId: InstanceId,
  Destination: z.optional(z.string()),
});

const CompletedAction = z.object({ EC2InstanceId: InstanceId, Destination: z.optional(z.string()) });

const AutoScalingName = z.string().check(z.startsWith('autoscaling:'));

/** Other services send an `Event` of their own, such as `s3:TestEvent`. */
const AutoScalingMessage = z.union([
  z.object({ LifecycleTransition: AutoScalingName }),
  z.object({ Event: AutoScalingName }),
]);

const DirectMessage = z.object({
  AccountId: z.optional(z.string()),
  RequestId: z.optional(z.unknown()),
  Time: z.optional(z.unknown()),
  LifecycleTransition: z.optional(z.string()),
  Event: z.optional(z.string()),
});

/**
 * A group with an instance reuse policy "terminates" instances into its warm pool: they are stopped, hibernated
 * or left running, and come back as the same nodes, so that is no death. Instances launched into the pool or out
 * of it do exist, whichever way they go.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pools-eventbridge-events.html
 */
function expectationOf(transition: Transition, destination: string | undefined): Expectation {
  if (transition === 'launching') return 'present';
  return destination === 'WarmPool' ? 'any' : 'gone';
}

/**
 * A hook waits, whether or not a route has to change for it: so the node is looked at and the hook handed on for
 * every origin and destination, the warm pool included; else the group would wait for the hook's timeout.
 */
function readLifecycle(message: unknown, name: string, origin: EventOrigin): NodeEvent {
  if (name === TEST_NOTIFICATION) return ignored(origin, 'test-notification');
  const transition = TRANSITIONS.get(name);
  if (transition === undefined) return ignored(origin, 'unknown-transition');
  const action = LifecycleAction.safeParse(message);
  if (!action.success) return unreadable('bad-shape');
  const { EC2InstanceId: instance, Destination: destination } = action.data;
  return {
    kind: 'nodes',
    nodes: [instance],
    expects: expectationOf(transition, destination),
    hook: {
      group: action.data.AutoScalingGroupName,
      hook: action.data.LifecycleHookName,
      token: action.data.LifecycleActionToken,
      instance,
      transition,
    },
    ...origin,
    what: LIFECYCLE_LABELS[transition],
  };
}

function readCompleted(
  { EC2InstanceId: instance, Destination: destination }: z.output<typeof CompletedAction>,
  transition: Transition,
  origin: EventOrigin,
): NodeEvent {
  return {
    kind: 'nodes',
    nodes: [instance],
    expects: expectationOf(transition, destination),
    ...origin,
    what: COMPLETED_LABELS[transition],
  };
}

function readNotice(message: unknown, name: string, origin: EventOrigin): NodeEvent {
  if (name === TEST_NOTIFICATION) return ignored(origin, 'test-notification');
  const transition = NOTICES.get(name);
  if (transition === undefined) return ignored(origin, 'unknown-transition');
  const completed = CompletedAction.safeParse(message);
  return completed.success ? readCompleted(completed.data, transition, origin) : unreadable('bad-shape');
}

/** Whether a message is one that Auto Scaling sends to a queue or topic itself, without EventBridge. */
export function isAutoScalingMessage(message: object): boolean {
  return AutoScalingMessage.safeParse(message).success;
}

/**
 * Reads a message that Auto Scaling sent itself. It names the account, but not the region.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html
 */
export function readAutoScalingMessage(message: object, account: string | null): NodeEvent {
  const direct = DirectMessage.safeParse(message);
  if (!direct.success) return unreadable('bad-shape');
  const { AccountId, RequestId, Time, LifecycleTransition, Event } = direct.data;
  const origin = originOf(RequestId, Time, 'auto-scaling-message');
  if (account !== null && AccountId !== undefined && AccountId !== account) {
    return ignored(origin, 'other-account');
  }
  return LifecycleTransition === undefined
    ? readNotice(message, Event ?? '', origin)
    : readLifecycle(message, LifecycleTransition, origin);
}

function lifecycleFamily(detailType: string, transition: Transition): EventFamily {
  return defineFamily({
    source: 'aws.autoscaling',
    detailType,
    what: LIFECYCLE_LABELS[transition],
    filter: null,
    detail: z.looseObject({ LifecycleTransition: z.string() }),
    read: (detail, { origin }) => readLifecycle(detail, detail.LifecycleTransition, origin),
  });
}

function completedFamily(detailType: string, transition: Transition): EventFamily {
  return defineFamily({
    source: 'aws.autoscaling',
    detailType,
    what: COMPLETED_LABELS[transition],
    filter: null,
    detail: CompletedAction,
    read: (detail, { origin }) => readCompleted(detail, transition, origin),
  });
}

/**
 * What Auto Scaling says about an instance through EventBridge.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html
 */
export const autoScalingFamilies: readonly EventFamily[] = [
  lifecycleFamily('EC2 Instance-launch Lifecycle Action', 'launching'),
  lifecycleFamily('EC2 Instance-terminate Lifecycle Action', 'terminating'),
  completedFamily('EC2 Instance Launch Successful', 'launching'),
  completedFamily('EC2 Instance Terminate Successful', 'terminating'),
];
