import { unconfirmed } from './failures.ts';

type Next<Call, Result> = (call: Call) => Promise<Result>;

interface CallContext {
  /** Such as `CreateRouteCommand`. */
  readonly commandName: string;
  /** The client's own. */
  readonly streamCollector: (stream: unknown) => Promise<Uint8Array>;
}

/** Where the middleware stands: inside the SDK's own reader of answers. */
export const BEFORE_READING = { step: 'deserialize', priority: 'low', name: 'confirmedAnswers' } as const;

/**
 * Lets no write count as done unless the service says so. Most writes have no output in the SDK's model, which then
 * takes any body for a success: the page of a proxy that asks to sign in, too.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html
 */
export function demandConfirmation<Call, Result extends { readonly response: unknown }>(
  next: Next<Call, Result>,
  { commandName, streamCollector }: CallContext,
): Next<Call, Result> {
  return async (call) => {
    const result = await next(call);
    const { response } = result;
    if (!isAnswer(response) || response.statusCode >= 300) return result;
    const bytes = await streamCollector(response.body);
    if (!confirms(Buffer.from(bytes).toString(), commandName.replace(/Command$/, ''))) {
      throw unconfirmed(response.statusCode);
    }
    // The stream is spent; the SDK reads bytes as well.
    response.body = bytes;
    return result;
  };
}

interface Answer {
  readonly statusCode: number;
  body: unknown;
}

function isAnswer(response: unknown): response is Answer {
  return typeof response === 'object' && response !== null && 'statusCode' in response && 'body' in response;
}

/** A write is answered by an element of its name. EC2 puts `return` into it, which the model knows of some alone. */
function confirms(xml: string, action: string): boolean {
  const [, said = 'true'] = /<return>\s*(\w*)\s*<\/return>/.exec(xml) ?? [];
  return said === 'true' && new RegExp(`<${action}Response[\\s/>]`).test(xml);
}
