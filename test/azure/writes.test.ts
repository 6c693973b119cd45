import { describe, expect, it } from '@jest/globals';
import type { ArmClient } from '../../shared/azure/arm-client.ts';
import { editTable } from '../../shared/azure/route-tables.ts';
import { readShape, TableShape } from '../../shared/azure/wire.ts';
import { parseCidr } from '../../shared/core/cidr.ts';
import type { Cloud } from '../../shared/core/cloud.ts';
import { isRetryable } from '../../shared/core/errors.ts';
import type { Change, ChangeAction } from '../../shared/core/model.ts';
import { deleteMachine } from '../../shared/sandbox/arm/machines.ts';
import { createScaleSet } from '../../shared/sandbox/arm/scale-sets.ts';
import { tagResource } from '../../shared/sandbox/arm/tags.ts';
import { CLUSTER_TAG, GROUP, withAzure } from './azure-world.ts';

const TEMPLATE = 'kubernetes-route-{cidr}';
const PUT = 'RouteTables_CreateOrUpdate';

function change(action: ChangeAction, destination: string, address: string | null = null): Change {
  const result = parseCidr(destination);
  if (!result.ok) throw new Error(`${destination} ${result.problem}`);
  return {
    table: 't',
    action,
    destination: result.cidr,
    nextHop: address === null ? null : { id: address, shown: address },
    previousNextHop: null,
    node: null,
    reason: 'claimed',
    evidence: null,
  };
}

function ours(index: number, nextHopIpAddress = `10.240.0.2${index}`) {
  const name = `kubernetes-route-10-200-${index}-0-24`;
  const addressPrefix = `10.200.${index}.0/24`;
  return { name, properties: { addressPrefix, nextHopType: 'VirtualAppliance', nextHopIpAddress } };
}

/** With what no model knows, at every level. */
const FOREIGN = {
  name: 'to-the-firewall',
  etag: 'W/"1"',
  unknown: [1, { a: null }],
  properties: {
    addressPrefix: '0.0.0.0/0',
    nextHopType: 'VirtualAppliance',
    nextHopIpAddress: '10.0.0.4',
    nextHop: { nextHopIpAddresses: ['10.0.0.4', '10.0.0.5'] },
  },
};
const TABLE = {
  id: '/t',
  name: 't',
  etag: 'W/"1"',
  location: 'westeurope',
  tags: { owner: 'them' },
  extendedLocation: { name: 'edge' },
  properties: {
    disableBgpRoutePropagation: true,
    somethingNew: { deep: [1] },
    routes: [FOREIGN, ours(0), ours(1)],
  },
};

describe('A table that is put back', () => {
  it('is as it was but for the changes', () => {
    const edit = editTable(
      readShape(TableShape, TABLE),
      [
        change('create', '10.200.2.0/24', '10.240.0.22'),
        change('replace', '10.200.1.0/24', '10.240.0.9'),
        change('delete', '10.200.0.0/24'),
      ],
      TEMPLATE,
    );
    const routes = [FOREIGN, ours(1, '10.240.0.9'), ours(2)];
    expect(edit.table).toEqual({ ...TABLE, properties: { ...TABLE.properties, routes } });
    expect(edit.refused.size).toBe(0);
  });

  it('keeps the route of another to the very destination that ours is changed at', () => {
    const theirs = { ...FOREIGN, properties: { ...FOREIGN.properties, addressPrefix: '10.200.0.0/24' } };
    const table = { ...TABLE, properties: { routes: [theirs, ours(0)] } };
    const edit = editTable(readShape(TableShape, table), [change('delete', '10.200.0.0/24')], TEMPLATE);
    expect(edit.table.properties.routes).toEqual([theirs]);
  });

  it('takes no route whose name another has', () => {
    const other = { ...FOREIGN, name: 'KUBERNETES-route-10-200-2-0-24' };
    const table = { ...TABLE, properties: { routes: [other] } };
    const wanted = change('create', '10.200.2.0/24', '10.240.0.22');
    const edit = editTable(readShape(TableShape, table), [wanted], TEMPLATE);
    expect(edit.table.properties.routes).toEqual([other]);
    expect([...edit.refused]).toEqual([[wanted, expect.objectContaining({ code: 'route-name-taken' })]]);
  });
});

