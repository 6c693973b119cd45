import type { Report } from '../../../../../shared/core/run/report.ts';
import type { EventSchema } from '../../../../../shared/sandbox/arm/events.ts';
import { type ArmSandbox, startArmSandbox } from '../../../../../shared/sandbox/arm-server.ts';
import { type FunctionsHost, startFunctions } from '../../../../../shared/sandbox/functions-host.ts';
import { compareDestinations, type RouteRow } from '../../../demo/route-rows.ts';
import { GRACE_SECONDS, type Handled, type Stage, type Wording } from '../../../demo/scene.ts';
import { makeLedgerFile } from '../../../sandbox/ledger-file.ts';
import { CLUSTER, CLUSTER_CIDR, GROUP, TABLE } from './cluster.ts';
import { describeMessages, isLetIn } from './event-grid.ts';
import { createOperator, type Operator, readTable } from './operator.ts';

/** A loopback Azure Resource Manager, and the built function app. */
export interface AzureStage extends Stage {
  readonly sandbox: ArmSandbox;
  readonly operator: Operator;
  readonly invoke: FunctionsHost['invoke'];
  readonly takeLogs: FunctionsHost['takeLogs'];
  /** The ledger's file. */
  readonly ledger: string;
  /** Every message that the function was given so far. */
  readonly delivered: string[];
  /** What is in the queue for messages that cannot be read. */
  readonly setAside: string[];
  /** Messages that Service Bus has given up on. */
  readonly deadLetters: string[];
}

/** Service Bus tries ten times by default; a demo that fails need not wait so long. */
const MAX_DELIVERIES = 3;

/** What a story on Azure calls its things. */
export const WORDING: Wording = {
  tables: 'route table',
  detail: 'NODE',
  label: 'NAME',
  forwarding: 'IP forwarding on',
};

/**
 * Starts everything; `close` ends it. The sandbox is closed again if the app does not start.
 *
 * @param built folder of all that is built, as a URL that ends with a slash
 * @param settings beside those that every story has
 */
export async function openAzureStage(
  built: URL,
  settings: Readonly<Record<string, string>> = {},
): Promise<AzureStage> {
  // Writes name an operation to follow, as Azure's do; what is busy may be asked again at once.
  const sandbox = await startArmSandbox({ pollFinished: true, retryAfterSeconds: 0 });
  const operator = createOperator(sandbox.arm);
  // The network was there before podroutes was: its events are nobody's concern.
  sandbox.takeEvents();
  const ledger = await makeLedgerFile();
  const env = {
    PODROUTES_CLUSTER: CLUSTER,
    PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR,
    PODROUTES_LEDGER: ledger.place,
    PODROUTES_GRACE: `${GRACE_SECONDS}s`,
    PODROUTES_ROUTE_TABLES: `${GROUP}/${TABLE}`,
    PODROUTES_ARM_ENDPOINT: sandbox.endpoint,
    WEBSITE_OWNER_NAME: `${sandbox.subscription}+${GROUP}-WestEuropewebspace`,
    WEBSITE_RESOURCE_GROUP: GROUP,
    ...settings,
  };
  const app = await startFunctions(new URL('azure/index.mjs', built), env).catch(async () => {
    await Promise.all([sandbox.close(), ledger.remove()]);
    throw new Error('The built function app could not be loaded; "npm run build" makes it.');
  });
  let isClosing = false;
  return {
    sandbox,
    operator,
    // An interrupted step must not go on to call an app that is being closed.
    invoke: (...args) => (isClosing ? new Promise(() => {}) : app.invoke(...args)),
    takeLogs: app.takeLogs,
    ledger: ledger.path,
    delivered: [],
    setAside: [],
    deadLetters: [],
    readRoutes: async () => readRoutes(operator),
    nameOf: (id) => operator.names.get(id.toLowerCase()) ?? id,
    close: async () => {
      isClosing = true;
      await Promise.all([sandbox.close(), app.close()]);
      await ledger.remove();
    },
  };
}

