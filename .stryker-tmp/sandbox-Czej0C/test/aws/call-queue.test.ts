// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { CallQueue } from '../../shared/aws/call-queue.ts';

const open = new AbortController().signal;

function refusal(name: string, httpStatusCode?: number): Error {
  const error = new Error(name);
  error.name = name;
  return Object.assign(error, { $metadata: { httpStatusCode } });
}

/** Answers with these failures, one after the other, then with success; counts how often it was asked. */
function answers(...failures: readonly Error[]) {
  const left = [...failures];
  const asked = { times: 0 };
  const send = (): Promise<string> => {
    asked.times += 1;
    const failure = left.shift();
    return failure === undefined ? Promise.resolve('done') : Promise.reject(failure);
  };
  return { send, asked };
}

describe('Calls of one action', () => {
  it('go node by node, though they were queued table by table', async () => {
    const queue = new CallQueue();
    const order: string[] = [];
    const nodes = Array.from({ length: 40 }, (_, n) => `n${n}`);
    const calls = ['rtb-1', 'rtb-2', 'rtb-3'].flatMap((table) =>
      nodes.map((node) => queue.call(node, async () => order.push(`${node} ${table}`), open)),
    );
    await Promise.all(calls);
    expect(order).toEqual(
      nodes.flatMap((node) => ['rtb-1', 'rtb-2', 'rtb-3'].map((table) => `${node} ${table}`)),
    );
  });

  it('are at most eight at once', async () => {
    const queue = new CallQueue();
    let [active, most] = [0, 0];
    const send = async (): Promise<void> => {
      active += 1;
      most = Math.max(most, active);
      await new Promise((resolve) => setImmediate(resolve));
      active -= 1;
    };
    await Promise.all(Array.from({ length: 50 }, (_, n) => queue.call(`n${n}`, send, open)));
    expect(most).toBe(8);
  });

  it.each([
    ['throttling', [refusal('RequestLimitExceeded', 503)], 2],
    ['a server error', [refusal('InternalError', 500)], 2],
    ['a broken connection', [refusal('Error')], 2],
    ['four server errors', Array.from({ length: 4 }, () => refusal('Unavailable', 503)), 5],
  ])('are made again after %s', async (_, failures, times) => {
    const { send, asked } = answers(...failures);
    expect(await new CallQueue().call('n', send, open)).toBe('done');
    expect(asked.times).toBe(times);
  });

  it.each([
    ['what EC2 has answered', [refusal('RouteAlreadyExists', 400)], 1],
    ['an answer that cannot be read', [refusal('SyntaxError', 200)], 1],
    ['five server errors', Array.from({ length: 5 }, () => refusal('InternalError', 500)), 5],
  ])('are given up after %s', async (_, failures, times) => {
    const { send, asked } = answers(...failures);
    await expect(new CallQueue().call('n', send, open)).rejects.toBe(failures.at(-1));
    expect(asked.times).toBe(times);
  });

  it('are not begun once the time is over, and those under way are not waited for', async () => {
    const queue = new CallQueue();
    const time = new AbortController();
    let begun = 0;
    const hang = (): Promise<never> => {
      begun += 1;
      return new Promise(() => undefined);
    };
    const calls = Array.from({ length: 20 }, (_, n) => queue.call(`n${n}`, hang, time.signal));
    const outcomes = Promise.allSettled(calls);
    await new Promise((resolve) => setImmediate(resolve));
    time.abort();
    expect((await outcomes).map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, () => 'rejected'),
    );
    expect(begun).toBe(8);
    // The queue is of use to the next invocation.
    expect(await queue.call('n', async () => 'done', open)).toBe('done');
  });
});
