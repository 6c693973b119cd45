import { describe, expect, it } from '@jest/globals';
import { gatherCauses } from '../../functions/cli/alerts/causes.ts';
import { LOG_QUERY as AWS_QUERY } from '../../functions/cli/clouds/aws/alerts.ts';
import { LOG_QUERY as AZURE_QUERY } from '../../functions/cli/clouds/azure/alerts.ts';
import { withAzure } from '../azure/azure-world.ts';
import { ROOT } from '../docs/markdown.ts';
import { withFunction } from '../e2e/deployment.ts';
import { startWarmFunctions } from '../e2e/warm-hosts.ts';

type Lines = readonly Readonly<Record<string, unknown>>[];

/** What the built function logs of a conflict, a change that is denied, and a message that cannot be read. */
async function logOnAws(): Promise<Lines> {
  const lines: Record<string, unknown>[] = [];
  await withFunction('node-events', {}, async ({ world, sandbox, host, queue, deliverEvents }) => {
    await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
    await world.launch({ name: 'worker-1', podCidr: '10.200.0.0/24' });
    sandbox.failNext('CreateRoute', { code: 'UnauthorizedOperation', message: 'not authorized' });
    queue.send('no event');
    await deliverEvents();
    lines.push(...host.takeLogs());
  });
  return lines;
}

/** The same of the built app; worker-21 claims what is no cluster's. */
async function logOnAzure(): Promise<Lines> {
  const lines: Record<string, unknown>[] = [];
  await withAzure({ retryAfterSeconds: 0 }, async (world) => {
    const host = await startWarmFunctions(new URL('dist/azure/index.mjs', ROOT), world.env);
    try {
      world.launch(20);
      world.launch(21, '10.99.0.0/24');
      world.sandbox.failNext('RouteTables_CreateOrUpdate', { code: 'AuthorizationFailed' });
      const messages = world.sandbox.takeEvents().map((event) => JSON.stringify(event));
      await host.invoke('node-events', { collectionString: { string: [...messages, 'no event'] } });
      lines.push(...host.takeLogs());
    } finally {
      await host.close();
    }
  });
  return lines;
}

function gather(lines: Lines) {
  const bad = lines.filter(({ level }) => /^(warn|error)/i.test(String(level)));
  return gatherCauses(
    bad.map((line) => ({
      at: 0,
      level: /^error/i.test(String(line['level'])) ? 'error' : 'warning',
      text: JSON.stringify(line),
    })),
  );
}

const CASES = [
  {
    cloud: 'AWS',
    causes: gather(await logOnAws()),
    finding: 'conflicting-claim',
    change: 'UnauthorizedOperation',
  },
  {
    cloud: 'Azure',
    causes: gather(await logOnAzure()),
    finding: 'claim-outside-cluster',
    change: 'AuthorizationFailed',
  },
];

describe.each(CASES)('What the built functions log on $cloud', ({ causes, finding, change }) => {
  it('is read as findings with their remedies', () => {
    expect(causes).toContainEqual(
      expect.objectContaining({ kind: 'finding', code: finding, remedy: expect.stringMatching(/\w/) }),
    );
  });

  it('is read as changes that failed, with the code of the cloud', () => {
    const found = causes.filter(({ kind }) => kind === 'change');
    expect(found).toContainEqual(
      expect.objectContaining({ code: change, cidr: expect.any(String), table: expect.any(String) }),
    );
  });

  it('is read as messages that were left or set aside', () => {
    expect(causes.map(({ kind }) => kind)).toContain('message');
  });

  it('has nothing that is not understood', () => {
    expect(causes.filter(({ kind }) => kind === 'error')).toEqual([]);
  });
});

describe('A line that Lambda writes itself', () => {
  it.each([
    [
      'an invocation that threw',
      '2026-11-21T03:00:00.000Z\t8f5f1b0a-1111-2222-3333-444455556666\tERROR\tInvoke Error \t{"errorType":"Error","errorMessage":"The configuration has a mistake","stack":["a"]}',
      { kind: 'error', code: 'Error', text: 'The configuration has a mistake' },
    ],
    [
      'an invocation that took too long',
      '2026-11-21T03:01:00.000Z 8f5f1b0a-1111-2222-3333-444455556666 Task timed out after 60.00 seconds',
      { kind: 'error', code: 'failed', text: 'Task timed out after 60.00 seconds' },
    ],
    [
      'a process that ended',
      'RequestId: 8f5f1b0a-1111-2222-3333-444455556666 Error: Runtime exited with error: signal: killed',
      { kind: 'error', code: 'failed', text: 'RequestId: Error: Runtime exited with error: signal: killed' },
    ],
  ])('is an error, the same for the same failure: %s', (_, text, expected) => {
    const again = text.replace('8f5f1b0a', '9f5f1b0a').replace('T03:0', 'T04:0');
    const causes = gatherCauses([
      { at: 2, level: 'error', text },
      { at: 1, level: 'error', text: again },
    ]);
    expect(causes).toEqual([expect.objectContaining({ ...expected, at: [1, 2] })]);
  });

  it('is asked for', () => {
    const [, pattern = ''] = /@message like \/(.*)\//.exec(AWS_QUERY) ?? [];
    for (const line of ['{"errorType":"Error"}', 'Task timed out after', 'Runtime exited with']) {
      expect(line).toMatch(new RegExp(pattern));
    }
  });
});

/** https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete */
const COLUMNS = {
  traces: ['timestamp', 'message', 'severityLevel'],
  exceptions: ['timestamp', 'outerMessage', 'severityLevel'],
};

it.each(Object.entries(COLUMNS))(
  'The query of Application Insights asks %s for its columns',
  (name, columns) => {
    const [, part = ''] = new RegExp(`\\(${name} ([^)]*)\\)`).exec(AZURE_QUERY) ?? [];
    const words = part.replaceAll(/'[^']*'/g, '').match(/[A-Za-z]\w+/g) ?? [];
    const language = ['where', 'and', 'startswith', 'project', 'text'];
    expect(words.filter((word) => !language.includes(word) && !columns.includes(word))).toEqual([]);
    expect(words).toContain('timestamp');
  },
);
