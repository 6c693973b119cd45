import { describe, expect, it } from '@jest/globals';
import type { ArmClient } from '../../shared/azure/arm-client.ts';
import type { Scope } from '../../shared/core/model.ts';
import { whyRetry } from '../../shared/core/run/retry.ts';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { setPower } from '../../shared/sandbox/arm/machines.ts';
import { createScaleSet } from '../../shared/sandbox/arm/scale-sets.ts';
import { GROUP } from './azure-world.ts';
import { route, withLook } from './look.ts';

describe('A read that fails', () => {
  it.each(['VirtualMachines_List', 'NetworkInterfaces_List', 'VirtualMachineScaleSets_List'])(
    'of %s stops every deletion',
    (operation) =>
      withLook(async (_look, { run, putTable, routes, sandbox }) => {
        putTable([route(0, '10.240.0.20')]);
        sandbox.failNext(operation, { code: 'AuthorizationFailed', times: 10 });
        const { findings } = await run();
        expect(findings.map(({ code }) => code)).toContain('read-incomplete');
        expect(routes()).toHaveLength(1);
      }),
  );

  it('of whether an address is taken stops every deletion', () =>
    withLook(async (_look, { run, putTable, routes, sandbox }) => {
      putTable([route(0, '10.240.0.20')]);
      sandbox.failNext('VirtualNetworks_CheckIPAddressAvailability', { code: 'AuthorizationFailed' });
      const { findings } = await run();
      expect(findings.map(({ code }) => code)).toEqual(['read-incomplete']);
      expect(routes()).toHaveLength(1);
    }));

  it('of the states in the subscription is made up for, where a role covers the groups alone', () =>
    withLook(async (_look, { launch, run, routes, sandbox }) => {
      launch(20);
      sandbox.failNext('VirtualMachines_ListAll', { code: 'AuthorizationFailed' });
      expect((await run()).findings).toEqual([]);
      expect(routes()).toHaveLength(1);
    }));

  it.each(['wörker', 'узел-0', '节点0'])(
    'of the states in the subscription hides no machine named %s',
    (name) =>
      withLook(async (look, { launch, run, routes, sandbox }) => {
        const id = launch(20, '10.200.0.0/24', { name });
        sandbox.failNext('VirtualMachines_ListAll', { code: 'AuthorizationFailed' });
        expect((await run()).findings).toEqual([]);
        expect(routes()).toHaveLength(1);
        const { nodes, failures } = await look({ kind: 'nodes', ids: [id] });
        expect({ names: nodes.map((node) => node.name), failures }).toEqual({ names: [name], failures: [] });
      }),
  );

  it('of the states in the subscription costs a read of each node that is looked at, and of nothing else', () =>
    withLook(async (look, { launch, sandbox }) => {
      const ids = Array.from({ length: 30 }, (_, i) => launch(20 + i, `10.200.${i}.0/24`));
      launch(60, null, { tags: { 'kubernetes.io_cluster_kthw': 'other' } });
      const readsOf = async (scope: Partial<Scope>) => {
        sandbox.clearCalls();
        sandbox.failNext('VirtualMachines_ListAll', { code: 'AuthorizationFailed' });
        const { nodes, failures } = await look(scope);
        expect(failures).toEqual([]);
        expect(new Set(nodes.map(({ state }) => state))).toEqual(new Set(['running']));
        return sandbox.countCalls()['VirtualMachines_Get'];
      };
      expect(await readsOf({ kind: 'all' })).toBe(30);
      expect(await readsOf({ kind: 'nodes', ids: ids.slice(5) })).toBe(25);
    }));

  it('of the states in the subscription leaves a stopped node stopped', () =>
    withLook(async (look, { launch, sandbox }) => {
      setPower(sandbox.arm, launch(20), 'deallocate');
      sandbox.failNext('VirtualMachines_ListAll', { code: 'AuthorizationFailed' });
      expect((await look()).nodes).toEqual([expect.objectContaining({ state: 'stopped' })]);
    }));

  it('of the states in the subscription is made up for, where it says nothing of a machine', () =>
    withLook(
      async (_look, { launch, run, routes }) => {
        launch(20);
        expect((await run()).findings).toEqual([]);
        expect(routes()).toHaveLength(1);
      },
      { listsStates: false },
    ));

  it('of the address ranges of the network leaves the table alone', () =>
    withLook(async (_look, { launch, run, routes, sandbox }) => {
      launch(20);
      sandbox.failNext('VirtualNetworks_Get', { code: 'AuthorizationFailed' });
      const { findings } = await run();
      expect(findings.map(({ code }) => code)).toEqual(['read-incomplete']);
      expect(routes()).toEqual([]);
    }));

  it('of one table leaves the others to be written', () =>
    withLook(async (_look, { launch, run, routes }) => {
      launch(20);
      const tables = 'kubernetes/kubernetes-routes,kubernetes/not-there';
      const { findings } = await run({}, { env: { PODROUTES_ROUTE_TABLES: tables } });
      expect(findings).toEqual([
        expect.objectContaining({
          code: 'read-incomplete',
          message: expect.stringContaining('ResourceNotFound'),
        }),
      ]);
      expect(routes()).toHaveLength(1);
    }));
});

