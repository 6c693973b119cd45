import { spawnSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RUN_MS } from '../../../functions/azure/run.ts';
import { findProblems, readValues } from '../../../infra/azure/parameter-values.ts';
import { PARAMETERS, SETTING_PARAMETERS } from '../../../infra/azure/parameters.ts';
import { ROLES } from '../../../shared/azure/role-actions.ts';
import { codeSpans, jsonBlocks, readText, tableBelow, tableHeaded } from '../../docs/markdown.ts';
import { deployCase } from './template-cases.ts';

const PAGE = await readText('docs/deploy-azure.md');
const AZURE_PAGE = await readText('docs/azure.md');

/** As pages write them. */
const NUMBERS: Readonly<Record<number, string>> = { 10: 'ten' };

/** To whole thousands. */
function roundDown(count: number): string {
  return (Math.floor(count / 1000) * 1000).toLocaleString('en');
}

/** Defaults that are expressions, in words. */
const COMPUTED: Readonly<Record<string, string>> = {
  location: 'that of the resource group',
  appName: '`podroutes-` and 13 letters and digits',
  nodeResourceGroups: "the app's own",
};

function shownDefault(name: string): string {
  const computed = COMPUTED[name];
  if (computed !== undefined) return computed;
  const value = PARAMETERS[name]?.defaultValue;
  return value === undefined ? 'required' : `\`${JSON.stringify(value)}\``;
}

describe('The parameters in docs/deploy-azure.md', () => {
  it('are those of the template that are settings', () => {
    const expected = Object.entries(SETTING_PARAMETERS).map(([name, { setting, parameter }]) => [
      `\`${name}\``,
      parameter.type,
      shownDefault(name),
      `\`${setting.name}\``,
    ]);
    expect(tableBelow(PAGE, 'Parameters')).toEqual(expected);
  });

  it('are those of the template that are none', () => {
    const others = Object.entries(PARAMETERS).filter(([name]) => !Object.hasOwn(SETTING_PARAMETERS, name));
    const rest = PAGE.slice(PAGE.indexOf('| `PODROUTES_DRY_RUN` |'));
    expect(tableHeaded(rest, 'parameter')).toEqual(
      others.map(([name, { type, metadata }]) => [
        `\`${name}\``,
        type,
        shownDefault(name),
        metadata.description,
      ]),
    );
  });

  it('are given rightly in the sample', () => {
    expect(findProblems(readValues(jsonBlocks(PAGE)[0]))).toEqual([]);
  });
});

describe('The rights in docs/deploy-azure.md', () => {
  it('are those of the custom roles', () => {
    expect(
      tableBelow(PAGE, 'Rights')
        .map(([cell = '']) => codeSpans(cell)[0])
        .sort(),
    ).toEqual(Object.keys(ROLES).sort());
  });
});

describe('The time that reads take in docs/deploy-azure.md', () => {
  // As Azure's bucket for reads has it, and as much of the time of a run as reading may take.
  const [burst, perSecond, share] = [250, 25, 0.6];

  it.each([
    [`allows ${burst} such reads at once and ${perSecond} a second`, PAGE],
    [`[read ${burst} times]`, AZURE_PAGE],
    [`${perSecond} times a second`, AZURE_PAGE],
    [`Reading takes ${share * 100} % of that at most.`, AZURE_PAGE],
    [`500 nodes take about ${NUMBERS[(500 - burst) / perSecond]} seconds longer`, PAGE],
    [`about ${NUMBERS[(500 - burst) / perSecond]} seconds at 500 nodes`, AZURE_PAGE],
    [`from about ${roundDown(burst + perSecond * share * (RUN_MS.event / 1000))} nodes on`, PAGE],
    [`about ${roundDown(burst + perSecond * share * (RUN_MS.event / 1000))} nodes are`, AZURE_PAGE],
  ])('follows from the limits: %s', (text, page) => {
    expect(page).toContain(text);
  });
});

/** Quantity at each size times the price. */
function multiply(price: string, quantities: readonly string[]): number[] {
  return quantities.map((quantity) => Number(price) * Number(quantity));
}

