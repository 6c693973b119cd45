import { app } from '@azure/functions';
import { CONNECTION, NODE_EVENTS_QUEUE } from '../../shared/azure/queues.ts';
import { SCHEDULE } from '../../shared/azure/schedule.ts';
import { createNodeEventsHandler, unreadableQueue } from './node-events.ts';
import { createRequestHandler, createScheduleHandler } from './reconcile.ts';
import { createRuntime } from './runtime.ts';

const started = createRuntime(process.env);

app.serviceBusQueue('node-events', {
  connection: CONNECTION,
  queueName: NODE_EVENTS_QUEUE,
  cardinality: 'many',
  isSessionsEnabled: true,
  extraOutputs: [unreadableQueue],
  handler: createNodeEventsHandler(started),
});

app.timer('reconcile-schedule', {
  schedule: SCHEDULE.cron,
  handler: createScheduleHandler(started),
});

app.http('reconcile', {
  methods: ['GET', 'POST'],
  authLevel: 'function',
  handler: createRequestHandler(started),
});
