import type { TokenCredential } from '@azure/core-auth';
import type { KubernetesApi, TokenPlace } from '../core/config/kubernetes.ts';
import type { NodeDirectory } from '../core/run/node-directory.ts';
import { CredentialError } from '../kubernetes/api-error.ts';
import { createApiClient } from '../kubernetes/client.ts';
import { createDirectory } from '../kubernetes/directory.ts';
import { type IssuedToken, keepToken } from '../kubernetes/token.ts';
import { classifyArmFailure } from './failures.ts';
import { machineOf } from './provider-id.ts';

type Issue = (signal: AbortSignal) => Promise<IssuedToken>;

/** The Node objects of the configured API, by the given token, or one of the app's own identity. */
export async function openAzureDirectory(
  { server, ca, token }: KubernetesApi,
  credential: TokenCredential,
): Promise<NodeDirectory> {
  const getCredential = keepToken(createIssuer(token, credential));
  return createDirectory(createApiClient({ server, ca, getCredential }), machineOf);
}

function createIssuer(place: TokenPlace, credential: TokenCredential): Issue {
  switch (place.kind) {
    case 'given':
      return async () => ({ token: place.token, expiresAt: null });
    case 'identity':
      return (signal) => askForIdentity(place.audience, credential, signal);
    case 'secret':
      throw new Error('PODROUTES_KUBERNETES_TOKEN: expected no name of a secret on Azure; found one');
  }
}

async function askForIdentity(
  audience: string,
  credential: TokenCredential,
  abortSignal: AbortSignal,
): Promise<IssuedToken> {
  const scope = audience.endsWith('/.default') ? audience : `${audience}/.default`;
  const issued = await credential.getToken(scope, { abortSignal }).catch((thrown: unknown) => {
    throw new CredentialError(classifyArmFailure(thrown, `a token for ${audience}`));
  });
  if (issued !== null) return { token: issued.token, expiresAt: issued.expiresOnTimestamp };
  const message = `The app has no identity that gets a token for ${audience}.`;
  throw new CredentialError({ kind: 'permanent', code: 'no-identity', message });
}