describe('The cost in docs/deploy-azure.md', () => {
  const rows = tableBelow(PAGE, 'Cost');
  const items = rows.slice(0, -1);

  it('adds up', () => {
    const products = items.map(([, , price = '', ...quantities]) => multiply(price, quantities));
    const sums = [0, 1, 2].map((i) => products.reduce((sum, costs) => sum + (costs[i] ?? Number.NaN), 0));
    const shown = rows.at(-1)?.slice(3);
    expect(shown).toEqual(sums.map((sum) => `**${sum.toFixed(2)}**`));
  });

  it('counts the alert rules that there are', () => {
    const { resources } = deployCase('the least');
    const countOf = (type: string) => String(resources.filter((resource) => resource.type === type).length);
    const quantityOf = (item: string) => items.find(([name = '']) => name.startsWith(item))?.[3];
    expect(quantityOf('log alert rules')).toBe(countOf('Microsoft.Insights/scheduledQueryRules'));
    expect(quantityOf('metric alert rules')).toBe(countOf('Microsoft.Insights/metricAlerts'));
  });

  it('follows from what is assumed', () => {
    const shown = [...PAGE.matchAll(/(\d[\d,]*), (\d[\d,]*) and (\d[\d,]*)(?: (GB-s)|\.)/g)].map((match) =>
      match.slice(1, 4).map((text) => Number((text ?? '').replaceAll(',', ''))),
    );
    const replaced = [10, 100, 500].map((nodes) => nodes * 4.3);
    const gigabyteSecondsOf = (seconds: readonly number[]) =>
      replaced.map((count, i) => {
        const forEverything = seconds[i] ?? Number.NaN;
        return 2 * (4320 * forEverything + count * (2 + forEverything));
      });
    const gigabyteSeconds = gigabyteSecondsOf([1, 3, 14]);
    // What the page says of `readSubscription`.
    expect(Math.max(...gigabyteSecondsOf([1, 2, 4]))).toBeLessThan(100_000);
    const operations = replaced.map((count) => count * (20 * (1 + 4) + 4));
    expect(shown).toEqual([replaced, gigabyteSeconds, operations].map((row) => row.map(Math.round)));
    const [executions, eventGrid, logs] = ['executions', 'Event Grid', 'logs'].map((item) =>
      items
        .find(([name = '']) => name.startsWith(item))
        ?.slice(3)
        .map(Number),
    );
    expect(logs).toEqual(replaced.map((count) => Number((((4320 + 2 * count) * 10) / 1e6).toFixed(2))));
    expect(executions).toEqual(gigabyteSeconds.map((count) => Math.max(0, count - 100_000)));
    expect(eventGrid).toEqual(operations.map((count) => Number(Math.max(0, count / 1e6 - 0.1).toFixed(2))));
  });
});

/** What the programs that the script calls say where all is well. */
const ANSWERS: Readonly<Record<string, string>> = {
  'functionapp function list': 'app/node-events\napp/reconcile\napp/reconcile-schedule',
  'servicebus queue show': 'true',
  'functionapp config appsettings list': '0',
  'eventgrid system-topic list': 'topic',
  'eventgrid system-topic event-subscription list': 'Succeeded\nSucceeded',
  'functionapp show': 'app.example.com',
  'functionapp keys list': 'a-key',
  curl: '200',
  report: '{"findings":[]}',
};

/** Runs the script with stand-ins for az and curl that answer from a table. */
async function smoke(changed: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-smoke-'));
  const answers = Object.entries({ ...ANSWERS, ...changed });
  const lookUp = answers.map(([words, text]) => `  '${words}'*) printf '%s\\n' '${text}' ;;`).join('\n');
  const answer = `say() { case "$1" in\n${lookUp}\n  *) echo "no answer to $1" >&2; exit 9 ;;\nesac; }\n`;
  const report = 'while [ "$1" != --output ]; do shift; done\nsay report >"$2"\nsay curl';
  for (const [name, body] of [
    ['az', 'say "$*"'],
    ['curl', report],
  ]) {
    await writeFile(join(folder, name ?? ''), `#!/usr/bin/env bash\n${answer}${body}\n`, { mode: 0o755 });
  }
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  const run = spawnSync('bash', ['infra/azure/smoke.sh', 'group', 'app'], { encoding: 'utf8', env });
  return { status: run.status, lines: `${run.stdout}${run.stderr}`.trim().split('\n') };
}

