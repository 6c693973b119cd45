import { CLOUD_TRAITS } from '../clouds.ts';
import { accept, type PodCidrSource, type Reader, reject, type Setting } from './values.ts';

/** Where the Kubernetes API is: its address, or what a person's kubeconfig says of a context. */
export type KubernetesPlace =
  | { readonly kind: 'api'; readonly server: string }
  /** Null for the current context. */
  | { readonly kind: 'kubeconfig'; readonly context: string | null };

/** Where a token comes from. */
export type TokenPlace =
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'identity'; readonly audience: string }
  | { readonly kind: 'given'; readonly token: string };

/** An API, and how it is reached. */
export interface KubernetesApi {
  readonly kind: 'api';
  /** Without a trailing slash. */
  readonly server: string;
  /** PEM; null for what Node.js trusts. */
  readonly ca: string | null;
  readonly token: TokenPlace;
}

/** How the Kubernetes API is reached. */
export type KubernetesAccess = KubernetesApi | Extract<KubernetesPlace, { kind: 'kubeconfig' }>;

/** Reads an HTTPS address, with a path where a proxy has several clusters behind it, or `kubeconfig[:CONTEXT]`. */
const readKubernetesPlace: Reader<KubernetesPlace> = (text) => {
  const [isFile, context] = /^kubeconfig(?::(.{1,253}))?$/.exec(text) ?? [];
  if (isFile !== undefined) return accept({ kind: 'kubeconfig', context: context ?? null });
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return reject(text);
  if (url.username !== '' || url.password !== '') return reject(url.host, 'with a user name or password');
  if (url.search !== '' || url.hash !== '') return reject(text, 'which has more than a path');
  if (url.protocol === 'http:') return reject(text, 'which would send the token unencrypted');
  return accept({ kind: 'api', server: url.href.replace(/\/+$/, '') });
};

const CERTIFICATE = /^(?:\s*-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----\s*)+$/;

/** Reads certificates in PEM, or Base64 of them. */
const readCertificates: Reader<string> = (text) => {
  const decoded = text.startsWith('-----') ? text : Buffer.from(text, 'base64').toString();
  return CERTIFICATE.test(decoded) ? accept(decoded) : reject(text);
};

/** Reads `secret:NAME`, `identity:AUDIENCE` or a token. What may be a token is never shown (R11). */
const readTokenPlace: Reader<TokenPlace> = (text, cloud) => {
  // The platform leaves a reference that it could not resolve as it is.
  if (text.startsWith('@Microsoft.KeyVault(')) {
    return reject('a Key Vault reference', 'which the app could not resolve');
  }
  const place = readAnyToken(text);
  if (place === null) return reject('a text of another form');
  if (CLOUD_TRAITS[cloud].kubernetesTokens.includes(place.kind)) return accept(place);
  const found = { secret: 'the name of a secret', identity: 'an audience', given: 'a token itself' }[
    place.kind
  ];
  return reject(found, `which is no way to a token on ${cloud}`);
};

function readAnyToken(text: string): TokenPlace | null {
  const [, name] = /^secret:([\w/+=.@:-]{1,512})$/.exec(text) ?? [];
  if (name !== undefined) return { kind: 'secret', name };
  const [, audience] = /^identity:([\x21-\x7e]{1,1000})$/.exec(text) ?? [];
  if (audience !== undefined) return { kind: 'identity', audience };
  return isToken(text) && !/^(secret|identity):/.test(text) ? { kind: 'given', token: text } : null;
}

/** Whether a text can be sent as a bearer token: https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
export function isToken(text: string): boolean {
  return /^[\w.~+/-]{8,}=*$/.test(text);
}

/** The three settings. */
export const KUBERNETES_SETTINGS: {
  readonly kubernetes: Setting<KubernetesPlace | null>;
  readonly kubernetesCa: Setting<string | null>;
  readonly kubernetesToken: Setting<TokenPlace | null>;
} = {
  kubernetes: {
    name: 'PODROUTES_KUBERNETES',
    meaning:
      'address of the Kubernetes API, or `kubeconfig` or `kubeconfig:CONTEXT` for the command line; with it the source `kubernetes` and the node condition',
    default: 'off',
    expected: 'an address such as https://10.0.0.10:6443, kubeconfig or kubeconfig:CONTEXT',
    read: readKubernetesPlace,
    unset: () => null,
    presence: 'optional',
  },
  kubernetesCa: {
    name: 'PODROUTES_KUBERNETES_CA',
    meaning:
      'certificates that the Kubernetes API is trusted by: PEM, or Base64 of it as a kubeconfig has it',
    default: 'those that Node.js knows',
    expected: 'certificates in PEM, or Base64 of them',
    read: readCertificates,
    unset: () => null,
    presence: 'optional',
  },
  kubernetesToken: {
    name: 'PODROUTES_KUBERNETES_TOKEN',
    meaning:
      "token for the Kubernetes API: on AWS `secret:NAME` in Secrets Manager, on Azure what a Key Vault reference leaves; on both `identity:AUDIENCE` for a token of the function's own identity",
    default: 'required beside an address',
    expected: 'secret:NAME on AWS, a token by a Key Vault reference on Azure, or identity:AUDIENCE',
    read: readTokenPlace,
    unset: () => null,
    presence: 'optional',
  },
};

/** What the three settings say together; null where they say too little, which is a mistake that is reported elsewhere. */
export function toKubernetesAccess({
  place,
  ca,
  token,
}: {
  readonly place: KubernetesPlace | null;
  readonly ca: string | null;
  readonly token: TokenPlace | null;
}): KubernetesAccess | null {
  if (place === null || place.kind === 'kubeconfig') return place;
  return token === null ? null : { ...place, ca, token };
}

/** Mistakes that only several settings together show. */
export function findKubernetesProblems(
  isSet: { readonly place: boolean; readonly ca: boolean; readonly token: boolean },
  {
    kubernetes,
    podCidrSources,
  }: { kubernetes: KubernetesAccess | null; podCidrSources: readonly PodCidrSource[] },
): string[] {
  const isFile = kubernetes?.kind === 'kubeconfig';
  const unusedSetting = (name: string): string =>
    isFile
      ? `${name}: expected nothing beside a kubeconfig, which has its own; found a value`
      : `${name}: expected PODROUTES_KUBERNETES beside it; found nothing`;
  const isAlone = isFile || !isSet.place;
  return [
    ...(podCidrSources.includes('kubernetes') && !isSet.place
      ? [
          'PODROUTES_POD_CIDR_SOURCES: expected PODROUTES_KUBERNETES beside the source kubernetes; found nothing',
        ]
      : []),
    ...(isSet.ca && isAlone ? [unusedSetting('PODROUTES_KUBERNETES_CA')] : []),
    ...(isSet.token && isAlone ? [unusedSetting('PODROUTES_KUBERNETES_TOKEN')] : []),
    ...(isSet.place && !isFile && !isSet.token
      ? ['PODROUTES_KUBERNETES: expected PODROUTES_KUBERNETES_TOKEN beside an address; found nothing']
      : []),
  ];
}
