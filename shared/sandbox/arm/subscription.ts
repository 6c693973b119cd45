import { createFaults } from '../faults.ts';
import { createIds } from '../ids.ts';
import { completeOperations } from './async-operations.ts';
import {
  type ArmEvent,
  type EventContent,
  type EventSchema,
  type RecordedEvent,
  renderEvent,
} from './events.ts';
import type { Arm, ArmSettings } from './state.ts';
import { ARM_BUCKETS, type BucketTable, createThrottle } from './throttling.ts';

export interface SubscriptionOptions extends Partial<ArmSettings> {
  readonly subscription?: string;
  readonly tenant?: string;
  /** Where groups and resources are made by default. */
  readonly location?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** The same seed and calls give the same ids and entity tags. */
  readonly seed?: number;
  readonly throttling?: 'off' | 'azure' | BucketTable;
  /** The schema of events, for `emit` and for `takeEvents` by default. */
  readonly eventSchema?: EventSchema;
  /** Called with each event as it happens. */
  readonly emit?: (event: ArmEvent) => void;
}

/** Creates a subscription without groups, and what its server needs besides. */
export function createSubscription(options: SubscriptionOptions) {
  const { now = Date.now, subscription = '11111111-2222-3333-4444-555555555555' } = options;
  const ids = createIds(options.seed ?? 1);
  const schema = options.eventSchema ?? 'EventGridSchema';
  const tenant = options.tenant ?? '99999999-8888-7777-6666-555555555555';
  let waiting: RecordedEvent[] = [];
  const arm: Arm = {
    subscription,
    tenant,
    location: options.location ?? 'westeurope',
    now,
    ids,
    settings: readSettings(options),
    groups: new Map(),
    resources: new Map(),
    operations: new Map(),
    operationFaults: createFaults(),
    monitor: { rules: [], alerts: [], log: [] },
    emit: (content: EventContent) => {
      const event = { ...content, id: ids.uuid(), at: now(), subscription, tenant };
      waiting.push(event);
      options.emit?.(renderEvent(event, schema));
    },
  };
  const takeEvents = (asked: EventSchema = schema): readonly ArmEvent[] => {
    completeOperations(arm);
    const taken = waiting.map((event) => renderEvent(event, asked));
    waiting = [];
    return taken;
  };
  const throttle = createThrottle(readBuckets(options.throttling), subscription, now);
  return { arm, faults: createFaults(), throttle, takeEvents };
}

function readSettings(options: SubscriptionOptions): ArmSettings {
  return {
    routeLimit: options.routeLimit ?? 400,
    operationMs: options.operationMs ?? 0,
    pollFinished: options.pollFinished ?? false,
    followBy: options.followBy ?? 'azure-asyncoperation',
    retryAfterSeconds: options.retryAfterSeconds === undefined ? 1 : options.retryAfterSeconds,
    lockAnswer: options.lockAnswer ?? 'retryable-error',
    listsStates: options.listsStates ?? true,
    upperCaseGroups: options.upperCaseGroups ?? false,
    pageSize: options.pageSize ?? 1000,
  };
}

function readBuckets(throttling: SubscriptionOptions['throttling'] = 'off'): BucketTable {
  if (throttling === 'off') return {};
  return throttling === 'azure' ? ARM_BUCKETS : throttling;
}
