import { describe, expect, it } from '@jest/globals';
import { type Deployment, isRunning, metricsOf, withFunction } from './deployment.ts';

const SECRET = 'hunter2-hunter2';
const WORKER = { name: 'worker-0', podCidr: '10.200.0.0/24' };
const WORKER_ROUTE = '10.200.0.0/24 worker-0 active';

describe('A record that cannot be read', () => {
  it.each([
    { what: 'text that is not JSON', body: `{"detail-type": ${SECRET}` },
    { what: 'JSON of no known envelope', body: JSON.stringify({ password: SECRET }) },
    { what: 'JSON that is no object', body: JSON.stringify([SECRET]) },
    {
      what: 'an envelope without a source',
      body: JSON.stringify({ 'detail-type': 'EC2 Instance State-change Notification', detail: SECRET }),
    },
    { what: 'nothing', body: '' },
  ])('goes to the dead-letter queue while the others proceed: $what', ({ body }) =>
    withFunction('node-events', {}, async ({ world, host, queue, deliverEvents }) => {
      await world.launch(WORKER);
      queue.send(body);
      await deliverEvents();
      expect(await world.routes()).toContain(WORKER_ROUTE);
      expect(queue.deadLetters).toEqual([body]);
      const lines = host.takeLogs();
      expect(JSON.stringify(lines)).not.toContain(SECRET);
      const counted = metricsOf(lines).filter(({ name }) => name === 'EventsUnreadable');
      expect(counted.map(({ value }) => value)).toEqual([1, 1, 1, 1, 1]);
      expect(lines.filter(({ message }) => message === 'messages left in the queue').length).toBe(5);
    }),
  );
});

describe('An invocation without records', () => {
  it.each([null, {}, { Records: 'none' }])('with %j says what was expected', (event) =>
    withFunction('node-events', {}, async ({ host }) => {
      expect(await host.invoke(event)).toEqual({
        ok: false,
        error: { name: 'Error', message: 'Expected an SQS batch with Records, found none.' },
      });
      expect(host.takeLogs()).toEqual([]);
    }),
  );

  it('with none of them writes nothing', () =>
    withFunction('node-events', {}, async ({ host }) => {
      expect(await host.invoke({ Records: [] })).toEqual({ ok: true, value: { batchItemFailures: [] } });
      expect(host.takeLogs()).toEqual([]);
    }));
});

describe('An event that is none of ours', () => {
  it.each([
    { what: 'another account', change: { account: '999999999999' }, reason: 'other-account' },
    { what: 'another region', change: { region: 'eu-west-1' }, reason: 'other-region' },
    {
      what: 'another kind',
      change: { 'detail-type': 'EBS Volume Notification' },
      reason: 'unknown-detail-type',
    },
  ])('is acknowledged without a call: $what', ({ change, reason }) =>
    withFunction(
      'node-events',
      { env: { POWERTOOLS_LOG_LEVEL: 'DEBUG' } },
      async ({ world, sandbox, host, queue, deliverEvents }) => {
        await world.launch(WORKER);
        const events = sandbox.takeEvents().filter(isRunning);
        const { calls } = await deliverEvents(events.map((event) => ({ ...event, ...change })));
        expect(calls).toEqual({});
        expect(queue.deadLetters).toEqual([]);
        const lines = host.takeLogs();
        expect(
          lines.filter(({ message }) => message === 'event ignored').map((line) => line['reason']),
        ).toEqual([reason]);
        expect(metricsOf(lines).map(({ name, value }) => [name, value])).toContainEqual(['EventsIgnored', 1]);
      },
    ),
  );
});

describe('An instance that is not there', () => {
  it('yet, is asked for again, and then gets its route', () =>
    withFunction('node-events', {}, async ({ world, sandbox, queue }) => {
      sandbox.staleReads({ writes: 50 });
      await world.launch(WORKER);
      for (const event of sandbox.takeEvents().filter(isRunning)) queue.send(event);
      await queue.deliver();
      expect(queue.waiting()).toBe(1);
      sandbox.staleReads(null);
      await queue.deliver();
      expect(queue.waiting()).toBe(0);
      expect(await world.routes()).toContain(WORKER_ROUTE);
    }));

  it.each(['instance', 'interface', 'nothing'] as const)(
    'any more, loses its route, of which the blackhole shows %s',
    (blackholeShows) =>
      withFunction(
        'node-events',
        { sandbox: { blackholeShows, terminatedVisibleMs: 0 } },
        async ({ world, queue, deliverEvents }) => {
          await world.launch(WORKER);
          await world.launch({ name: 'worker-1', podCidr: '10.200.1.0/24' });
          await deliverEvents();
          await world.terminate('worker-0');
          await deliverEvents();
          expect(await world.routes()).toEqual([...world.given, '10.200.1.0/24 worker-1 active'].sort());
          expect(queue.deadLetters).toEqual([]);
        },
      ),
  );
});

