import * as z from 'zod/mini';
import { type Expectation, ignored } from '../../core/events/node-event.ts';
import { defineFamily, type EventFamily, InstanceId } from './family.ts';

/** States that we look at. `pending` is left out: EC2 refuses routes to such an instance, and `running` follows. */
const EXPECTED_BY_STATE: ReadonlyMap<string, Expectation> = new Map([
  ['running', 'present'],
  ['stopping', 'any'],
  ['stopped', 'any'],
  ['shutting-down', 'gone'],
  ['terminated', 'gone'],
]);

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html */
const stateChange = defineFamily({
  source: 'aws.ec2',
  detailType: 'EC2 Instance State-change Notification',
  what: 'state-change',
  filter: () => ({ state: [...EXPECTED_BY_STATE.keys()] }),
  detail: z.object({ 'instance-id': InstanceId, state: z.string() }),
  read({ 'instance-id': instance, state }, { origin }) {
    if (state === 'pending') return ignored({ ...origin, what: 'pending' }, 'state-pending');
    const expects = EXPECTED_BY_STATE.get(state);
    if (expects === undefined) return ignored(origin, 'unknown-state');
    return { kind: 'nodes', nodes: [instance], expects, ...origin, what: state };
  },
});

/**
 * A notice that an instance may be taken away. It still serves, so it is only looked at. The id is in `detail`
 * alone: the ARN in `resources` has the zone in place of the region, and no account.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 */
function interruptionNotice(detailType: string, what: string): EventFamily {
  return defineFamily({
    source: 'aws.ec2',
    detailType,
    what,
    filter: null,
    detail: z.object({ 'instance-id': InstanceId }),
    read: ({ 'instance-id': instance }, { origin }) => ({
      kind: 'nodes',
      nodes: [instance],
      expects: 'any',
      ...origin,
    }),
  });
}

/** What EC2 itself says about an instance. */
export const instanceFamilies: readonly EventFamily[] = [
  stateChange,
  interruptionNotice('EC2 Spot Instance Interruption Warning', 'spot-interruption'),
  interruptionNotice('EC2 Instance Rebalance Recommendation', 'rebalance'),
];
