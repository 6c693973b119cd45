import type { Config } from '../../shared/core/config/config.ts';
import { isSwitchedOn } from '../../shared/core/guard/block-view.ts';

/**
 * Added to the function's time limit: a batch that is cut off comes again so much later. One second passes while a
 * batch gathers. Together with what the function keeps back for its answer it stays below ten seconds, for so long
 * EC2's buckets save up what was not called, so that waiting costs a long burst nothing.
 */
const VISIBILITY_MARGIN_SECONDS = 6;
/** 1,000 nodes and 5 tables take EC2 990 seconds; a message is given up only after three times as long. */
const GIVEN_UP_AFTER_SECONDS = 3_000;
const LEAST_RECEIVES = 6;
/** A launch that waits fifteen minutes for its block is received some 35 times. */
const LEAST_RECEIVES_WAITING = 60;

/** How messages come again, by the time limit of the function that takes them. */
export interface Redelivery {
  readonly visibilitySeconds: number;
  readonly maxReceives: number;
}

/** Whether launches may wait for a block, of Kubernetes or of podroutes, and come again within seconds meanwhile. */
export function awaitsBlocks(config: Config): boolean {
  return config.podCidrSources.includes('kubernetes') || isSwitchedOn(config);
}

/** @param waits whether launches wait for a block, and come again within seconds meanwhile */
export function redeliveryOf(timeoutSeconds: number, waits = false): Redelivery {
  const visibilitySeconds = timeoutSeconds + VISIBILITY_MARGIN_SECONDS;
  const maxReceives = Math.max(
    waits ? LEAST_RECEIVES_WAITING : LEAST_RECEIVES,
    Math.ceil(GIVEN_UP_AFTER_SECONDS / visibilitySeconds),
  );
  return { visibilitySeconds, maxReceives };
}
