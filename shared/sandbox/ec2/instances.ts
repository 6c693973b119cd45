import { ApiError } from '../query.ts';
import { checkUserData } from './instance-attributes.ts';
import {
  buildInterfaces,
  dropInterface,
  type InterfaceSpec,
  keepInterface,
  newAttachment,
} from './interfaces.ts';
import { checkTellable, DEFAULT_METADATA_OPTIONS } from './metadata-options.ts';
import type { Instance, InstanceState, MetadataOptions, NetworkInterface, Tags } from './model.ts';
import { requireIds, requireOne } from './resources.ts';
import type { Ec2, WritableState } from './state.ts';
import { checkTags } from './tags.ts';

/** An interface of a launch: a new one, or one that exists. */
export type LaunchInterface = { readonly deviceIndex: number } & (
  | { readonly existing: string }
  | { readonly existing?: undefined; readonly spec: InterfaceSpec; readonly deleteOnTermination?: boolean }
);

/** What `launchInstances` needs; `userData` is base64, as on the wire. */
export interface LaunchSpec {
  readonly count?: number;
  readonly interfaces: readonly LaunchInterface[];
  readonly userData?: string | undefined;
  readonly tags?: Tags;
  readonly interfaceTags?: Tags;
  readonly type?: string | undefined;
  readonly image?: string | undefined;
  /** A second launch with the same token gives the instances of the first. */
  readonly clientToken?: string | undefined;
  readonly metadataOptions?: MetadataOptions;
}

/** Launches instances of one reservation; they are pending until `completeTransitions`. */
export function launchInstances(ec2: Ec2, spec: LaunchSpec): readonly Instance[] {
  const known = launchedBefore(ec2, spec.clientToken);
  if (known.length > 0) return known;
  checkTags(spec.tags ?? new Map());
  checkTellable(spec.metadataOptions ?? DEFAULT_METADATA_OPTIONS, spec.tags ?? new Map());
  checkUserData(spec.userData);
  const count = spec.count ?? 1;
  const ordered = [...spec.interfaces].sort((a, b) => a.deviceIndex - b.deviceIndex);
  checkInterfaces(ec2, ordered, count);
  const all = Array.from({ length: count }, () => ordered).flat();
  const built = buildInterfaces(
    ec2,
    all.flatMap((entry) => (entry.existing === undefined ? [entry.spec] : [])),
  );
  const state = ec2.write();
  const reservation = ec2.ids.resource('r');
  const launched = Array.from({ length: count }, (_, launchIndex) => {
    const id = ec2.ids.resource('i');
    const interfaces = ordered.map((entry) =>
      attachAtLaunch(ec2, state, entry, id, built, spec.interfaceTags),
    );
    const instance = newInstance(ec2, spec, { id, reservation, launchIndex, interfaces });
    state.tags.set(id, spec.tags ?? new Map());
    return enterState(ec2, state, instance, 'pending');
  });
  if (spec.clientToken !== undefined) {
    ec2.launches.set(
      spec.clientToken,
      launched.map(({ id }) => id),
    );
  }
  return launched;
}

type LaunchPlace = Pick<Instance, 'id' | 'reservation' | 'launchIndex' | 'interfaces'>;

function newInstance(ec2: Ec2, spec: LaunchSpec, place: LaunchPlace): Instance {
  return {
    ...place,
    ordinal: ec2.ids.ordinal(),
    state: 'pending',
    launchedAt: ec2.now(),
    stateChangedAt: ec2.now(),
    type: spec.type ?? 't3.micro',
    image: spec.image ?? 'ami-00000000000000000',
    userData: spec.userData ?? null,
    clientToken: spec.clientToken ?? null,
    metadataOptions: spec.metadataOptions ?? DEFAULT_METADATA_OPTIONS,
  };
}

function launchedBefore(ec2: Ec2, clientToken: string | undefined): readonly Instance[] {
  const ids = ec2.launches.get(clientToken ?? '') ?? [];
  return ids.flatMap((id) => ec2.state.instances.get(id) ?? []);
}

function checkInterfaces(ec2: Ec2, ordered: readonly LaunchInterface[], count: number): void {
  if (ordered[0]?.deviceIndex !== 0 || new Set(ordered.map((e) => e.deviceIndex)).size < ordered.length) {
    throw new ApiError(
      'InvalidParameterValue',
      'Each launch needs one interface at device index 0, and one each',
    );
  }
  for (const entry of ordered) {
    const fixed = entry.existing ?? entry.spec.address;
    if (fixed !== undefined && count > 1) {
      const message = 'A fixed address or interface cannot be given to several instances.';
      throw new ApiError('InvalidParameterCombination', message);
    }
    if (entry.existing === undefined) continue;
    if (requireOne(ec2, ec2.state, 'eni', ec2.state.interfaces, entry.existing).attachment === null) continue;
    throw new ApiError('InvalidNetworkInterface.InUse', `Interface: [${entry.existing}] in use.`);
  }
}

