import { ApiError } from './query.ts';

/** The part of Secrets Manager that gives secrets away. */
export interface Secrets {
  /** Texts by the names of their secrets. */
  readonly values: Map<string, string>;
  readonly run: (action: string, body: unknown) => unknown;
}

/** Creates a Secrets Manager without secrets. */
export function createSecrets({ account, region }: { account: string; region: string }): Secrets {
  const values = new Map<string, string>();
  const prefix = `arn:aws:secretsmanager:${region}:${account}:secret:`;
  return {
    values,
    run: (action, body) => {
      if (action !== 'GetSecretValue') {
        throw new ApiError('UnknownOperationException', `No operation ${action}`);
      }
      const { SecretId } = Object(body);
      const name = String(SecretId).startsWith(prefix)
        ? String(SecretId)
            .slice(prefix.length)
            .replace(/-\w{6}$/, '')
        : String(SecretId);
      const text = values.get(name);
      if (text === undefined) {
        throw new ApiError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      }
      return {
        ARN: `${prefix}${name}-AbCdEf`,
        Name: name,
        SecretString: text,
        VersionStages: ['AWSCURRENT'],
      };
    },
  };
}
