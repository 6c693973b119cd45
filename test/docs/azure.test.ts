import { describe, expect, it } from '@jest/globals';
import hostJson from '../../functions/azure/host.json' with { type: 'json' };
import { acceptedFilters } from '../../shared/azure/events.ts';
import { CONNECTION, NODE_EVENTS_QUEUE, UNREADABLE_QUEUE } from '../../shared/azure/queues.ts';
import { ROLES } from '../../shared/azure/role-actions.ts';
import { routeName } from '../../shared/azure/route-names.ts';
import { parseCidr } from '../../shared/core/cidr.ts';
import { readConfig } from '../../shared/core/config/config.ts';
import { SETTINGS } from '../../shared/core/config/settings.ts';
import { readRequest } from '../../shared/core/run/request.ts';
import { startWarmFunctions } from '../e2e/warm-hosts.ts';
import { recordCalls } from './azure-calls.ts';
import { codeSpans, jsonBlocks, ROOT, readText, tableBelow, tableHeaded } from './markdown.ts';

const PERMISSIONS = await readText('docs/permissions.md');
const PAGE = await readText('docs/azure.md');
const CALLS = await recordCalls();

/** The first code span of each row's first cell. */
function firstSpans(rows: readonly (readonly string[])[]): string[] {
  return rows.flatMap(([cell = '']) => codeSpans(cell)[0] ?? []);
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words.map((word) => word.toLowerCase()))].sort();
}

/** Every value of an object as its path and its text. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, field]) =>
    flatten(field, path === '' ? key : `${path}.${key}`),
  );
}

describe('The function app', () => {
  it('has the functions that are documented, with their triggers and queues', async () => {
    const host = await startWarmFunctions(new URL('dist/azure/index.mjs', ROOT), {});
    await host.close();
    const triggers = host.functions.map(({ name, bindings }) => [
      name,
      Object.values(bindings).find(({ direction }) => direction === 'in')?.['type'],
    ]);
    const rows = tableHeaded(PAGE, 'function').map(([name = '', trigger = '']) => [
      codeSpans(name)[0],
      codeSpans(trigger)[0],
    ]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(triggers));
    expect(firstSpans(tableHeaded(PAGE, 'queue'))).toEqual([NODE_EVENTS_QUEUE, UNREADABLE_QUEUE]);
    expect(codeSpans(PAGE)).toContain(`${CONNECTION}__fullyQualifiedNamespace`);
  });

  it('has the host settings that are documented, and no others', () => {
    const rows = tableHeaded(PAGE, 'setting').map((row) =>
      row.flatMap((cell) => codeSpans(cell)).slice(0, 2),
    );
    const sampling = 'logging.applicationInsights.samplingSettings';
    // They say no more than that there are a version, a bundle and a sampling.
    const unsaid = new Set(['version', 'extensionBundle.id', `${sampling}.isEnabled`]);
    const settings = flatten(hostJson).filter(([path]) => !unsaid.has(path));
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(settings));
  });

  it('takes the endpoints of the sovereign clouds', () => {
    const cells = tableBelow(PAGE, 'Sovereign clouds').flatMap(([, cell = '']) => codeSpans(cell));
    expect(cells).toHaveLength(3);
    for (const endpoint of cells) {
      const env = { PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' };
      const { name } = SETTINGS.azureEndpoint;
      expect(readConfig({ ...env, [name]: endpoint }, 'azure')).toMatchObject({
        config: { azure: { endpoint } },
      });
    }
  });
});

describe('The figures', () => {
  it.each([
    ['functions/azure/run.ts', 'event: 120_000', '| of events | 120 s'],
    ['functions/azure/run.ts', 'schedule: 480_000', '| on the schedule | 480 s'],
    ['functions/azure/run.ts', 'manual: 200_000', '| by hand | 200 s'],
    ['shared/core/run/invoke.ts', 'READING_SHARE = 0.6', 'Reading takes 60 % of that at most.'],
    ['functions/azure/back-off.ts', 'FIRST_MS = 1_000', 'it waits: 1 s after the first delivery'],
    ['functions/azure/back-off.ts', 'LONGEST_MS = 10_000', '10 s at most'],
    ['shared/azure/schedule.ts', "cron: '0 */10 * * * *'", 'every ten minutes'],
    ['shared/azure/inventory.ts', 'LIST_FROM = 20', 'up to 19 of them'],
    ['shared/azure/inventory.ts', 'LIST_FROM = 20', 'for 20 machines and more'],
    ['shared/azure/node-claims.ts', 'CONCURRENT_READS = 20', 'without the tag, 20 at a time'],
    ['shared/azure/inventory.ts', 'CONCURRENT_READS = 20', 'is read by itself, 20 at a time'],
    ['shared/azure/patience.ts', 'MAX_TRIES = 4', 'four tries'],
    ['shared/core/run/reconcile.ts', 'MAX_ROUNDS = 5', 'at most five rounds'],
  ])('of %s are as they are said: %s', async (file, code, text) => {
    expect(await readText(file)).toContain(code);
    expect(PAGE).toContain(text);
  });
});

