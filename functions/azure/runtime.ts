import type { InvocationContext } from '@azure/functions';
import { createArmClient } from '../../shared/azure/arm-client.ts';
import { createAzureCloud } from '../../shared/azure/cloud.ts';
import { createCredential } from '../../shared/azure/credentials.ts';
import { requestMarkOf } from '../../shared/azure/request-ids.ts';
import type { Cloud } from '../../shared/core/cloud.ts';
import { type Config, describeProblems, readConfig } from '../../shared/core/config/config.ts';
import { once } from '../../shared/core/late.ts';
import { openLate } from '../../shared/core/ledger/late.ts';
import type { OpenLedger } from '../../shared/core/ledger/ledger.ts';
import type { OpenDirectory } from '../../shared/core/run/node-directory.ts';
import { METRIC_UNITS, type Telemetry } from '../../shared/core/telemetry.ts';
import { VERSION } from '../../shared/core/version.ts';

/** What every invocation of the app shares. */
export interface Runtime {
  /** With the app's own resource group where the settings name none. */
  readonly config: Config;
  readonly subscription: string;
  readonly cloud: Cloud;
  readonly openLedger: OpenLedger | null;
  readonly openDirectory: OpenDirectory | null;
}

/** The runtime, or why there is none: all mistakes of the configuration in one text. */
export type RuntimeResult =
  | { readonly ok: true; readonly runtime: Runtime }
  | { readonly ok: false; readonly problem: string };

/** Makes what the invocations share. Nothing is called yet. */
export function createRuntime(env: NodeJS.ProcessEnv): RuntimeResult {
  const result = readConfig(env, 'azure');
  if (!result.ok) return { ok: false, problem: describeProblems(result.problems) };
  const { azure } = result.config;
  // `<subscription>+<webspace>` on every plan; only some give the group:
  // https://github.com/Azure/azure-functions-host/issues/10441
  const subscription = azure.subscription ?? env['WEBSITE_OWNER_NAME']?.split('+')[0] ?? '';
  const ownGroup = env['WEBSITE_RESOURCE_GROUP'] ?? '';
  const resourceGroups = azure.resourceGroups.length > 0 ? azure.resourceGroups : [ownGroup];
  const config: Config = { ...result.config, azure: { ...azure, resourceGroups } };
  const problems = findProblems(config, subscription);
  if (problems.length > 0) return { ok: false, problem: describeProblems(problems) };
  const credential = createCredential(env);
  const requestMark = requestMarkOf(config);
  const arm = createArmClient({ subscription, endpoint: azure.endpoint, credential, requestMark });
  const openLedger = openLate(config, async () =>
    (await import('../../shared/azure/open-ledger.ts')).openAzureLedger(config, credential),
  );
  const { kubernetes } = config;
  const openDirectory =
    kubernetes?.kind !== 'api'
      ? null
      : once(async () =>
          (await import('../../shared/azure/open-kubernetes.ts')).openAzureDirectory(kubernetes, credential),
        );
  const cloud = createAzureCloud(arm, config);
  return { ok: true, runtime: { config, subscription, cloud, openLedger, openDirectory } };
}

/** Settings that the platform does not make up for, and those that would have no effect. */
function findProblems({ azure, eventBus, kubernetes }: Config, subscription: string): string[] {
  return [
    ...(subscription === ''
      ? [
          'PODROUTES_AZURE_SUBSCRIPTION: expected a subscription id; found nothing, and the hosting plan of the app does not expose it',
        ]
      : []),
    ...(azure.resourceGroups.includes('')
      ? [
          'PODROUTES_AZURE_RESOURCE_GROUPS: expected resource groups; found nothing, and the hosting plan of the app does not expose it',
        ]
      : []),
    ...(kubernetes?.kind === 'kubeconfig'
      ? [
          'PODROUTES_KUBERNETES: expected an address such as https://10.0.0.10:6443; found a kubeconfig, which is for the command line',
        ]
      : []),
    ...(eventBus === null ? [] : ['PODROUTES_EVENT_BUS: expected nothing on Azure; found the name of a bus']),
  ];
}

/** The runtime; throws the one error that lists every mistake of the configuration. */
export function requireRuntime(started: RuntimeResult): Runtime {
  if (started.ok) return started.runtime;
  throw new Error(started.problem);
}

/**
 * Logs and metrics of one invocation: a JSON object for each line, which Application Insights keeps as a trace of
 * that invocation. Metrics are lines with `metric`, `value` and `unit`.
 *
 * @example
 * traces | extend line = parse_json(message) | where line.metric == 'RoutesCreated'
 *   | summarize sum(todouble(line.value)) by tostring(line.cluster)
 */
export function createTelemetry(context: InvocationContext, { cluster, routeTables }: Config): Telemetry {
  const common = { cluster: cluster ?? routeTables.join(',') };
  return {
    log: (level, message, fields) =>
      context[level](JSON.stringify({ message, ...common, version: VERSION, ...fields })),
    measure: (metric, value, dimensions = {}) =>
      context.info(JSON.stringify({ metric, value, unit: METRIC_UNITS[metric], ...common, ...dimensions })),
  };
}
