import { createHash, randomUUID } from 'node:crypto';
import type { Config } from '../core/config/config.ts';

/**
 * How the request ids of one deployment's function app begin, which those of another cluster's app and of the command
 * line do not: a UUID of version 8, whose bits are ours to choose, with `podr` in ASCII and a digest of the cluster.
 */
export function requestMarkOf({ cluster, routeTables }: Pick<Config, 'cluster' | 'routeTables'>): string {
  const digest = createHash('sha256')
    .update(cluster ?? routeTables.join())
    .digest('hex');
  return `706f6472-${digest.slice(0, 4)}-8${digest.slice(4, 7)}`;
}

/**
 * The `x-ms-client-request-id` of one call to Azure Resource Manager. It comes back in the events of that call, which
 * carry no user agent; Azure asks for a UUID.
 *
 * @param mark '' for a caller that need not be known again
 * @example
 * newRequestId(requestMarkOf({ cluster: 'kthw', routeTables: [] })); //=> '706f6472-…-8…-9d51-7be0a4f8c2e6'
 */
export function newRequestId(mark: string): string {
  return `${mark}${randomUUID().slice(mark.length)}`;
}

/** Whether a client request id is one of `newRequestId` with this mark, in whatever case it came back. */
export function isOwnRequestId(id: string, mark: string): boolean {
  return mark !== '' && id.toLowerCase().startsWith(mark);
}
