import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { load } from 'js-yaml';
import * as z from 'zod/mini';
import type { NodeDirectory } from '../core/run/node-directory.ts';
import { type Connection, createApiClient, type GetCredential } from './client.ts';
import { createDirectory } from './directory.ts';
import { ExecShape, runExecPlugin } from './exec-plugin.ts';
import { keepToken } from './token.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const ClusterShape = z.object({
  server: z.string(),
  'certificate-authority': z.optional(z.string()),
  'certificate-authority-data': z.optional(z.string()),
  'tls-server-name': z.optional(z.string()),
  'insecure-skip-tls-verify': z.optional(z.boolean()),
  'proxy-url': z.optional(z.string()),
});

const UserShape = z.object({
  as: z.optional(z.unknown()),
  'auth-provider': z.optional(z.unknown()),
  token: z.optional(z.string()),
  tokenFile: z.optional(z.string()),
  'client-certificate': z.optional(z.string()),
  'client-certificate-data': z.optional(z.string()),
  'client-key': z.optional(z.string()),
  'client-key-data': z.optional(z.string()),
  exec: z.optional(z.nullable(ExecShape)),
});

/** https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
const FileShape = z.object({
  'current-context': z.optional(z.string()),
  contexts: z.optional(
    z.nullable(
      z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
    ),
  ),
  clusters: z.optional(z.nullable(z.array(z.object({ name: z.string(), cluster: ClusterShape })))),
  users: z.optional(z.nullable(z.array(z.object({ name: z.string(), user: z.nullable(UserShape) })))),
});

/** One file, and the folder that its paths start from. */
interface Kubeconfig extends z.infer<typeof FileShape> {
  readonly folder: string;
}

/** An entry, and the folder that its paths start from. */
interface Located<T> {
  readonly value: T;
  readonly folder: string;
}

/**
 * The Node objects of the cluster that a person's kubeconfig names. Throws one error that says what is wrong with it.
 *
 * @param context null for the current one
 */
export async function openKubeconfig(
  context: string | null,
  machineOf: (providerId: string) => string | null,
  env: Environment = process.env,
): Promise<NodeDirectory> {
  const files = await readFiles(env);
  const name = context ?? files.map((file) => file['current-context'] ?? '').find((each) => each !== '');
  if (name === undefined) throw mistake('it has no current context: name one, as in kubeconfig:CONTEXT');
  const entry = files.flatMap(({ contexts }) => contexts ?? []).find((each) => each.name === name);
  if (entry === undefined)
    throw mistake(`it has no context ${name}; "kubectl config get-contexts" lists them`);
  const cluster = find(files, entry.context.cluster, 'cluster', ({ clusters }) =>
    (clusters ?? []).map((each) => [each.name, each.cluster] as const),
  );
  const user = find(files, entry.context.user, 'user', ({ users }) =>
    (users ?? []).map((each) => [each.name, each.user ?? {}] as const),
  );
  return createDirectory(createApiClient(await toConnection(cluster, user, env)), machineOf);
}

/** Of several files, the first that has something wins. */
async function readFiles(env: Environment): Promise<Kubeconfig[]> {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const paths = named.length > 0 ? named : [join(env['HOME'] ?? homedir(), '.kube', 'config')];
  const files = await Promise.all(paths.map(readKubeconfig));
  const found = files.filter((file) => file !== null);
  if (found.length === 0) throw mistake(`there is none at ${paths.join(', ')}`);
  return found;
}

async function readKubeconfig(path: string): Promise<Kubeconfig | null> {
  const text = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return null;
    throw mistake(`${path} could not be read: ${thrown.code}`);
  });
  if (text === null) return null;
  const file = FileShape.safeParse(parseYaml(text, path));
  if (file.success) return { ...file.data, folder: dirname(resolve(path)) };
  const { path: place = [] } = file.error.issues[0] ?? {};
  throw mistake(`${path} is not of the documented form${place.length > 0 ? ` at ${place.join('.')}` : ''}`);
}

function parseYaml(text: string, path: string): unknown {
  try {
    return load(text);
  } catch {
    // The parser's own message quotes the file, which holds credentials.
    throw mistake(`${path} is no YAML`);
  }
}

function find<T>(
  files: readonly Kubeconfig[],
  name: string,
  what: string,
  entriesOf: (file: Kubeconfig) => readonly (readonly [string, T])[],
): Located<T> {
  for (const file of files) {
    const entry = entriesOf(file).find(([each]) => each === name);
    if (entry !== undefined) return { value: entry[1], folder: file.folder };
  }
  throw mistake(`it has no ${what} ${name}`);
}

async function toConnection(
  { value: cluster, folder }: Located<z.infer<typeof ClusterShape>>,
  user: Located<z.infer<typeof UserShape>>,
  env: Environment,
): Promise<Connection> {
  const { server, 'tls-server-name': serverName } = cluster;
  if (cluster['insecure-skip-tls-verify'])
    throw mistake('insecure-skip-tls-verify is not supported: name the CA');
  if (cluster['proxy-url']) throw mistake('proxy-url is not supported');
  if (URL.parse(server)?.protocol !== 'https:')
    throw mistake('expected a server such as https://10.0.0.10:6443');
  const ca = await readEither(
    cluster['certificate-authority-data'],
    cluster['certificate-authority'],
    folder,
  );
  return {
    server: server.replace(/\/+$/, ''),
    ca,
    ...(serverName !== undefined && { serverName }),
    getCredential: await toCredential(user, { server, ca, env }),
  };
}

interface Called {
  readonly server: string;
  readonly ca: string | null;
  readonly env: Environment;
}

/** In the order in which kubectl looks. */
async function toCredential(
  { value: user, folder }: Located<z.infer<typeof UserShape>>,
  { server, ca, env }: Called,
): Promise<GetCredential> {
  const unsupported = (['as', 'auth-provider'] as const).find((name) => user[name]);
  if (unsupported !== undefined) throw mistake(`${unsupported} is not supported`);
  const cert = await readEither(user['client-certificate-data'], user['client-certificate'], folder);
  const key = await readEither(user['client-key-data'], user['client-key'], folder);
  if (cert !== null && key !== null) return async () => ({ kind: 'certificate', cert, key });
  const { token, tokenFile, exec } = user;
  if (tokenFile !== undefined) {
    const read = () => readFile(resolve(folder, tokenFile), 'utf8');
    // Whoever writes the file replaces the token before it expires.
    return keepToken(async () => ({ token: (await read()).trim(), expiresAt: Date.now() + 120_000 }));
  }
  if (token !== undefined) return async () => ({ kind: 'token', token });
  if (exec) return runExecPlugin(exec, { folder, env, cluster: { server, ca } });
  throw mistake(
    'its user has no token, no client certificate and no exec plugin, which are what is supported',
  );
}

async function readEither(
  data: string | undefined,
  path: string | undefined,
  folder: string,
): Promise<string | null> {
  if (data !== undefined) return Buffer.from(data, 'base64').toString();
  if (path === undefined) return null;
  return readFile(resolve(folder, path), 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    throw mistake(`${path} could not be read: ${thrown.code}`);
  });
}

function mistake(what: string): Error {
  return new Error(`The kubeconfig cannot be used: ${what}.`);
}
