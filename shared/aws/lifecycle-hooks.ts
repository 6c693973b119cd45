import pLimit from 'p-limit';
import type { CloudFailure } from '../core/errors.ts';
import type { LifecycleHook } from '../core/events/node-event.ts';
import { RETRIES } from './client-settings.ts';
import { BEFORE_READING, demandConfirmation } from './confirmed-answers.ts';
import { untilAborted } from './deadline.ts';
import { classifyAwsFailure } from './failures.ts';
import { USER_AGENT } from './user-agent.ts';

/** Calls under way at once. */
const limit = pLimit(10);
let autoScaling: ReturnType<typeof connect> | undefined;

/** The hook has timed out, or an earlier try completed it. */
const OVER = /No active Lifecycle Action/i;

/**
 * Tells Auto Scaling to go on with the instance. Returns what went wrong, or null; a hook that is over
 * already (timed out, or completed by an earlier try) counts as done.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html
 */
export async function completeHook(
  hook: LifecycleHook,
  abortSignal: AbortSignal,
): Promise<CloudFailure | null> {
  autoScaling ??= connect();
  const { client, CompleteLifecycleActionCommand } = await autoScaling;
  const command = new CompleteLifecycleActionCommand({
    AutoScalingGroupName: hook.group,
    LifecycleHookName: hook.hook,
    LifecycleActionToken: hook.token,
    InstanceId: hook.instance,
    LifecycleActionResult: 'CONTINUE',
  });
  try {
    await limit(() => untilAborted(client.send(command, { abortSignal }), abortSignal));
    return null;
  } catch (thrown) {
    const failure = classifyAwsFailure(thrown, 'autoscaling:CompleteLifecycleAction');
    if (failure.code === 'ValidationError' && OVER.test(failure.message)) return null;
    // Auto Scaling repeats the token in some of its messages.
    return { ...failure, message: failure.message.replaceAll(hook.token, '(token)') };
  }
}

/** Most batches have no hook, so the client is loaded with the first one. */
async function connect() {
  const { AutoScalingClient, CompleteLifecycleActionCommand } = await import('@aws-sdk/client-auto-scaling');
  const client = new AutoScalingClient({ ...RETRIES, customUserAgent: USER_AGENT });
  const { streamCollector } = client.config;
  client.middlewareStack.add(
    (next, { commandName = '' }) => demandConfirmation(next, { commandName, streamCollector }),
    BEFORE_READING,
  );
  return { client, CompleteLifecycleActionCommand };
}