/** Takes new interfaces from the front of `built`, which holds them in the same order. */
function attachAtLaunch(
  ec2: Ec2,
  state: WritableState,
  entry: LaunchInterface,
  instance: string,
  built: NetworkInterface[],
  tags: Tags | undefined,
): string {
  const isNew = entry.existing === undefined;
  const found = isNew ? built.shift() : state.interfaces.get(entry.existing);
  if (found === undefined) throw new ApiError('InternalError', 'an interface of the launch is missing');
  const deleteOnTermination = isNew && entry.deleteOnTermination !== false;
  const attachment = newAttachment(ec2, instance, entry.deviceIndex, deleteOnTermination);
  return keepInterface(state, { ...found, attachment }, isNew ? tags : undefined).id;
}

type Verb = 'start' | 'stop' | 'terminate';

/** What each call does to an instance, by its state: the state it enters, null for nothing to do; else refused. */
const ENTERED: Readonly<Record<Verb, Readonly<Partial<Record<InstanceState, InstanceState | null>>>>> = {
  start: { stopped: 'pending', pending: null, running: null },
  stop: { running: 'stopping', pending: 'stopping', stopping: null, stopped: null },
  terminate: {
    pending: 'shutting-down',
    running: 'shutting-down',
    stopping: 'shutting-down',
    stopped: 'shutting-down',
    'shutting-down': null,
    terminated: null,
  },
};

/** An instance before and after a call. */
export interface StateChange {
  readonly id: string;
  readonly previous: InstanceState;
  readonly current: InstanceState;
}

/** Starts, stops or terminates instances: all of them or, if one is refused, none. */
export function changeInstances(ec2: Ec2, verb: Verb, ids: readonly string[]): readonly StateChange[] {
  requireIds(ec2, ec2.state, 'i', ids);
  const changes = ids.map((id) => {
    const instance = requireOne(ec2, ec2.state, 'i', ec2.state.instances, id);
    const entered = ENTERED[verb][instance.state];
    if (entered === undefined) {
      const message = `The instance '${id}' is not in a state from which it can be ${PARTICIPLES[verb]}.`;
      throw new ApiError('IncorrectInstanceState', message);
    }
    return { instance, entered };
  });
  const state = ec2.write();
  return changes.map(({ instance, entered }) => {
    const { id, state: previous } = instance;
    if (entered === null) return { id, previous, current: previous };
    const started = entered === 'pending' ? { ...instance, launchedAt: ec2.now() } : instance;
    return { id, previous, current: enterState(ec2, state, started, entered).state };
  });
}

const PARTICIPLES: Readonly<Record<Verb, string>> = {
  start: 'started',
  stop: 'stopped',
  terminate: 'terminated',
};

const NEXT_STATE: Readonly<Partial<Record<InstanceState, InstanceState>>> = {
  pending: 'running',
  stopping: 'stopped',
  'shutting-down': 'terminated',
};

/** Lets instances on their way arrive: all, or those named. Their events are emitted. */
export function completeTransitions(ec2: Ec2, ids: Iterable<string> = [...ec2.inTransition]): void {
  const state = ec2.write();
  for (const id of ids) {
    const instance = state.instances.get(id);
    const next = instance && NEXT_STATE[instance.state];
    if (instance === undefined || next === undefined) continue;
    const interfaces = next === 'terminated' ? releaseInterfaces(ec2, state, instance) : instance.interfaces;
    enterState(ec2, state, { ...instance, interfaces }, next);
  }
}

/** Interfaces made with the instance vanish with it; those attached later are free again. */
function releaseInterfaces(ec2: Ec2, state: WritableState, instance: Instance): readonly string[] {
  for (const id of instance.interfaces) {
    const networkInterface = state.interfaces.get(id);
    if (networkInterface === undefined) continue;
    if (networkInterface.attachment?.deleteOnTermination === false) {
      state.interfaces.set(id, { ...networkInterface, attachment: null });
      continue;
    }
    dropInterface(ec2, state, networkInterface);
  }
  return [];
}

/** Puts an instance into a state and emits the event of it. */
function enterState(ec2: Ec2, state: WritableState, instance: Instance, next: InstanceState): Instance {
  const entered: Instance = { ...instance, state: next, stateChangedAt: ec2.now() };
  state.instances.set(entered.id, entered);
  if (NEXT_STATE[next] === undefined) ec2.inTransition.delete(entered.id);
  else ec2.inTransition.add(entered.id);
  ec2.emit({
    detailType: 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    resources: [`arn:aws:ec2:${ec2.region}:${ec2.account}:instance/${entered.id}`],
    detail: { 'instance-id': entered.id, state: next },
  });
  return entered;
}
