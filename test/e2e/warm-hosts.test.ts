import { describe, expect, it } from '@jest/globals';
import { type FunctionsHost, startFunctions } from '../../shared/sandbox/functions-host.ts';
import { startLambda } from '../../shared/sandbox/lambda-host.ts';
import { withAzure } from '../azure/azure-world.ts';
import { SCHEDULED, withFunction } from './deployment.ts';
import { startWarmFunctions, startWarmLambda } from './warm-hosts.ts';

type Lines = readonly Readonly<Record<string, unknown>>[];

const APP = new URL('../../dist/azure/index.mjs', import.meta.url);
/** Other settings than those of the tests, and what only they bring about. */
const OTHERS = {
  PODROUTES_CLUSTER: 'other',
  PODROUTES_CLUSTER_CIDRS: '10.100.0.0/16',
  PODROUTES_EVENT_BUS: 'other',
  PODROUTES_LEDGER: 'file:/nonexistent/ledger',
};
/** Times, durations, and names that each world has of its own. */
const PASSING =
  /"(timestamp|Timestamp|function_request_id|xray_trace_id|\w*Ms)":("[^"]*"|\d+)|Seconds"(,"value")?:[\d.]+|contract-[\da-f-]+/g;

/** Lines of a log without what differs from run to run. */
function lasting(lines: Lines): string[] {
  return lines.map((line) => JSON.stringify(line).replace(PASSING, ''));
}

/** What a function of AWS calls, answers and logs of a node that comes. */
async function runOnAws(start: typeof startLambda, more = {}) {
  const seen: unknown[] = [];
  let pid = 0;
  await withFunction('node-events', { start, env: more }, async (deployment) => {
    const { world, host, deliverEvents } = deployment;
    await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
    const { calls } = await deliverEvents();
    seen.push(calls, await host.invoke(SCHEDULED), lasting(host.takeLogs()), await world.routes());
    pid = host.pid;
    // What is logged and not asked for is not the next one's.
    await host.invoke(SCHEDULED);
  });
  return { seen: JSON.stringify(seen), pid };
}

/** The same of the app. */
async function runOnAzure(start: typeof startFunctions, more = {}) {
  const seen: unknown[] = [];
  let pid = 0;
  await withAzure({ retryAfterSeconds: 0 }, async (world) => {
    const host: FunctionsHost = await start(APP, { ...world.env, ...more });
    world.launch(20);
    const messages = world.sandbox.takeEvents().map((event) => JSON.stringify(event));
    const answer = await host.invoke('node-events', { collectionString: { string: messages } });
    seen.push(host.functions, world.sandbox.countCalls(), answer, lasting(host.takeLogs()), world.routes());
    pid = host.pid;
    await host.invoke('reconcile-schedule', { json: '{}' });
    await host.close();
  });
  return { seen: JSON.stringify(seen), pid };
}

describe('A process that has run another function', () => {
  it.each([
    {
      cloud: 'AWS',
      warm: (more?: object) => runOnAws(startWarmLambda, more),
      fresh: () => runOnAws(startLambda),
    },
    {
      cloud: 'Azure',
      warm: (more?: object) => runOnAzure(startWarmFunctions, more),
      fresh: () => runOnAzure(startFunctions),
    },
  ])('answers, calls and logs on $cloud as a new one', async ({ warm, fresh }) => {
    const other = await warm(OTHERS);
    const again = await warm();
    const first = await fresh();
    expect(again.pid).toBe(other.pid);
    expect(first.pid).not.toBe(again.pid);
    expect(again.seen).toBe(first.seen);
    expect(other.seen).not.toBe(first.seen);
  });

  it('is not used again where its function is in the midst of its work', async () => {
    let pid = 0;
    await withFunction('reconcile', {}, async ({ proxy, host }) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      proxy.setGate(() => {
        resolve();
        return new Promise(() => {});
      });
      void host.invoke(SCHEDULED);
      await promise;
      pid = host.pid;
    });
    await withFunction('reconcile', {}, async ({ host }) => {
      expect(host.pid).not.toBe(pid);
      expect(await host.invoke(SCHEDULED)).toMatchObject({ ok: true });
    });
  });
});
