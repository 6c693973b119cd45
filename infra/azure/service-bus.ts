import { NODE_EVENTS_QUEUE, UNREADABLE_QUEUE } from '../../shared/azure/queues.ts';
import { evaluate, type Json, type Resource } from './arm.ts';
import { IDS, typed, variable } from './names.ts';
import { parameter } from './parameters.ts';

/** Fourteen days, which is for a person to look at a message. */
const KEPT = 'P14D';

const QUEUES: Readonly<Record<string, { readonly [key: string]: Json }>> = {
  [NODE_EVENTS_QUEUE]: {
    // One session to a cluster: the platform batches its messages, and lets one instance write at a time.
    requiresSession: true,
    // The longest there is: the host does not renew it while a batch is worked on.
    lockDuration: 'PT5M',
    // With the pause before each, about half an hour: longer than a machine takes to show, or a common outage lasts.
    maxDeliveryCount: 200,
    // Events are hints: after a day the schedule has long seen what they announced.
    defaultMessageTimeToLive: 'P1D',
    deadLetteringOnMessageExpiration: true,
  },
  [UNREADABLE_QUEUE]: { defaultMessageTimeToLive: KEPT, deadLetteringOnMessageExpiration: false },
};

/** The namespace, of the tier that has sessions, and its two queues. */
export const serviceBus: readonly Resource[] = [
  {
    ...typed('Microsoft.ServiceBus/namespaces'),
    name: evaluate(variable('serviceBus')),
    location: evaluate(parameter('location')),
    sku: { name: 'Standard', tier: 'Standard' },
    properties: { disableLocalAuth: true, minimumTlsVersion: '1.2' },
  },
  ...Object.entries(QUEUES).map(
    ([name, properties]): Resource => ({
      ...typed('Microsoft.ServiceBus/namespaces/queues'),
      name: evaluate(`format('{0}/${name}', ${variable('serviceBus')})`),
      dependsOn: [evaluate(IDS.serviceBus)],
      properties,
    }),
  ),
];

/** The host name of the namespace, whatever the cloud. */
export const serviceBusHost = `split(replace(reference(${IDS.serviceBus}, '${typed('Microsoft.ServiceBus/namespaces').apiVersion}').serviceBusEndpoint, 'https://', ''), ':')[0]`;