describe('A write', () => {
  it('keeps tags, the propagation flag and the routes of others', () =>
    withAzure({}, async ({ launch, run, routes, sandbox, arm, table, putTable }) => {
      putTable([{ name: 'default', addressPrefix: '0.0.0.0/0', nextHopType: 'Internet' }]);
      const before = Object(await arm.get('network', table, AbortSignal.timeout(5_000)));
      launch(20);
      await run();
      const after = Object(await arm.get('network', table, AbortSignal.timeout(5_000)));
      expect(routes()).toHaveLength(2);
      expect(after.tags).toEqual(before.tags);
      expect(after.location).toEqual(before.location);
      expect(after.properties.routes[0].properties).toEqual(before.properties.routes[0].properties);
      expect(after.properties.subnets).toEqual(before.properties.subnets);
      expect(sandbox.calls.filter(({ mutating }) => mutating)).toHaveLength(1);
    }));

  it('is conditional on what was read, and the polls of its operation are not', () =>
    withAzure({ operationMs: 30, retryAfterSeconds: 0 }, async ({ launch, run, sandbox, arm, table }) => {
      const { etag } = Object(await arm.get('network', table, AbortSignal.timeout(5_000)));
      launch(20);
      sandbox.clearCalls();
      await run();
      const conditional = sandbox.calls.filter(({ ifMatch }) => ifMatch !== null);
      expect(conditional).toEqual([expect.objectContaining({ operation: PUT, ifMatch: etag })]);
      expect(sandbox.countCalls()['AsyncOperations_Get']).toBeGreaterThan(0);
    }));

  it('whose answer was lost is not made twice, and not reported as failed', () =>
    withAzure({}, async ({ launch, run, routes, sandbox }) => {
      launch(20);
      sandbox.failNext(PUT, { when: 'after', answer: 'reset' });
      const { results } = await run();
      expect(routes()).toHaveLength(1);
      expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    }));

  it.each(['azure-asyncoperation', 'location'] as const)(
    'is followed to its end by %s, and a failed one is a failed change',
    (followBy) =>
      withAzure({ operationMs: 5, retryAfterSeconds: 0, followBy }, async ({ launch, run, sandbox }) => {
        launch(20);
        sandbox.failOperation(PUT, { code: 'NotAllowed', message: 'Because.' });
        const refused = await run();
        expect(refused.results).toEqual([
          expect.objectContaining({
            outcome: 'failed',
            failure: expect.objectContaining({ code: 'NotAllowed' }),
          }),
        ]);
        expect((await run()).results).toEqual([expect.objectContaining({ outcome: 'applied' })]);
      }),
  );

  it('that failed is made again, even where the table shows its routes', () =>
    withAzure({ retryAfterSeconds: 0 }, async ({ launch, run, routes, sandbox }) => {
      launch(20);
      sandbox.failOperation(PUT, { code: 'NotAllowed', when: 'after' });
      await run();
      expect(routes()).toHaveLength(1);
      const again = await run();
      expect(again.results).toEqual([
        expect.objectContaining({
          outcome: 'applied',
          change: expect.objectContaining({ action: 'replace', reason: 'write-failed' }),
        }),
      ]);
      expect((await run()).results).toEqual([]);
    }));

  it('that is superseded by another one is planned again', () =>
    withAzure({ operationMs: 5, retryAfterSeconds: 0 }, async ({ launch, run, routes, sandbox }) => {
      launch(20);
      sandbox.failOperation(PUT, { code: 'CanceledAndSupersededDueToAnotherOperation' });
      const { results } = await run();
      expect(results).toEqual([expect.objectContaining({ outcome: 'applied' })]);
      expect(routes()).toHaveLength(1);
    }));

  describe.each(['azure-asyncoperation', 'location'] as const)(
    'whose operation, followed by %s, ends',
    (followBy) => {
      const options = { operationMs: 5, retryAfterSeconds: 0, followBy };

      it.each(['RetryableError', 'AnotherOperationInProgress', 'ReferencedResourceNotProvisioned'])(
        'with the passing code %s is made again in the same run',
        (code) =>
          withAzure(options, async ({ launch, run, routes, sandbox }) => {
            launch(20);
            sandbox.failOperation(PUT, { code });
            const { results } = await run();
            expect(results).toEqual([expect.objectContaining({ outcome: 'applied' })]);
            expect(routes()).toHaveLength(1);
            expect(sandbox.countCalls()[PUT]).toBe(2);
          }),
      );

      it('with a passing code time and again is made a few times, and left for a later run', () =>
        withAzure(options, async ({ launch, run, sandbox }) => {
          launch(20);
          sandbox.failOperation(PUT, { code: 'AnotherOperationInProgress', times: 1_000 });
          const { results } = await run();
          expect(results.map(({ failure }) => failure?.code)).toEqual(['AnotherOperationInProgress']);
          expect(results.map(({ failure }) => failure !== null && isRetryable(failure))).toEqual([true]);
          expect(sandbox.countCalls()[PUT]).toBe(5);
        }));
    },
  );

  it('that is answered as done is not asked about, and no refusal of that makes it a failed one', () =>
    withAzure({ pollFinished: true }, async ({ launch, run, sandbox }) => {
      launch(20);
      sandbox.failNext('AsyncOperations_Get', { code: 'AuthorizationFailed', times: 10 });
      const { results } = await run();
      expect(results).toEqual([expect.objectContaining({ outcome: 'applied' })]);
      expect(sandbox.countCalls()['AsyncOperations_Get']).toBeUndefined();
    }));

  it.each(['AuthorizationFailed', 'ScopeLocked', 'RequestDisallowedByPolicy', 'InvalidResourceLocation'])(
    'refused with %s fails for good, with the words of Azure',
    (code) =>
      withAzure({}, async ({ launch, run, sandbox }) => {
        launch(20);
        sandbox.failNext(PUT, { code, message: 'Because.' });
        const { results } = await run();
        expect(results).toEqual([
          expect.objectContaining({
            outcome: 'failed',
            failure: { kind: 'permanent', code, message: 'Microsoft.Network/routeTables/write: Because.' },
          }),
        ]);
        expect(sandbox.countCalls()[PUT]).toBe(1);
      }),
  );

  it('beyond the limit of Azure is a full table, whatever the configuration says', () =>
    withAzure({ routeLimit: 1 }, async ({ launch, run }) => {
      launch(20);
      launch(21);
      const { results, findings } = await run();
      expect(results.map(({ failure }) => failure?.kind)).toEqual(['full', 'full']);
      expect(findings.map(({ code }) => code)).toContain('route-table-full');
    }));

  it('of what is too much does not keep the rest from being mended', () =>
    withAzure({ routeLimit: 1 }, async ({ launch, run, routes, putTable }) => {
      launch(20);
      launch(21);
      putTable([{ name: ours(0).name, addressPrefix: '10.200.0.0/24', nextHopIpAddress: '10.240.0.99' }]);
      const { results } = await run();
      expect(routes()).toEqual(['kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20']);
      expect(results.map(({ change, outcome }) => `${change.action} ${outcome}`).sort()).toEqual([
        'create failed',
        'replace applied',
      ]);
    }));

  it('that waits for another operation ends with the invocation, as something to try again', () =>
    withAzure({ retryAfterSeconds: 1 }, async ({ launch, run, sandbox }) => {
      launch(20);
      sandbox.failNext(PUT, { code: 'RetryableErrorDueToAnotherOperation', times: 1_000 });
      const { results } = await run({}, { signal: AbortSignal.timeout(300) });
      expect(results).toEqual([
        expect.objectContaining({
          failure: expect.objectContaining({ kind: 'transient', code: 'RetryableError' }),
        }),
      ]);
    }));

  it('is not made where nothing differs', () =>
    withAzure({}, async ({ launch, run, sandbox }) => {
      launch(20);
      await run();
      sandbox.clearCalls();
      expect(await run()).toMatchObject({ results: [], unchanged: 1 });
      expect(sandbox.calls.filter(({ mutating }) => mutating)).toEqual([]);
    }));

  it('creates and deletes at once', () =>
    withAzure({}, async ({ launch, run, routes, sandbox }) => {
      const gone = launch(20);
      await run();
      deleteMachine(sandbox.arm, gone);
      launch(21);
      sandbox.clearCalls();
      await run({ kind: 'all', ids: [gone] }, { ledger: 'events' });
      expect(routes()).toEqual(['kubernetes-route-10-200-1-0-24 10.200.1.0/24 10.240.0.21']);
      expect(sandbox.countCalls()[PUT]).toBe(1);
    }));
});

