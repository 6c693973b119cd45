import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { makeLedgerFile } from '../../functions/cli/sandbox/ledger-file.ts';
import type { Report } from '../../shared/core/run/report.ts';
import { removeTarget } from '../../shared/sandbox/ec2/routes.ts';
import { type Deployment, metricsOf, SCHEDULED, withFunction, writesOf } from './deployment.ts';

const WORKERS = [0, 1, 2].map((i) => ({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` }));
const WORKER_ROUTES = WORKERS.map(({ name, podCidr }) => `${podCidr} ${name} active`);

describe('The built reconcile function', () => {
  it.each([
    { what: 'an empty manual invoke', request: {} },
    { what: 'a manual invoke without a payload', request: null },
    { what: 'the schedule', request: SCHEDULED },
  ])('puts everything right on $what, and returns the report', ({ request }) =>
    withFunction('reconcile', { tables: 2 }, async ({ world, host }) => {
      for (const worker of WORKERS) await world.launch(worker);
      const report = await ask(host, request);
      for (const table of world.tables) {
        expect(await world.routes(table)).toEqual([...world.given, ...WORKER_ROUTES].sort());
      }
      expect(report).toMatchObject({
        cluster: world.env['PODROUTES_CLUSTER'],
        cloud: 'aws',
        scope: 'all',
        dryRun: false,
        force: false,
        findings: [],
        summary: { created: 6, replaced: 0, deleted: 0, unchanged: 0, waiting: 0, failed: 0, skipped: 0 },
      });
      expect(report.nodes.map(({ name, state, claims }) => [name, state, claims])).toEqual(
        expect.arrayContaining(
          WORKERS.map(({ name, podCidr }) => [name, 'running', [{ cidr: podCidr, source: 'tag' }]]),
        ),
      );
      expect(report.tables.map(({ id }) => id).toSorted()).toEqual([...world.tables].sort());
    }),
  );

  it('leaves a dead route to a peering inside the cluster CIDR alone, with a warning', () =>
    withFunction('reconcile', {}, async ({ world, sandbox, host }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await world.addRoute('10.200.251.0/24', { gateway: 'peering' });
      await ask(host, {});
      removeTarget(sandbox.ec2, 'pcx-0123456789abcdef0');
      const before = await world.routes();
      const { findings, changes } = await ask(host, { force: true });
      expect(changes).toEqual([]);
      expect(findings).toEqual([
        expect.objectContaining({
          code: 'foreign-route',
          severity: 'warning',
          node: null,
          table: world.tables[0],
          cidr: '10.200.251.0/24',
        }),
      ]);
      expect(await world.routes()).toEqual(before);
    }));

  it('makes no mutating call the second time', () =>
    withFunction('reconcile', {}, async ({ world, sandbox, host }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await ask(host, {});
      sandbox.clearCalls();
      expect((await ask(host, {})).summary).toMatchObject({ created: 0, unchanged: 3 });
      expect(writesOf(sandbox)).toEqual([]);
    }));

  it('only plans in a dry run', () =>
    withFunction('reconcile', {}, async ({ world, sandbox, host }) => {
      for (const worker of WORKERS) await world.launch(worker);
      sandbox.clearCalls();
      const report = await ask(host, { dryRun: true });
      expect(report.dryRun).toBe(true);
      expect(report.changes.map(({ destination, outcome }) => `${destination} ${outcome}`).sort()).toEqual(
        WORKERS.map(({ podCidr }) => `${podCidr} planned`),
      );
      expect(writesOf(sandbox)).toEqual([]);
      expect(await world.routes()).toEqual([...world.given].sort());
    }));

  it('looks at the named nodes alone', () =>
    withFunction('reconcile', {}, async ({ world, host }) => {
      for (const worker of WORKERS) await world.launch(worker);
      const report = await ask(host, { nodes: [world.idOf('worker-2')] });
      expect(report.scope).toBe('nodes');
      expect(await world.routes()).toEqual([...world.given, ...WORKER_ROUTES.slice(2)].sort());
    }));

  it('says which of the named nodes there is none of, and looks at the others', () =>
    withFunction('reconcile', {}, async ({ world, host }) => {
      for (const worker of WORKERS) await world.launch(worker);
      const unknown = 'i-0123456789abcdef0';
      const { findings } = await ask(host, { nodes: [unknown, world.idOf('worker-0')] });
      expect(findings).toEqual([
        expect.objectContaining({ code: 'node-not-found', severity: 'warning', node: unknown }),
      ]);
      expect(await world.routes()).toEqual([...world.given, ...WORKER_ROUTES.slice(0, 1)].sort());
    }));

  it('repairs what events missed, and the schedule counts that as drift', () =>
    withFunction('reconcile', {}, async ({ world, host }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await ask(host, {});
      await world.removeRoute('10.200.0.0/24');
      await world.addRoute('10.200.0.0/24', { machine: 'worker-1' });
      await world.removeRoute('10.200.2.0/24');
      await world.terminate('worker-1');
      host.takeLogs();
      expect((await ask(host, SCHEDULED)).summary).toMatchObject({ created: 1, replaced: 1, deleted: 1 });
      expect(await world.routes()).toEqual(
        [...world.given, ...WORKER_ROUTES.filter((line) => !line.includes('worker-1'))].sort(),
      );
      expect(metricsOf(host.takeLogs())).toContainEqual(
        expect.objectContaining({ name: 'DriftRepaired', value: 3 }),
      );
    }));

  it('lets nothing go that waits, where there is no ledger, but by force', () =>
    withFunction('reconcile', {}, async ({ world, sandbox, host }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await ask(host, {});
      await world.retag('worker-1', null);
      sandbox.clearCalls();
      for (const request of [{}, SCHEDULED]) {
        const { summary, changes } = await ask(host, request);
        expect(summary).toMatchObject({ deleted: 0, waiting: 1, skipped: 0 });
        expect(changes).toEqual([
          expect.objectContaining({ waitsFor: 'no-ledger', since: null, notBefore: null }),
        ]);
      }
      expect(writesOf(sandbox)).toEqual([]);
      expect((await ask(host, { force: true })).summary).toMatchObject({ deleted: 1, waiting: 0 });
      expect(await world.routes()).toEqual(
        [...world.given, ...WORKER_ROUTES.filter((line) => !line.includes('worker-1'))].sort(),
      );
    }));

  it('takes a route away at the second look, with a ledger', () =>
    withLedger(async ({ world, sandbox, host }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await ask(host, {});
      // The run that sees a claim in force notes it.
      await ask(host, SCHEDULED);
      await world.retag('worker-1', null);
      const [change] = (await ask(host, SCHEDULED)).changes;
      expect(change).toMatchObject({ destination: '10.200.1.0/24', waitsFor: 'second-look' });
      expect(Date.parse(change?.notBefore ?? '') - Date.parse(change?.since ?? '')).toBe(GRACE_MS);
      await wait(GRACE_MS);
      sandbox.clearCalls();
      expect((await ask(host, SCHEDULED)).summary).toMatchObject({ deleted: 1, waiting: 0 });
      expect(writesOf(sandbox)).toEqual(['DeleteRoute']);
    }));

  it('takes no route of many nodes whose tags are gone, with a ledger, until it is forced', () =>
    withLedger(async ({ world, sandbox, host }) => {
      for (let i = 0; i < 8; i += 1) await world.launch({ name: `n${i}`, podCidr: `10.200.${i}.0/24` });
      await ask(host, {});
      await ask(host, SCHEDULED);
      for (let i = 0; i < 7; i += 1) await world.retag(`n${i}`, null);
      await ask(host, SCHEDULED);
      await wait(GRACE_MS);
      sandbox.clearCalls();
      const stopped = await ask(host, SCHEDULED);
      expect(stopped.summary).toMatchObject({ deleted: 0, skipped: 7 });
      expect(stopped.findings.map(({ code }) => code)).toContain('deletion-breaker');
      expect(writesOf(sandbox)).toEqual([]);
      const named = await ask(host, { force: true, nodes: [world.idOf('n0')] });
      expect(named.summary).toMatchObject({ deleted: 1 });
      expect((await ask(host, { force: true })).summary).toMatchObject({ deleted: 6, skipped: 0 });
      expect(await world.routes()).toEqual([...world.given, '10.200.7.0/24 n7 active'].sort());
    }));

  it('says in its report what failed and whether that is worth another try', () =>
    withFunction('reconcile', {}, async ({ world, sandbox, host }) => {
      for (const worker of WORKERS) await world.launch(worker);
      sandbox.failNext('CreateRoute', { code: 'IncorrectInstanceState', times: 1 });
      const { changes, summary } = await ask(host, {});
      expect(summary).toMatchObject({ created: 2, failed: 1 });
      expect(changes.find(({ outcome }) => outcome === 'failed')?.error).toMatchObject({
        code: 'IncorrectInstanceState',
        retryable: true,
      });
    }));
});

const GRACE_MS = 1000;

/** The reconcile function with a ledger in a file. */
async function withLedger(use: (deployment: Deployment) => Promise<void>): Promise<void> {
  const ledger = await makeLedgerFile();
  const env = { PODROUTES_LEDGER: ledger.place, PODROUTES_GRACE: `${GRACE_MS / 1000}s` };
  try {
    await withFunction('reconcile', { env }, use);
  } finally {
    await ledger.remove();
  }
}

async function ask(host: Deployment['host'], request: unknown): Promise<Report> {
  const answer = await host.invoke(request);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value as Report;
}
