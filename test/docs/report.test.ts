import { describe, expect, it } from '@jest/globals';
import { STATE_WORDS } from '../../functions/cli/html/badges.ts';
import { boundReport } from '../../shared/core/run/bounded-report.ts';
import { toReport } from '../../shared/core/run/to-report.ts';
import { createAwsWorld } from '../contract/aws-world.ts';
import { startSandboxBackend } from '../contract/backends.ts';
import { cidr } from '../core/builders.ts';
import { codeSpans, readText, tableHeaded } from './markdown.ts';

/** Every field of a value as a path, such as `nodes[].id`. */
function pathsOf(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((element) => pathsOf(element, `${prefix}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [path, ...pathsOf(field, path)];
  });
}

const FIELDS = tableHeaded(await readText('docs/report.md'), 'field');

/** The words of a union as the model declares it; a type leaves nothing to ask at run time. */
async function readWords(type: string): Promise<string[]> {
  const [, union = ''] =
    new RegExp(`type ${type} =([^;]+);`).exec(await readText('shared/core/model.ts')) ?? [];
  return [...union.matchAll(/'([^']+)'/g)].map(([, word = '']) => word);
}

it('A report has exactly the fields that are documented', async () => {
  const backend = await startSandboxBackend();
  const world = await createAwsWorld(backend);
  try {
    await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24', forwarding: 'off' });
    await world.launch({ name: 'worker-1', podCidr: '10.200.1.7/24' });
    await world.addRoute('10.200.9.0/24', { machine: 'worker-0' });
    await world.propagateRoute('192.168.0.0/16');
    backend.sandbox.failNext('CreateRoute', { code: 'UnauthorizedOperation' });
    backend.sandbox.failNext('ModifyNetworkInterfaceAttribute', { code: 'UnauthorizedOperation' });
    const { run: seen } = await world.reconcile();
    const [node] = seen.observation.nodes;
    const failure = { kind: 'transient', code: 'ServiceUnavailable', message: 'busy' } as const;
    const conditions = node === undefined ? [] : [{ node, status: 'True' as const, failure }];
    const block = {
      cidr: cidr('10.200.8.0/24'),
      kind: 'claimed',
      holder: null,
      since: 0,
      leaving: 1,
    } as const;
    const blocks = { isAdopted: true, kept: [block] };
    const run = { ...seen, kubernetes: { failure: null, conditions }, blocks };
    const report = toReport(run, {
      cluster: 'docs',
      cloud: 'aws',
      force: false,
      startedAt: 0,
      finishedAt: 1,
      clusterCidrs: [cidr('10.200.0.0/16')],
      reservedCidrs: [cidr('10.200.240.0/20')],
      allocate: { 4: 24, 6: null },
    });
    const documented = FIELDS.flatMap(([cell = '']) => codeSpans(cell));
    const written = [report, boundReport(report, 0)].map((each) => JSON.parse(JSON.stringify(each)));
    const found = new Set(written.flatMap((each) => pathsOf(each)));
    expect([...found].sort()).toEqual([...documented].sort());
  } finally {
    await world.close();
  }
});

describe('The words of a field', () => {
  it.each([
    ['nodes[].state', 'NodeState'],
    ['changes[].action', 'ChangeAction'],
    ['changes[].reason', 'ChangeReason'],
    ['changes[].outcome', 'Outcome'],
    ['changes[].waitsFor', 'WaitReason'],
    ['findings[].severity', 'Severity'],
  ])('are all documented: %s', async (field, type) => {
    const [, , meaning = ''] = FIELDS.find(([cell]) => cell === `\`${field}\``) ?? [];
    expect(codeSpans(meaning).sort()).toEqual((await readWords(type)).sort());
  });
});

it('The states of the map mean what the page says of them', async () => {
  const rows = tableHeaded(await readText('docs/report.md'), 'state');
  const said = Object.values(STATE_WORDS).map(({ word, meaning }) => [word, meaning]);
  expect([...rows].sort()).toEqual([...said].sort());
});
