import { PRODUCT } from '../../../../../shared/aws/user-agent.ts';
import type { CloudEvent } from '../../../../../shared/sandbox/cloud-events.ts';
import { nameOf, type Operator } from './operator.ts';

/** What an event says, and of whom where that is known. */
interface EventText {
  readonly says: string;
  readonly of: string | null;
}

type Describe = (event: CloudEvent, operator: Operator) => EventText;

const EVENT_TEXTS: ReadonlyMap<string, Describe> = new Map<string, Describe>([
  [
    'EC2 Instance State-change Notification',
    ({ detail }, operator) => ({
      says: `instance ${detail['state']}`,
      of: nameOf(operator, String(detail['instance-id'])),
    }),
  ],
  [
    'Tag Change on Resource',
    ({ resources }, operator) => ({
      says: 'tags changed',
      of: nameOf(operator, resources[0]?.split('/').at(-1) ?? ''),
    }),
  ],
  [
    'AWS API Call via CloudTrail',
    ({ detail }) => {
      const isOwn = String(detail['userAgent']).includes(PRODUCT);
      return isOwn
        ? { says: "echo of podroutes' own calls", of: null }
        : { says: `${detail['eventName']} called by somebody else`, of: null };
    },
  ],
]);

/** What a function was given, events of a kind together. */
export function describeEvents(events: readonly CloudEvent[], operator: Operator): string[] {
  const texts = events.map((event) => {
    const describe = EVENT_TEXTS.get(event['detail-type']);
    return describe?.(event, operator) ?? { says: event['detail-type'], of: null };
  });
  const groups = Map.groupBy(texts, ({ says }) => says);
  const lines = [...groups].map(([says, alike]) => {
    const of = alike.flatMap((each) => each.of ?? []).join(', ');
    return `${String(alike.length).padStart(3)} × ${says}${of === '' ? '' : ` (${of})`}`;
  });
  return [`${events.length} ${events.length === 1 ? 'event' : 'events'} in one SQS batch:`, ...lines];
}
