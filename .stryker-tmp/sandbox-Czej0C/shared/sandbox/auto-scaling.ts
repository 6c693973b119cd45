// @ts-nocheck
import type { EventContent } from './ec2/state.ts';
import type { Ids } from './ids.ts';
import { ApiError, type Params, readRequired, refuseUnknownParams, type WireObject } from './query.ts';

/** A lifecycle hook that holds an instance until it is completed. */
interface Hook {
  readonly group: string;
  readonly hook: string;
  readonly instance: string;
  readonly transition: 'launching' | 'terminating';
  readonly origin?: 'EC2' | 'AutoScalingGroup' | 'WarmPool';
  readonly destination?: 'EC2' | 'AutoScalingGroup' | 'WarmPool';
  readonly metadata?: string;
}

interface CompletedHook extends Hook {
  readonly token: string;
  readonly result: string;
}

/** The part of Auto Scaling that lifecycle hooks need. */
export interface AutoScaling {
  /** Starts a hook, emits its lifecycle event, and gives its token. For tests: no API call does this. */
  readonly startHook: (hook: Hook) => string;
  /** Hooks that wait, by token. */
  readonly pending: ReadonlyMap<string, Hook>;
  readonly completed: readonly CompletedHook[];
  readonly run: (action: string, params: Params) => WireObject;
}

const TRANSITIONS = {
  launching: {
    detailType: 'EC2 Instance-launch Lifecycle Action',
    transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    origin: 'EC2',
    destination: 'AutoScalingGroup',
  },
  terminating: {
    detailType: 'EC2 Instance-terminate Lifecycle Action',
    transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    origin: 'AutoScalingGroup',
    destination: 'EC2',
  },
} as const;

const PARAMS = new Set([
  'AutoScalingGroupName',
  'LifecycleHookName',
  'LifecycleActionToken',
  'LifecycleActionResult',
  'InstanceId',
]);

interface AutoScalingOptions {
  readonly account: string;
  readonly region: string;
  readonly ids: Ids;
  readonly emit: (event: EventContent) => void;
}

/** Creates an Auto Scaling without groups: hooks name whatever group they like. */
export function createAutoScaling({ account, region, ids, emit }: AutoScalingOptions): AutoScaling {
  const pending = new Map<string, Hook>();
  const completed: CompletedHook[] = [];
  return {
    pending,
    completed,
    startHook: (hook) => {
      const token = ids.uuid();
      pending.set(token, hook);
      const kind = TRANSITIONS[hook.transition];
      emit({
        detailType: kind.detailType,
        source: 'aws.autoscaling',
        resources: [
          `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${ids.uuid()}:autoScalingGroupName/${hook.group}`,
        ],
        detail: {
          LifecycleActionToken: token,
          AutoScalingGroupName: hook.group,
          LifecycleHookName: hook.hook,
          EC2InstanceId: hook.instance,
          LifecycleTransition: kind.transition,
          ...(hook.metadata !== undefined && { NotificationMetadata: hook.metadata }),
          Origin: hook.origin ?? kind.origin,
          Destination: hook.destination ?? kind.destination,
        },
      });
      return token;
    },
    run: (action, params) => {
      if (action !== 'CompleteLifecycleAction') {
        throw new ApiError('UnsupportedOperation', `The sandbox does not model the action ${action}`);
      }
      refuseUnknownParams(params, PARAMS);
      completed.push(completeHook(pending, params));
      return {};
    },
  };
}

function completeHook(pending: Map<string, Hook>, params: Params): CompletedHook {
  const group = readRequired(params, 'AutoScalingGroupName');
  const name = readRequired(params, 'LifecycleHookName');
  const result = readRequired(params, 'LifecycleActionResult');
  if (result !== 'CONTINUE' && result !== 'ABANDON') {
    throw new ApiError('ValidationError', 'LifecycleActionResult must be CONTINUE or ABANDON');
  }
  const wanted = params.get('LifecycleActionToken');
  const instance = params.get('InstanceId');
  for (const [token, hook] of pending) {
    if (hook.group !== group || hook.hook !== name) continue;
    if (wanted === undefined ? hook.instance !== instance : token !== wanted) continue;
    pending.delete(token);
    return { ...hook, token, result };
  }
  const what = wanted === undefined ? `instance ID ${instance}` : `token ${wanted}`;
  throw new ApiError('ValidationError', `No active Lifecycle Action found with ${what}`);
}
