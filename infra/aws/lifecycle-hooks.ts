import { CfnLifecycleHook } from 'aws-cdk-lib/aws-autoscaling';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct } from 'constructs';
import type { CheckedProps } from './read-props.ts';

/** Room for the attempts that a burst may need: what was not done comes again after the visibility timeout. */
const HEARTBEAT_SECONDS = 600;

/**
 * Holds new instances of the groups back until their routes are there. EventBridge tells of the hook, so it needs
 * no target of its own. Terminating hooks would be completed at once, so there are none.
 */
export function createLifecycleHooks(scope: Construct, { props, config }: CheckedProps): void {
  if (!props.createHooks) return;
  for (const [i, autoScalingGroupName] of props.autoScalingGroups.entries()) {
    const hook = new CfnLifecycleHook(scope, `Hook${i}`, {
      autoScalingGroupName,
      lifecycleHookName: config.lifecycleHook,
      lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      heartbeatTimeout: HEARTBEAT_SECONDS,
      defaultResult: props.hookDefaultResult,
    });
    // An instance must not be held back before somebody can hear of it, nor after nobody can any more.
    hook.node.addDependency(...scope.node.children.filter(isOnTheWay));
  }
}

/** From the event to the function. */
function isOnTheWay(child: IConstruct): boolean {
  const tellsOfHooks = child instanceof CfnRule && child.node.id.endsWith('LifecycleAction');
  return tellsOfHooks || child instanceof Queue || child instanceof EventSourceMapping;
}
