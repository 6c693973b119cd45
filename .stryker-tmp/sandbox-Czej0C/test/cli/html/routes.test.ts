// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import type { ReadableReport } from '../../../functions/cli/html/read-report.ts';
import { listRoutes } from '../../../functions/cli/html/routes.ts';

type Table = ReadableReport['tables'][number];
type Change = ReadableReport['changes'][number];
type Entry = Table['entries'][number];

const CIDR = '10.200.1.0/24';

function table(id: string, entries: readonly Partial<Entry>[]): Table {
  const entry = {
    destination: CIDR,
    nextHop: 'i-old',
    state: 'active',
    managed: true,
    node: null,
    nodeId: null,
  } as const;
  const made = entries.map((more) => ({ ...entry, ...more }));
  return { id, name: id, routes: made.length, managed: made.length, limit: 500, quotas: [], entries: made };
}

function change(action: Change['action'], outcome: Change['outcome']): Change {
  const nextHop = action === 'delete' ? null : 'i-new';
  const previousNextHop = action === 'create' ? null : 'i-old';
  return {
    table: 'rtb-1',
    action,
    destination: CIDR,
    nextHop,
    previousNextHop,
    node: 'new',
    nodeId: 'i-new',
    reason: 'claimed',
    outcome,
  };
}

type Shown = Pick<ReadableReport, 'tables' | 'changes'> & Partial<Pick<ReadableReport, 'nodes'>>;

function show(report: Shown): string[] {
  return listRoutes({ nodes: [], findings: [], ...report }).map(
    ({ destination, nextHop, state, managed, tables }) =>
      [destination, nextHop, state, managed ? 'managed' : 'foreign', ...tables].join(' '),
  );
}

describe('the routes of a report', () => {
  it.each([
    { of: change('create', 'applied'), read: [], routes: ['i-new active managed'] },
    { of: change('create', 'planned'), read: [], routes: ['i-new missing managed'] },
    { of: change('create', 'failed'), read: [], routes: ['i-new missing managed'] },
    { of: change('replace', 'applied'), read: [{}], routes: ['i-new active managed'] },
    { of: change('replace', 'skipped'), read: [{}], routes: ['i-old active managed'] },
    { of: change('delete', 'applied'), read: [{}], routes: [] },
    { of: change('delete', 'planned'), read: [{}], routes: ['i-old active managed'] },
    { of: change('create', 'applied'), read: [{ nextHop: 'i-new' }], routes: ['i-new active managed'] },
    {
      of: change('create', 'applied'),
      read: [{ managed: false }],
      routes: ['i-old active foreign', 'i-new active managed'],
    },
  ])('are $routes after a $of.action that was $of.outcome', ({ of, read, routes }) => {
    const rows = show({ tables: [table('rtb-1', read)], changes: [of] });
    expect(rows).toEqual(routes.map((route) => `${CIDR} ${route} rtb-1`));
  });

  const claimant = { id: 'i-new', name: 'new', addresses: [], claims: [{ cidr: CIDR, source: 'tag' }] };

  it.each([
    { entry: { nodeId: 'i-old' }, state: 'running', route: 'i-old elsewhere managed' },
    { entry: { nodeId: 'i-old', managed: false }, state: 'running', route: 'i-old elsewhere foreign' },
    { entry: { nodeId: 'i-old', state: 'blackhole' }, state: 'running', route: 'i-old blackhole managed' },
    { entry: { nodeId: 'i-old' }, state: 'gone', route: 'i-old active managed' },
    { entry: { nodeId: 'i-new', nextHop: 'eni-1' }, state: 'running', route: 'eni-1 active managed' },
  ] as const)('show "$route" where a node that is $state claims the CIDR', ({ entry, state, route }) => {
    const nodes = [{ ...claimant, state }];
    const rows = show({ tables: [table('rtb-1', [entry])], changes: [], nodes });
    expect(rows).toEqual([`${CIDR} ${route} rtb-1`]);
  });

  it('that a run has put right lead to the claimant', () => {
    const nodes = [{ ...claimant, state: 'running' as const }];
    const rows = show({
      tables: [table('rtb-1', [{ nodeId: 'i-old' }])],
      changes: [change('replace', 'applied')],
      nodes,
    });
    expect(rows).toEqual([`${CIDR} i-new active managed rtb-1`]);
  });

  it('that several tables have alike are one row, in the order of destinations', () => {
    const tables = [
      table('rtb-1', [{ destination: '10.200.10.0/24' }, {}]),
      table('rtb-2', [{}, { destination: 'no CIDR' }]),
    ];
    expect(show({ tables, changes: [] })).toEqual([
      `${CIDR} i-old active managed rtb-1 rtb-2`,
      '10.200.10.0/24 i-old active managed rtb-1',
      'no CIDR i-old active managed rtb-2',
    ]);
  });
});
