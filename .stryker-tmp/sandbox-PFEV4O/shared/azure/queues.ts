/** App setting prefix of the Service Bus namespace: `ServiceBus__fullyQualifiedNamespace`. */
// @ts-nocheck

export const CONNECTION = 'ServiceBus';

/** The queue that Event Grid delivers to, one session to a cluster. */
export const NODE_EVENTS_QUEUE = 'node-events';

/** Messages that cannot be read go here, alone and whole, for a person to look at. */
export const UNREADABLE_QUEUE = 'node-events-unreadable';
