import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import * as z from 'zod/mini';
import { CredentialError } from './api-error.ts';
import type { Credential, GetCredential } from './client.ts';

/** How a kubeconfig names a plugin. */
export const ExecShape = z.object({
  apiVersion: z.string(),
  command: z.string(),
  args: z.optional(z.nullable(z.array(z.string()))),
  env: z.optional(z.nullable(z.array(z.object({ name: z.string(), value: z.string() })))),
  provideClusterInfo: z.optional(z.boolean()),
  interactiveMode: z.optional(z.string()),
});

/** What a plugin writes: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
const CredentialShape = z.object({
  kind: z.literal('ExecCredential'),
  status: z.object({
    token: z.optional(z.string()),
    clientCertificateData: z.optional(z.string()),
    clientKeyData: z.optional(z.string()),
    expirationTimestamp: z.optional(z.nullable(z.string())),
  }),
});

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
/** A plugin may ask an identity provider, and wait for a person there. */
const PLUGIN_MS = 60_000;
const LONGEST_OUTPUT = 1024 * 1024;

interface Surroundings {
  /** What a command with a slash in it starts from. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cluster: { readonly server: string; readonly ca: string | null };
}

interface Kept {
  readonly credential: Credential;
  readonly expiresAt: number;
}

/** Runs a plugin for a credential, and again when that has expired or was refused. It is never asked to prompt. */
export function runExecPlugin(exec: z.infer<typeof ExecShape>, around: Surroundings): GetCredential {
  let kept: Promise<Kept> | null = null;
  return async (refused, signal) => {
    const last = await kept?.catch(() => null);
    const isGood = last && last.expiresAt > Date.now() && !isRefused(last.credential, refused);
    if (!isGood) kept = run(exec, around, signal);
    return (await (kept ?? run(exec, around, signal))).credential;
  };
}

function isRefused(credential: Credential, refused: string | null): boolean {
  return credential.kind === 'token' && credential.token === refused;
}

async function run(
  exec: z.infer<typeof ExecShape>,
  { folder, env, cluster }: Surroundings,
  signal: AbortSignal,
): Promise<Kept> {
  const { apiVersion, command, args, env: extra, provideClusterInfo, interactiveMode } = exec;
  if (!VERSIONS.includes(apiVersion))
    throw failed(command, `its ${apiVersion} is not supported: expected ${VERSIONS.join(' or ')}`);
  if (interactiveMode === 'Always') throw failed(command, 'it asks for a terminal, which is not supported');
  const { server, ca } = cluster;
  const known = {
    server,
    ...(ca !== null && { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
  };
  const spec = { interactive: false, ...(provideClusterInfo && { cluster: known }) };
  const info = JSON.stringify({ kind: 'ExecCredential', apiVersion, spec });
  const added = Object.fromEntries((extra ?? []).map(({ name, value }) => [name, value]));
  const file = command.includes('/') ? resolve(folder, command) : command;
  const output = await new Promise<string>((done, fail) => {
    const options = {
      env: { ...env, ...added, KUBERNETES_EXEC_INFO: info },
      ...{ signal, timeout: PLUGIN_MS, maxBuffer: LONGEST_OUTPUT },
    };
    execFile(file, args ?? [], options, (error, stdout) => {
      // What it wrote may be a credential; its exit code alone says that it failed.
      if (error) fail(failed(command, `it ended with ${error.code ?? error.signal ?? 'an error'}`));
      else done(stdout);
    }).stdin?.end();
  });
  return toKept(output, command);
}

function toKept(output: string, command: string): Kept {
  const parsed = CredentialShape.safeParse(parse(output)).data?.status;
  if (parsed === undefined) throw failed(command, 'it wrote no ExecCredential with a status');
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = parsed;
  const expires = Date.parse(expirationTimestamp ?? '');
  const expiresAt = Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires;
  if (cert !== undefined && key !== undefined)
    return { credential: { kind: 'certificate', cert, key }, expiresAt };
  if (token === undefined) throw failed(command, 'it gave neither a token nor a certificate');
  return { credential: { kind: 'token', token }, expiresAt };
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

function failed(command: string, why: string): CredentialError {
  const message = `The exec plugin ${command} of the kubeconfig gave no credential: ${why}.`;
  return new CredentialError({ kind: 'permanent', code: 'exec-plugin', message });
}
