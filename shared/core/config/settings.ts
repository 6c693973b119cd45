import type { Cidr } from '../cidr.ts';
import { CLOUD_TRAITS } from '../clouds.ts';
import type { CloudName } from '../model.ts';
import {
  type BlockSizes,
  type LedgerLocation,
  type MaxDeletes,
  type NodeTag,
  type PodCidrSource,
  type Reader,
  readBlockSizes,
  readCount,
  readDuration,
  readEndpoint,
  readLedgerLocation,
  readList,
  readMaxDeletes,
  readNetwork,
  readNodeTag,
  readPattern,
  readRouteName,
  readRouteTable,
  readWord,
} from './values.ts';

/** One environment variable: what it means, and how its text becomes a value. */
export interface Setting<T> {
  readonly name: string;
  readonly meaning: string;
  /** The default, in words. */
  readonly default: string;
  /** Completes the sentence `expected …`. */
  readonly expected: string;
  readonly read: Reader<T>;
  /** What an unset variable stands for. */
  readonly unset: (cloud: CloudName) => T;
  /** Where it is optional an empty value is an unset one, as deployment templates leave it. */
  readonly presence: 'required' | 'defaulted' | 'optional';
}

const WORD = /^[^\p{Cc}*?]{1,128}$/u;

/** Every setting, by its place in the configuration. */
export const SETTINGS = {
  cluster: setting<string | null>({
    name: 'PODROUTES_CLUSTER',
    meaning:
      'cluster name; finds tables and nodes by the tag `kubernetes.io/cluster/<name>`, on Azure `kubernetes.io_cluster_<name>`',
    default: 'required unless route tables are given',
    expected: 'letters, digits, dots, hyphens and underscores, at most 100, beginning with a letter or digit',
    read: readPattern(/^[a-z\d][\w.-]{0,99}$/i),
    unset: () => null,
    presence: 'optional',
  }),
  clusterCidrs: setting<readonly Cidr[]>({
    name: 'PODROUTES_CLUSTER_CIDRS',
    meaning: 'comma list of pod address ranges, IPv4 and IPv6',
    default: 'required',
    expected: 'networks such as 10.200.0.0/16 or fd00:200::/48, separated by commas',
    read: readList(readNetwork),
    unset: () => [],
    presence: 'required',
  }),
  routeTables: setting<readonly string[]>({
    name: 'PODROUTES_ROUTE_TABLES',
    meaning: 'comma list: `rtb-…`, or Azure route table ids, or `group/name`',
    default: 'found by the cluster tag',
    expected: 'ids such as rtb-0123abcd, Azure route table ids, or group/name, separated by commas',
    read: readList(readRouteTable),
    unset: () => [],
    presence: 'optional',
  }),
  nodeTag: setting<NodeTag | null>({
    name: 'PODROUTES_NODE_TAG',
    meaning: '`key` or `key=value` that selects nodes',
    default:
      'the cluster tag; with explicit tables and no cluster, any instance in their network that makes a claim',
    expected: 'key or key=value, without * and ?',
    read: readNodeTag,
    unset: () => null,
    presence: 'optional',
  }),
  podCidrTag: setting<string>({
    name: 'PODROUTES_POD_CIDR_TAG',
    meaning: 'tag whose value is one CIDR or a comma list; user data is searched for the same name',
    default: '`pod-cidr`',
    expected: 'a tag name of at most 128 characters, without * and ?',
    read: readPattern(WORD),
    unset: () => 'pod-cidr',
    presence: 'defaulted',
  }),
  podCidrSources: setting<readonly PodCidrSource[]>({
    name: 'PODROUTES_POD_CIDR_SOURCES',
    meaning: 'order to look in',
    default: '`tag,user-data`',
    expected: 'tag, user-data or both, separated by a comma',
    read: readList(readWord('tag', 'user-data')),
    unset: () => ['tag', 'user-data'],
    presence: 'defaulted',
  }),
  routeName: setting<string>({
    name: 'PODROUTES_ROUTE_NAME',
    meaning: 'Azure route name template',
    default: '`kubernetes-route-{cidr}` giving `kubernetes-route-10-200-0-0-24`',
    expected: '{cidr} once among letters, digits, dots, hyphens and underscores that make an Azure name',
    read: readRouteName,
    unset: () => 'kubernetes-route-{cidr}',
    presence: 'defaulted',
  }),
  routeLimit: setting<number>({
    name: 'PODROUTES_ROUTE_LIMIT',
    meaning: 'routes per table',
    default: 'AWS 500, Azure 1000',
    expected: 'a whole number from 1',
    read: readCount,
    unset: (cloud) => CLOUD_TRAITS[cloud].routeLimit,
    presence: 'optional',
  }),
  maxDeletes: setting<MaxDeletes>({
    name: 'PODROUTES_MAX_DELETES',
    meaning:
      'living nodes that may be left without a route in a table within 24 hours: a count, or a percentage of those that have one',
    default: '`30%`',
    expected: 'a whole number, or a percentage from 0% to 100%',
    read: readMaxDeletes,
    unset: () => ({ percent: 30 }),
    presence: 'defaulted',
  }),
  grace: setting<number>({
    name: 'PODROUTES_GRACE',
    meaning: 'how long a route must have been seen unclaimed before it goes',
    default: '`15m`',
    expected: 'a time such as 90s, 15m or 24h',
    read: readDuration,
    unset: () => 15 * 60_000,
    presence: 'defaulted',
  }),
  scheduleInterval: setting<number>({
    name: 'PODROUTES_SCHEDULE_INTERVAL',
    meaning:
      'how often the schedule runs; what no run has seen for one and a half of it is no longer believed',
    default: '`10m`',
    expected: 'a time such as 90s, 15m or 24h',
    read: readDuration,
    unset: () => 10 * 60_000,
    presence: 'defaulted',
  }),
  ledger: setting<LedgerLocation | null>({
    name: 'PODROUTES_LEDGER',
    meaning:
      'where what must outlive a run is kept: `dynamodb:TABLE`, `https://ACCOUNT.table.core.windows.net/TABLE` or `file:PATH`',
    default: 'none; then no route that waits goes without `force`',
    expected: 'dynamodb:TABLE, https://ACCOUNT.table.core.windows.net/TABLE or file:PATH',
    read: readLedgerLocation,
    unset: () => null,
    presence: 'optional',
  }),
  maxClaims: setting<number>({
    name: 'PODROUTES_MAX_CLAIMS',
    meaning: 'claims of one node that count',
    default: '`8`',
    expected: 'a whole number from 1',
    read: readCount,
    unset: () => 8,
    presence: 'defaulted',
  }),
  stoppedNodes: setting<'keep' | 'remove'>({
    name: 'PODROUTES_STOPPED_NODES',
    meaning: '`keep` or `remove` the routes of stopped nodes',
    default: '`keep`',
    expected: 'keep or remove',
    read: readWord('keep', 'remove'),
    unset: () => 'keep',
    presence: 'defaulted',
  }),
  forwarding: setting<'ensure' | 'report' | 'ignore'>({
    name: 'PODROUTES_FORWARDING',
    meaning: 'source/destination check, IP forwarding: `ensure`, `report` or `ignore`',
    default: 'AWS `ensure`, Azure `report`',
    expected: 'ensure, report or ignore',
    read: readWord('ensure', 'report', 'ignore'),
    unset: (cloud) => CLOUD_TRAITS[cloud].forwarding.unset,
    presence: 'optional',
  }),
  allocate: setting<BlockSizes>({
    name: 'PODROUTES_ALLOCATE',
    meaning: 'block size to hand to nodes without a claim, `/24` or `/24,/64`',
    default: 'off',
    expected: 'off, a block size such as /24, or an IPv4 and an IPv6 one such as /24,/64',
    read: readBlockSizes,
    unset: () => ({ 4: null, 6: null }),
    presence: 'optional',
  }),
  reservedCidrs: setting<readonly Cidr[]>({
    name: 'PODROUTES_RESERVED_CIDRS',
    meaning: 'ranges inside the cluster CIDRs that no node may claim',
    default: 'none',
    expected: 'networks inside the cluster CIDRs, separated by commas',
    read: readList(readNetwork),
    unset: () => [],
    presence: 'optional',
  }),
  dryRun: setting<'true' | 'false'>({
    name: 'PODROUTES_DRY_RUN',
    meaning: 'plan only',
    default: '`false`',
    expected: 'true or false',
    read: readWord('true', 'false'),
    unset: () => 'false',
    presence: 'defaulted',
  }),
  eventBus: setting<string | null>({
    name: 'PODROUTES_EVENT_BUS',
    meaning: 'EventBridge bus for domain events: its name or ARN',
    default: 'none',
    expected: 'the name or the ARN of an event bus',
    read: readPattern(/^(arn:aws[a-z-]*:events:[a-z\d-]+:\d{12}:event-bus\/)?[\w./-]{1,256}$/),
    unset: () => null,
    presence: 'optional',
  }),
  lifecycleHook: setting<string>({
    name: 'PODROUTES_LIFECYCLE_HOOK',
    meaning: 'name of the Auto Scaling lifecycle hooks to complete; those of others are left alone',
    default: '`podroutes`',
    expected: 'the name of a lifecycle hook',
    read: readPattern(/^[\w/-]{1,255}$/),
    unset: () => 'podroutes',
    presence: 'defaulted',
  }),
  azureSubscription: setting<string | null>({
    name: 'PODROUTES_AZURE_SUBSCRIPTION',
    meaning: 'Azure subscription to look in',
    default: "the function app's own",
    expected: 'a subscription id such as 00000000-0000-0000-0000-000000000000',
    read: readPattern(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i),
    unset: () => null,
    presence: 'optional',
  }),
  azureResourceGroups: setting<readonly string[]>({
    name: 'PODROUTES_AZURE_RESOURCE_GROUPS',
    meaning: 'comma list of Azure resource groups to look in',
    default: "the function app's own; none on Flex Consumption, which does not tell",
    expected: 'resource group names, separated by commas',
    read: readList(readPattern(/^(?!.*\.$)[\p{L}\p{N}_().-]{1,90}$/u)),
    unset: () => [],
    presence: 'optional',
  }),
  azureEndpoint: setting<string | null>({
    name: 'PODROUTES_ARM_ENDPOINT',
    meaning: 'Azure Resource Manager endpoint, for sovereign clouds and the sandbox',
    default: 'public cloud',
    expected: 'an address such as https://management.azure.com (http only for this machine)',
    read: readEndpoint,
    unset: () => null,
    presence: 'optional',
  }),
};

function setting<T>(definition: Setting<T>): Setting<T> {
  return definition;
}