describe('The calls that are documented', () => {
  it('are those of the adapter', () => {
    const documented = firstSpans(tableBelow(PAGE, 'What a run calls'));
    expect([...documented].sort()).toEqual([...new Set(CALLS.map(({ operation }) => operation))].sort());
  });
});

describe('The permissions', () => {
  it('are those of the calls that are made', () => {
    const granted = Object.values(ROLES).flatMap(({ actions }) => actions);
    expect(unique(granted)).toEqual(unique(CALLS.map(({ action }) => action)));
  });

  it('are documented role by role', () => {
    const rows = tableBelow(PAGE, 'Permissions').map(([role = '', , actions = '']) => [
      codeSpans(role)[0],
      codeSpans(actions),
    ]);
    const roles = Object.entries(ROLES).map(([name, role]) => [
      name,
      [...role.actions, ...role.indirectActions],
    ]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(roles));
  });

  it('are all in docs/permissions.md, and no others', () => {
    const documented = firstSpans(tableHeaded(PERMISSIONS, 'Azure action'));
    expect(new Set(documented).size).toBe(documented.length);
    expect(unique(documented)).toEqual(unique(Object.values(ROLES).flatMap(({ actions }) => actions)));
  });
});

describe('The filters', () => {
  it('are those of the code', () => {
    expect(jsonBlocks(PAGE).at(-1)).toEqual(acceptedFilters);
  });

  it('are all in docs/permissions.md, with their operations or event types', () => {
    const rows = tableHeaded(PERMISSIONS, 'filter').flatMap(([name = '', type = '', operations = '']) =>
      codeSpans(type).flatMap((prefix) =>
        codeSpans(operations).map((last) => `${codeSpans(name)[0]} ${prefix}${last}`),
      ),
    );
    const filters = acceptedFilters.flatMap(({ name, includedEventTypes, advancedFilters }) => {
      const operations = advancedFilters.find(({ key }) => key === 'data.operationName')?.values;
      return (operations ?? includedEventTypes).map((value) => `${name} ${value}`);
    });
    expect([...rows].sort()).toEqual([...filters].sort());
  });
});

describe('The names of routes', () => {
  it('are those that the template gives', () => {
    const rows = tableBelow(PAGE, 'Route tables').map((row) => row.flatMap((cell) => codeSpans(cell)));
    expect(rows).toHaveLength(2);
    for (const [destination = '', name] of rows) {
      const result = parseCidr(destination);
      expect(result.ok && routeName(SETTINGS.routeName.unset('azure'), result.cidr)).toBe(name);
    }
  });
});

describe('A request by hand', () => {
  it('has the fields that are known', () => {
    const known = tableBelow(PAGE, 'By hand').flatMap(([cell = '']) => codeSpans(cell)[0] ?? []);
    expect(readRequest({ unheardOf: true })).toMatchObject({
      ok: false,
      problem: expect.stringContaining(`Known fields: ${known.join(', ')}.`),
    });
  });

  it('is accepted as it is shown', () => {
    const bodies = [...PAGE.matchAll(/ -d '(\{.+\})'/g)].map(([, body = '']) => body);
    expect(bodies).not.toEqual([]);
    for (const body of bodies) expect(readRequest(JSON.parse(body))).toMatchObject({ ok: true });
  });
});
