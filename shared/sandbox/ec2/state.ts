import type { Ids } from '../ids.ts';
import type { AddressPool } from './addresses.ts';
import type { NetworkAcl, SecurityGroup } from './firewall-state.ts';
import type { Gateway, Instance, NetworkInterface, RouteTable, Subnet, Tags, Vpc } from './model.ts';

/** Everything that a describe call can see. Values are never changed in place, so a snapshot copies only maps. */
export interface State {
  readonly vpcs: ReadonlyMap<string, Vpc>;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly gateways: ReadonlyMap<string, Gateway>;
  readonly routeTables: ReadonlyMap<string, RouteTable>;
  readonly interfaces: ReadonlyMap<string, NetworkInterface>;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly securityGroups: ReadonlyMap<string, SecurityGroup>;
  readonly networkAcls: ReadonlyMap<string, NetworkAcl>;
  /** By resource id, whatever the kind. */
  readonly tags: ReadonlyMap<string, Tags>;
  /** Ids of NAT gateways, peerings and the like that were removed: routes to them are blackholes. */
  readonly removedTargets: ReadonlySet<string>;
}

type Writable<T> = { -readonly [K in keyof T]: Unfrozen<T[K]> };
type Unfrozen<T> =
  T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : T extends ReadonlySet<infer V> ? Set<V> : T;
export type WritableState = Writable<State>;

/** How the sandbox behaves where EC2 takes its time, is configurable, or is not documented. */
export interface Ec2Settings {
  /** Routes per table and family; propagated ones do not count. */
  readonly routeLimit: number;
  /** How long a terminated instance can still be described, in milliseconds. */
  readonly terminatedVisibleMs: number;
  /** `immediate`: instances reach running, stopped, terminated with the call. `manual`: with `completeTransitions`. */
  readonly transitions: 'immediate' | 'manual';
  /** What a blackhole route still shows of a target that no longer exists; AWS does not document it. */
  readonly blackholeShows: 'instance' | 'interface' | 'nothing';
}

/**
 * How old the state is that describe calls answer from: so many writes, or milliseconds. Where transitions
 * are immediate, a launch, start, stop or termination is two writes: the call, and the arrival.
 */
export type Staleness = { readonly writes: number } | { readonly ms: number };

/** One EC2 of one account and region. `state` is for reading; the functions of this folder change it. */
export interface Ec2 {
  readonly account: string;
  readonly region: string;
  readonly now: () => number;
  readonly ids: Ids;
  readonly settings: Ec2Settings;
  readonly state: State;
  /** Opens the state for one change, and keeps what it was where reads are to be stale. */
  readonly write: () => WritableState;
  /** The state as describe calls see it: the present, or some of the past after `setStaleness`. */
  readonly read: () => State;
  readonly setStaleness: (staleness: Staleness | null) => void;
  readonly emit: (event: EventContent) => void;
  /** Instances on their way from one state to the next. */
  readonly inTransition: Set<string>;
  /** By subnet id. */
  readonly pools: Map<string, AddressPool>;
  /** Instance ids by the client token of their launch. */
  readonly launches: Map<string, readonly string[]>;
}

/** The part of a cloud event that differs between kinds; the sandbox adds the envelope. */
export interface EventContent {
  readonly detailType: string;
  readonly source: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Ec2Options extends Pick<Ec2, 'account' | 'region' | 'now' | 'ids' | 'settings' | 'emit'> {}

/** Creates an empty EC2. */
export function createEc2(options: Ec2Options): Ec2 {
  const state = emptyState();
  let staleness: Staleness | null = null;
  let past: { readonly until: number; readonly state: State }[] = [];
  return {
    ...options,
    state,
    inTransition: new Set(),
    pools: new Map(),
    launches: new Map(),
    write: () => {
      if (staleness === null) return state;
      const now = options.now();
      past.push({ until: now, state: copyState(state) });
      const { writes, ms } = { writes: Infinity, ms: Infinity, ...staleness };
      past = past.slice(Math.max(0, past.length - writes)).filter((entry) => entry.until > now - ms);
      return state;
    },
    read: () => {
      if (staleness === null) return state;
      if ('writes' in staleness) return past[0]?.state ?? state;
      const moment = options.now() - staleness.ms;
      return past.find((entry) => entry.until > moment)?.state ?? state;
    },
    setStaleness: (next) => {
      staleness = next;
      past = [];
    },
  };
}

function emptyState(): WritableState {
  return {
    vpcs: new Map(),
    subnets: new Map(),
    gateways: new Map(),
    routeTables: new Map(),
    interfaces: new Map(),
    instances: new Map(),
    securityGroups: new Map(),
    networkAcls: new Map(),
    tags: new Map(),
    removedTargets: new Set(),
  };
}

/** A copy that later writes do not change. */
export function copyState(state: State): WritableState {
  return {
    vpcs: new Map(state.vpcs),
    subnets: new Map(state.subnets),
    gateways: new Map(state.gateways),
    routeTables: new Map(state.routeTables),
    interfaces: new Map(state.interfaces),
    instances: new Map(state.instances),
    securityGroups: new Map(state.securityGroups),
    networkAcls: new Map(state.networkAcls),
    tags: new Map(state.tags),
    removedTargets: new Set(state.removedTargets),
  };
}
