import { ROOT } from '../docs/markdown.ts';
import { MINIMAL, synthesize } from '../infra/aws/synthesis.ts';
import { deployCase } from '../infra/azure/template-cases.ts';
import { type Arrow, type Box, drawBoxes } from './boxes.ts';

/** How many resources of each type a deployment with default settings makes. */
type Resources = ReadonlyMap<string, number>;

/** What a box says on one cloud, and the resource types that it stands for; none where it was there before. */
interface Part {
  readonly title: string;
  readonly text: string;
  readonly types: readonly string[];
  /** Whether the text begins with how many there are; the box then stands for all of its first type. */
  readonly isCounted?: true;
}

interface Place {
  readonly column: number;
  readonly row: number;
}

const PLACES = {
  nodes: { column: 0, row: 0 },
  events: { column: 1, row: 0 },
  queue: { column: 2, row: 0 },
  nodeEvents: { column: 3, row: 0 },
  tables: { column: 4, row: 0 },
  schedule: { column: 2, row: 1 },
  reconcile: { column: 3, row: 1 },
  ledger: { column: 4, row: 1 },
  deadLetters: { column: 1, row: 1 },
  alarms: { column: 0, row: 1 },
} satisfies Record<string, Place>;

type Name = keyof typeof PLACES;

const ARROWS: readonly (readonly [from: Name, to: Name])[] = [
  ['nodes', 'events'],
  ['events', 'queue'],
  ['queue', 'nodeEvents'],
  ['queue', 'deadLetters'],
  ['deadLetters', 'alarms'],
  ['nodeEvents', 'tables'],
  ['schedule', 'reconcile'],
  ['reconcile', 'tables'],
  ['reconcile', 'ledger'],
];

export const CLOUDS = ['aws', 'azure'] as const;
export type PicturedCloud = (typeof CLOUDS)[number];

const PARTS: Readonly<Record<PicturedCloud, Readonly<Record<Name, Part>>>> = {
  aws: {
    nodes: { title: 'your nodes', text: 'EC2 instances', types: [] },
    events: { title: 'events', text: 'EventBridge rules', types: ['AWS::Events::Rule'], isCounted: true },
    queue: { title: 'queue', text: 'SQS', types: ['AWS::SQS::Queue'] },
    nodeEvents: { title: 'node-events', text: 'Lambda function', types: ['AWS::Lambda::Function'] },
    tables: { title: 'your route tables', text: 'VPC', types: [] },
    schedule: { title: 'schedule', text: 'EventBridge Scheduler', types: ['AWS::Scheduler::Schedule'] },
    reconcile: { title: 'reconcile', text: 'Lambda function', types: ['AWS::Lambda::Function'] },
    ledger: { title: 'ledger', text: 'DynamoDB table', types: ['AWS::DynamoDB::Table'] },
    deadLetters: { title: 'dead letters', text: 'SQS', types: ['AWS::SQS::Queue'] },
    alarms: {
      title: 'alarms',
      text: 'CloudWatch, SNS topic',
      types: ['AWS::CloudWatch::Alarm', 'AWS::SNS::Topic', 'AWS::CloudWatch::Dashboard'],
    },
  },
  azure: {
    nodes: { title: 'your nodes', text: 'VMs and scale sets', types: [] },
    events: {
      title: 'events',
      text: 'Event Grid subscriptions',
      types: ['Microsoft.EventGrid/systemTopics/eventSubscriptions'],
      isCounted: true,
    },
    queue: { title: 'queue', text: 'Service Bus', types: ['Microsoft.ServiceBus/namespaces/queues'] },
    nodeEvents: { title: 'node-events', text: 'in the function app', types: ['Microsoft.Web/sites'] },
    tables: { title: 'your route tables', text: 'virtual network', types: [] },
    schedule: { title: 'schedule', text: 'timer of the app', types: ['Microsoft.Web/sites'] },
    reconcile: { title: 'reconcile', text: 'in the function app', types: ['Microsoft.Web/sites'] },
    ledger: {
      title: 'ledger',
      text: 'storage account table',
      types: ['Microsoft.Storage/storageAccounts/tableServices/tables'],
    },
    deadLetters: {
      title: 'unreadable',
      text: 'Service Bus',
      types: ['Microsoft.ServiceBus/namespaces/queues'],
    },
    alarms: {
      title: 'alerts',
      text: 'Azure Monitor, workbook',
      types: [
        'Microsoft.Insights/scheduledQueryRules',
        'Microsoft.Insights/metricAlerts',
        'Microsoft.Insights/workbooks',
      ],
    },
  },
};

/** Types that no box stands for: rights, what holds logs, and settings or containers of what is drawn. */
const NOT_DRAWN: readonly RegExp[] = [
  /^AWS::(IAM|KMS|Logs)::|Policy$|^AWS::Lambda::Event/,
  /^Microsoft\.(Authorization|ManagedIdentity|OperationalInsights|Resources)\//,
  /^Microsoft\.Insights\/(components|actionGroups)$/,
  /^Microsoft\.Storage\/storageAccounts(\/\w+)?$|\/containers$/,
  /^Microsoft\.(ServiceBus\/namespaces|EventGrid\/systemTopics|Web\/serverfarms)$/,
  /\/basicPublishingCredentialsPolicies$/,
];

/** What a deployment makes that the picture does not speak of; and of what it speaks though there is none. */
export function findGaps(cloud: PicturedCloud): { readonly undrawn: string[]; readonly absent: string[] } {
  const made = countResources(cloud);
  const drawn = new Set(Object.values(PARTS[cloud]).flatMap(({ types }) => types));
  return {
    undrawn: [...made.keys()].filter(
      (type) => !drawn.has(type) && !NOT_DRAWN.some((rule) => rule.test(type)),
    ),
    absent: [...drawn].filter((type) => !made.has(type)),
  };
}

/** The picture of what a deployment puts beside the nodes and route tables, as SVG. */
export function drawAccount(cloud: PicturedCloud): string {
  const made = countResources(cloud);
  const boxes = Object.entries(PLACES).map(([name, place]) => toBox(PARTS[cloud][name as Name], place, made));
  const arrows = ARROWS.map(([from, to]): Arrow => ({ from: PLACES[from], to: PLACES[to] }));
  const label = { aws: 'podroutes in an AWS account', azure: 'podroutes in an Azure subscription' }[cloud];
  return drawBoxes(label, boxes, arrows);
}

function toBox({ title, text, types, isCounted }: Part, place: Place, made: Resources): Box {
  const count = made.get(types[0] ?? '') ?? 0;
  return { ...place, title, text: isCounted ? `${count} ${text}` : text, isGiven: types.length === 0 };
}

function countResources(cloud: PicturedCloud): Resources {
  const types =
    cloud === 'aws'
      ? Object.values<{ Type: string }>(synthesize(MINIMAL).toJSON()['Resources']).map(({ Type }) => Type)
      : deployCase('the least').resources.map(({ type }) => type);
  return new Map([...Map.groupBy(types, (type) => type)].map(([type, all]) => [type, all.length]));
}

/** Where the picture of a cloud is kept. */
export function fileOf(cloud: PicturedCloud): URL {
  return new URL(`docs/pictures/account-${cloud}.svg`, ROOT);
}
