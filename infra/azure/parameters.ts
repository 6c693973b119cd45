import { SETTINGS } from '../../shared/core/config/settings.ts';
import type { Setting } from '../../shared/core/config/values.ts';
import { ALARMS } from '../alarms.ts';
import type { Expression, Parameter } from './arm.ts';

/** A parameter that becomes an app setting. */
interface SettingParameter {
  readonly setting: Setting<unknown>;
  readonly parameter: Parameter;
}

function offer(setting: Setting<unknown>, parameter: Omit<Parameter, 'metadata'>): SettingParameter {
  const description = `${setting.meaning.replaceAll('`', '')} (${setting.name})`;
  return { setting, parameter: { ...parameter, metadata: { description } } };
}

/** The parameters that are settings of the functions. Their defaults are those of the functions on Azure. */
export const SETTING_PARAMETERS = {
  cluster: offer(SETTINGS.cluster, { type: 'string', minLength: 1, maxLength: 100 }),
  clusterCidrs: offer(SETTINGS.clusterCidrs, { type: 'array', minLength: 1 }),
  routeTables: offer(SETTINGS.routeTables, { type: 'array', defaultValue: [] }),
  nodeTag: offer(SETTINGS.nodeTag, { type: 'string', defaultValue: '' }),
  podCidrTag: offer(SETTINGS.podCidrTag, { type: 'string', defaultValue: 'pod-cidr', minLength: 1 }),
  podCidrSources: offer(SETTINGS.podCidrSources, {
    type: 'array',
    defaultValue: ['tag', 'user-data'],
    minLength: 1,
    maxLength: 3,
  }),
  routeName: offer(SETTINGS.routeName, {
    type: 'string',
    defaultValue: 'kubernetes-route-{cidr}',
    minLength: 6,
  }),
  routeLimit: offer(SETTINGS.routeLimit, { type: 'int', defaultValue: 1000, minValue: 1 }),
  maxDeletes: offer(SETTINGS.maxDeletes, { type: 'string', defaultValue: '30%', minLength: 1 }),
  grace: offer(SETTINGS.grace, { type: 'string', defaultValue: '15m', minLength: 2 }),
  kubernetes: offer(SETTINGS.kubernetes, { type: 'string', defaultValue: '' }),
  kubernetesCa: offer(SETTINGS.kubernetesCa, { type: 'string', defaultValue: '' }),
  kubernetesToken: offer(SETTINGS.kubernetesToken, { type: 'string', defaultValue: '' }),
  maxClaims: offer(SETTINGS.maxClaims, { type: 'int', defaultValue: 8, minValue: 1 }),
  allocate: offer(SETTINGS.allocate, { type: 'string', defaultValue: '' }),
  reservedCidrs: offer(SETTINGS.reservedCidrs, { type: 'array', defaultValue: [] }),
  stoppedNodes: offer(SETTINGS.stoppedNodes, {
    type: 'string',
    defaultValue: 'keep',
    allowedValues: ['keep', 'remove'],
  }),
  forwarding: offer(SETTINGS.forwarding, {
    type: 'string',
    defaultValue: 'report',
    allowedValues: ['ensure', 'report', 'ignore'],
  }),
  dryRun: offer(SETTINGS.dryRun, { type: 'bool', defaultValue: false }),
} as const satisfies Readonly<Record<string, SettingParameter>>;

function describe(description: string, parameter: Omit<Parameter, 'metadata'>): Parameter {
  return { ...parameter, metadata: { description } };
}

/**
 * What the functions' code has to be called, wherever Azure takes it from.
 * https://learn.microsoft.com/azure/azure-functions/functions-infrastructure-as-code#deployment-package
 */
export const PACKAGE_FILE = 'released-package.zip';

/**
 * Where the template itself was taken from an address, the code lies beside it.
 * https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-deployment#deployment
 */
const BESIDE_THE_TEMPLATE = [
  "[if(contains(deployment().properties, 'templateLink'), ",
  `uri(deployment().properties.templateLink.uri, '${PACKAGE_FILE}'), '')]`,
].join('');

/** The parameters of the resources around the functions. */
const RESOURCE_PARAMETERS = {
  location: describe('region of all resources', {
    type: 'string',
    defaultValue: '[resourceGroup().location]',
  }),
  appName: describe('name of the function app, unique in Azure; other names are made from it', {
    type: 'string',
    defaultValue: "[format('podroutes-{0}', uniqueString(resourceGroup().id, parameters('cluster')))]",
    minLength: 2,
    maxLength: 43,
  }),
  packageUrl: describe(
    "address of the functions' code, released-package.zip, for Azure to take it from; empty to deploy the code apart",
    { type: 'string', defaultValue: BESIDE_THE_TEMPLATE },
  ),
  nodeResourceGroups: describe(
    'resource groups with the nodes, and with the route tables where routeTables names none',
    { type: 'array', defaultValue: ['[resourceGroup().name]'], minLength: 1 },
  ),
  networkResourceGroups: describe(
    'further resource groups, with the virtual networks and with the route tables that routeTables names',
    { type: 'array', defaultValue: [] },
  ),
  readSubscription: describe(
    'whether the app may read every machine of the subscription, with its user data, to have all power states in one list',
    { type: 'bool', defaultValue: false },
  ),
  resourceNotifications: describe(
    'whether to subscribe to Resource Notifications of the subscription, which report machines that the platform creates itself; a subscription can have one such topic',
    { type: 'bool', defaultValue: false },
  ),
  functionSubnetId: describe(
    'id of a subnet, delegated to Microsoft.App/environments, to reach private addresses from, such as that of the Kubernetes API',
    { type: 'string', defaultValue: '' },
  ),
  nodeVersion: describe('version of Node.js that the functions run on', {
    type: 'string',
    defaultValue: '22',
    allowedValues: ['22', '24'],
  }),
  instanceMemoryMB: describe('memory of an instance of the function app', {
    type: 'int',
    defaultValue: 2048,
    allowedValues: [512, 2048, 4096],
  }),
  monitoring: describe(
    'which alert rules there are: full, essential (those for what loses routes) or off; logs and the workbook are there in any case',
    { type: 'string', defaultValue: 'full', allowedValues: ['full', 'essential', 'off'] },
  ),
  alertEmails: describe('addresses that alerts are sent to', { type: 'array', defaultValue: [] }),
  docsUrl: describe(
    'address that the folder docs is published at; descriptions of alerts then link to their pages',
    { type: 'string', defaultValue: '' },
  ),
  eventToRouteSeconds: describe('how long 95 % of the routes may take from their event, in seconds', {
    type: 'int',
    defaultValue: ALARMS['event-to-route-slow'].threshold,
    minValue: 1,
  }),
  logRetentionDays: describe('how long logs are kept', {
    type: 'int',
    defaultValue: 30,
    minValue: 30,
    maxValue: 730,
  }),
} as const satisfies Readonly<Record<string, Parameter>>;

/** Names of the parameters that are settings. */
export type SettingParameterName = keyof typeof SETTING_PARAMETERS;

/** Names of all parameters. */
export type ParameterName = SettingParameterName | keyof typeof RESOURCE_PARAMETERS;

/** Every parameter of the template. */
export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  ...Object.fromEntries(Object.entries(SETTING_PARAMETERS).map(([name, { parameter }]) => [name, parameter])),
  ...RESOURCE_PARAMETERS,
};

/** The value of a parameter, as a piece of an expression. */
export function parameter(name: ParameterName): Expression {
  return `parameters('${name}')`;
}
