import type { STSClientConfig } from '@aws-sdk/client-sts';
import { isToken, type KubernetesApi, type TokenPlace } from '../core/config/kubernetes.ts';
import type { NodeDirectory } from '../core/run/node-directory.ts';
import { CredentialError } from '../kubernetes/api-error.ts';
import { createApiClient } from '../kubernetes/client.ts';
import { createDirectory } from '../kubernetes/directory.ts';
import { type IssuedToken, keepToken } from '../kubernetes/token.ts';
import { classifyAwsFailure } from './failures.ts';
import { instanceOf } from './provider-id.ts';

/** Longer than any run. */
const TOKEN_SECONDS = 1_800;

/** What the clients of both services take. */
type Settings = Pick<
  STSClientConfig,
  'customUserAgent' | 'maxAttempts' | 'profile' | 'region' | 'requestHandler' | 'retryMode'
>;

type Issue = (signal: AbortSignal) => Promise<IssuedToken>;

/** The Node objects of the configured API, by a token from where the settings say. */
export async function openAwsDirectory(
  { server, ca, token }: KubernetesApi,
  settings: Settings,
): Promise<NodeDirectory> {
  const getCredential = keepToken(await createIssuer(token, settings));
  return createDirectory(createApiClient({ server, ca, getCredential }), instanceOf);
}

/** Loads the client of the one service that has the token. */
async function createIssuer(place: TokenPlace, settings: Settings): Promise<Issue> {
  switch (place.kind) {
    case 'secret':
      return readSecret(place.name, settings);
    case 'identity':
      return askForIdentity(place.audience, settings);
    case 'given':
      return async () => ({ token: place.token, expiresAt: null });
  }
}

async function readSecret(name: string, settings: Settings): Promise<Issue> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(settings);
  return async (abortSignal) => {
    const { SecretString = '' } = await client
      .send(new GetSecretValueCommand({ SecretId: name }), { abortSignal })
      .catch(toCredentialError('secretsmanager:GetSecretValue'));
    const token = SecretString.trim();
    if (isToken(token)) return { token, expiresAt: null };
    const message = `The secret ${name} holds no token: expected the token alone, as text.`;
    throw new CredentialError({ kind: 'permanent', code: 'no-token-in-secret', message });
  };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html */
async function askForIdentity(audience: string, settings: Settings): Promise<Issue> {
  const { GetWebIdentityTokenCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient(settings);
  const request = { Audience: [audience], SigningAlgorithm: 'RS256', DurationSeconds: TOKEN_SECONDS };
  return async (abortSignal) => {
    const { WebIdentityToken: token, Expiration } = await client
      .send(new GetWebIdentityTokenCommand(request), { abortSignal })
      .catch(toCredentialError('sts:GetWebIdentityToken'));
    if (token !== undefined) return { token, expiresAt: Expiration?.getTime() ?? null };
    const message = 'sts:GetWebIdentityToken: the answer has no token.';
    throw new CredentialError({ kind: 'transient', code: 'unexpected-answer', message });
  };
}

function toCredentialError(action: string): (thrown: unknown) => never {
  return (thrown) => {
    throw new CredentialError(classifyAwsFailure(thrown, action));
  };
}
