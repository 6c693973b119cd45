import { describe, expect, it } from '@jest/globals';
import { QUERIES } from '../../../infra/aws/queries.ts';
import { withFunction } from '../../e2e/deployment.ts';
import { MINIMAL, propertiesOf, synthesize } from './synthesis.ts';

/** Words of the query language, and functions. */
const LANGUAGE = new Set([
  ...['fields', 'filter', 'sort', 'limit', 'stats', 'by', 'as', 'or', 'and', 'desc', 'like'],
  ...['ispresent', 'count', 'latest', 'pct', 'max', 'sum', 'bin'],
]);

/** Names of fields that a query asks for, without those that CloudWatch adds (`@…`) and those it makes itself. */
function fieldsOf(query: string): string[] {
  const text = query.replace(/"[^"]*"|\/[^/\n]+\/|@\w+|\b\d\w*\b/g, ' ');
  const made = new Set([...query.matchAll(/\bas (\w+)/g)].map(([, name]) => name));
  const words = [...text.matchAll(/[A-Za-z_]\w*/g)].map(([word]) => word);
  return [...new Set(words)].filter((word) => !LANGUAGE.has(word) && !made.has(word));
}

/** Every key that the built function writes into its log through what may go wrong and right. */
async function collectLogKeys(): Promise<Set<string>> {
  const keys = new Set<string>();
  await withFunction('node-events', {}, async ({ world, sandbox, host, queue, deliverEvents }) => {
    await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
    await world.launch({ name: 'worker-1', podCidr: '10.200.0.0/24' });
    sandbox.failNext('CreateRoute', { code: 'UnauthorizedOperation', message: 'not authorized' });
    queue.send('no event');
    await deliverEvents();
    for (const line of host.takeLogs()) for (const key of Object.keys(line)) keys.add(key);
  });
  return keys;
}

const keys = await collectLogKeys();

describe('The saved queries', () => {
  it.each(Object.entries(QUERIES))('ask for what the functions write: %s', (_, query) => {
    expect([...keys]).toEqual(expect.arrayContaining(fieldsOf(query)));
  });

  it('would be found out if a key were renamed', () => {
    expect(fieldsOf(QUERIES.failures)).toEqual(
      expect.arrayContaining(['action', 'cidr', 'node', 'routeTable', 'error', 'errorMessage', 'outcome']),
    );
    expect(fieldsOf('fields renamed')).toEqual(['renamed']);
  });

  it('are saved for both logs', () => {
    const saved = propertiesOf(synthesize(MINIMAL), 'AWS::Logs::QueryDefinition');
    expect(saved.map(({ Name }) => Name).sort()).toEqual(
      Object.keys(QUERIES)
        .map((name) => `podroutes/kthw/podroutes/${name}`)
        .sort(),
    );
    for (const { LogGroupNames } of saved) {
      expect(new Set([LogGroupNames].flat().map((name) => JSON.stringify(name))).size).toBe(2);
    }
  });
});
