import { setTimeout as pause } from 'node:timers/promises';
import type { InvocationContext } from '@azure/functions';

const FIRST_MS = 1_000;
/** The session waits as well, and with it the events of other nodes. */
export const LONGEST_MS = 10_000;

/**
 * Waits before a batch is handed back, longer with each of its deliveries. Service Bus delivers what was handed
 * back again at once, and gives a message up after as many deliveries as the queue allows, which would be over within
 * seconds; Functions has no retry policy for this trigger.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages
 */
export async function backOff(context: InvocationContext): Promise<void> {
  await pause(Math.min(FIRST_MS * 2 ** (countDeliveries(context) - 1), LONGEST_MS));
}

/** Deliveries of the message that has seen most of them; 1 where the host does not say. */
function countDeliveries({ triggerMetadata }: InvocationContext): number {
  const counts = triggerMetadata?.['deliveryCountArray'];
  return Math.max(1, ...(Array.isArray(counts) ? counts.map(Number).filter(Number.isFinite) : []));
}
