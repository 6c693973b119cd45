import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../shared/core/config/config.ts';
import type { ChangeResult, Finding } from '../../shared/core/model.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import { recordRun, type Trigger } from '../../shared/core/run/record.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, hopOf, node, observation, runOf, settings, table } from './builders.ts';
import { keepingTelemetry } from './kept-telemetry.ts';
import { failure, type MemoryCloud, memoryCloud } from './memory-cloud.ts';

interface RecordOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly until?: number;
}

async function record(cloud: MemoryCloud, trigger: Trigger, options: RecordOptions = {}) {
  const read = readConfig({ PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' }, 'aws');
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const { dryRun = false, force = false, signal = new AbortController().signal, until } = options;
  const scope = { kind: 'all', ids: [] } as const;
  const run = await reconcile(cloud, { scope, dryRun, settings: settings({ force }), signal, ledger: null });
  const telemetry = keepingTelemetry();
  recordRun(run, { trigger, durationMs: 1500, config: read.config, until }, telemetry);
  return telemetry;
}

/** What is written of a run that saw nothing. */
function recorded(more: Partial<Run>, until?: number, seen = observation([], [])) {
  const read = readConfig({ PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' }, 'aws');
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const telemetry = keepingTelemetry();
  recordRun(runOf(seen, more), { trigger: 'event', durationMs: 0, config: read.config, until }, telemetry);
  return telemetry;
}

function finding(severity: Finding['severity']): Finding {
  return {
    ...{ code: 'foreign-route', severity, message: severity, remedy: 'None.' },
    ...{ node: null, nodeId: null, table: null, cidr: null },
  };
}

function sampleCloud(): MemoryCloud {
  const cloud = memoryCloud([
    node('a', ['10.200.0.0/24'], { forwarding: 'off' }),
    node('b', ['10.200.1.0/24', '192.0.2.0/24']),
    node('c', [], { state: 'gone' }),
  ]);
  cloud.put('rtb-1', cidr('10.200.1.0/24'), hopOf('dead'));
  cloud.put('rtb-1', cidr('10.200.2.0/24'), hopOf('c'));
  cloud.limit = 100;
  return cloud;
}

describe('the lines of a run', () => {
  it('are one for all that the time did not suffice for', async () => {
    const cloud = memoryCloud(
      [0, 1, 2].map((i) => node(`n${i}`, [`10.200.${i}.0/24`], { forwarding: 'off' })),
    );
    const { lines, measures } = await record(cloud, 'event', { signal: AbortSignal.abort() });
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([
      {
        level: 'warn',
        message: 'changes left for the next run',
        outcome: 'skipped',
        reason: 'deadline',
        count: 3,
      },
      {
        ...{ level: 'warn', message: 'nodes to forward left for the next run' },
        ...{ outcome: 'skipped', reason: 'deadline', count: 3 },
      },
    ]);
    expect(measures).toContain('ApplyFailures 0');
  });

  it('come after the metrics, what needs a person first, and stop when the time is over', async () => {
    const { lines, measures, flushedAfter } = await record(sampleCloud(), 'event', { until: 0 });
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([
      { level: 'warn', message: '5 lines left out: the time is over', reason: 'deadline', count: 5 },
    ]);
    expect(flushedAfter).toEqual({ lines: 0, measures: measures.length });
    const whole = await record(sampleCloud(), 'event');
    const order = whole.lines.map(({ remedy, outcome }) => (remedy === undefined ? outcome : 'finding'));
    expect(order.slice(0, 5)).toEqual(['finding', 'applied', 'applied', 'applied', 'applied']);
  });

  it('say of a dry run what would be', async () => {
    const { lines } = await record(sampleCloud(), 'manual', { dryRun: true });
    expect(lines.map(({ message }) => message)).toContain('forwarding of a would be switched on');
    const changes = lines.filter(({ outcome, routeTable }) => outcome === 'planned' && routeTable);
    expect(changes.map(({ level }) => level)).toEqual(['info', 'info', 'info']);
  });

  it('say that forwarding was switched on', async () => {
    const { lines } = await record(sampleCloud(), 'manual');
    expect(lines.map(({ message }) => message)).toContain('forwarding of a switched on');
  });

  it('come in the order of what a person needs first, each at its level', () => {
    const outcomes = ['applied', 'planned', 'waiting', 'skipped', 'failed'] as const;
    const results = [...outcomes, ...outcomes].map(
      (outcome): ChangeResult => ({
        change: {
          ...{ table: 'rtb-1', action: 'create', destination: cidr('10.200.0.0/24') },
          ...{ nextHop: null, previousNextHop: null, node: null, reason: 'claimed', evidence: null },
        },
        outcome,
        failure: outcome === 'failed' || outcome === 'skipped' ? failure('permanent') : null,
      }),
    );
    const { lines } = recorded({
      results,
      findings: [finding('info'), finding('warning'), finding('error')],
    });
    expect(lines.map(({ level, outcome }) => `${level} ${outcome ?? ''}`)).toEqual([
      ...['info ', 'warn ', 'error '],
      ...['error failed', 'error failed', 'warn skipped', 'warn skipped', 'info waiting', 'info waiting'],
      ...['info planned', 'info planned', 'info applied', 'info applied', 'debug '],
    ]);
  });

  it('are written until the moment when the time is over', () => {
    const now = Date.now();
    expect(recorded({ findings: [finding('info')] }, now + 3_600_000).lines).toHaveLength(2);
    expect(recorded({ findings: [finding('info')] }, now).lines.map(({ message }) => message)).toEqual([
      '1 lines left out: the time is over',
      'run finished',
    ]);
  });

  it('say what was written to Kubernetes, and leave what was not to the findings', () => {
    const conditions = [
      { node: node('a', [], { name: 'worker-a' }), status: 'False', failure: null },
      { node: node('b'), status: 'True', failure: failure('permanent') },
    ] as const;
    const { lines } = recorded({ kubernetes: { failure: null, conditions } });
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([
      {
        ...{ level: 'info', message: 'NetworkUnavailable of worker-a set to False' },
        ...{ node: 'a', action: 'set-condition', outcome: 'applied' },
      },
    ]);
  });

  it('end with one for those who look closely', async () => {
    const { lines } = await record(sampleCloud(), 'event');
    expect(lines.at(-1)).toEqual({
      ...{ level: 'debug', message: 'run finished', trigger: 'event' },
      ...{ scope: 'all', unchanged: 0, managed: [2] },
    });
  });
});

describe('the record of a run', () => {
  it('measures what was done, by table', async () => {
    const { measures } = await record(sampleCloud(), 'event');
    expect(measures).toEqual(
      expect.arrayContaining([
        'RoutesCreated 1 rtb-1',
        'RoutesReplaced 1 rtb-1',
        'RoutesDeleted 1 rtb-1',
        'ApplyFailures 0',
        'Findings 1 claim-outside-cluster',
        'ReconcileSeconds 1.5',
      ]),
    );
  });

  it.each<[string, string, () => MemoryCloud]>([
    ['none', '0', () => memoryCloud([node('a', [])])],
    ['a claim outside the cluster', '1', sampleCloud],
    [
      'two nodes that claim the same',
      '1',
      () => memoryCloud([node('a', ['10.200.0.0/24']), node('b', ['10.200.0.0/24'])]),
    ],
  ])(
    'counts findings of severity error, so that an alarm can watch them: %s',
    async (_what, count, cloud) => {
      const { measures } = await record(cloud(), 'event');
      expect(measures).toContain(`ErrorFindings ${count}`);
    },
  );

  it('does not count what is no error among the errors', () => {
    const { measures } = recorded({ findings: [finding('info'), finding('warning'), finding('error')] });
    expect(measures).toContain('ErrorFindings 1');
    expect(measures).toContain('Findings 3 foreign-route');
  });

  it('measures how full the table is', async () => {
    const { measures } = await record(sampleCloud(), 'event');
    expect(measures).toContain('RouteTableUtilization 2 rtb-1');
  });

  it('measures the fullest of its quotas', () => {
    const quotas = ([4, 6] as const).map((family) => ({ families: [family], used: family, limit: 10 }));
    const { measures } = recorded({}, undefined, observation([], [table([], { quotas })]));
    expect(measures).toContain('RouteTableUtilization 60 rtb-1');
  });

  it('counts what was done, by table, and nothing that was not', async () => {
    const cloud = sampleCloud();
    cloud.failing.set('rtb-1 10.200.0.0/24', [failure('permanent')]);
    const { measures } = await record(cloud, 'schedule');
    expect(measures.filter((line) => line.startsWith('Routes') || line.startsWith('Drift'))).toEqual([
      'RoutesReplaced 1 rtb-1',
      'RoutesDeleted 1 rtb-1',
      'DriftRepaired 2',
    ]);
  });

  it.each<[Trigger, string[]]>([
    ['schedule', ['DriftRepaired 3']],
    ['event', []],
    ['manual', []],
  ])('calls repairs drift only where no event asked: %s', async (trigger, drift) => {
    const { measures } = await record(sampleCloud(), trigger);
    expect(measures.filter((line) => line.startsWith('DriftRepaired'))).toEqual(drift);
  });

  it('counts failed changes and failed forwarding', async () => {
    const cloud = sampleCloud();
    cloud.failing.set('rtb-1 10.200.0.0/24', [failure('transient')]);
    cloud.unforwardable.set('a', failure('permanent'));
    const { measures } = await record(cloud, 'event');
    expect(measures).toContain('ApplyFailures 2');
  });

  it('measures no change in a dry run', async () => {
    const { measures, lines } = await record(sampleCloud(), 'schedule', { dryRun: true });
    expect(measures.filter((line) => /^(Routes|Drift|Apply)/.test(line))).toEqual([]);
    expect(lines).toContainEqual(
      expect.objectContaining({ action: 'enable-forwarding', outcome: 'planned' }),
    );
  });

  it('writes one line for each change, with the stable keys', async () => {
    const { lines } = await record(sampleCloud(), 'event');
    expect(lines).toContainEqual({
      level: 'info',
      message: 'replace of the route to 10.200.1.0/24: applied',
      node: 'b',
      routeTable: 'rtb-1',
      cidr: '10.200.1.0/24',
      action: 'replace',
      reason: 'blackhole',
      evidence: null,
      nextHop: 'b',
      previousNextHop: 'dead',
      outcome: 'applied',
    });
    expect(lines.filter(({ action }) => action === 'enable-forwarding')).toMatchObject([
      { node: 'a', level: 'info', outcome: 'applied' },
    ]);
  });

  it('writes what waits, since when, from when and what for', async () => {
    const cloud = memoryCloud([node('a')]);
    cloud.put('rtb-1', cidr('10.200.0.0/24'), hopOf('a'));
    const { lines } = await record(cloud, 'schedule');
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'info',
        action: 'delete',
        outcome: 'waiting',
        evidence: 'withdrawn',
        since: null,
        notBefore: null,
        waitsFor: 'no-ledger',
      }),
    );
  });

  it('writes failures as errors, what was held back as warnings, findings by severity', async () => {
    const cloud = memoryCloud([node('a', ['10.200.1.0/24']), node('b', ['192.0.2.0/24'])]);
    cloud.put('rtb-1', cidr('10.200.0.0/24'), hopOf('a'));
    cloud.failing.set('rtb-1 10.200.1.0/24', [failure('transient', 'Throttling')]);
    const { lines } = await record(cloud, 'event', { force: true });
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: 'error', action: 'create', error: 'Throttling' }),
        expect.objectContaining({ level: 'warn', action: 'delete', error: 'replacement-failed' }),
        expect.objectContaining({ level: 'error', node: 'b', reason: 'claim-outside-cluster' }),
      ]),
    );
  });
});
