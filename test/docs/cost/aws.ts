import type { Template } from 'aws-cdk-lib/assertions';
import { type METRIC_UNITS, type Monitoring, WRITTEN_METRICS } from '../../../shared/core/telemetry.ts';
import { MINIMAL, propertiesOf, synthesize } from '../../infra/aws/synthesis.ts';
import { billFor, type Deployment, type Line } from './bill.ts';
import { AWS_PRICES } from './prices.ts';

/** What a deployment is taken to be, where the bill depends on it. */
export const AWS_ASSUMPTIONS = {
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
  /** With the metrics, which are log lines, and what Lambda writes itself. */
  logKbPerInvocation: (tables: number): number => 2.5 + 0.5 * tables,
  logKbPerChange: 0.7,
  /** Codes of findings that occur. */
  findingCodes: 2,
  /** What the ledger has of one node, packed. */
  ledgerKbPerNode: 0.04,
  /** A node that is gone, and one that is new. */
  ledgerWritesPerReplacement: 2,
} as const;

const DAYS = 30;
const MINUTES = DAYS * 24 * 60;

/** What a template says of the bill. */
interface Deployed {
  readonly scheduleMinutes: number;
  readonly memoryGb: number;
  /** Metrics that the alarms look at: those that they name, and those that a query finds, one for each table. */
  readonly namedByAlarms: number;
  readonly alarmsByTable: number;
  readonly keys: number;
  readonly dashboards: number;
  readonly logGroups: number;
}

/** Counts what a template deploys. */
function countDeployed(template: Template): Deployed {
  const [schedule = {}] = propertiesOf(template, 'AWS::Scheduler::Schedule');
  const [handler = {}] = propertiesOf(template, 'AWS::Lambda::Function');
  const [, minutes = ''] = /^rate\((\d+) minutes?\)$/.exec(String(schedule['ScheduleExpression'])) ?? [];
  const terms = propertiesOf(template, 'AWS::CloudWatch::Alarm').flatMap(
    ({ Metrics = [{ MetricStat: {} }] }) =>
      Metrics as readonly { Expression?: string; MetricStat?: object }[],
  );
  return {
    scheduleMinutes: Number(minutes),
    memoryGb: Number(handler['MemorySize']) / 1024,
    namedByAlarms: terms.filter(({ MetricStat }) => MetricStat !== undefined).length,
    alarmsByTable: terms.filter(({ Expression = '' }) => Expression.startsWith('SELECT ')).length,
    keys: propertiesOf(template, 'AWS::KMS::Key').length,
    dashboards: propertiesOf(template, 'AWS::CloudWatch::Dashboard').length,
    logGroups: propertiesOf(template, 'AWS::Logs::LogGroup').length,
  };
}

/** What is deployed at each level. */
export const DEPLOYED: Readonly<Record<Monitoring, Deployed>> = {
  full: deployed('full'),
  essential: deployed('essential'),
  off: deployed('off'),
};

function deployed(monitoring: Monitoring): Deployed {
  return countDeployed(synthesize({ ...MINIMAL, monitoring }));
}

const BY_TABLE = ['RoutesCreated', 'RoutesReplaced', 'RoutesDeleted', 'RouteTableUtilization'];

/** Metrics of CloudWatch that there are once everything has happened that is measured. */
export function countMetrics(monitoring: Monitoring, tables: number): number {
  const times = (name: keyof typeof METRIC_UNITS): number => {
    if (name === 'Findings') return AWS_ASSUMPTIONS.findingCodes;
    return BY_TABLE.includes(name) ? tables : 1;
  };
  return WRITTEN_METRICS[monitoring].reduce((sum, name) => sum + times(name), 0);
}

/** A month of 30 days, and of the key's first year. */
export function awsBill({ nodes, tables, monitoring }: Deployment): readonly Line[] {
  const of = AWS_ASSUMPTIONS;
  const { scheduleMinutes, memoryGb, namedByAlarms, alarmsByTable, keys } = DEPLOYED[monitoring];
  const reconciles = MINUTES / scheduleMinutes;
  const replacements = nodes * DAYS * of.replacementsPerDay;
  const batches = replacements * of.invocationsPerReplacement;
  const invocations = reconciles + batches;
  const seconds = reconciles * of.secondsPerReconcile(nodes) + batches * of.secondsPerBatch;
  const polls = of.pollers * 3 * MINUTES;
  // One creation and one deletion in each table.
  const logKb = invocations * of.logKbPerInvocation(tables) + replacements * 2 * tables * of.logKbPerChange;
  // A strongly consistent read takes a unit for 4 KB; a write in a transaction takes two for 1 KB.
  const ledgerKb = of.ledgerKbPerNode * nodes;
  const writes = replacements * of.ledgerWritesPerReplacement * tables;
  const amounts = {
    'Lambda, time': seconds * memoryGb,
    'Lambda, invocations': invocations,
    SQS: polls + replacements * of.eventsPerReplacement * of.sqsRequestsPerEvent,
    Scheduler: reconciles,
    'Ledger, reads': reconciles * tables * Math.ceil(ledgerKb / 4),
    'Ledger, writes': writes * 2 * Math.ceil(ledgerKb),
    Logs: logKb / 1e6,
    Metrics: countMetrics(monitoring, tables),
    Alarms: namedByAlarms + alarmsByTable * tables,
    Key: keys,
  };
  return billFor(amounts, AWS_PRICES);
}
