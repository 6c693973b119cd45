import type { ServerResponse } from 'node:http';
import { mock } from 'node:test';
import { describe, expect, it } from '@jest/globals';
import { createArmClient } from '../../shared/azure/arm-client.ts';
import { classifyArmFailure } from '../../shared/azure/failures.ts';
import { startServer } from '../../shared/sandbox/loopback.ts';

const credential = {
  getToken: async () => ({ token: 'secret', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

/** A server that answers everything with the same, and counts. */
async function startAnswering(status: number, headers: Record<string, string>, body: unknown) {
  let calls = 0;
  const { port, close } = await startServer(0, async (_request, response) => {
    calls += 1;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  return { endpoint: `http://127.0.0.1:${port}`, close, countCalls: () => calls };
}

describe('A link in an answer', () => {
  it.each([
    ['the next page', (link: string) => startAnswering(200, {}, { value: [], nextLink: link })],
    ['an operation', (link: string) => startAnswering(201, { 'azure-asyncoperation': link }, {})],
    ['the end of a write', (link: string) => startAnswering(202, { location: link, 'retry-after': '0' }, {})],
  ])('that leads %s elsewhere is not followed, so that no token goes there', async (what, start) => {
    const elsewhere = await startAnswering(200, {}, { value: [], status: 'Succeeded' });
    const server = await start(`${elsewhere.endpoint}/subscriptions/s/x`);
    const arm = createArmClient({ subscription: 's', endpoint: server.endpoint, credential });
    const signal = AbortSignal.timeout(20_000);
    const call =
      what === 'the next page'
        ? arm.list('network', '/subscriptions/s/y', signal)
        : arm.put('network', '/subscriptions/s/y', {}, { ifMatch: 'e' }, signal);
    await expect(call).rejects.toMatchObject({ code: 'unexpected-answer' });
    expect(elsewhere.countCalls()).toBe(0);
    await Promise.all([server.close(), elsewhere.close()]);
  });
});

describe('A list whose next page is itself', () => {
  it('is an answer that makes no sense, not an endless list', async () => {
    let calls = 0;
    const { port, close } = await startServer(0, async (_request, response) => {
      calls += 1;
      const nextLink = `http://127.0.0.1:${port}/subscriptions/s/x?page=1`;
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ value: [], nextLink }));
    });
    const arm = createArmClient({ subscription: 's', endpoint: `http://127.0.0.1:${port}`, credential });
    const list = arm.list('network', '/subscriptions/s/x', AbortSignal.timeout(20_000));
    await expect(list).rejects.toMatchObject({ code: 'unexpected-answer' });
    expect(calls).toBe(2);
    await close();
  });
});

describe('A server that takes a request and is silent', () => {
  it.each([
    ['never answers', () => undefined],
    ['never ends its answer', (response: ServerResponse) => void response.writeHead(200).write('{')],
  ])('and %s is given up, at the first try', async (_, answer) => {
    let calls = 0;
    const { port, close } = await startServer(0, async (_request, response) => {
      calls += 1;
      answer(response);
    });
    const arm = createArmClient({
      subscription: 's',
      endpoint: `http://127.0.0.1:${port}`,
      credential,
      requestTimeoutMs: 1_500,
    });
    const thrown = await arm
      .list('network', '/subscriptions/s/x', new AbortController().signal)
      .catch((error: unknown) => error);
    expect(classifyArmFailure(thrown, 'x/read')).toMatchObject({ kind: 'unfinished', code: 'deadline' });
    expect(calls).toBe(1);
    await close();
  });
});

describe('A call that is told to wait', () => {
  /** Answers with these one after the other, and notes when each was asked for. */
  async function startTelling(
    answers: readonly { status: number; headers?: Record<string, string>; body: object }[],
  ) {
    const at: number[] = [];
    const { port, close } = await startServer(0, async (_request, response) => {
      const { status, headers = {}, body } = answers[at.length] ?? { status: 200, body: { value: [] } };
      at.push(performance.now());
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    });
    return { endpoint: `http://127.0.0.1:${port}`, close, at };
  }
  const busy = { error: { code: 'RetryableError', message: 'The call can be retried in 1 seconds.' } };

  it.each([
    ['by a header', { status: 429, headers: { 'retry-after': '1' }, body: { error: { code: 'X' } } }],
    ['in words', { status: 429, body: busy }],
  ])('%s does not come earlier, and not at the very moment that all others do', async (_, answer) => {
    const { mock: random } = mock.method(Math, 'random', () => 1);
    const { endpoint, close, at } = await startTelling([answer]);
    const arm = createArmClient({ subscription: 's', endpoint, credential });
    await arm.list('network', '/subscriptions/s/x', AbortSignal.timeout(20_000));
    random.restore();
    await close();
    const [first = 0, second = 0] = at;
    expect(at).toHaveLength(2);
    // As long as was asked, and the most jitter on top: half of it.
    expect(second - first).toBeGreaterThanOrEqual(1_490);
  });

  it('looks at an operation no sooner than its answer says', async () => {
    const started = { status: 201, headers: {} as Record<string, string>, body: {} };
    const polled = await startTelling([
      started,
      { status: 200, headers: { 'retry-after': '1' }, body: { status: 'InProgress' } },
      { status: 200, body: { status: 'Succeeded' } },
    ]);
    started.headers['azure-asyncoperation'] = `${polled.endpoint}/subscriptions/s/operations/1`;
    const arm = createArmClient({ subscription: 's', endpoint: polled.endpoint, credential });
    await arm.put('network', '/subscriptions/s/y', {}, { ifMatch: 'e' }, AbortSignal.timeout(20_000));
    await polled.close();
    expect((polled.at[2] ?? 0) - (polled.at[1] ?? 0)).toBeGreaterThanOrEqual(990);
  });
});

describe('A token', () => {
  it.each([
    ['the public cloud', null, 'https://management.azure.com/.default'],
    [
      'a sovereign cloud',
      'https://management.usgovcloudapi.net',
      'https://management.usgovcloudapi.net/.default',
    ],
  ])('for %s is asked for its own audience', async (_, endpoint, audience) => {
    const asked: unknown[] = [];
    const refusing = {
      getToken: async (scopes: string | string[]) => {
        asked.push(scopes);
        throw Object.assign(new Error('No token.'), { name: 'CredentialUnavailableError' });
      },
    };
    const arm = createArmClient({ subscription: 's', endpoint, credential: refusing });
    await expect(arm.get('network', '/subscriptions/s/x', AbortSignal.timeout(20_000))).rejects.toThrow(
      'No token.',
    );
    expect(asked.flat()).toEqual([audience]);
  });
});

describe('A write that was accepted', () => {
  it.each([
    ['names nothing to follow', 202, {}, 'unexpected-answer'],
    ['shows that it failed', 200, { properties: { provisioningState: 'Failed' } }, 'ProvisioningFailed'],
    ['is no resource', 200, {}, 'unexpected-answer'],
    ['is null', 200, null, 'unexpected-answer'],
    ['is text', 200, 'It works!', 'unreadable-answer'],
  ])('is not taken for done where its answer %s', async (_, status, body, code) => {
    const server = await startAnswering(status, {}, body);
    const arm = createArmClient({ subscription: 's', endpoint: server.endpoint, credential });
    const put = arm.put('network', '/subscriptions/s/y', {}, { ifMatch: 'e' }, AbortSignal.timeout(20_000));
    await expect(put).rejects.toMatchObject({ code });
    await server.close();
  });
});

describe('What came instead of an answer', () => {
  it.each<[string, (response: ServerResponse) => unknown, string]>([
    [
      'a page of HTML',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'unreadable-answer',
    ],
    [
      'HTML that says it is JSON',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>'),
      'unreadable-answer',
    ],
    ['a reset of the connection', (response) => response.socket?.resetAndDestroy(), 'ECONNRESET'],
    ['the end of the connection', (response) => response.socket?.destroy(), 'ECONNRESET'],
  ])('was %s: a write is tried again, and never taken for done', async (_, answer, code) => {
    let calls = 0;
    const { port, close } = await startServer(0, async (_request, response) => {
      calls += 1;
      answer(response);
    });
    const arm = createArmClient({ subscription: 's', endpoint: `http://127.0.0.1:${port}`, credential });
    const put = arm.put('network', '/subscriptions/s/y', {}, { ifMatch: 'e' }, AbortSignal.timeout(20_000));
    const thrown = await put.then(
      () => null,
      (error: unknown) => error,
    );
    await close();
    expect(classifyArmFailure(thrown, 'x/write')).toMatchObject({ kind: 'transient', code });
    expect(calls).toBe(4);
  });

  it('is named where the connection broke', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { name: 'RestError', code: 'ECONNRESET' });
    expect(classifyArmFailure(reset, 'x/write').message).toBe(
      'x/write: the connection broke before the answer came (read ECONNRESET)',
    );
  });
});
