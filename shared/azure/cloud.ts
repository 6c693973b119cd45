import pLimit from 'p-limit';
import type { BlockTag, Cloud, ForwardingResult, TagResult } from '../core/cloud.ts';
import type { Config } from '../core/config/config.ts';
import type { Change, ChangeResult, Node, RouteTable } from '../core/model.ts';
import type { ArmClient } from './arm-client.ts';
import { classifyArmFailure } from './failures.ts';
import { type Interface, readInterface } from './interfaces.ts';
import { observeAzure } from './observe.ts';
import { editTable } from './route-tables.ts';
import type { TableJson } from './wire.ts';

/** Interfaces written at once. A subscription may write 200 times in a burst, and 10 times a second. */
const CONCURRENT_WRITES = 10;
/** Looks at an interface that others write at the same time. */
const MAX_LOOKS = 3;

/** The adapter for Azure: user-defined routes, a table written whole and only as it was read. */
export function createAzureCloud(arm: ArmClient, config: Config): Cloud {
  const limit = pLimit(CONCURRENT_WRITES);
  // What the core holds of a table has no room for what is not ours; the write needs it.
  const tables = new WeakMap<RouteTable, TableJson>();
  const interfaces = new WeakMap<Node, Interface | undefined>();
  return {
    name: 'azure',
    isAtomic: true,
    observe: async (scope, signal) => {
      const { tableJson, interfaceOf, ...observation } = await observeAzure(arm, config, scope, signal);
      for (const [table, json] of tableJson) tables.set(table, json);
      for (const [node, nic] of interfaceOf) interfaces.set(node, nic);
      return observation;
    },
    apply: (table, changes, signal) =>
      writeTable(arm, tables.get(table), changes, { template: config.routeName, signal }),
    enableForwarding: (nodes, signal) =>
      Promise.all(nodes.map((node) => limit(() => switchOn(arm, node, interfaces.get(node), signal)))),
    tagNodes: (tags, signal) =>
      Promise.all(tags.map((tag) => limit(() => writeTag(arm, tag, config.podCidrTag, signal)))),
  };
}

/**
 * One conditional PUT for all changes. Parallel PUTs of single routes would wait for one another: Azure locks
 * the whole table for each, and each would give it another entity tag.
 */
async function writeTable(
  arm: ArmClient,
  table: TableJson | undefined,
  changes: readonly Change[],
  { template, signal }: { readonly template: string; readonly signal: AbortSignal },
): Promise<ChangeResult[]> {
  if (table === undefined) throw new Error('The table was not read by this adapter.');
  const results = await putEdit(arm, table, changes, template, signal);
  const isFull = results.some(({ failure }) => failure?.kind === 'full');
  const rest = changes.filter(({ action }) => action !== 'create');
  if (!isFull || rest.length === 0 || rest.length === changes.length) return results;
  // What is too much for the table must not keep the rest from being repaired.
  const repaired = await putEdit(arm, table, rest, template, signal);
  return [...results.filter(({ change }) => change.action === 'create'), ...repaired];
}

async function putEdit(
  arm: ArmClient,
  table: TableJson,
  changes: readonly Change[],
  template: string,
  signal: AbortSignal,
): Promise<ChangeResult[]> {
  const edit = editTable(table, changes, template);
  const refused = [...edit.refused].map(
    ([change, failure]) => ({ change, outcome: 'failed', failure }) as const,
  );
  const wanted = changes.filter((change) => !edit.refused.has(change));
  if (wanted.length === 0) return refused;
  const outcome = signal.aborted ? 'skipped' : 'failed';
  try {
    await arm.put('network', table.id, edit.table, { ifMatch: table.etag }, signal);
    return [...refused, ...wanted.map((change) => ({ change, outcome: 'applied', failure: null }) as const)];
  } catch (thrown) {
    const failure = classifyArmFailure(thrown, 'Microsoft.Network/routeTables/write');
    return [...refused, ...wanted.map((change) => ({ change, outcome, failure }) as const)];
  }
}

const NIC_WRITE = 'Microsoft.Network/networkInterfaces/write';

/** Puts the whole interface, as it was read, with forwarding on. */
async function switchOn(
  arm: ArmClient,
  node: Node,
  nic: Interface | undefined,
  signal: AbortSignal,
): Promise<ForwardingResult> {
  if (nic === undefined) throw new Error('The node was not read by this adapter.');
  if (nic.id.includes('/virtualmachinescalesets/')) return { node, failure: INSTANCE_INTERFACE };
  for (let look = 1, { json } = nic; ; look += 1) {
    if (!json.etag) return { node, failure: NO_ENTITY_TAG };
    try {
      const body = { ...json, properties: { ...json.properties, enableIPForwarding: true } };
      await arm.put('network', nic.id, body, { ifMatch: json.etag }, signal);
      return { node, failure: null };
    } catch (thrown) {
      const failure = classifyArmFailure(thrown, NIC_WRITE);
      if (failure.kind !== 'stale' || look === MAX_LOOKS) return { node, failure };
    }
    try {
      ({ json } = readInterface(await arm.get('network', nic.id, signal)));
    } catch (thrown) {
      return { node, failure: classifyArmFailure(thrown, 'Microsoft.Network/networkInterfaces/read') };
    }
  }
}

/** Put without one, it would undo what somebody else has just changed. */
const NO_ENTITY_TAG = {
  kind: 'transient',
  code: 'unexpected-answer',
  message: 'The interface was read without an entity tag, so it cannot be put back safely.',
} as const;

/** https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-networking */
const INSTANCE_INTERFACE = {
  kind: 'permanent',
  code: 'scale-set-interface',
  message:
    'Interfaces of a uniform scale set follow its model: set enableIPForwarding there, and upgrade the instances.',
} as const;

/**
 * By the tags API, since a machine that is written whole could lose what others change at the same time. Its other
 * tags stay: https://learn.microsoft.com/rest/api/resources/tags/update-at-scope
 */
async function writeTag(arm: ArmClient, tag: BlockTag, key: string, signal: AbortSignal): Promise<TagResult> {
  const { node, cidrs } = tag;
  const value = cidrs.map(({ text }) => text).join(',');
  const body = { operation: 'Merge', properties: { tags: { [key]: value } } };
  try {
    await arm.patch('tags', `${node.id}/providers/Microsoft.Resources/tags/default`, body, signal);
    return { ...tag, failure: null };
  } catch (thrown) {
    return { ...tag, failure: classifyArmFailure(thrown, 'Microsoft.Resources/tags/write') };
  }
}
