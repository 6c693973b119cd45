import { type AwsSandbox, startAwsSandbox } from '../../../shared/sandbox/aws-server.ts';
import type { CloudEvent } from '../../../shared/sandbox/cloud-events.ts';
import { type Invocation, type LambdaHost, startLambda } from '../../../shared/sandbox/lambda-host.ts';
import { createQueue, type Queue } from '../../../shared/sandbox/queue.ts';
import { CLUSTER, CLUSTER_CIDR, createOperator, type Operator } from './operator.ts';
import { type RouteRow, readRoutes } from './route-rows.ts';

/** A loopback AWS, the built functions beside it, and somebody who operates the cluster. */
export interface Stage {
  readonly sandbox: AwsSandbox;
  readonly operator: Operator;
  readonly nodeEvents: LambdaHost;
  readonly reconcile: LambdaHost;
  readonly queue: Queue;
  /** Every event that the function was given so far. */
  readonly delivered: CloudEvent[];
  readonly close: () => Promise<void>;
}

/** What a function was given and did. Calls are the sandbox's own count of them. */
export interface Handled {
  readonly given:
    | { readonly kind: 'events'; readonly events: readonly CloudEvent[] }
    | { readonly kind: 'request'; readonly request: object; readonly answer: Invocation };
  /** The routes as the operator read them just before. */
  readonly found: readonly RouteRow[];
  /** Calls that only read, in order. */
  readonly reads: readonly string[];
  /** Mutating calls in order. */
  readonly writes: readonly string[];
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Messages that SQS has given up on so far. */
  readonly deadLetters: number;
}

/**
 * Starts everything; `close` ends it. What has been started is closed again if the rest does not start.
 *
 * @param built folder of the built functions, as a URL that ends with a slash
 */
export async function openStage(built: URL): Promise<Stage> {
  const sandbox = await startAwsSandbox();
  const { endpoint, region, account } = sandbox;
  const env = {
    PODROUTES_CLUSTER: CLUSTER,
    PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'function',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  };
  const start = (name: string) => startLambda(new URL(`${name}/index.mjs`, built), { env, region, account });
  const [first, second] = await Promise.allSettled([start('node-events'), start('reconcile')]);
  if (first.status === 'rejected' || second.status === 'rejected') {
    for (const host of [first, second]) if (host.status === 'fulfilled') await host.value.close();
    await sandbox.close();
    throw new Error('The built functions could not be loaded; "npm run build" makes them.');
  }
  const [nodeEvents, reconcile] = [first.value, second.value];
  const operator = createOperator(endpoint, region);
  return {
    sandbox,
    operator,
    nodeEvents,
    reconcile,
    queue: createQueue({ invoke: nodeEvents.invoke }),
    delivered: [],
    close: async () => {
      // Without an AWS, an interrupted step cannot go on to call a function that is being closed.
      await sandbox.close();
      operator.ec2.destroy();
      await Promise.all([nodeEvents.close(), reconcile.close()]);
    },
  };
}

/** Puts events into the queue and lets the function have them until nothing is left. */
export async function deliver(stage: Stage, events: readonly CloudEvent[]): Promise<Handled> {
  const { sandbox, queue, nodeEvents, delivered } = stage;
  const found = await readRoutes(stage.operator);
  delivered.push(...events);
  for (const event of events) queue.send(event);
  sandbox.clearCalls();
  await queue.drain();
  return {
    given: { kind: 'events', events },
    found,
    ...callsOf(sandbox),
    log: nodeEvents.takeLogs(),
    deadLetters: queue.deadLetters.length,
  };
}

/** Invokes the reconcile function as its schedule or a person does. */
export async function invokeReconcile(stage: Stage, request: object): Promise<Handled> {
  const { sandbox, reconcile, queue } = stage;
  const found = await readRoutes(stage.operator);
  sandbox.clearCalls();
  const answer = await reconcile.invoke(request);
  return {
    given: { kind: 'request', request, answer },
    found,
    ...callsOf(sandbox),
    log: reconcile.takeLogs(),
    deadLetters: queue.deadLetters.length,
  };
}

function callsOf({ calls }: AwsSandbox): Pick<Handled, 'reads' | 'writes'> {
  const actions = (mutating: boolean) =>
    calls.filter((call) => call.mutating === mutating).map(({ action }) => action);
  return { reads: actions(false), writes: actions(true) };
}
