import { describe, expect, it } from '@jest/globals';
import { LONGEST_MS } from '../../../functions/azure/back-off.ts';
import { RUN_MS } from '../../../functions/azure/run.ts';
import { NODE_EVENTS_QUEUE } from '../../../shared/azure/queues.ts';
import { VISIBLE_WITHIN_MS } from '../../../shared/core/run/retry.ts';
import { deployCase } from './template-cases.ts';

const { resources } = deployCase('nodes in other groups than the app');

describe('The queue of node events', () => {
  const queue = resources.find(
    ({ type, name }) =>
      type === 'Microsoft.ServiceBus/namespaces/queues' && name.endsWith(`/${NODE_EVENTS_QUEUE}`),
  );
  const properties = Object(queue?.body)['properties'];

  it('delivers for longer than a machine takes to show', () => {
    expect(properties.maxDeliveryCount * LONGEST_MS).toBeGreaterThan(VISIBLE_WITHIN_MS);
  });

  it('keeps a session locked for longer than a run and the pause after it', () => {
    const [, minutes] = /^PT(\d+)M$/.exec(properties.lockDuration) ?? [];
    expect(Number(minutes) * 60_000).toBeGreaterThan(RUN_MS.event + LONGEST_MS);
  });
});
