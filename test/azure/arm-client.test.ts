import { describe, expect, it } from '@jest/globals';
import { createArmClient } from '../../shared/azure/arm-client.ts';
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

describe('A write that was accepted', () => {
  it.each([
    ['names nothing to follow', 202, {}, 'unexpected-answer'],
    ['shows that it failed', 200, { properties: { provisioningState: 'Failed' } }, 'ProvisioningFailed'],
  ])('is not taken for done where its answer %s', async (_, status, body, code) => {
    const server = await startAnswering(status, {}, body);
    const arm = createArmClient({ subscription: 's', endpoint: server.endpoint, credential });
    const put = arm.put('network', '/subscriptions/s/y', {}, { ifMatch: 'e' }, AbortSignal.timeout(20_000));
    await expect(put).rejects.toMatchObject({ code });
    await server.close();
  });
});
