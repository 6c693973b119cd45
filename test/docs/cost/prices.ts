/** A list price in US dollars, and the page of the cloud that has it. */
export interface Price {
  readonly dollars: number;
  /** What it is for, such as a metric for a month. */
  readonly unit: string;
  /** How many of the unit the price is for. */
  readonly per: number;
  readonly source: string;
}

function price(dollars: number, unit: string, source: string, per = 1): Price {
  return { dollars, unit, per, source };
}

const MILLION = 1_000_000;

/** When the prices were last looked over, in copies of the pages and pages that quote them. */
export const READ = 'November 2026';

/** Of us-east-1, without any free tier. */
export const AWS_REGION = 'us-east-1 (N. Virginia)';
export const AWS_PRICES = {
  'Lambda, time': price(13.3334, 'GB-s', 'https://aws.amazon.com/lambda/pricing/', MILLION),
  'Lambda, invocations': price(0.2, 'invocations', 'https://aws.amazon.com/lambda/pricing/', MILLION),
  SQS: price(0.4, 'requests', 'https://aws.amazon.com/sqs/pricing/', MILLION),
  Scheduler: price(1, 'invocations', 'https://aws.amazon.com/eventbridge/pricing/', MILLION),
  'Ledger, reads': price(0.125, 'units', 'https://aws.amazon.com/dynamodb/pricing/on-demand/', MILLION),
  'Ledger, writes': price(0.625, 'units', 'https://aws.amazon.com/dynamodb/pricing/on-demand/', MILLION),
  Logs: price(0.53, 'GB', 'https://aws.amazon.com/cloudwatch/pricing/'),
  Metrics: price(0.3, 'metric and month', 'https://aws.amazon.com/cloudwatch/pricing/'),
  Alarms: price(0.1, 'metric and month', 'https://aws.amazon.com/cloudwatch/pricing/'),
  Key: price(1, 'key and month', 'https://aws.amazon.com/kms/pricing/'),
} as const satisfies Readonly<Record<string, Price>>;

/** Of East US; what is free each month is free in the sums, too. */
export const AZURE_REGION = 'East US';
export const AZURE_PRICES = {
  'Service Bus Standard': price(0.0135, 'hour', 'https://azure.microsoft.com/pricing/details/service-bus/'),
  'Log alert rules, every 15 minutes': price(
    0.5,
    'rule and month',
    'https://azure.microsoft.com/pricing/details/monitor/',
  ),
  'Metric alert rules': price(0.1, 'rule and month', 'https://azure.microsoft.com/pricing/details/monitor/'),
  Logs: price(2.3, 'GB', 'https://azure.microsoft.com/pricing/details/monitor/'),
  'Executions above 100,000 GB-s': price(
    26,
    'GB-s',
    'https://azure.microsoft.com/pricing/details/functions/',
    MILLION,
  ),
  'Invocations above 250,000': price(
    0.4,
    'invocations',
    'https://azure.microsoft.com/pricing/details/functions/',
    MILLION,
  ),
  'Event Grid above 100,000': price(
    0.6,
    'operations',
    'https://azure.microsoft.com/pricing/details/event-grid/',
    MILLION,
  ),
  'Ledger, table operations': price(
    0.036,
    'operations',
    'https://azure.microsoft.com/pricing/details/storage/tables/',
    MILLION,
  ),
  Storage: price(0.02, 'GB and month', 'https://azure.microsoft.com/pricing/details/storage/blobs/'),
} as const satisfies Readonly<Record<string, Price>>;
