import * as z from 'zod/mini';
import { ignored, type NodeEvent, unreadable } from '../../core/events/node-event.ts';
import { isOwnRequestId } from '../request-ids.ts';
import { parseJson } from './envelope.ts';
import { type EventContext, type ReceivedEvent, readHint } from './hint.ts';
import { OPERATION_FAMILIES } from './operations.ts';

const OPERATIONS = new Map(
  OPERATION_FAMILIES.flatMap((family) =>
    Object.entries(family.operations).map(
      ([name, operation]) => [name.toLowerCase(), { ...operation, family }] as const,
    ),
  ),
);

/**
 * Who asked is not read: claims and authorization hold names, addresses and tokens (R11).
 * @see https://learn.microsoft.com/azure/event-grid/event-schema-resource-groups
 */
const OperationData = z.object({
  operationName: z.string(),
  resourceUri: z.string(),
  httpRequest: z.optional(z.unknown()),
});

const HttpRequest = z.object({ clientRequestId: z.string() });

/** A successful operation of Azure Resource Manager. */
export function readOperation(event: ReceivedEvent): NodeEvent {
  const data = OperationData.safeParse(event.data);
  if (!data.success) return unreadable('bad-shape');
  const { operationName, resourceUri, httpRequest } = data.data;
  const operation = OPERATIONS.get(operationName.toLowerCase());
  if (operation === undefined) return ignored(event.origin, 'unknown-call');
  const { family, what, expects } = operation;
  const origin = { ...event.origin, what };
  if (family.ownCalls === 'ignored' && isOwnCall(httpRequest, event.context)) {
    return ignored(origin, 'own-call');
  }
  const { kinds, otherKinds } = family;
  return readHint({ resource: resourceUri, kinds, otherKinds, expects }, { ...event, origin });
}

/**
 * The request is described for updates and deletions alone, and as JSON text in data of the first version. What
 * does not tell counts as somebody else's.
 */
function isOwnCall(httpRequest: unknown, { requestMark = '' }: EventContext): boolean {
  const request = HttpRequest.safeParse(
    typeof httpRequest === 'string' ? parseJson(httpRequest) : httpRequest,
  );
  return request.success && isOwnRequestId(request.data.clientRequestId, requestMark);
}