describe('The commands in docs/deploy-azure.md', () => {
  const { resources, outputs } = deployCase('named tables and everything on');
  const unique = String(outputs['unique']);
  const rolesOf = (type: string) => resources.filter((resource) => resource.type === type);

  it('ask for outputs that there are', () => {
    const asked = [...PAGE.matchAll(/outputs\.(\w+)\.value|\$\(output (\w+)\)/g)];
    const names = asked.map(([, whole, short]) => whole ?? short ?? '');
    expect(names).not.toEqual([]);
    expect(names.filter((name) => outputs[name] === undefined)).toEqual([]);
  });

  it('remove every custom role, and the record in the subscription', () => {
    const names = rolesOf('Microsoft.Authorization/roleDefinitions').map(({ body }) =>
      String(Object(body['properties']).roleName),
    );
    expect(names).toHaveLength(Object.keys(ROLES).length);
    expect(PAGE).toContain(`[?ends_with(roleName, '($unique)')]`);
    expect(names.filter((name) => !name.endsWith(`(${unique})`))).toEqual([]);
    expect(PAGE).toContain('az deployment sub delete --name "podroutes-roles-$unique"');
    const records = rolesOf('Microsoft.Resources/deployments').filter(({ body }) => !body['resourceGroup']);
    expect(records.map(({ name }) => name)).toEqual([`podroutes-roles-${unique}`]);
  });

  it('take away the one role of the subscription that is a choice', () => {
    const [, start = ''] = /starts_with\(roleDefinitionName, '([^']+)'\)/.exec(PAGE) ?? [];
    const chosen = Object.values(ROLES).filter(({ title }) => `podroutes: ${title}`.startsWith(start));
    expect(chosen).toEqual([ROLES.subscriptionReader]);
  });
});

describe('The smoke script', () => {
  it('is a script, and says how it is used', () => {
    expect(spawnSync('bash', ['-n', 'infra/azure/smoke.sh']).status).toBe(0);
    const { status, stderr } = spawnSync('bash', ['infra/azure/smoke.sh'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'usage: infra/azure/smoke.sh GROUP APP\n' });
  });

  it('is content with an app that works', async () => {
    const { status, lines } = await smoke({});
    expect(lines).toEqual([
      'right  functions',
      'right  sessions of the queue',
      'right  settings with a key of the storage',
      'right  event subscriptions of topic',
      'right  dry run over HTTP',
      'right  reads of the dry run',
      '{"findings":[]}',
    ]);
    expect(status).toBe(0);
  });

  it.each([
    ['functionapp function list', 'app/node-events', 'functions'],
    ['servicebus queue show', 'false', 'sessions of the queue'],
    ['functionapp config appsettings list', '1', 'settings with a key of the storage'],
    ['eventgrid system-topic event-subscription list', 'Failed', 'event subscriptions of topic'],
    ['curl', '401', 'dry run over HTTP'],
    ['report', '{"findings":[{"code":"read-incomplete"}]}', 'reads of the dry run'],
  ])('ends with what is wrong: %s says %s', async (command, answer, what) => {
    const { status, lines } = await smoke({ [command]: answer });
    expect(lines.at(-1)).toMatch(new RegExp(`^WRONG  ${what}: expected .*, found `));
    expect(status).toBe(1);
  });

  it('asks for what the template makes', async () => {
    const script = await readText('infra/azure/smoke.sh');
    const names = deployCase('named tables and everything on').resources.map(({ name }) => name);
    expect(script).toContain('--namespace-name "$app-bus"');
    expect(names).toContain('a-name-of-my-own-bus/node-events');
    expect(script).toContain('"node-events,reconcile,reconcile-schedule"');
  });
});
