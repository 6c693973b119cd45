import { createHash } from 'node:crypto';
import type { Config } from '../core/config/config.ts';
import { VERSION } from '../core/version.ts';

/** How CloudTrail's records of podroutes' own calls are distinguished from those of others. */
export const PRODUCT = 'podroutes/';

/** Sent by every client of ours. */
export const USER_AGENT = `${PRODUCT}${VERSION}`;

/** What CloudTrail shows of the functions of one deployment alone: not of the command line, nor of another cluster. */
export function ownAgent(config: Pick<Config, 'cluster' | 'routeTables'>): string {
  return `podroutes-of/${deploymentOf(config)} ${PRODUCT}`;
}

/** The `customUserAgent` of the clients of a deployment's functions. */
export function functionAgent(config: Pick<Config, 'cluster' | 'routeTables'>): [string, string][] {
  return [
    ['podroutes-of', deploymentOf(config)],
    ['podroutes', VERSION],
  ];
}

/** The SDK itself would write other characters as a hyphen, and two names as one. */
function deploymentOf({ cluster, routeTables }: Pick<Config, 'cluster' | 'routeTables'>): string {
  const name = cluster ?? routeTables.join();
  if (/^[\w.-]{1,100}$/.test(name)) return name;
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}
