import pLimit from 'p-limit';
import type { Config } from '../core/config/config.ts';
import { isRetryable } from '../core/errors.ts';
import type { ReadFailure, Scope } from '../core/model.ts';
import type { ArmClient } from './arm-client.ts';
import { type ResourceKind, readResourceId } from './events/resource-ids.ts';
import { classifyArmFailure, isNotFound, toReadFailure } from './failures.ts';
import { type Interface, readInterface } from './interfaces.ts';
import { type Machine, readMachine, readPowerStates } from './machines.ts';
import { isWithin, maySelect, selectsByClaim, uniqueIgnoringCase } from './selection.ts';
import { readShape, ScaleSetShape } from './wire.ts';

/** Reads of single resources under way at once. A subscription may make 250 in a burst, and 25 a second. */
const CONCURRENT_READS = 20;
/** From so many machines on, a few lists cost less than two reads for each. */
const LIST_FROM = 20;

const MACHINES = 'Microsoft.Compute/virtualMachines';
const SCALE_SETS = 'Microsoft.Compute/virtualMachineScaleSets';
const INTERFACES = 'Microsoft.Network/networkInterfaces';

/** Machines and interfaces as they were read. */
export interface Inventory {
  readonly machines: readonly Machine[];
  /** Those of the machines, and in a full reading all others that there are. */
  readonly interfaces: readonly Interface[];
  /** Ids of the scope that Azure does not know, as it said of each. */
  readonly missing: readonly string[];
  readonly failures: readonly ReadFailure[];
}

type Parts = Pick<Inventory, 'machines' | 'interfaces'>;

interface Reader {
  readonly arm: ArmClient;
  readonly groups: readonly string[];
  readonly signal: AbortSignal;
  readonly limit: <T>(read: () => Promise<T>) => Promise<T>;
  readonly failures: ReadFailure[];
  /** Whether the state of a machine on a list is asked for: the others are no nodes, or not looked at. */
  readonly isCandidate: (machine: Machine) => boolean;
  /** R4: the routes of stopped nodes go, which only a read of the very machine proves. */
  readonly provesStops: boolean;
}

/** Reads the machines of the scope with their interfaces: all or many by lists, a few one by one. */
export async function readInventory(
  arm: ArmClient,
  config: Config,
  scope: Scope,
  signal: AbortSignal,
): Promise<Inventory> {
  const limit = pLimit(CONCURRENT_READS);
  const groups = uniqueIgnoringCase(config.azure.resourceGroups);
  const wanted = new Set(scope.ids.map((id) => id.toLowerCase()));
  const isWide = scope.kind === 'all';
  const isCandidate = ({ id, tags }: Machine) =>
    (isWide || wanted.has(id)) && (selectsByClaim(config) || maySelect(config, tags));
  const provesStops = config.stoppedNodes === 'remove';
  const reader: Reader = { arm, groups, signal, limit, failures: [], isCandidate, provesStops };
  const isListed = isWide || wanted.size >= LIST_FROM;
  const lists = await Promise.all([
    isListed ? listMachines(reader) : NOTHING,
    isWide ? listUniformInstances(reader) : NOTHING,
  ]);
  const listed = lists.flatMap(({ machines }) => machines);
  const known = new Set(listed.map(({ id }) => id));
  const unlisted = [...wanted].filter((id) => !known.has(id));
  const single = await Promise.all(unlisted.map((id) => getMachine(reader, id)));
  const named = single.flatMap(({ machine }) => machine ?? []);
  const machines = [...listed.filter(({ id }) => isWide || wanted.has(id)), ...named];
  const interfaces = lists.flatMap((part) => part.interfaces);
  // After a list that failed, as many calls as there are machines would mostly fail too.
  const isBroken = isListed && reader.failures.length > 0;
  const listedInterfaces = new Set(interfaces.map(({ id }) => id));
  const rest = isBroken ? [] : await getPrimaryInterfaces(reader, machines, listedInterfaces);
  return {
    machines,
    interfaces: [...interfaces, ...rest],
    missing: single.flatMap(({ missing }) => missing),
    failures: reader.failures,
  };
}

const NOTHING: Parts = { machines: [], interfaces: [] };

/** What was read; a failure is noted, and leaves nothing. Without a list nothing is known of any node that may be on it. */
async function attempt<T>(
  { failures }: Reader,
  action: string,
  read: () => Promise<readonly T[]>,
  id: string | null = null,
): Promise<readonly T[]> {
  try {
    return await read();
  } catch (thrown) {
    failures.push(toReadFailure('nodes', id, classifyArmFailure(thrown, action)));
    return [];
  }
}

/** What the groups have of a type. One group that cannot be read does not hide the others (R9). */
async function listInGroups(
  reader: Reader,
  service: 'compute' | 'network',
  type: string,
): Promise<unknown[]> {
  const { arm, groups, signal } = reader;
  const lists = groups.map((group) => {
    const path = `/subscriptions/${arm.subscription}/resourceGroups/${group}/providers/${type}`;
    return attempt(reader, `${type}/read in the group ${group}`, () => arm.list(service, path, signal));
  });
  return (await Promise.all(lists)).flat();
}

/** The items in our words. An odd one does not hide the others. */
function readItems<T>(
  { failures }: Reader,
  action: string,
  items: readonly unknown[],
  read: (item: unknown) => T,
): T[] {
  return items.flatMap((item) => {
    try {
      return [read(item)];
    } catch (thrown) {
      const { id } = Object(item);
      const name = typeof id === 'string' ? id.toLowerCase() : null;
      failures.push(toReadFailure('nodes', name, classifyArmFailure(thrown, action)));
      return [];
    }
  });
}

