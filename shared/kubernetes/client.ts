import { setTimeout as pause } from 'node:timers/promises';
import { ApiError } from './api-error.ts';
import { isWorthAnotherTry } from './failures.ts';
import { type Call, type ClientCertificate, createWire, type TlsSettings } from './wire.ts';

/** Who calls: a bearer token, or a certificate. */
export type Credential =
  | { readonly kind: 'token'; readonly token: string }
  | ({ readonly kind: 'certificate' } & ClientCertificate);

/**
 * Gives the credential, from wherever it is kept.
 *
 * @param refused the token that the API has just refused: another is to be had; null where none was
 */
export type GetCredential = (refused: string | null, signal: AbortSignal) => Promise<Credential>;

/** Where the API is, and who calls. */
export interface Connection extends TlsSettings {
  readonly server: string;
  readonly getCredential: GetCredential;
}

/** Calls the Kubernetes API. Throws `ApiError`, `CredentialError`, or what the connection throws. */
export interface ApiClient {
  get(path: string, signal: AbortSignal): Promise<unknown>;
  /** A strategic merge patch: lists with a merge key, such as conditions, are merged by it. */
  patch(path: string, body: object, signal: AbortSignal): Promise<unknown>;
}

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;

export function createApiClient({ server, getCredential, ...tls }: Connection): ApiClient {
  const send = createWire(server, tls);
  const authorized = async (call: Unsigned, signal: AbortSignal): Promise<unknown> => {
    const credential = await getCredential(null, signal);
    try {
      return await send(sign(call, credential), signal);
    } catch (thrown) {
      if (!isUnauthorized(thrown) || credential.kind !== 'token') throw thrown;
      // It may have expired, or been replaced where it is kept.
      const renewed = await getCredential(credential.token, signal);
      return send(sign(call, renewed), signal);
    }
  };
  const call = async (wanted: Unsigned, signal: AbortSignal): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await authorized(wanted, signal);
      } catch (thrown) {
        if (attempt === ATTEMPTS || signal.aborted || !isWorthAnotherTry(thrown)) throw thrown;
        const asked = thrown instanceof ApiError ? thrown.retryAfterMs : null;
        await pause(asked ?? FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  };
  return {
    get: (path, signal) => call({ method: 'GET', path, headers: {}, body: null }, signal),
    patch: (path, body, signal) => {
      const headers = { 'content-type': 'application/strategic-merge-patch+json' };
      return call({ method: 'PATCH', path, headers, body: JSON.stringify(body) }, signal);
    },
  };
}

type Unsigned = Omit<Call, 'certificate'>;

function sign(call: Unsigned, credential: Credential): Call {
  const headers = { accept: 'application/json', 'user-agent': 'podroutes', ...call.headers };
  if (credential.kind === 'certificate') {
    const { cert, key } = credential;
    return { ...call, headers, certificate: { cert, key } };
  }
  return { ...call, headers: { ...headers, authorization: `Bearer ${credential.token}` }, certificate: null };
}

function isUnauthorized(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.status === 401;
}