describe('A part that cannot be read', () => {
  it('of the groups does not hide the nodes of the others (R9), and stops every deletion (R3)', () =>
    withLook(async (_look, { launch, run, putTable, routes }) => {
      launch(20);
      putTable([route(9, '10.240.0.99')]);
      const groups = { PODROUTES_AZURE_RESOURCE_GROUPS: `${GROUP},not-there` };
      const { findings } = await run({}, { env: groups });
      expect(findings.map(({ code }) => code)).toContain('read-incomplete');
      expect(routes()).toEqual([
        'kubernetes-route-10-200-9-0-24 10.200.9.0/24 10.240.0.99',
        'kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20',
      ]);
    }));

  it.each(['NetworkInterfaces_List', 'VirtualMachines_List'])(
    'of one of several groups (%s) brings the event back, for good reason or bad, and names the group',
    (operation) =>
      withLook(async (_look, { launch, run, sandbox }) => {
        createGroup(sandbox.arm, 'second');
        const id = launch(20);
        const isSecond = (params: ReadonlyMap<string, string>): boolean => params.get('group') === 'second';
        sandbox.failNext(operation, { code: 'AuthorizationFailed', where: isSecond });
        const groups = { PODROUTES_AZURE_RESOURCE_GROUPS: `${GROUP},second` };
        const result = await run({ kind: 'all', ids: [id] }, { env: groups, ledger: 'events' });
        expect(result.findings).toContainEqual(
          expect.objectContaining({
            code: 'read-incomplete',
            message: expect.stringContaining('in the group second'),
          }),
        );
        const event = {
          kind: 'nodes',
          id: 'e',
          what: 'w',
          nodes: [id],
          expects: 'any',
          occurredAt: null,
        } as const;
        expect(whyRetry(result, event, Date.now())).toBe('AuthorizationFailed');
      }),
  );

  it('because one machine is not of the documented form does not hide the others', () =>
    withLook(async (_look, { launch, run, routes, arm, cloud }) => {
      launch(20);
      const list: ArmClient['list'] = async (...args) => {
        const items = await arm.list(...args);
        return args[1].endsWith('/virtualMachines') ? [{ id: '/odd', name: 7 }, ...items] : items;
      };
      const { findings } = await run({}, { cloud: cloud({}, { ...arm, list }) });
      expect(findings.map(({ code }) => code)).toEqual(['read-incomplete']);
      expect(routes()).toHaveLength(1);
    }));
});

describe('A machine whose power Azure does not know', () => {
  it('gets its route: it may well run', () =>
    withLook(async (_look, { launch, run, routes, arm, cloud }) => {
      launch(20);
      const unknown = { statuses: [{ code: 'PowerState/unknown' }] };
      const change = (item: unknown) => {
        const { properties } = Object(item);
        return properties?.instanceView === undefined
          ? item
          : { ...Object(item), properties: { ...properties, instanceView: unknown } };
      };
      const client: ArmClient = {
        ...arm,
        list: async (...args) => (await arm.list(...args)).map(change),
        get: async (...args) => change(await arm.get(...args)),
      };
      await run({}, { cloud: cloud({}, client) });
      expect(routes()).toHaveLength(1);
    }));
});

describe('A list of all interfaces that fails', () => {
  it('is not made up for one by one, and takes no route from anybody', () =>
    withLook(async (_look, { launch, run, putTable, routes, sandbox }) => {
      launch(20);
      launch(21, null, { tags: { 'kubernetes.io_cluster_kthw': '' } });
      putTable([route(0, '10.240.0.21')]);
      sandbox.failNext('NetworkInterfaces_List', { code: 'AuthorizationFailed' });
      sandbox.clearCalls();
      await run();
      expect(routes()).toEqual(['kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.21']);
      expect(sandbox.countCalls()['NetworkInterfaces_Get']).toBeUndefined();
    }));
});

describe('A list of interfaces that fails', () => {
  it('leaves routes to addresses that it may have had', () =>
    withLook(async (_look, { launch, run, putTable, routes, sandbox, subnet }) => {
      createScaleSet(sandbox.arm, { group: GROUP, name: 'others', mode: 'Uniform', subnet, instances: 1 });
      launch(20);
      putTable([route(0, '10.240.0.4')]);
      sandbox.failNext('NetworkInterfaces_ListVirtualMachineScaleSetNetworkInterfaces', {
        code: 'AuthorizationFailed',
      });
      await run();
      expect(routes()).toEqual(['kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.4']);
    }));
});
