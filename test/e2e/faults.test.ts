import { describe, expect, it } from '@jest/globals';
import { isRunning, metricsOf, SCHEDULED, withFunction, writesOf } from './deployment.ts';

const WORKERS = [0, 1, 2].map((i) => ({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` }));
const WORKER_ROUTES = WORKERS.map(({ name, podCidr }) => `${podCidr} ${name} active`);

describe('A call that fails', () => {
  it('leaves its message in the queue, and the next delivery does only what is undone', () =>
    withFunction('node-events', {}, async ({ world, sandbox, queue }) => {
      for (const worker of WORKERS) await world.launch({ ...worker, forwarding: 'on' });
      sandbox.failNext('CreateRoute', {
        code: 'IncorrectInstanceState',
        where: (params) => params.get('DestinationCidrBlock') === '10.200.1.0/24',
      });
      for (const event of sandbox.takeEvents().filter(isRunning)) queue.send(event);
      await queue.deliver();
      expect(queue.waiting()).toBe(1);
      expect(await world.routes()).toEqual(
        [...world.given, WORKER_ROUTES[0] ?? '', WORKER_ROUTES[2] ?? ''].sort(),
      );
      sandbox.clearCalls();
      await queue.deliver();
      expect(writesOf(sandbox)).toEqual(['CreateRoute']);
      expect(await world.routes()).toEqual([...world.given, ...WORKER_ROUTES].sort());
      expect(queue.waiting()).toBe(0);
    }));

  it.each([
    { what: 'a server error', action: 'CreateRoute', fault: { code: 'InternalError', status: 500 } },
    { what: 'a broken connection', action: 'CreateRoute', fault: { answer: 'reset' } },
    { what: 'a lost answer', action: 'CreateRoute', fault: { answer: 'reset', when: 'after' } },
    { what: 'throttling', action: 'CreateRoute', fault: { code: 'RequestLimitExceeded' } },
    { what: 'a failed list of instances', action: 'DescribeInstances', fault: { code: 'InternalError' } },
    { what: 'a failed list of tables', action: 'DescribeRouteTables', fault: { code: 'Unavailable' } },
    {
      what: 'a route that somebody else made meanwhile',
      action: 'CreateRoute',
      fault: { code: 'RouteAlreadyExists', when: 'after' },
    },
  ] as const)('$what does not keep the routes from coming right', ({ action, fault }) =>
    withFunction('node-events', {}, async ({ world, sandbox, queue, deliverEvents }) => {
      for (const worker of WORKERS) await world.launch(worker);
      sandbox.failNext(action, fault);
      await deliverEvents();
      expect(await world.routes()).toEqual([...world.given, ...WORKER_ROUTES].sort());
      expect(queue.deadLetters).toEqual([]);
    }),
  );

  it('counts a route that is gone already as deleted', () =>
    withFunction('node-events', {}, async ({ world, sandbox, queue, deliverEvents }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await deliverEvents();
      await world.terminate('worker-1');
      sandbox.failNext('DeleteRoute', { code: 'InvalidRoute.NotFound', when: 'after' });
      expect((await deliverEvents()).writes).toEqual(['DeleteRoute']);
      expect(queue.deadLetters).toEqual([]);
    }));

  it('names the permission that is missing, and is not tried again', () =>
    withFunction('node-events', {}, async ({ world, sandbox, host, queue, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24', forwarding: 'on' });
      sandbox.failNext('CreateRoute', {
        code: 'UnauthorizedOperation',
        message: 'You are not authorized. Encoded authorization failure message: AbCdEf',
        times: 99,
      });
      const { calls } = await deliverEvents(sandbox.takeEvents().filter(isRunning));
      expect(calls['CreateRoute']).toBe(1);
      expect(queue.deadLetters).toEqual([]);
      const lines = host.takeLogs();
      expect(JSON.stringify(lines)).toContain('ec2:CreateRoute');
      expect(JSON.stringify(lines)).not.toContain('AbCdEf');
      expect(metricsOf(lines)).toContainEqual(expect.objectContaining({ name: 'ApplyFailures', value: 1 }));
    }));

  it('while reading claims lets go only what its own target proves', () =>
    withFunction('node-events', {}, async ({ world, sandbox, deliverEvents }) => {
      for (const worker of WORKERS) await world.launch({ ...worker, via: 'user-data' });
      await deliverEvents();
      await world.addRoute('10.200.9.0/24', { machine: 'worker-2' });
      const before = await world.routes();
      await world.terminate('worker-1');
      sandbox.failNext('DescribeInstanceAttribute', { code: 'UnauthorizedOperation', times: 99 });
      expect((await deliverEvents()).writes).toEqual(['DeleteRoute']);
      expect((await deliverEvents([SCHEDULED])).writes).toEqual([]);
      expect(await world.routes()).toEqual(before.filter((line) => !line.includes('worker-1')));
    }));
});

describe('A connection that breaks each time', () => {
  it('is called that, and the message comes again', () =>
    withFunction('node-events', {}, async ({ world, sandbox, host, queue }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24', forwarding: 'on' });
      sandbox.failNext('CreateRoute', { answer: 'reset', times: 99 });
      for (const event of sandbox.takeEvents().filter(isRunning)) queue.send(event);
      await queue.deliver();
      expect(queue.waiting()).toBe(1);
      expect(host.takeLogs()).toContainEqual(
        expect.objectContaining({
          action: 'create',
          outcome: 'failed',
          error: 'ECONNRESET',
          errorMessage: expect.stringContaining('the connection broke before the answer came'),
        }),
      );
    }));
});

const SIGN_IN = '<html><body><p>Please sign in.</p></body></html>';
const REFUSED =
  '<CreateRouteResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><return>false</return></CreateRouteResponse>';

describe('A write that is answered with status 200 is not done', () => {
  it.each([
    { what: 'by a page of HTML', action: 'CreateRoute', answer: SIGN_IN },
    { what: 'by nothing', action: 'CreateRoute', answer: '' },
    { what: 'with a return that is false', action: 'CreateRoute', answer: REFUSED },
    { what: 'by a page of HTML', action: 'ModifyNetworkInterfaceAttribute', answer: SIGN_IN },
  ])('where $action is answered $what: the message comes again', ({ action, answer }) =>
    withFunction('node-events', {}, async ({ world, sandbox, proxy, host, queue }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      proxy.answerWith(action, answer);
      for (const event of sandbox.takeEvents().filter(isRunning)) queue.send(event);
      await queue.deliver();
      expect(queue.waiting()).toBe(1);
      const lines = host.takeLogs();
      expect(metricsOf(lines)).toContainEqual(expect.objectContaining({ name: 'ApplyFailures', value: 1 }));
      expect(JSON.stringify(lines)).toContain(`ec2:${action}: expected an answer that confirms it`);
    }),
  );

  it.each(['ReplaceRoute', 'DeleteRoute'])('where %s is answered by a page of HTML', (action) =>
    withFunction('reconcile', {}, async ({ world, proxy, host }) => {
      for (const worker of WORKERS) await world.launch({ ...worker, forwarding: 'on' });
      await host.invoke({});
      await world.removeRoute('10.200.0.0/24');
      await world.addRoute('10.200.0.0/24', { machine: 'worker-2' });
      await world.terminate('worker-1');
      proxy.answerWith(action, SIGN_IN);
      const answer = await host.invoke({});
      expect(answer.ok && answer.value).toMatchObject({
        changes: expect.arrayContaining([
          expect.objectContaining({ outcome: 'failed', error: expect.objectContaining({ retryable: true }) }),
        ]),
        summary: { failed: 1 },
      });
    }),
  );
});

describe('An invocation whose time runs out', () => {
  it.each([
    { while: 'reading', held: /^Describe/ },
    { while: 'writing', held: /^CreateRoute/ },
  ])('while $while gives its messages back, and the next delivery finishes', ({ held }) => {
    let timeoutMs = 2_500;
    return withFunction(
      'node-events',
      { timeoutMs: () => timeoutMs },
      async ({ world, sandbox, proxy, queue }) => {
        for (const worker of WORKERS) await world.launch(worker);
        for (const event of sandbox.takeEvents().filter(isRunning)) queue.send(event);
        proxy.setGate((action) => (held.test(action) ? new Promise(() => undefined) : Promise.resolve()));
        await queue.deliver();
        expect(queue.waiting()).toBe(3);
        expect(await world.routes()).toEqual([...world.given].sort());
        proxy.setGate(null);
        timeoutMs = 60_000;
        await queue.drain();
        expect(await world.routes()).toEqual([...world.given, ...WORKER_ROUTES].sort());
        expect(queue.deadLetters).toEqual([]);
      },
    );
  });

  it('writes one line for what it has not done, and counts none of it as failed', () => {
    const timeoutMs = () => 5_000;
    return withFunction('node-events', { timeoutMs }, async ({ world, sandbox, host, proxy, queue }) => {
      // More than are written at once, so that some are not even begun.
      for (let i = 0; i < 60; i += 1) {
        await world.launch({ name: `n${i}`, podCidr: `10.200.${i}.0/24`, forwarding: 'on' });
      }
      for (const event of sandbox.takeEvents().filter(isRunning)) queue.send(event);
      proxy.setGate((action) =>
        action === 'CreateRoute' ? new Promise(() => undefined) : Promise.resolve(),
      );
      await queue.deliver();
      const lines = host.takeLogs();
      expect(lines.filter(({ outcome }) => outcome === 'skipped')).toMatchObject([
        { message: 'changes left for the next run', reason: 'deadline', count: 60 },
      ]);
      expect(lines.filter(({ message }) => message === 'messages left in the queue')).toMatchObject([
        { reason: 'deadline', count: 60 },
      ]);
      expect(metricsOf(lines)).toContainEqual(expect.objectContaining({ name: 'ApplyFailures', value: 0 }));
    });
  });
});
