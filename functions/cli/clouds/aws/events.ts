import * as z from 'zod/mini';
import { type EventContext, parseSqsBody } from '../../../../shared/aws/events.ts';
import type { NodeEvent } from '../../../../shared/core/events/node-event.ts';

/** What Lambda is given, as its console and logs show it. */
const SqsBatch = z.object({ Records: z.array(z.object({ body: z.string() })) });

/** Reads an event as SQS would deliver it, or a whole batch of such records. */
export function readAwsEvents(text: string, context: EventContext): NodeEvent[] {
  const batch = SqsBatch.safeParse(parseJson(text));
  const bodies = batch.success ? batch.data.Records.map(({ body }) => body) : [text];
  return bodies.map((body) => parseSqsBody(body, context));
}

/** Reads an event of a cluster that is not known: it is taken to be of the region that it names. */
export function readAwsEventsOffline(text: string): NodeEvent[] {
  const [, region = ''] = /\\?"region\\?"\s*:\s*\\?"([a-z\d-]+)/.exec(text) ?? [];
  const keys = /kubernetes\.io\/cluster\/[\w.-]+/g.exec(text) ?? [];
  return readAwsEvents(text, { account: null, region, podCidrTag: 'pod-cidr', selectionTagKeys: [...keys] });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
