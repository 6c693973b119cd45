import type { Report } from '../../../../../shared/core/run/report.ts';
import { type AwsSandbox, startAwsSandbox } from '../../../../../shared/sandbox/aws-server.ts';
import type { CloudEvent } from '../../../../../shared/sandbox/cloud-events.ts';
import { type LambdaHost, startLambda } from '../../../../../shared/sandbox/lambda-host.ts';
import { createQueue, type Queue } from '../../../../../shared/sandbox/queue.ts';
import { GRACE_SECONDS, type Handled, type Stage, type Wording } from '../../../demo/scene.ts';
import { makeLedgerFile } from '../../../sandbox/ledger-file.ts';
import { describeEvents } from './describe-events.ts';
import { CLUSTER, CLUSTER_CIDR, createOperator, nameOf, type Operator } from './operator.ts';
import { readRoutes } from './read-routes.ts';

/** A loopback AWS with its queue, and the two built functions. */
export interface AwsStage extends Stage {
  readonly sandbox: AwsSandbox;
  readonly operator: Operator;
  readonly nodeEvents: LambdaHost;
  readonly reconcile: LambdaHost;
  readonly queue: Queue;
  /** The ledger's file. */
  readonly ledger: string;
  /** Every event that the function was given so far. */
  readonly delivered: CloudEvent[];
}

/** What a story on AWS calls its things. */
export const WORDING: Wording = {
  tables: 'route tables',
  detail: 'STATE',
  label: 'ROUTE TABLE',
  forwarding: 'source/destination check off',
};

/**
 * Starts everything; `close` ends it. What has been started is closed again if the rest does not start.
 *
 * @param built folder of all that is built, as a URL that ends with a slash
 * @param settings beside those that every story has
 */
export async function openAwsStage(
  built: URL,
  settings: Readonly<Record<string, string>> = {},
): Promise<AwsStage> {
  const sandbox = await startAwsSandbox();
  const { endpoint, region, account } = sandbox;
  const ledger = await makeLedgerFile();
  const env = {
    PODROUTES_CLUSTER: CLUSTER,
    PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR,
    PODROUTES_LEDGER: ledger.place,
    PODROUTES_GRACE: `${GRACE_SECONDS}s`,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'function',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    ...settings,
  };
  const start = (name: string) =>
    startLambda(new URL(`aws/${name}/index.mjs`, built), { env, region, account });
  const [first, second] = await Promise.allSettled([start('node-events'), start('reconcile')]);
  if (first.status === 'rejected' || second.status === 'rejected') {
    for (const host of [first, second]) if (host.status === 'fulfilled') await host.value.close();
    await Promise.all([sandbox.close(), ledger.remove()]);
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
    ledger: ledger.path,
    delivered: [],
    readRoutes: () => readRoutes(operator),
    nameOf: (id) => nameOf(operator, id),
    close: async () => {
      // Without an AWS, an interrupted step cannot go on to call a function that is being closed.
      await sandbox.close();
      operator.ec2.destroy();
      await Promise.all([nodeEvents.close(), reconcile.close()]);
      await ledger.remove();
    },
  };
}

/** Puts events into the queue and lets the function have them until nothing is left. */
export async function deliver(stage: AwsStage, events: readonly CloudEvent[]): Promise<Handled> {
  const { sandbox, queue, nodeEvents, delivered } = stage;
  const found = await stage.readRoutes();
  delivered.push(...events);
  for (const event of events) queue.send(event);
  sandbox.clearCalls();
  await queue.drain();
  return {
    given: describeEvents(events, stage.operator),
    found,
    ...callsOf(sandbox),
    log: nodeEvents.takeLogs(),
    report: null,
    lost: queue.deadLetters.length,
  };
}

/** Invokes the reconcile function as its schedule does. */
export function invokeSchedule(stage: AwsStage): Promise<Handled> {
  return invokeReconcile(stage, { source: 'aws.events', 'detail-type': 'Scheduled Event' });
}

/** Invokes the reconcile function as its schedule or a person does. */
export async function invokeReconcile(stage: AwsStage, request: object): Promise<Handled> {
  const { sandbox, reconcile, queue } = stage;
  const found = await stage.readRoutes();
  sandbox.clearCalls();
  const answer = await reconcile.invoke(request);
  return {
    given: [`a request: ${JSON.stringify(request)}`],
    found,
    ...callsOf(sandbox),
    log: reconcile.takeLogs(),
    report: answer.ok ? (answer.value as Report) : null,
    lost: queue.deadLetters.length,
  };
}

function callsOf({ calls }: AwsSandbox): Pick<Handled, 'reads' | 'writes'> {
  const actions = (mutating: boolean) =>
    calls.filter((call) => call.mutating === mutating).map(({ action }) => action);
  return { reads: actions(false), writes: actions(true) };
}
