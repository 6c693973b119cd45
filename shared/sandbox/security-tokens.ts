import { generateKeyPairSync, type KeyPairKeyObjectResult, sign, verify } from 'node:crypto';
import { ApiError, type Params } from './query.ts';

/** The part of STS that tells others who somebody is. */
export interface SecurityTokens {
  readonly issuer: string;
  /** Whether the token was issued here, for that audience, and has not expired. */
  readonly verify: (token: string, audience: string) => boolean;
  readonly run: (action: string, params: Params) => Record<string, string>;
}

const LONGEST_SECONDS = 3_600;
const DEFAULT_SECONDS = 300;

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html */
export function createSecurityTokens({
  account,
  now,
}: {
  account: string;
  now: () => number;
}): SecurityTokens {
  // A pair takes a while to make, and hardly anybody needs it.
  let made: KeyPairKeyObjectResult | null = null;
  const keys = (): KeyPairKeyObjectResult => {
    made ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
    return made;
  };
  const issuer = 'https://00000000-0000-0000-0000-000000000000.tokens.sts.global.api.aws';
  const subject = `arn:aws:iam::${account}:role/podroutes`;
  const issue = (audience: string, seconds: number): Record<string, string> => {
    const expiresAt = Math.floor(now() / 1_000) + seconds;
    const claims = { iss: issuer, sub: subject, aud: audience, exp: expiresAt };
    const head = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(head), keys().privateKey).toString('base64url');
    return {
      WebIdentityToken: `${head}.${signature}`,
      Expiration: new Date(expiresAt * 1_000).toISOString(),
    };
  };
  return {
    issuer,
    verify: (token, audience) => {
      const [header = '', payload = '', signature = ''] = token.split('.');
      const signed = Buffer.from(`${header}.${payload}`);
      if (!verify('sha256', signed, keys().publicKey, Buffer.from(signature, 'base64url'))) return false;
      const { iss, aud, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());
      return iss === issuer && aud === audience && exp * 1_000 > now();
    },
    run: (action, params) => {
      if (action !== 'GetWebIdentityToken') throw new ApiError('InvalidAction', `No action ${action}`);
      const audience = params.get('Audience.member.1') ?? '';
      const seconds = Number(params.get('DurationSeconds') ?? DEFAULT_SECONDS);
      const isValid = audience !== '' && seconds >= 60 && seconds <= LONGEST_SECONDS;
      if (!isValid || params.get('SigningAlgorithm') !== 'RS256') {
        throw new ApiError('ValidationError', 'Audience, DurationSeconds or SigningAlgorithm is not valid');
      }
      return issue(audience, seconds);
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
