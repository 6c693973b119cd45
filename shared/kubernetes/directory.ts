import { refuse } from '../core/claims/elements.ts';
import type { BlockTag, TagResult } from '../core/cloud.ts';
import type { CloudFailure } from '../core/errors.ts';
import type { RegisteredNode, Registry } from '../core/model.ts';
import type { NodeDirectory } from '../core/run/node-directory.ts';
import { ApiError } from './api-error.ts';
import type { ApiClient } from './client.ts';
import { findDue, isSaid, type WantedCondition } from './conditions.ts';
import { classifyKubernetesFailure, isAbsent, isExpired, isOutOfDate } from './failures.ts';
import { type NamedMachine, readNode, readPage } from './node-object.ts';

const NODES = '/api/v1/nodes';
/** A page of so many has a few megabytes. */
const PAGE_SIZE = 250;
/** A list whose place has been lost is read from its beginning so often at most. */
const MOST_LISTS = 3;
/** Tries of a write that others come before. */
const MOST_WRITES = 3;

/**
 * The Node objects of a cluster.
 *
 * @param machineOf the id of the machine that a `providerID` names, as the cloud's adapter has it; null where it
 *   names none
 */
export function createDirectory(
  client: ApiClient,
  machineOf: (providerId: string) => string | null,
): NodeDirectory {
  return {
    read: (signal) => readRegistry(client, machineOf, signal),
    tell: (run, registry, { forwarding, signal }) =>
      Promise.all(
        findDue(run, registry, forwarding).map(async ({ node, registered, wanted }) => {
          const failure = await writeCondition(client, registered, wanted, signal);
          return { node, status: wanted.status, failure };
        }),
      ),
    assign: (tags, registry, signal) =>
      Promise.all(tags.map((tag) => assignBlock(client, tag, registry, signal))),
  };
}

async function readRegistry(
  client: ApiClient,
  machineOf: (providerId: string) => string | null,
  signal: AbortSignal,
): Promise<Registry> {
  try {
    return { ok: true, nodes: toMachines(await listNodes(client, signal), machineOf) };
  } catch (thrown) {
    return { ok: false, failure: classifyKubernetesFailure(thrown, 'list nodes') };
  }
}

async function listNodes(client: ApiClient, signal: AbortSignal): Promise<NamedMachine[]> {
  for (let list = 1; ; list += 1) {
    try {
      return await listOnce(client, signal);
    } catch (thrown) {
      // What is left of the list has to be of the same moment as what was read of it.
      if (!isExpired(thrown) || list === MOST_LISTS) throw thrown;
    }
  }
}

async function listOnce(client: ApiClient, signal: AbortSignal): Promise<NamedMachine[]> {
  const nodes: NamedMachine[] = [];
  for (let next = ''; ; ) {
    const place = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
    const page = readPage(await client.get(`${NODES}?limit=${PAGE_SIZE}${place}`, signal));
    if (page === null) throw new ApiError(502, 'unexpected-answer', 'The answer is no list of Nodes.');
    nodes.push(...page.nodes);
    if (page.next === '') return nodes;
    if (page.next === next) throw new ApiError(502, 'unexpected-answer', 'The list has no further page.');
    next = page.next;
  }
}

function toMachines(
  listed: readonly NamedMachine[],
  machineOf: (providerId: string) => string | null,
): Map<string, RegisteredNode> {
  const byMachine = Map.groupBy(listed, ({ providerId }) => machineOf(providerId));
  return new Map(
    [...byMachine].flatMap(([id, [first, second]]) => {
      if (id === null || first === undefined) return [];
      return [[id, second === undefined ? first.node : confuse(first.node, second.node)] as const];
    }),
  );
}

/** It is unknown which of two is the machine's, and no claim is safer than a wrong one. */
function confuse(one: RegisteredNode, other: RegisteredNode): RegisteredNode {
  const problem = `is ambiguous: the Nodes ${one.name} and ${other.name} both name this machine in their providerID`;
  return { ...one, ...refuse('kubernetes', problem) };
}