async function listMachines(reader: Reader): Promise<Parts> {
  const [machines, interfaces] = await Promise.all([
    attempt(reader, `${MACHINES}/read`, () => listWithStates(reader)),
    listInGroups(reader, 'network', INTERFACES).then((items) =>
      readItems(reader, `${INTERFACES}/read`, items, readInterface),
    ),
  ]);
  return { machines, interfaces };
}

/**
 * The list of a group has no power states. The subscription's has, for those who may read all of it and with
 * whatever delay it has: a node that it says nothing of is read by itself, and one whose routes would go for it.
 */
async function listWithStates(reader: Reader): Promise<Machine[]> {
  const [items, powerStates] = await Promise.all([
    listInGroups(reader, 'compute', MACHINES),
    listPowerStates(reader),
  ]);
  const machines = readItems(reader, `${MACHINES}/read`, items, (item) => readMachine(item, powerStates));
  const isClear = ({ id, state }: Machine): boolean => {
    if (state === 'gone') return true;
    return Boolean(powerStates.get(id)) && !(state === 'stopped' && reader.provesStops);
  };
  const unclear = machines.filter((machine) => !isClear(machine) && reader.isCandidate(machine));
  const single = new Map(
    await Promise.all(unclear.map(async ({ id }) => [id, await getMachine(reader, id)] as const)),
  );
  return machines.flatMap((machine) => {
    const answer = single.get(machine.id);
    return answer === undefined ? machine : (answer.machine ?? []);
  });
}

async function listPowerStates({ arm, signal }: Reader): Promise<Map<string, string>> {
  const everywhere = `/subscriptions/${arm.subscription}/providers/${MACHINES}`;
  try {
    return readPowerStates(await arm.list('compute', everywhere, signal, { statusOnly: 'true' }));
  } catch (thrown) {
    if (isRetryable(classifyArmFailure(thrown, `${MACHINES}/read`))) throw thrown;
    return new Map();
  }
}

/** Instances of flexible sets are virtual machines; those of uniform ones are on no list but their set's. */
async function listUniformInstances(reader: Reader): Promise<Parts> {
  const { arm, signal } = reader;
  const items = await listInGroups(reader, 'compute', SCALE_SETS);
  const sets = readItems(reader, `${SCALE_SETS}/read`, items, (item) =>
    readShape(ScaleSetShape, item),
  ).filter(({ properties }) => properties.orchestrationMode !== 'Flexible');
  const parts = await Promise.all(
    sets.map(async ({ id }): Promise<Parts> => {
      const [machines, interfaces] = await Promise.all([
        attempt(reader, `${SCALE_SETS}/virtualMachines/read`, async () =>
          (await arm.list('compute', `${id}/virtualMachines`, signal, { $expand: 'instanceView' })).map(
            (item) => readMachine(item),
          ),
        ),
        attempt(reader, `${SCALE_SETS}/networkInterfaces/read`, async () =>
          (await arm.list('instance-network', `${id}/networkInterfaces`, signal)).map(readInterface),
        ),
      ]);
      return { machines, interfaces };
    }),
  );
  return {
    machines: parts.flatMap(({ machines }) => machines),
    interfaces: parts.flatMap(({ interfaces }) => interfaces),
  };
}

const ACTIONS: Readonly<Partial<Record<ResourceKind, string>>> = {
  'virtual-machine': `${MACHINES}/read`,
  'scale-set-instance': `${SCALE_SETS}/virtualMachines/read`,
};

const NO_MACHINE_ID = {
  kind: 'permanent',
  code: 'no-machine-id',
  message: 'It is not the resource id of a virtual machine, or of an instance of a scale set.',
} as const;

/**
 * One machine by its id. What is no id of a machine must not become a path. One that no list would have is none of
 * ours: what a look at it made, the next look at everything would take away.
 */
async function getMachine(
  { arm, groups, signal, limit, failures }: Reader,
  id: string,
): Promise<{ machine: Machine | null; missing: string[] }> {
  const resource = readResourceId(id);
  const action = resource?.kind ? ACTIONS[resource.kind] : undefined;
  if (resource === null || action === undefined) {
    failures.push({ what: 'nodes', id, failure: NO_MACHINE_ID });
    return { machine: null, missing: [] };
  }
  if (!isWithin(resource, arm.subscription, groups)) return { machine: null, missing: [] };
  try {
    const json = await limit(() => arm.get('compute', resource.id, signal, { $expand: 'instanceView' }));
    return { machine: readMachine(json), missing: [] };
  } catch (thrown) {
    if (isNotFound(thrown)) return { machine: null, missing: [id] };
    failures.push(toReadFailure('nodes', id, classifyArmFailure(thrown, action)));
    return { machine: null, missing: [] };
  }
}

/** The primary interfaces of machines that are on no list of interfaces. */
async function getPrimaryInterfaces(
  reader: Reader,
  machines: readonly Machine[],
  listed: ReadonlySet<string>,
): Promise<Interface[]> {
  const { arm, signal, limit } = reader;
  const wanting = machines.flatMap((machine) => {
    const [id] = machine.interfaces;
    return id === undefined || listed.has(id) || machine.state === 'gone'
      ? []
      : [{ machine: machine.id, id }];
  });
  const found = await Promise.all(
    wanting.map(({ machine, id }) => {
      const service = id.includes('/virtualmachinescalesets/') ? 'instance-network' : 'network';
      const read = () => limit(() => getInterface(() => arm.get(service, id, signal)));
      return attempt(reader, `${INTERFACES}/read`, read, machine);
    }),
  );
  return found.flat();
}

/** An interface that is gone leaves its machine without an address, which the plan reports. */
async function getInterface(get: () => Promise<unknown>): Promise<Interface[]> {
  try {
    return [readInterface(await get())];
  } catch (thrown) {
    if (isNotFound(thrown)) return [];
    throw thrown;
  }
}
