import type { BlockTag, TagResult } from '../cloud.ts';
import { kubernetesUnavailable } from '../findings/failures.ts';
import type { Registry } from '../model.ts';
import type { ConditionResult, Run } from './run.ts';

/** The port to the Kubernetes API. Nothing here throws for what the API answers. */
export interface NodeDirectory {
  /** Reads every Node object, or none: a part of them is a failure (R3). */
  read(signal: AbortSignal): Promise<Registry>;
  /** Tells the Node objects of a run's nodes whether their pods are reached, where they do not say so yet. */
  tell(run: Run, registry: Registry, request: ConditionRequest): Promise<ConditionResult[]>;
  /** Gives Node objects without a pod CIDR that of their nodes, which they then keep. */
  assign(tags: readonly BlockTag[], registry: Registry, signal: AbortSignal): Promise<TagResult[]>;
}

interface ConditionRequest {
  /** What is done about what the network lets through. */
  readonly forwarding: 'ensure' | 'report' | 'ignore';
  readonly signal: AbortSignal;
}

/** Loads what reads Kubernetes, where it is configured. Throws what is safe to show. */
export type OpenDirectory = () => Promise<NodeDirectory>;

/** Begins to read the Node objects. What goes wrong is a value. */
export async function readRegistry(open: OpenDirectory, signal: AbortSignal): Promise<Registry> {
  try {
    return await (await open()).read(signal);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { ok: false, failure: { kind: 'permanent', code: 'kubernetes-access', message } };
  }
}

/**
 * The last thing that a run does: only then is it known which routes are in place. A dry run tells nobody.
 *
 * @param open null where Kubernetes is not asked
 */
export async function updateConditions(
  run: Run,
  open: OpenDirectory | null | undefined,
  request: ConditionRequest,
): Promise<Run> {
  const registry = await run.scope.registry;
  if (!open || registry === undefined) return run;
  const isMute = run.dryRun || !registry.ok;
  const conditions = isMute ? [] : await (await open()).tell(run, registry, request);
  const failure = registry.ok ? null : registry.failure;
  const failed = failure ?? conditions.find((result) => result.failure !== null)?.failure;
  const findings = failed ? [...run.findings, kubernetesUnavailable(failed)] : run.findings;
  return { ...run, findings, kubernetes: { failure, conditions, ...findUnregistered(run, registry) } };
}

/** Holders of blocks whose Node objects get them once they exist. */
function findUnregistered(
  { observation }: Run,
  registry: Registry,
): { readonly unregistered?: readonly string[] } {
  if (!registry.ok) return {};
  const unregistered = observation.nodes
    .filter(({ id, claims }) => claims.some(({ source }) => source === 'ledger') && !registry.nodes.has(id))
    .map(({ id }) => id);
  return unregistered.length === 0 ? {} : { unregistered };
}
