import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { findProblems, readValues } from '../../../infra/azure/parameter-values.ts';
import { PARAMETERS, SETTING_PARAMETERS } from '../../../infra/azure/parameters.ts';
import { ROLES } from '../../../shared/azure/role-actions.ts';
import { codeSpans, jsonBlocks, readText, tableBelow, tableHeaded } from '../../docs/markdown.ts';
import { deployCase } from './template-cases.ts';

const PAGE = await readText('docs/deploy-azure.md');

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
    const seconds = [1, 2, 4];
    const gigabyteSeconds = replaced.map((count, i) => 2 * (4320 * (seconds[i] ?? 0) + count * 2 * 2));
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

describe('The smoke script', () => {
  it('is a script, and says how it is used', () => {
    expect(spawnSync('bash', ['-n', 'infra/azure/smoke.sh']).status).toBe(0);
    const { status, stderr } = spawnSync('bash', ['infra/azure/smoke.sh'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'usage: infra/azure/smoke.sh GROUP APP\n' });
  });

  it('asks for what the template makes', async () => {
    const script = await readText('infra/azure/smoke.sh');
    const names = deployCase('named tables and everything on').resources.map(({ name }) => name);
    expect(script).toContain('--namespace-name "$app-bus"');
    expect(names).toContain('a-name-of-my-own-bus/node-events');
    expect(script).toContain('"node-events,reconcile,reconcile-schedule"');
  });
});
