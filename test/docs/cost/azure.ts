import { PARAMETERS } from '../../../infra/azure/parameters.ts';
import { template } from '../../../infra/azure/template.ts';
import { SCHEDULE } from '../../../shared/azure/schedule.ts';
import type { Monitoring } from '../../../shared/core/telemetry.ts';
import { deployTemplate } from '../../infra/azure/arm-deployment.ts';
import { CASES, PLACE } from '../../infra/azure/template-cases.ts';
import { billFor, type Deployment, type Line } from './bill.ts';
import { AZURE_PRICES } from './prices.ts';

/** What a deployment is taken to be, where the bill depends on it. */
export const AZURE_ASSUMPTIONS = {
  hours: 730,
  days: 30,
  /** Of each node in a month: one a week. */
  replacements: 4.3,
  /** A run for the new node, in seconds; that for everything after the old one takes as long as a scheduled run. */
  secondsPerNode: 2,
  /** By the number of nodes. */
  secondsPerReconcile: [
    [10, 1],
    [100, 3],
    [500, 14],
  ],
  /** Events of the group for one replacement, and those that are delivered. */
  eventsPerReplacement: 20,
  deliveredPerReplacement: 4,
  /** Ours, and what Application Insights adds, at 1 KB each. */
  linesPerRun: (tables: number): number => 9 + tables,
  storageGb: 0.1,
} as const;

/** What the template deploys that is billed by its number. */
export interface DeployedRules {
  readonly logRules: number;
  readonly metricRules: number;
  readonly subscriptions: number;
}

/** Counts what the template deploys at a level. */
export function countRules(monitoring: Monitoring): DeployedRules {
  const { resources } = deployTemplate(template, { ...CASES['the least'], monitoring }, PLACE);
  const count = (type: string): number => resources.filter((resource) => resource.type === type).length;
  return {
    logRules: count('Microsoft.Insights/scheduledQueryRules'),
    metricRules: count('Microsoft.Insights/metricAlerts'),
    subscriptions: count('Microsoft.EventGrid/systemTopics/eventSubscriptions'),
  };
}

const RULES: Readonly<Record<Monitoring, DeployedRules>> = {
  full: countRules('full'),
  essential: countRules('essential'),
  off: countRules('off'),
};

/** A month of 730 hours. */
export function azureBill({ nodes, tables, monitoring }: Deployment): readonly Line[] {
  const of = AZURE_ASSUMPTIONS;
  const { logRules, metricRules, subscriptions } = RULES[monitoring];
  const memoryGb = Number(PARAMETERS['instanceMemoryMB']?.defaultValue) / 1024;
  const reconciles = (of.days * 24 * 60) / Number.parseInt(SCHEDULE.interval, 10);
  const replacements = nodes * of.replacements;
  const full = secondsOf(nodes);
  const seconds = reconciles * full + replacements * (of.secondsPerNode + full);
  const runs = reconciles + 2 * replacements;
  const { eventsPerReplacement: events, deliveredPerReplacement: delivered } = of;
  const operations = replacements * (events * (1 + subscriptions) + delivered);
  const above = (amount: number, free: number): number => Math.max(0, amount - free);
  const amounts = {
    'Service Bus Standard': of.hours,
    'Log alert rules, every 15 minutes': logRules,
    'Metric alert rules': metricRules,
    Logs: (runs * of.linesPerRun(tables)) / 1e6,
    'Executions above 100,000 GB-s': above(seconds * memoryGb, 100_000),
    'Invocations above 250,000': above(runs, 250_000),
    'Event Grid above 100,000': above(operations, 100_000),
    // A read for each scheduled run, and for each replacement two writes and the reads that check them.
    'Ledger, table operations': (reconciles + replacements * 4) * tables,
    Storage: of.storageGb,
  };
  return billFor(amounts, AZURE_PRICES);
}

function secondsOf(nodes: number): number {
  const points = AZURE_ASSUMPTIONS.secondsPerReconcile;
  const exact = points.find(([count]) => count === nodes);
  if (exact === undefined) throw new Error(`expected ${points.map(([count]) => count).join(', ')} nodes`);
  return exact[1];
}
