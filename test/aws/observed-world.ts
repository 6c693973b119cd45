import type { EC2Client } from '@aws-sdk/client-ec2';
import { observeAws } from '../../shared/aws/observe.ts';
import { describeProblems, readConfig } from '../../shared/core/config/config.ts';
import type { Observation, Scope } from '../../shared/core/model.ts';
import type { AwsSandboxOptions } from '../../shared/sandbox/aws-server.ts';
import { type AwsWorld, createAwsWorld } from '../contract/aws-world.ts';
import { startSandboxBackend } from '../contract/backends.ts';
import type { WorldOptions } from '../contract/world.ts';

export interface Setup extends WorldOptions {
  readonly sandbox?: AwsSandboxOptions;
}

/** Reads the cluster as the adapter does; everything by default. */
export type Look = (
  scope?: Partial<Scope>,
  env?: Readonly<Record<string, string>>,
  client?: EC2Client,
) => Promise<Observation>;
export type Sandbox = Awaited<ReturnType<typeof startSandboxBackend>>['sandbox'];

/** A cluster in a sandbox, and a look at it. */
export async function withWorld(
  { sandbox: sandboxOptions, ...options }: Setup,
  use: (world: AwsWorld, look: Look, sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const backend = await startSandboxBackend(sandboxOptions);
  const world = await createAwsWorld(backend, options);
  const look: Look = (scope = {}, env = {}, client = world.ec2) => {
    const result = readConfig({ ...world.env, ...env }, 'aws');
    if (!result.ok) throw new Error(describeProblems(result.problems));
    return observeAws(client, result.config, { kind: 'all', ids: [], ...scope }, AbortSignal.timeout(30_000));
  };
  try {
    await use(world, look, backend.sandbox);
  } finally {
    await world.close();
  }
}

/** Who is behind each route of the first table, by destination. */
export function targetsOf({ tables }: Observation): Record<string, string> {
  const routes = tables[0]?.routes ?? [];
  return Object.fromEntries(routes.map(({ destination, target }) => [destination.text, target.kind]));
}
