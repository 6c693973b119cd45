// @ts-nocheck
import type { TokenCredential } from '@azure/core-auth';
import { AzureCliCredential, ManagedIdentityCredential } from '@azure/identity';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Who calls Azure: the function app's managed identity in the cloud (the one of `AZURE_CLIENT_ID` where there are
 * several), and whoever has done `az login` on a workstation. No chain of guesses: a wrong identity that happens
 * to be there would be harder to find than a missing one.
 */
export function createCredential(env: Environment): TokenCredential {
  if (!env['IDENTITY_ENDPOINT']) return new AzureCliCredential();
  const clientId = env['AZURE_CLIENT_ID'];
  return clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
}