describe('A claim that cannot be met', () => {
  it.each([
    { podCidr: '10.200.9.7/24', code: 'malformed-claim' },
    { podCidr: '10.200.9.0/33', code: 'malformed-claim' },
    { podCidr: '10.99.0.0/24', code: 'claim-outside-cluster' },
    { podCidr: '10.200.0.128/25', code: 'conflicting-claim' },
    { podCidr: '10.200.0.0/24', code: 'conflicting-claim' },
  ])('is a finding ($code of $podCidr), and the other nodes proceed', ({ podCidr, code }) =>
    withFunction('node-events', {}, async ({ world, host, queue, deliverEvents }) => {
      await world.launch(WORKER);
      await deliverEvents();
      host.takeLogs();
      await world.launch({ name: 'wrong', podCidr });
      await world.launch({ name: 'right', podCidr: '10.200.50.0/24' });
      await deliverEvents();
      expect(await world.routes()).toEqual(
        [...world.given, WORKER_ROUTE, '10.200.50.0/24 right active'].sort(),
      );
      const lines = host.takeLogs();
      expect(lines.filter(({ node }) => node === 'wrong').map(({ reason }) => reason)).toContain(code);
      expect(
        metricsOf(lines)
          .filter(({ name }) => name === 'Findings')
          .map(({ dimensions }) => dimensions),
      ).toContainEqual({ Cluster: world.env['PODROUTES_CLUSTER'], Code: code });
      expect(queue.deadLetters).toEqual([]);
    }),
  );
});

describe.each(['node-events', 'reconcile'] as const)('A wrong configuration of %s', (name) => {
  it('is one error that lists every mistake, before any call', () =>
    withFunction(
      name,
      {
        env: {
          PODROUTES_CLUSTER_CIDRS: '10.200.0.7/16',
          PODROUTES_MAX_DELETES: 'many',
          PODROUTES_DRYRUN: 'true',
          PODROUTES_STOPPED_NODES: 'forget',
        },
      },
      async ({ sandbox, host }) => {
        const answer = await host.invoke({ Records: [] });
        expect(answer.ok).toBe(false);
        const text = answer.ok ? '' : answer.error.message;
        for (const part of [
          '4 mistakes',
          'PODROUTES_CLUSTER_CIDRS',
          '10.200.0.0/16',
          'PODROUTES_MAX_DELETES',
          'PODROUTES_DRYRUN',
          'PODROUTES_DRY_RUN',
          'PODROUTES_STOPPED_NODES',
        ]) {
          expect(text).toContain(part);
        }
        expect(functionCalls(sandbox)).toEqual([]);
      },
    ));
});

describe('A manual invoke', () => {
  it.each([
    { request: { dryrun: true }, said: ['dryrun', 'dryRun, force, nodes'] },
    { request: { force: 'yes' }, said: ['force'] },
    { request: { nodes: 'i-0123' }, said: ['nodes'] },
    { request: { nodes: ['i-*'] }, said: ['nodes', 'instance ids', '"i-*"'] },
    { request: { nodes: ['i-0123456789abcdef0', 'i-?'] }, said: ['instance ids', '"i-?"'] },
    { request: { nodes: ['worker-0'] }, said: ['instance ids', '"worker-0"'] },
    { request: { nodes: [''] }, said: ['nodes'] },
    { request: { nodes: [], force: true }, said: ['nodes', 'at least 1 entry, or no list for all'] },
    { request: '{"dryRun":true}', said: ['expected object'] },
    {
      request: { 'detail-type': 'Scheduled Event', dryRun: true },
      said: ['unknown field "detail-type"', 'dryRun, force, nodes'],
    },
    {
      request: { 'detail-type': 'Scheduled Event', source: 'someone', dryRun: true },
      said: ['unknown field "detail-type"', 'unknown field "source"'],
    },
    { request: 'everything', said: [] },
  ])('with $request is refused before any call', ({ request, said }) =>
    withFunction('reconcile', {}, async ({ sandbox, host }) => {
      const answer = await host.invoke(request);
      expect(answer.ok).toBe(false);
      for (const part of said) expect(answer.ok ? '' : answer.error.message).toContain(part);
      expect(functionCalls(sandbox)).toEqual([]);
    }),
  );
});

function functionCalls({ calls }: Deployment['sandbox']): string[] {
  return calls.filter(({ userAgent }) => userAgent.includes('podroutes/')).map(({ action }) => action);
}
