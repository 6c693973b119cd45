import { describe, expect, it } from '@jest/globals';
import { type Deployment, SCHEDULED, startFunction, withFunction } from './deployment.ts';

describe('Two hosts of the function at once', () => {
  it('leave an heir its route, though the other deletes that of the dead node after it was replaced', () =>
    withFunction('node-events', {}, async ({ world, sandbox, proxy, queue, deliverEvents }) => {
      await world.launch({ name: 'old', podCidr: '10.200.0.0/24', forwarding: 'on' });
      await world.launch({ name: 'other', podCidr: '10.200.5.0/24', forwarding: 'on' });
      await deliverEvents();
      const second = await startFunction('node-events', sandbox, {
        ...world.env,
        AWS_ENDPOINT_URL: sandbox.endpoint,
      });
      const seen: { answer: unknown; routes: readonly string[] }[] = [];
      await world.terminate('old');
      proxy.setGate(async (action) => {
        if (action !== 'DeleteRoute' || seen.length > 0) return;
        sandbox.takeEvents();
        await world.launch({ name: 'heir', podCidr: '10.200.0.0/24', forwarding: 'on' });
        const answer = await second.invoke(batchOf(sandbox.takeEvents()));
        seen.push({ answer, routes: await world.routes() });
      });
      const { writes } = await deliverEvents();
      await second.close();
      const expected = [...world.given, '10.200.0.0/24 heir active', '10.200.5.0/24 other active'].sort();
      // The second host has its route and is done with its events: nobody would tell of the loss.
      expect(seen).toEqual([{ answer: { ok: true, value: { batchItemFailures: [] } }, routes: expected }]);
      expect(writes.filter((action) => action.endsWith('Route'))).toEqual([
        'ReplaceRoute',
        'DeleteRoute',
        'CreateRoute',
      ]);
      expect(await world.routes()).toEqual(expected);
      expect(queue.deadLetters).toEqual([]);
    }));
});

describe('Claims that are withdrawn one after another', () => {
  it('cost no node its route by their events, nor by a scheduled run without a ledger', () =>
    withFunction('node-events', {}, async ({ world, queue, deliverEvents }) => {
      const names = Array.from({ length: 40 }, (_, i) => `n${i}`);
      for (const [i, name] of names.entries()) {
        await world.launch({ name, podCidr: `10.200.${i}.0/24`, forwarding: 'on' });
      }
      await deliverEvents();
      const before = await podRoutes(world);
      expect(before).toHaveLength(40);
      for (const name of names) {
        await world.retag(name, null);
        expect((await deliverEvents()).writes).toEqual([]);
      }
      expect((await deliverEvents([SCHEDULED])).writes).toEqual([]);
      expect(await podRoutes(world)).toEqual(before);
      expect(queue.deadLetters).toEqual([]);
    }));
});

async function podRoutes(world: Deployment['world']): Promise<readonly string[]> {
  return (await world.routes()).filter((line) => !world.given.includes(line));
}

function batchOf(events: readonly object[]): object {
  return { Records: events.map((event, i) => ({ messageId: String(i), body: JSON.stringify(event) })) };
}
