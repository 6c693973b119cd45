import type { Credential, GetCredential } from './client.ts';

/** A token, and when it expires, in milliseconds since the epoch; null where nobody says. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: number | null;
}

/** A token is not used in what may be its last moments by the clock of the API, in milliseconds. */
const MARGIN_MS = 60_000;

/** Keeps a token until it expires, or the API refuses it. Calls at the same time wait for the same one. */
export function keepToken(issue: (signal: AbortSignal) => Promise<IssuedToken>): GetCredential {
  let kept: IssuedToken | null = null;
  let issuing: Promise<IssuedToken> | null = null;
  return async (refused, signal): Promise<Credential> => {
    const isGood = kept !== null && kept.token !== refused && !isOver(kept);
    if (kept !== null && isGood) return { kind: 'token', token: kept.token };
    issuing ??= issue(signal).finally(() => {
      issuing = null;
    });
    kept = await issuing;
    return { kind: 'token', token: kept.token };
  };
}

function isOver({ expiresAt }: IssuedToken): boolean {
  return expiresAt !== null && Date.now() > expiresAt - MARGIN_MS;
}