function withoutTag(item: unknown): unknown {
  return Object(item).type === 'Microsoft.Network/networkInterfaces'
    ? { ...Object(item), etag: undefined }
    : item;
}

describe('IP forwarding', () => {
  it('of an instance of a uniform scale set is said to be a matter of its model', () =>
    withAzure({}, async ({ run, sandbox, subnet }) => {
      createScaleSet(sandbox.arm, {
        group: GROUP,
        name: 'pool',
        mode: 'Uniform',
        subnet,
        instances: 1,
        tags: { ...CLUSTER_TAG, 'pod-cidr': '10.200.0.0/24' },
        enableIPForwarding: false,
      });
      const { forwarding } = await run({}, { env: { PODROUTES_FORWARDING: 'ensure' } });
      expect(forwarding.map(({ failure }) => failure?.code)).toEqual(['scale-set-interface']);
      expect(
        sandbox.calls.filter(({ operation }) => operation.startsWith('NetworkInterfaces_Create')),
      ).toEqual([]);
    }));

  it('is not switched on by a write without condition', () =>
    withAzure({}, async ({ launch, run, sandbox, cloud, arm }) => {
      launch(20, undefined, { forwarding: false });
      const ensure = { PODROUTES_FORWARDING: 'ensure' };
      const list: ArmClient['list'] = async (...args) => (await arm.list(...args)).map(withoutTag);
      const { forwarding } = await run({}, { env: ensure, cloud: cloud(ensure, { ...arm, list }) });
      expect(forwarding.map(({ failure }) => failure?.code)).toEqual(['unexpected-answer']);
      expect(sandbox.countCalls()['NetworkInterfaces_CreateOrUpdate']).toBeUndefined();
    }));

  it('that is off is reported', () =>
    withAzure({}, async ({ launch, run, sandbox }) => {
      launch(20, undefined, { forwarding: false });
      const { findings } = await run();
      expect(findings.map(({ code }) => code)).toEqual(['forwarding-disabled']);
      expect(sandbox.countCalls()['NetworkInterfaces_CreateOrUpdate']).toBeUndefined();
    }));

  it.each(['RetryableError', 'AnotherOperationInProgress', 'ReferencedResourceNotProvisioned'])(
    'is switched on in the same run though the write of the interface ends with the passing code %s',
    (code) =>
      withAzure({ operationMs: 5, retryAfterSeconds: 0 }, async ({ launch, run, sandbox }) => {
        launch(20, undefined, { forwarding: false });
        sandbox.failOperation('NetworkInterfaces_CreateOrUpdate', { code });
        const { forwarding } = await run({}, { env: { PODROUTES_FORWARDING: 'ensure' } });
        expect(forwarding.map(({ failure }) => failure)).toEqual([null]);
        expect(sandbox.countCalls()['NetworkInterfaces_CreateOrUpdate']).toBe(2);
      }),
  );

  it('is switched on where the configuration says ensure, and nothing else of the interface changes', () =>
    withAzure({ retryAfterSeconds: 0 }, async ({ launch, run, sandbox, arm, cloud }) => {
      const id = launch(20, undefined, { forwarding: false });
      const nic = id.replace(
        'microsoft.compute/virtualmachines/worker-0',
        'Microsoft.Network/networkInterfaces/worker-0-nic',
      );
      const read = async () => Object(await arm.get('network', nic, AbortSignal.timeout(5_000))).properties;
      const before = await read();
      const tagsFirst = (plain: Cloud): Cloud => ({
        ...plain,
        enableForwarding: (nodes, signal) => {
          tagResource(sandbox.arm, nic, { owner: 'them' });
          return plain.enableForwarding(nodes, signal);
        },
      });
      const ensure = { PODROUTES_FORWARDING: 'ensure' };
      const { forwarding, findings } = await run({}, { env: ensure, cloud: tagsFirst(cloud(ensure)) });
      expect({ findings, failures: forwarding.map(({ failure }) => failure) }).toEqual({
        findings: [],
        failures: [null],
      });
      const { ipConfigurations, ...rest } = await read();
      expect(rest).toEqual({ ...before, enableIPForwarding: true, ipConfigurations: undefined });
      expect(ipConfigurations[0].properties).toEqual(before.ipConfigurations[0].properties);
      expect(sandbox.countCalls()['NetworkInterfaces_CreateOrUpdate']).toBe(2);
    }));
});
