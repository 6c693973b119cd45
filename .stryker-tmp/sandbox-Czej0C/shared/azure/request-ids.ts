// @ts-nocheck
import { randomUUID } from 'node:crypto';

/** A UUID of version 8, whose bits are ours to choose: it begins with `podrou` in ASCII. */
const OWN_BEGINNING = '706f6472-6f75-8';

/**
 * The `x-ms-client-request-id` of one call of ours to Azure Resource Manager. It comes back in the events of that
 * call, which carry no user agent; Azure asks for a UUID.
 * @example
 * newRequestId(); //=> '706f6472-6f75-8c3a-9d51-7be0a4f8c2e6'
 */
export function newRequestId(): string {
  return `${OWN_BEGINNING}${randomUUID().slice(OWN_BEGINNING.length)}`;
}

/** Whether a client request id is one of `newRequestId`, in whatever case it came back. */
export function isOwnRequestId(id: string): boolean {
  return id.toLowerCase().startsWith(OWN_BEGINNING);
}
