// @ts-nocheck
import type { ArmCall } from './endpoint.ts';
import { ArmError, preconditionFailed } from './errors.ts';

/**
 * Holds a call to its `If-Match` and `If-None-Match` headers. `etag` is null where the resource is not there.
 * A tag may be sent without its quotes: Azure reads it the same, and puts them back in its answer. How it
 * words its refusal for `If-None-Match` is not documented.
 */
export function checkPreconditions(call: ArmCall, etag: string | null, id: string): void {
  const { ifMatch, ifNoneMatch } = call;
  if (ifMatch !== null && !matches(ifMatch, etag)) {
    throw preconditionFailed(
      `Etag provided in if-match header ${quoted(ifMatch)} does not match etag ${etag ?? '(none)'} of resource ${id} in NRP data store.`,
    );
  }
  if (ifNoneMatch !== null && matches(ifNoneMatch, etag)) {
    throw preconditionFailed(
      `Etag provided in if-none-match header ${quoted(ifNoneMatch)} matches etag ${etag} of resource ${id} in NRP data store.`,
    );
  }
}

/** Holds a call to its `If-Match` header as Compute does, which counts versions. */
export function checkComputePreconditions({ ifMatch }: ArmCall, etag: string | null): void {
  if (ifMatch === null || (etag !== null && (ifMatch === '*' || strong(ifMatch) === etag))) return;
  const message = `Etag provided in if-match header ${strong(ifMatch)} does not match etag ${etag ?? '(none)'} of resource.`;
  throw new ArmError(412, 'PreconditionFailed', message);
}

function strong(sent: string): string {
  return sent === '*' || sent.startsWith('"') ? sent : `"${sent}"`;
}

function matches(sent: string, etag: string | null): boolean {
  return etag !== null && (sent === '*' || quoted(sent) === etag);
}

function quoted(sent: string): string {
  if (sent === '*' || sent.startsWith('W/"')) return sent;
  return sent.startsWith('"') ? `W/${sent}` : `W/"${sent}"`;
}
