// @ts-nocheck
import { AzureCliCredential, ManagedIdentityCredential } from '@azure/identity';
import { expect, it } from '@jest/globals';
import { createCredential } from '../../shared/azure/credentials.ts';

it.each([
  [
    'the managed identity in a function app',
    { IDENTITY_ENDPOINT: 'http://localhost/msi' },
    ManagedIdentityCredential,
  ],
  [
    'a user-assigned identity by its client id',
    { IDENTITY_ENDPOINT: 'http://localhost/msi', AZURE_CLIENT_ID: '11111111-2222-3333-4444-555555555555' },
    ManagedIdentityCredential,
  ],
  ['whoever did az login on a workstation', { AZURE_CLIENT_ID: 'x' }, AzureCliCredential],
])('Azure is called as %s', (_, env, kind) => {
  expect(createCredential(env)).toBeInstanceOf(kind);
});
