import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { BUILT, type Deployment, type FunctionName, SCHEDULED, withFunction } from './deployment.ts';

const LEDGER = { PODROUTES_LEDGER: 'dynamodb:podroutes' };

describe('A function from whose folder the ledger and the client of Kubernetes are removed', () => {
  it('routes a launch with a given claim, and takes the routes of a termination, by the same calls as ever', () =>
    withBareFunction('node-events', async ({ world, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24', forwarding: 'on' });
      expect((await deliverEvents()).calls).toEqual({
        DescribeInstances: 1,
        DescribeRouteTables: 1,
        CreateRoute: 1,
      });
      await world.terminate('worker-0');
      // A look before the deletion, and one after it.
      expect((await deliverEvents()).calls).toEqual({
        DescribeInstances: 2,
        DescribeRouteTables: 2,
        DescribeNetworkInterfaces: 1,
        DeleteRoute: 1,
      });
    }));

  it('says in a scheduled run, which needs the ledger, that it cannot be opened', () =>
    withBareFunction('reconcile', async ({ host }) => {
      expect(await host.invoke(SCHEDULED)).toMatchObject({
        ok: true,
        value: {
          findings: expect.arrayContaining([expect.objectContaining({ code: 'ledger-unavailable' })]),
        },
      });
    }));
});

/** A function of which there is only what its entry loads at start, and a ledger that it is told of. */
async function withBareFunction(
  name: FunctionName,
  use: (deployment: Deployment) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-bare-'));
  try {
    await cp(new URL(`${name}/`, BUILT), join(folder, name), { recursive: true });
    for (const file of ['open-ledger.mjs', 'open-kubernetes.mjs']) await rm(join(folder, name, file));
    await withFunction(name, { env: LEDGER, built: pathToFileURL(`${folder}/`) }, use);
  } finally {
    await rm(folder, { recursive: true });
  }
}
