import { ComputeManagementClient } from '@azure/arm-compute';
import { NetworkManagementClient } from '@azure/arm-network';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import type { Subnet } from '../../shared/sandbox/arm/model.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import type { Arm } from '../../shared/sandbox/arm/state.ts';
import { type ArmSandbox, type ArmSandboxOptions, startArmSandbox } from '../../shared/sandbox/arm-server.ts';

const TOKEN = 'sandbox-token';
export const GROUP = 'kubernetes';
export const TABLE = 'kubernetes-routes';

export interface World {
  readonly sandbox: ArmSandbox;
  readonly arm: Arm;
  readonly network: NetworkManagementClient;
  readonly compute: ComputeManagementClient;
  /** Of the virtual network 10.240.0.0/16. */
  readonly subnet: Subnet;
}

/** Clients of the sandbox; calls are not retried by default, so that each answer is seen. */
export function createClients(
  { endpoint, subscription }: Pick<ArmSandbox, 'endpoint' | 'subscription'>,
  maxRetries = 0,
) {
  const credential = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const options = { endpoint, allowInsecureConnection: true, retryOptions: { maxRetries } };
  const network = new NetworkManagementClient(credential, subscription, options);
  const compute = new ComputeManagementClient(credential, subscription, options);
  for (const { pipeline } of [network, compute]) {
    // The SDK's own policy sends a token over TLS only.
    pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
    pipeline.addPolicy({
      name: 'plainBearerPolicy',
      sendRequest: (request, next) => {
        request.headers.set('authorization', `Bearer ${TOKEN}`);
        return next(request);
      },
    });
  }
  return { network, compute };
}

/** Runs `use` with a sandbox that has a group, a network and a subnet, and with its clients. */
export async function withArm(
  options: ArmSandboxOptions,
  use: (world: World) => Promise<void>,
): Promise<void> {
  const sandbox = await startArmSandbox(options);
  const { arm } = sandbox;
  createGroup(arm, GROUP);
  const place = { group: GROUP, name: 'kubernetes-vnet', addressPrefixes: ['10.240.0.0/16'] };
  const vnet = createNetwork(arm, place);
  const subnet = putSubnet(arm, {
    network: vnet.id,
    name: 'kubernetes-subnet',
    addressPrefixes: ['10.240.0.0/24'],
  });
  sandbox.takeEvents();
  try {
    await use({ sandbox, arm, subnet, ...createClients(sandbox) });
  } finally {
    await sandbox.close();
  }
}

/** A virtual appliance's route, as the SDK writes it. */
export function route(index: number, nextHopIpAddress = `10.240.0.2${index}`) {
  return {
    name: `kubernetes-route-10-200-${index}-0-24`,
    addressPrefix: `10.200.${index}.0/24`,
    nextHopType: 'VirtualAppliance',
    nextHopIpAddress,
  };
}

/** All items of a paged list. */
export async function collect<T>(list: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

/** The id that an answer must have. */
export function idOf({ id }: { readonly id?: string | undefined }): string {
  if (id === undefined) throw new Error('The answer lacks an id');
  return id;
}

/**
 * How a call was refused. The clients keep only the outer code of a long-running call's first answer: what
 * its details say is in the sandbox's log of calls.
 */
export async function refusal(call: PromiseLike<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const { statusCode, code, message } = Object(error);
    return { status: statusCode, code, message };
  }
  throw new Error('The call was accepted');
}

interface Refusal {
  readonly status: unknown;
  readonly code: unknown;
  readonly message: unknown;
}

/** Sends a request without the SDK, to see exactly what comes back. */
export async function send(
  sandbox: ArmSandbox,
  method: string,
  path: string,
  { body, headers }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
) {
  const response = await fetch(`${sandbox.endpoint}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, json };
}
