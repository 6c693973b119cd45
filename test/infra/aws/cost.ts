/**
 * Prices in US dollars for us-east-1, without any free tier.
 * @see https://aws.amazon.com/lambda/pricing/ https://aws.amazon.com/cloudwatch/pricing/ https://aws.amazon.com/sqs/pricing/
 *  https://aws.amazon.com/dynamodb/pricing/on-demand/
 */
const PRICES = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  sqsRequest: 0.4 / 1e6,
  schedulerInvocation: 1 / 1e6,
  logGb: 0.53,
  metric: 0.3,
  alarmMetric: 0.1,
  key: 1,
  ledgerRead: 0.125 / 1e6,
  ledgerWrite: 0.625 / 1e6,
} as const;

/** What a deployment is taken to be, where the bill depends on it. */
export const ASSUMPTIONS = {
  tables: 1,
  scheduleMinutes: 5,
  memoryGb: 0.5,
  /** Each node is replaced once a week. */
  replacementsPerDay: 1 / 7,
  /** Started and ended instances, as the rules let through. */
  eventsPerReplacement: 6,
  /** A launch, its end, and what comes again. */
  invocationsPerReplacement: 3,
  secondsPerBatch: 1.5,
  secondsPerReconcile: (nodes: number): number => 0.6 + 0.002 * nodes,
  /** Lambda asks the queue by so many connections, each every 20 s. */
  pollers: 5,
  /** Send, receive and delete. */
  sqsRequestsPerEvent: 3,
  /** With the metrics, which are log lines. */
  logKbPerInvocation: 3,
  logKbPerChange: 0.7,
  /** Without a route table; every table has four more, and every finding code one. */
  metrics: 7,
  findingCodes: 2,
  /** Metrics that the alarms look at, beside one for each table. */
  alarmMetrics: 17,
  /** What the ledger has of one node, packed. */
  ledgerKbPerNode: 0.04,
  /** A node that is gone, and one that is new. */
  ledgerWritesPerReplacement: 2,
} as const;

const DAYS = 30;
const MINUTES = DAYS * 24 * 60;

/** One line of the bill: how much of what, and what that costs in a month, in dollars. */
export interface CostLine {
  readonly what: string;
  readonly sum: string;
  readonly dollars: number;
}

/** What a deployment with default properties costs in a month of 30 days, and of its key's first year. */
export function monthlyCost(nodes: number): readonly CostLine[] {
  const of = ASSUMPTIONS;
  const reconciles = MINUTES / of.scheduleMinutes;
  const replacements = nodes * DAYS * of.replacementsPerDay;
  const batches = replacements * of.invocationsPerReplacement;
  const invocations = reconciles + batches;
  const seconds = reconciles * of.secondsPerReconcile(nodes) + batches * of.secondsPerBatch;
  const polls = of.pollers * 3 * MINUTES;
  const requests = polls + replacements * of.eventsPerReplacement * of.sqsRequestsPerEvent;
  // One creation and one deletion in each table.
  const logGb =
    (invocations * of.logKbPerInvocation + replacements * 2 * of.tables * of.logKbPerChange) / 1e6;
  const metrics = of.metrics + 4 * of.tables + of.findingCodes;
  const watched = of.alarmMetrics + of.tables;
  // A strongly consistent read takes a unit for 4 KB; a write in a transaction takes two for 1 KB.
  const ledgerKb = of.ledgerKbPerNode * nodes;
  const readUnits = reconciles * of.tables * Math.ceil(ledgerKb / 4);
  const writeUnits = replacements * of.ledgerWritesPerReplacement * of.tables * 2 * Math.ceil(ledgerKb);
  const line = (what: string, amount: number, unit: string, price: number): CostLine => ({
    what,
    sum: `${round(amount)} ${unit} × ${shown(price)}`,
    dollars: amount * price,
  });
  return [
    line('Lambda, time', seconds * of.memoryGb, 'GB-s', PRICES.lambdaGbSecond),
    line('Lambda, invocations', invocations, 'invocations', PRICES.lambdaRequest),
    line('SQS', requests, 'requests', PRICES.sqsRequest),
    line('Scheduler', reconciles, 'invocations', PRICES.schedulerInvocation),
    line('Ledger, reads', readUnits, 'units', PRICES.ledgerRead),
    line('Ledger, writes', writeUnits, 'units', PRICES.ledgerWrite),
    line('Logs', logGb, 'GB', PRICES.logGb),
    line('Metrics', metrics, 'metrics', PRICES.metric),
    line('Alarms', watched, 'metrics', PRICES.alarmMetric),
    line('Key', 1, 'key', PRICES.key),
  ];
}

function round(amount: number): string {
  return amount < 10 ? String(Number(amount.toFixed(2))) : Math.round(amount).toLocaleString('en-GB');
}

/** Small prices are told by the million. */
function shown(price: number): string {
  return price < 0.001 ? `$${Number((price * 1e6).toPrecision(6))} per million` : `$${price}`;
}
