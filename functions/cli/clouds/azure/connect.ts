import { type ArmClient, createArmClient } from '../../../../shared/azure/arm-client.ts';
import { createAzureCloud } from '../../../../shared/azure/cloud.ts';
import { readResourceId } from '../../../../shared/azure/events/resource-ids.ts';
import { parseEventGridMessage } from '../../../../shared/azure/events.ts';
import { machineOf } from '../../../../shared/azure/provider-id.ts';
import { requestMarkOf } from '../../../../shared/azure/request-ids.ts';
import { tableGroupsOf } from '../../../../shared/azure/table-reading.ts';
import type { Cloud } from '../../../../shared/core/cloud.ts';
import type { Config } from '../../../../shared/core/config/config.ts';
import type { CloudFailure } from '../../../../shared/core/errors.ts';
import { openLate } from '../../../../shared/core/ledger/late.ts';
import type { Invocation } from '../../command.ts';
import { openDirectory } from '../../kubernetes.ts';
import { watchReach } from '../../reach.ts';
import type { Connection } from '../../session.ts';

/** Connects as whoever has done "az login". */
export async function connectAzure(config: Config, { env }: Invocation): Promise<Connection> {
  const { endpoint, resourceGroups } = config.azure;
  const subscription = config.azure.subscription ?? '';
  const arm = openArm(config, env);
  const requestMark = requestMarkOf(config);
  const ours = { subscription, resourceGroups, tableGroups: tableGroupsOf(config), requestMark };
  return {
    ok: true,
    session: {
      config,
      cloud: withLimit(createAzureCloud(arm, config), () => watchReach(endpoint ?? PUBLIC_ENDPOINT, env)),
      openLedger: openLate(config, async () => {
        const { openAzureLedger } = await import('../../../../shared/azure/open-ledger.ts');
        return openAzureLedger(config, createLazyCredential(env));
      }),
      openDirectory: openDirectory(config.kubernetes, machineOf, async (api) => {
        const { openAzureDirectory } = await import('../../../../shared/azure/open-kubernetes.ts');
        return openAzureDirectory(api, createLazyCredential(env));
      }),
      place: `Azure subscription ${subscription}`,
      isNodeId: (text) => NODE_KINDS.has(readResourceId(text)?.kind ?? ''),
      remedyOf: remedyOfAzure,
      readEvents: (text) => parseEventGridMessage(text, ours),
      openAlerts: async () => {
        const { createAzureAlertReader } = await import('./alerts.ts');
        return createAzureAlertReader(arm, config.cluster ?? config.routeTables.join(','));
      },
      openDoctor: async () => {
        const { createAzureDoctor } = await import('../../../../shared/azure/doctor.ts');
        return createAzureDoctor(arm, config);
      },
      openVerifier: null,
    },
  };
}

/** Azure Resource Manager as the person sees it. */
export function openArm({ azure: { subscription, endpoint } }: Config, env: NodeJS.ProcessEnv): ArmClient {
  const credential = createLazyCredential(env);
  return createArmClient({
    subscription: subscription ?? '',
    endpoint,
    credential,
    requestTimeoutMs: REQUEST_MS,
  });
}

/**
 * Three times as long as Azure Resource Manager by default waits for a provider before it answers without:
 * https://github.com/Azure/azure-resource-manager-rpc/issues/35
 */
const REQUEST_MS = 60_000;

const PUBLIC_ENDPOINT = 'https://management.azure.com';
/** Nobody waits longer than that for a reading, however large the cluster, in milliseconds. */
const READING_MS = 300_000;

/** Ends a reading that nothing answers: the client waits as long as it may. */
function withLimit(cloud: Cloud, watch: () => AbortSignal): Cloud {
  const observe: Cloud['observe'] = (scope, signal) =>
    cloud.observe(scope, AbortSignal.any([signal, watch(), AbortSignal.timeout(READING_MS)]));
  return { ...cloud, observe };
}

const NODE_KINDS: ReadonlySet<string> = new Set(['virtual-machine', 'scale-set-instance']);

/** Identities bring more code than everything else: it is loaded for the first token, which the sandbox needs not. */
function createLazyCredential(env: NodeJS.ProcessEnv): Parameters<typeof createArmClient>[0]['credential'] {
  const loading = () =>
    import('../../../../shared/azure/credentials.ts').then(({ createCredential }) => createCredential(env));
  let credential: ReturnType<typeof loading> | undefined;
  return {
    getToken: async (...request) => {
      credential ??= loading();
      return (await credential).getToken(...request);
    },
  };
}

/** By the code of the failure. */
const REMEDIES: readonly { readonly codes: RegExp; readonly remedy: string }[] = [
  {
    codes: /^(CredentialUnavailableError|AuthenticationRequiredError|AuthenticationFailed)$/,
    remedy: 'Log in with "az login".',
  },
  {
    codes: /^(ExpiredAuthenticationToken|InvalidAuthenticationToken)/,
    remedy: 'Log in again with "az login".',
  },
  {
    codes: /^(SubscriptionNotFound|InvalidSubscriptionId|DisallowedOperation)$/,
    remedy: 'Check --subscription against "az account list", and the tenant that you are logged in to.',
  },
  {
    codes: /^(AuthorizationFailed|LinkedAuthorizationFailed|Forbidden)$/,
    remedy: 'Give your account a role that allows it in the resource group.',
  },
  { codes: /^ResourceGroupNotFound$/, remedy: 'Check --resource-groups and --subscription.' },
  { codes: /^(ResourceNotFound|NotFound)$/, remedy: 'Check --route-tables and --subscription.' },
  {
    codes:
      /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|REQUEST_SEND_ERROR|deadline)$/,
    remedy: 'Check the network of this machine, and PODROUTES_ARM_ENDPOINT where it is set.',
  },
  { codes: /^no-route-table$/, remedy: 'Tag the tables, or name them by --route-tables.' },
];

/** What a person does about a failure; empty where its own message says so. */
export function remedyOfAzure({ code }: CloudFailure): string {
  return REMEDIES.find(({ codes }) => codes.test(code))?.remedy ?? '';
}
