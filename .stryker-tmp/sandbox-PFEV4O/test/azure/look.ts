// @ts-nocheck
import type { Observation, RouteTarget, Scope } from '../../shared/core/model.ts';
import type { ArmSandboxOptions } from '../../shared/sandbox/arm-server.ts';
import { type AzureWorld, withAzure } from './azure-world.ts';

type Environment = Readonly<Record<string, string>>;
type Look = (scope?: Partial<Scope>, env?: Environment) => Promise<Observation>;

/** Looks at a sandbox of Azure by its adapter, with whatever scope and settings. */
export function withLook(
  use: (look: Look, world: AzureWorld) => Promise<void>,
  options: ArmSandboxOptions = {},
): Promise<void> {
  return withAzure({ retryAfterSeconds: 0, ...options }, (world) =>
    use(
      (scope = {}, env = {}) =>
        world.cloud(env).observe({ kind: 'all', ids: [], ...scope }, AbortSignal.timeout(20_000)),
      world,
    ),
  );
}

/** Names of the nodes that were seen, in order. */
export function namesOf({ nodes }: Observation): string[] {
  return nodes.map(({ name }) => name).sort();
}

/** What kind of target each destination of the first table was seen to have; `disputed` where reads disagree. */
export function targetsOf({ tables }: Observation): Record<string, string> {
  const routes = tables[0]?.routes ?? [];
  return Object.fromEntries(routes.map(({ destination, target }) => [destination.text, describe(target)]));
}

function describe(target: RouteTarget): string {
  return target.kind === 'vacant' && !target.agreed ? 'disputed' : target.kind;
}

/** A route to the pods of a node, as a table of Azure has it. */
export function route(
  index: number,
  nextHopIpAddress: string,
  name = `kubernetes-route-10-200-${index}-0-24`,
) {
  return { name, addressPrefix: `10.200.${index}.0/24`, nextHopIpAddress };
}
