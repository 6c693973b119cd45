import type { NodeState } from '../core/model.ts';
import { readTags, type Tags } from './selection.ts';
import { MachineShape, readShape, type StatusJson, StatusShape } from './wire.ts';

/** A virtual machine, or an instance of a uniform scale set. Ids are in lower case. */
export interface Machine {
  readonly id: string;
  readonly name: string;
  /** `vmId`: ids come back, for a machine of the same name. */
  readonly incarnation: string | null;
  readonly tags: Tags;
  readonly state: NodeState;
  /** Milliseconds since the epoch. */
  readonly launchedAt: number;
  /** Interface ids, the primary one first. */
  readonly interfaces: readonly string[];
}

/** @see https://learn.microsoft.com/azure/virtual-machines/states-billing */
const STATES: Readonly<Record<string, NodeState>> = {
  starting: 'pending',
  running: 'running',
  stopping: 'stopped',
  stopped: 'stopped',
  deallocating: 'stopped',
  deallocated: 'stopped',
};

/**
 * Reads a machine.
 *
 * @param powerStates by machine id, for what comes from a list without them
 */
export function readMachine(json: unknown, powerStates: ReadonlyMap<string, string> = new Map()): Machine {
  const { id: givenId, name, tags, properties } = readShape(MachineShape, json);
  const id = givenId.toLowerCase();
  const interfaces = [...(properties.networkProfile?.networkInterfaces ?? [])].sort(
    (a, b) => Number(b.properties?.primary ?? false) - Number(a.properties?.primary ?? false),
  );
  const power = powerStateOf(properties) ?? powerStates.get(id) ?? '';
  return {
    id,
    name,
    incarnation: properties.vmId?.toLowerCase() ?? null,
    tags: readTags(tags),
    state: stateOf(properties.provisioningState, power),
    launchedAt: Date.parse(properties.timeCreated ?? '') || 0,
    interfaces: interfaces.map((nic) => nic.id.toLowerCase()),
  };
}

/** A machine that is made, and of whose power Azure does not know, is taken to run: it may well. */
function stateOf(provisioning: string | null | undefined, power: string): NodeState {
  if (provisioning === 'Deleting') return 'gone';
  return STATES[power] ?? (provisioning === 'Succeeded' ? 'running' : 'pending');
}

/**
 * How a machine comes to a claim where a tag that is put on it does not stay: Azure accepts the tag of a uniform set's
 * instance, and forgets it.
 */
export function claimAdviceFor(id: string): string | null {
  if (!id.includes('/virtualmachinescalesets/')) return null;
  return 'An instance of a uniform scale set has no tags of its own; it shares tags and user data with the scale set. If it runs pods, use a flexible scale set, or let Kubernetes carry its block (PODROUTES_KUBERNETES). If not, nothing needs to be done.';
}

/** Power states by machine id, from a list of run-time states. */
export function readPowerStates(items: readonly unknown[]): Map<string, string> {
  const machines = items.map((item) => readShape(StatusShape, item));
  return new Map(machines.map(({ id, properties }) => [id.toLowerCase(), powerStateOf(properties) ?? '']));
}

/** @example a status with the code `PowerState/running` gives `running` */
function powerStateOf({ instanceView }: StatusJson['properties']): string | null {
  const codes = (instanceView?.statuses ?? []).flatMap(({ code }) => code?.toLowerCase() ?? []);
  const code = codes.find((each) => each.startsWith('powerstate/'));
  return code?.slice('powerstate/'.length) ?? null;
}
