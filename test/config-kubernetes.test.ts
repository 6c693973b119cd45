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
      'certificates without an address',
      { KUBERNETES_CA: PEM },
      'aws',
      ['PODROUTES_KUBERNETES_CA: expected PODROUTES_KUBERNETES beside it; found nothing'],
    ],
    [
      'a token beside a kubeconfig',
      { KUBERNETES: 'kubeconfig', KUBERNETES_TOKEN: 'secret:k' },
      'aws',
      ['PODROUTES_KUBERNETES_TOKEN: expected nothing beside a kubeconfig, which has its own; found a value'],
    ],
    [
      'an audience where functions have no identity for it',
      { ...SERVER, KUBERNETES_TOKEN: 'identity:hunter2' },
      'linux',
      [expect.stringMatching(/found "an audience", which is no way to a token on linux$/)],
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

const ALONE: ReadonlySet<string> = new Set(['kubeconfig', 'kubeconfig:a', `kubeconfig:${'a'.repeat(253)}`]);
const TWO = `${PEM}\n${PEM}\n`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Texts at the edge of what a setting takes, and just beyond. */
const EDGES: readonly (readonly [name: string, cloud: CloudName, taken: string[], refused: string[]])[] = [
  [
    'KUBERNETES',
    'aws',
    ['https://a.example', 'HTTPS://a.example:1/x//', ...ALONE],
    [
      ...['kubeconfig:', 'kubeconfigs', 'xkubeconfig', `kubeconfig:${'a'.repeat(254)}`],
      ...['ftp://a.example', 'a.example', 'https://a.example/?x', 'https://a.example/#x'],
      ...['https://a@a.example', 'https://:a@a.example', 'httpss://a.example', 'xhttps://a.example'],
    ],
  ],
  [
    'KUBERNETES_CA',
    'aws',
    [TWO, base64(TWO), `${PEM}${PEM}`, base64(` ${PEM} `), base64(`\n\n${PEM}`)],
    [
      ...[`x${PEM}`, `${PEM}x`, PEM.replace('\nMIIB\n', ''), PEM.replace('MIIB', 'M*'), base64(`x${PEM}`)],
      ...[PEM.replaceAll('CERTIFICATE', 'PRIVATE KEY'), base64(`${PEM}x`), `x-----`, base64(`${PEM}-----`)],
    ],
  ],
  [
    'KUBERNETES_TOKEN',
    'aws',
    [
      'secret:a',
      `secret:${'a'.repeat(512)}`,
      'secret:a/b+c=d.e@f:g-h_1',
      'identity:!~',
      `identity:${'a'.repeat(1000)}`,
    ],
    [
      ...['secret:', `secret:${'a'.repeat(513)}`, 'secret:a b', 'xsecret:a', 'secret:a!', 'identity:'],
      ...['identity:a b', `identity:${'a'.repeat(1001)}`, 'identity:é', 'xidentity:a'],
    ],
  ],
  [
    'KUBERNETES_TOKEN',
    'azure',
    ['12345678', 'a.b~c+d/e-_1', '12345678=='],
    ['1234567', '1234567=', '=12345678', '12345678=a', '12345678!', '!12345678', 'secret:12345678!'],
  ],
];

describe('What is said of Kubernetes', () => {
  const around = (name: string, value: string) => {
    const others = ALONE.has(value) ? {} : { ...SERVER, KUBERNETES_TOKEN: 'identity:a' };
    return { ...others, [name]: value };
  };

  it.each(EDGES.flatMap(([name, cloud, taken]) => taken.map((value) => [name, value, cloud] as const)))(
    'is taken: %s=%s on %s',
    (name, value, cloud) => {
      expect(read(around(name, value), cloud)).toMatchObject({ ok: true });
    },
  );

  it.each(EDGES.flatMap(([name, cloud, , refused]) => refused.map((value) => [name, value, cloud] as const)))(
    'is refused: %s=%s on %s',
    (name, value, cloud) => {
      const result = read(around(name, value), cloud);
      expect(result.ok || result.problems).toContainEqual(
        expect.stringMatching(new RegExp(`^PODROUTES_${name}: expected .*; found "`)),
      );
    },
  );

  it('is an address without the slashes at its end', () => {
    const result = read({ KUBERNETES: 'https://a.example//x//', KUBERNETES_TOKEN: 'secret:k' });
    expect(result).toMatchObject({ config: { kubernetes: { server: 'https://a.example//x' } } });
  });

  it('is nothing where the address cannot be read', () => {
    const result = read({ KUBERNETES: 'a.example', KUBERNETES_TOKEN: 'secret:k', POD_CIDR_SOURCES: 'tag' });
    expect(result.ok || result.problems).toHaveLength(1);
  });
});
