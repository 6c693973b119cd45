// @ts-nocheck
import type { EventContent } from './ec2/state.ts';
import type { Ids } from './ids.ts';

/** An event in EventBridge's envelope. */
export interface CloudEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

interface EventQueueOptions {
  readonly region: string;
  readonly account: string;
  readonly now: () => number;
  readonly ids: Ids;
  readonly listener: ((event: CloudEvent) => void) | undefined;
}

/** Puts events in their envelope, tells the listener, and keeps them until they are taken. */
export function createEventQueue({ region, account, now, ids, listener }: EventQueueOptions) {
  let waiting: CloudEvent[] = [];
  return {
    emit: ({ detailType, source, resources, detail }: EventContent): void => {
      const event: CloudEvent = {
        version: '0',
        id: ids.uuid(),
        'detail-type': detailType,
        source,
        account,
        time: new Date(now()).toISOString().replace(/\.\d+/, ''),
        region,
        resources,
        detail,
      };
      waiting.push(event);
      listener?.(event);
    },
    take: (): readonly CloudEvent[] => {
      const taken = waiting;
      waiting = [];
      return taken;
    },
  };
}
