import { createEc2Clients } from '../../../../shared/aws/client-settings.ts';
import { createAwsCloud } from '../../../../shared/aws/cloud.ts';
import { instanceOf } from '../../../../shared/aws/provider-id.ts';
import { selectionTagKeys } from '../../../../shared/aws/selection.ts';
import { ownAgent, USER_AGENT } from '../../../../shared/aws/user-agent.ts';
import type { Config } from '../../../../shared/core/config/config.ts';
import type { CloudFailure } from '../../../../shared/core/errors.ts';
import { openLate } from '../../../../shared/core/ledger/late.ts';
import { type Invocation, usageRefusal } from '../../command.ts';
import { openDirectory } from '../../kubernetes.ts';
import { CONNECT_MS } from '../../reach.ts';
import type { Connection } from '../../session.ts';
import { readAwsEvents } from './events.ts';

/** A person waits: fewer tries than a function makes, and no long wait for an endpoint that is not there. */
const PATIENCE = {
  retryMode: 'adaptive',
  maxAttempts: 4,
  requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: 15_000, throwOnRequestTimeout: true },
};

/** Connects with the profile, region and credentials that the aws tool would use, unless options say others. */
export async function connectAws(config: Config, { values, env }: Invocation): Promise<Connection> {
  const invalid = ENDPOINT_VARIABLES.find((name) => env[name] && !isEndpoint(env[name]));
  if (invalid !== undefined) {
    const found = env[invalid]?.replace(/[^/]*@/, '…@');
    return usageRefusal(`${invalid}: expected an address such as http://127.0.0.1:4566; found "${found}"`);
  }
  const profile = values.get('profile') ?? env['AWS_PROFILE'];
  const asked = values.get('region') ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (asked && !/^[a-z\d-]+$/.test(asked)) {
    return usageRefusal(`expected a region such as eu-west-1; found "${asked}"`);
  }
  const settings = {
    ...PATIENCE,
    customUserAgent: USER_AGENT,
    ...(profile && { profile }),
    ...(asked && { region: asked }),
  };
  // Whatever profile a client is given, the SDK looks for its endpoint_url by this variable alone.
  if (profile) process.env['AWS_PROFILE'] = profile;
  const clients = createEc2Clients(settings);
  const { reads: client } = clients;
  const region = await client.config.region().catch(() => null);
  if (region === null) {
    const where = profile ? `the profile ${profile}, if there is one` : 'a profile';
    return usageRefusal(`expected a region in --region, AWS_REGION or ${where}; found none`);
  }
  const where = ['--region', region, ...(profile ? ['--profile', profile] : [])];
  const ours = {
    ...config,
    account: null,
    region,
    selectionTagKeys: selectionTagKeys(config),
    ownAgent: ownAgent(config),
  };
  return {
    ok: true,
    session: {
      config,
      cloud: createAwsCloud(clients, config),
      openLedger: openLate(config, async () =>
        (await import('../../../../shared/aws/open-ledger.ts')).openAwsLedger(config, settings),
      ),
      openDirectory: openDirectory(config.kubernetes, instanceOf, async (api) =>
        (await import('../../../../shared/aws/open-kubernetes.ts')).openAwsDirectory(api, settings),
      ),
      place: `AWS ${region}${profile ? ` (profile ${profile})` : ''}`,
      isNodeId: (text) => /^i-[\da-f]{8,17}$/.test(text),
      remedyOf: (failure) => remedyOf(failure, profile),
      readEvents: (text) => readAwsEvents(text, ours),
      openAlerts: async () => {
        const { createAwsAlertReader } = await import('./alerts.ts');
        return createAwsAlertReader(settings, config.cluster ?? config.routeTables.join(','));
      },
      openDoctor: async () => {
        const { createAwsDoctor } = await import('../../../../shared/aws/doctor.ts');
        return createAwsDoctor(client, config, where);
      },
      openVerifier: async () => {
        const { createAwsVerifier } = await import('./verify/verifier.ts');
        return createAwsVerifier(settings, config, where);
      },
    },
  };
}

/** Those of the services that are called: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const ENDPOINT_VARIABLES = [
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_EC2',
  'AWS_ENDPOINT_URL_CLOUDWATCH',
  'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
];

function isEndpoint(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

/** By the code of the failure; the SDK and EC2 have several for the same thing. */
const REMEDIES: readonly { readonly codes: RegExp; readonly remedy: (profile: string) => string }[] = [
  {
    codes: /^CredentialsProviderError$/,
    remedy: (profile) => `Log in with "aws sso login${profile}" or "aws configure${profile}".`,
  },
  {
    codes: /Expired/,
    remedy: (profile) => `The credentials have expired: log in again, as with "aws sso login${profile}".`,
  },
  {
    codes:
      /^(AuthFailure|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidAccessKeyId)$/,
    remedy: () =>
      'AWS does not know these credentials in this region: check the region, and which ones "aws sts get-caller-identity" uses.',
  },
  {
    codes: /^(OptInRequired|ENOTFOUND|EAI_AGAIN)$/,
    remedy: () => 'Check the region, and the network of this machine.',
  },
  {
    codes: /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|TimeoutError|deadline)$/,
    remedy: () => 'Check the network of this machine, and AWS_ENDPOINT_URL where it is set.',
  },
  {
    // What the SDK makes of an address that is none.
    codes: /^TypeError$/,
    remedy: () => 'Check endpoint_url of the profile, where it is set.',
  },
  {
    codes: /^(no-route-table|InvalidRouteTableID\.NotFound)$/,
    remedy: () => 'Check region, account and cluster name, or name the tables with --route-tables.',
  },
];

function remedyOf({ code }: CloudFailure, profile: string | undefined): string {
  const option = profile ? ` --profile ${profile}` : '';
  return REMEDIES.find(({ codes }) => codes.test(code))?.remedy(option) ?? '';
}