function readRoutes(operator: Operator): RouteRow[] {
  const { routes } = readTable(operator);
  return [...routes.values()]
    .map(({ name, addressPrefix, nextHopType, nextHopIpAddress }) => ({
      destination: addressPrefix,
      nextHop: nextHopIpAddress ?? nextHopType,
      detail: operator.names.get(nextHopIpAddress ?? '') ?? '',
      label: name,
    }))
    .sort(compareDestinations);
}

/** The events since last asked that the subscriptions let in, one to a message, as Event Grid writes them. */
export function takeMessages({ sandbox }: AzureStage, schema?: EventSchema): string[] {
  return sandbox
    .takeEvents(schema)
    .filter(isLetIn)
    .map((event) => JSON.stringify(event));
}

/** Lets the function have a batch of one session until it is done, or Service Bus gives it up. */
export async function deliver(stage: AzureStage, messages: readonly string[]): Promise<Handled> {
  const { sandbox, operator, delivered, setAside, deadLetters } = stage;
  const found = await stage.readRoutes();
  delivered.push(...messages);
  sandbox.clearCalls();
  const deliveries = await deliverUntilDone(stage, messages);
  if (!deliveries.isDone) deadLetters.push(...messages);
  setAside.push(...deliveries.setAside);
  const often = deliveries.count === 1 ? '' : `, delivered ${deliveries.count} times`;
  const noun = messages.length === 1 ? 'message' : 'messages';
  return {
    given: [
      `${messages.length} ${noun} in one session batch${often}:`,
      ...describeMessages(messages, operator),
    ],
    found,
    ...callsOf(sandbox),
    log: stage.takeLogs(),
    report: null,
    lost: deadLetters.length,
  };
}

interface Deliveries {
  readonly count: number;
  readonly isDone: boolean;
  readonly setAside: readonly string[];
}

async function deliverUntilDone(stage: AzureStage, messages: readonly string[]): Promise<Deliveries> {
  for (let count = 1; count <= MAX_DELIVERIES; count += 1) {
    const deliveryCounts = messages.map(() => count);
    const metadata = { DeliveryCountArray: { json: JSON.stringify(deliveryCounts) } };
    const result = await stage.invoke('node-events', { collectionString: { string: messages } }, metadata);
    if (!result.ok) continue;
    const outputs = Object.values(result.outputs).map(({ json }): string[] => JSON.parse(String(json)));
    return { count, isDone: true, setAside: outputs.flat() };
  }
  return { count: MAX_DELIVERIES, isDone: false, setAside: [] };
}

/** Calls the reconcile function over HTTP, as a person or a script does. */
export async function request(stage: AzureStage, method: 'GET' | 'POST'): Promise<Handled> {
  const { sandbox, deadLetters } = stage;
  const found = await stage.readRoutes();
  sandbox.clearCalls();
  const url = 'https://podroutes.azurewebsites.net/api/reconcile';
  const result = await stage.invoke('reconcile', {
    http: { method, url, query: {}, headers: {}, params: {}, body: { string: '' } },
  });
  const data = result.ok ? (Object.values(result.outputs)[0] ?? result.value) : null;
  const report: Report | null = JSON.parse(readBody(data?.['http']));
  return {
    given: [`a request: ${method} /api/reconcile`],
    found,
    ...callsOf(sandbox),
    log: stage.takeLogs(),
    report,
    lost: deadLetters.length,
  };
}

function readBody(http: unknown): string {
  const bytes = Object(Object(http).body).bytes;
  return bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : 'null';
}

/** Operations by the names of Azure's specifications; of a refused write, its status and code too. */
function callsOf({ calls }: ArmSandbox): Pick<Handled, 'reads' | 'writes'> {
  return {
    reads: calls.filter(({ mutating }) => !mutating).map(({ operation }) => operation),
    writes: calls
      .filter(({ mutating }) => mutating)
      .map(({ operation, status, outcome }) =>
        outcome === 'ok' ? operation : `${operation} (${status} ${outcome})`,
      ),
  };
}
