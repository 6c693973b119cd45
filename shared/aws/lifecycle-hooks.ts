import type { CloudFailure } from '../errors.ts';
import type { LifecycleHook } from '../node-event.ts';
import { classifyAwsFailure } from './failures.ts';
import { USER_AGENT } from './user-agent.ts';

/**
 * Tells Auto Scaling to go on with the instance. Returns what went wrong, or null; a hook that is over
 * already (timed out, or completed by an earlier try) counts as done.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html
 */
export async function completeHook(
  hook: LifecycleHook,
  abortSignal: AbortSignal,
): Promise<CloudFailure | null> {
  // Most batches have no hook, and the client is as large as the rest of the function.
  const { AutoScalingClient, CompleteLifecycleActionCommand } = await import('@aws-sdk/client-auto-scaling');
  const client = new AutoScalingClient({ customUserAgent: USER_AGENT });
  const command = new CompleteLifecycleActionCommand({
    AutoScalingGroupName: hook.group,
    LifecycleHookName: hook.hook,
    LifecycleActionToken: hook.token,
    InstanceId: hook.instance,
    LifecycleActionResult: 'CONTINUE',
  });
  try {
    await client.send(command, { abortSignal });
    return null;
  } catch (thrown) {
    const failure = classifyAwsFailure(thrown, 'autoscaling:CompleteLifecycleAction');
    return failure.code === 'ValidationError' ? null : failure;
  }
}