async function writeCondition(
  client: ApiClient,
  node: RegisteredNode,
  wanted: WantedCondition,
  signal: AbortSignal,
): Promise<CloudFailure | null> {
  const path = `${NODES}/${encodeURIComponent(node.name)}`;
  for (let write = 1, known = node; ; write += 1) {
    try {
      await client.patch(`${path}/status?fieldManager=podroutes`, toPatch(known, wanted), signal);
      return null;
    } catch (thrown) {
      // There is nobody left to tell it of.
      if (isAbsent(thrown)) return null;
      if (!isOutOfDate(thrown) || write === MOST_WRITES) {
        return classifyKubernetesFailure(thrown, `patch the status of Node ${node.name}`);
      }
    }
    const read = await readAgain(client, path, signal);
    if (!read.ok) return read.failure;
    const { now } = read;
    if (now === null || now.uid !== node.uid || isSaid(now, wanted)) return null;
    if (isDoubt(wanted) && !isSame(now, node)) return null;
    known = now;
  }
}

type Reread =
  | { readonly ok: true; readonly now: RegisteredNode | null }
  | { readonly ok: false; readonly failure: CloudFailure };

async function readAgain(client: ApiClient, path: string, signal: AbortSignal): Promise<Reread> {
  try {
    return { ok: true, now: readNode(await client.get(path, signal)) };
  } catch (thrown) {
    if (isAbsent(thrown)) return { ok: true, now: null };
    return { ok: false, failure: classifyKubernetesFailure(thrown, 'get a node') };
  }
}

/**
 * Of two runs at once, the one that found every route in place has the better knowledge: the other one gives way to
 * whatever was said since it looked.
 */
function isDoubt({ status }: WantedCondition): boolean {
  return status === 'True';
}

function isSame(
  { networkUnavailable: now }: RegisteredNode,
  { networkUnavailable: before }: RegisteredNode,
): boolean {
  return now?.status === before?.status && now?.reason === before?.reason;
}

/**
 * The API lets the pod CIDRs of a Node be set once. Where they are set by now, or the Node is another one, they are
 * left as they are: the next run sees them.
 */
async function assignBlock(
  client: ApiClient,
  tag: BlockTag,
  registry: Registry,
  signal: AbortSignal,
): Promise<TagResult> {
  let node = registry.ok ? registry.nodes.get(tag.node.id) : undefined;
  const path = `${NODES}/${encodeURIComponent(node?.name ?? '')}`;
  const podCIDRs = tag.cidrs.map(({ text }) => text);
  const assigned = { ...tag, failure: null };
  for (let write = 1; node !== undefined; write += 1) {
    const { uid, version: resourceVersion, name } = node;
    try {
      const spec = { podCIDR: podCIDRs[0], podCIDRs };
      await client.patch(
        `${path}?fieldManager=podroutes`,
        { metadata: { uid, resourceVersion }, spec },
        signal,
      );
      return assigned;
    } catch (thrown) {
      if (isAbsent(thrown)) return assigned;
      if (!isOutOfDate(thrown) || write === MOST_WRITES) {
        return { ...tag, failure: classifyKubernetesFailure(thrown, `patch Node ${name}`) };
      }
    }
    const read = await readAgain(client, path, signal);
    if (!read.ok) return { ...tag, failure: read.failure };
    const { now } = read;
    if (now === null || now.uid !== uid || now.claims.length + now.defects.length > 0) return assigned;
    node = now;
  }
  return assigned;
}

/** With the uid the API refuses it where the Node is another one of that name by now. */
function toPatch(
  { uid, version, networkUnavailable: said }: RegisteredNode,
  wanted: WantedCondition,
): object {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const isKept = said?.status === wanted.status && said.since !== '';
  const condition = {
    type: 'NetworkUnavailable',
    ...wanted,
    lastHeartbeatTime: now,
    lastTransitionTime: isKept ? said.since : now,
  };
  const asRead = isDoubt(wanted) ? { uid, resourceVersion: version } : { uid };
  return { metadata: asRead, status: { conditions: [condition] } };
}
