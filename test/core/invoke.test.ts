import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Config, readConfig } from '../../shared/core/config/config.ts';
import type { Scope } from '../../shared/core/model.ts';
import { type Deadlines, type RunRequest, runAndReport } from '../../shared/core/run/invoke.ts';
import { node } from './builders.ts';
import { keepingTelemetry } from './kept-telemetry.ts';
import { type MemoryCloud, memoryCloud } from './memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from './memory-ledger.ts';

const A = '10.200.0.0/24';
const B = '10.200.1.0/24';
const ALL: Scope = { kind: 'all', ids: [] };

let cloud: MemoryCloud;
let ledger: MemoryLedger;

beforeEach(() => {
  cloud = memoryCloud([node('a', [A], { forwarding: 'off' }), node('b', [B])]);
  ledger = memoryLedger(0);
});

function configOf(settings: Readonly<Record<string, string>> = { CLUSTER: 'kthw' }): Config {
  const named = Object.entries(settings).map(([name, value]) => [`PODROUTES_${name}`, value]);
  const read = readConfig({ PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16', ...Object.fromEntries(named) }, 'aws');
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.config;
}

function deadlines(more: Partial<Deadlines> = {}): Deadlines {
  const { signal } = new AbortController();
  return { readSignal: signal, signal, ...more };
}

async function invoke(more: Partial<RunRequest> = {}, config = configOf()) {
  const telemetry = keepingTelemetry();
  const context = { config, cloud, telemetry, openLedger: async () => ledger, openDirectory: null };
  const request: RunRequest = { scope: ALL, trigger: 'manual', deadlines: deadlines(), ...more };
  return { ...(await runAndReport(context, request)), telemetry };
}

describe('An invocation', () => {
  it('runs, and reports and records what it did', async () => {
    const { run, report, telemetry } = await invoke();
    expect(cloud.routes()).toEqual([`${A} a`, `${B} b`]);
    expect(run.results).toHaveLength(2);
    expect(report).toMatchObject({
      ...{ cluster: 'kthw', cloud: 'aws', clusterCidrs: ['10.200.0.0/16'], dryRun: false, force: false },
      summary: { created: 2 },
    });
    expect(Date.parse(report.startedAt)).toBeLessThanOrEqual(Date.now());
    expect(telemetry.measures).toContain('RoutesCreated 2 rtb-1');
    expect(telemetry.measures).toContain(`ReconcileSeconds ${report.durationMs / 1000}`);
    expect(telemetry.measures.filter((line) => line.startsWith('Drift'))).toEqual([]);
  });

  it.each<[string, Partial<RunRequest>, Config]>([
    ['it is asked to', { dryRun: true }, configOf()],
    ['it is configured to', {}, configOf({ CLUSTER: 'kthw', DRY_RUN: 'true' })],
    ['both', { dryRun: true }, configOf({ CLUSTER: 'kthw', DRY_RUN: 'true' })],
  ])('only plans where %s', async (_, request, config) => {
    const { report } = await invoke(request, config);
    expect(cloud.routes()).toEqual([]);
    expect(report).toMatchObject({ dryRun: true, summary: { created: 2 } });
  });

  it('of the schedule calls its changes drift', async () => {
    const { telemetry } = await invoke({ trigger: 'schedule' });
    expect(telemetry.measures).toContain('DriftRepaired 2');
  });

  it.each<[RunRequest['trigger'], string[]]>([
    ['event', []],
    ['schedule', ['read ', 'write table/rtb-1']],
    ['manual', ['read ', 'write table/rtb-1']],
  ])('by %s asks of the ledger: %j', async (trigger, log) => {
    await invoke({ trigger: 'schedule' });
    cloud.nodes.set('c', node('c', ['10.200.2.0/24']));
    await invoke({ trigger: 'schedule' });
    ledger.log.length = 0;
    cloud.nodes.set('d', node('d', ['10.200.3.0/24']));
    await invoke({ trigger });
    expect(ledger.log).toEqual(log);
  });

  it('by force takes at once what would wait', async () => {
    await invoke();
    cloud.nodes.set('b', node('b'));
    const { report } = await invoke();
    expect(report).toMatchObject({ force: false, summary: { deleted: 0, waiting: 1 } });
    expect((await invoke({ force: true })).report).toMatchObject({ force: true, summary: { deleted: 1 } });
  });

  it.each<[RunRequest['trigger'], string[]]>([
    ['manual', ['node-not-found']],
    ['event', []],
    ['schedule', []],
  ])('by %s says of a named node that is not there: %j', async (trigger, codes) => {
    const { run, report } = await invoke({ trigger, scope: { kind: 'nodes', ids: ['a', 'x'] } });
    expect(run.findings.map(({ code }) => code)).toEqual(codes);
    expect(report.findings).toEqual(run.findings);
    expect(run.findings.map((finding) => finding.node)).toEqual(codes.map(() => 'x'));
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['a cluster', { CLUSTER: 'kthw' }, ['missing-claim']],
    ['a tag', { ROUTE_TABLES: 'rtb-1', NODE_TAG: 'role=worker' }, ['missing-claim']],
    ['both', { CLUSTER: 'kthw', NODE_TAG: 'role=worker' }, ['missing-claim']],
    ['nothing', { ROUTE_TABLES: 'rtb-1' }, []],
  ])('expects of nodes that %s selects that they claim something', async (_, settings, codes) => {
    cloud.nodes.set('c', node('c'));
    const { report } = await invoke({}, configOf(settings));
    expect(report.findings.map(({ code }) => code)).toEqual(codes);
  });

  it('says how much there is to report before it begins to write', async () => {
    const counts: [number, string[]][] = [];
    const reserve = (results: number): void => void counts.push([results, cloud.routes()]);
    await invoke({ deadlines: deadlines({ reserve }) });
    expect(counts).toEqual([[3, []]]);
  });

  it('reads by the one deadline, and begins nothing after the other', async () => {
    const read = new AbortController();
    const { report } = await invoke({
      deadlines: deadlines({ readSignal: read.signal, signal: AbortSignal.abort() }),
    });
    expect(report.summary).toMatchObject({ created: 0, skipped: 2 });
    expect(cloud.readSignals.every(({ aborted }) => aborted)).toBe(true);
    await invoke({ deadlines: deadlines({ readSignal: AbortSignal.abort() }) });
    expect(cloud.readSignals.at(-1)?.aborted).toBe(true);
    expect(cloud.routes()).toHaveLength(2);
  });

  it('logs no more once its answer is due', async () => {
    const { telemetry, report } = await invoke({ deadlines: deadlines({ answerBy: 0 }) });
    expect(telemetry.lines.filter(({ level }) => level !== 'debug')).toMatchObject([
      { level: 'warn', reason: 'deadline', count: 3 },
    ]);
    expect(report.summary.created).toBe(2);
  });
});
