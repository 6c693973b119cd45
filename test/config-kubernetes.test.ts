import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../shared/core/config/config.ts';
import type { CloudName } from '../shared/core/model.ts';

const MINIMAL = { PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' };
const SERVER = { KUBERNETES: 'https://10.0.0.10:6443' };
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

/** The configuration with these settings beside the least. */
function read(settings: Readonly<Record<string, string>>, cloud: CloudName = 'aws') {
  const named = Object.entries(settings).map(([name, value]) => [`PODROUTES_${name}`, value]);
  return readConfig({ ...MINIMAL, ...Object.fromEntries(named) }, cloud);
}

describe('How Kubernetes is reached', () => {
  it.each<[string, Record<string, string>, CloudName, object | null]>([
    ['not at all, where nothing is said', {}, 'aws', null],
    [
      'with a token in a secret',
      { ...SERVER, KUBERNETES_TOKEN: 'secret:kthw/podroutes' },
      'aws',
      { kind: 'api', server: SERVER.KUBERNETES, ca: null, token: { kind: 'secret', name: 'kthw/podroutes' } },
    ],
    [
      'with the ARN of a secret',
      { ...SERVER, KUBERNETES_TOKEN: 'secret:arn:aws:secretsmanager:us-east-1:123456789012:secret:k-AbCdEf' },
      'aws',
      { token: { name: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:k-AbCdEf' } },
    ],
    [
      'with an identity, behind a path, and certificates in Base64',
      {
        KUBERNETES: 'https://proxy.example/k8s/clusters/c-1/',
        KUBERNETES_TOKEN: 'identity:api://podroutes',
        KUBERNETES_CA: Buffer.from(PEM).toString('base64'),
      },
      'azure',
      {
        server: 'https://proxy.example/k8s/clusters/c-1',
        ca: PEM,
        token: { kind: 'identity', audience: 'api://podroutes' },
      },
    ],
    [
      'with a token that a Key Vault reference has left, and certificates as they are',
      { ...SERVER, KUBERNETES_TOKEN: 'eyJhbGciOi.J9_a-b.c', KUBERNETES_CA: PEM },
      'azure',
      { ca: PEM, token: { kind: 'given', token: 'eyJhbGciOi.J9_a-b.c' } },
    ],
    ["by a person's kubeconfig", { KUBERNETES: 'kubeconfig' }, 'aws', { kind: 'kubeconfig', context: null }],
    [
      'by a context of it',
      { KUBERNETES: 'kubeconfig:admin@kthw' },
      'azure',
      { kind: 'kubeconfig', context: 'admin@kthw' },
    ],
  ])('%s', (_, settings, cloud, access) => {
    const result = read(settings, cloud);
    if (!result.ok) throw new Error(result.problems.join());
    if (access === null) expect(result.config.kubernetes).toBeNull();
    else expect(result.config.kubernetes).toMatchObject(access);
  });

  it.each<[string, Record<string, string>, CloudName, readonly unknown[]]>([
    [
      'a source that is asked nowhere',
      { POD_CIDR_SOURCES: 'tag,kubernetes' },
      'aws',
      [
        'PODROUTES_POD_CIDR_SOURCES: expected PODROUTES_KUBERNETES beside the source kubernetes; found nothing',
      ],
    ],
    [
      'an address without a token',
      SERVER,
      'aws',
      ['PODROUTES_KUBERNETES: expected PODROUTES_KUBERNETES_TOKEN beside an address; found nothing'],
    ],
    [
      'a token without an address',
      { KUBERNETES_TOKEN: 'secret:k' },
      'aws',
      ['PODROUTES_KUBERNETES_TOKEN: expected PODROUTES_KUBERNETES beside it; found nothing'],
    ],
    [
      'certificates beside a kubeconfig',
      { KUBERNETES: 'kubeconfig', KUBERNETES_CA: PEM },
      'aws',
      ['PODROUTES_KUBERNETES_CA: expected nothing beside a kubeconfig, which has its own; found a value'],
    ],
    [
      'an address that is not encrypted',
      { KUBERNETES: 'http://10.0.0.10', KUBERNETES_TOKEN: 'secret:k' },
      'aws',
      [expect.stringContaining('found "http://10.0.0.10", which would send the token unencrypted')],
    ],
    [
      'an address with a password',
      { KUBERNETES: 'https://admin:hunter2@10.0.0.10', KUBERNETES_TOKEN: 'secret:k' },
      'aws',
      [expect.stringMatching(/^PODROUTES_KUBERNETES: .*found "10\.0\.0\.10", with a user name or password$/)],
    ],
    [
      'certificates that are none',
      { ...SERVER, KUBERNETES_TOKEN: 'secret:k', KUBERNETES_CA: 'bm9uZQ==' },
      'aws',
      [expect.stringMatching(/^PODROUTES_KUBERNETES_CA: expected certificates in PEM/)],
    ],
    [
      'a token itself in the settings of a function on AWS',
      { ...SERVER, KUBERNETES_TOKEN: 'hunter2.hunter2.hunter2' },
      'aws',
      [expect.stringMatching(/found "a token itself", which is no way to a token on aws$/)],
    ],
    [
      'the name of a secret on Azure',
      { ...SERVER, KUBERNETES_TOKEN: 'secret:k' },
      'azure',
      [expect.stringMatching(/found "the name of a secret", which is no way to a token on azure$/)],
    ],
    [
      'a reference that Azure could not resolve',
      {
        ...SERVER,
        KUBERNETES_TOKEN: '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/hunter2)',
      },
      'azure',
      [expect.stringMatching(/found "a Key Vault reference", which the app could not resolve$/)],
    ],
    [
      'a token with blanks in it',
      { ...SERVER, KUBERNETES_TOKEN: 'hunter2 hunter2' },
      'azure',
      [expect.stringMatching(/found "a text of another form"$/)],
    ],
  ])('is refused with %s, and no secret is shown', (_, settings, cloud, problems) => {
    const result = read(settings, cloud);
    expect(result).toEqual({ ok: false, problems });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});
