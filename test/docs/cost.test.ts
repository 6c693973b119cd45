import { describe, expect, it } from '@jest/globals';
import { ALARM_SLUGS, ALARMS } from '../../infra/alarms.ts';
import { PARAMETERS } from '../../infra/azure/parameters.ts';
import { AWS_ASSUMPTIONS, awsBill, countMetrics, DEPLOYED } from './cost/aws.ts';
import { AZURE_ASSUMPTIONS, azureBill, countRules } from './cost/azure.ts';
import { sumOf } from './cost/bill.ts';
import { playLife } from './cost/emitted.ts';
import { fillPage, LEVELS, makeTables, NODES, PAGE, TABLES } from './cost/page.ts';
import { AWS_REGION, AZURE_REGION, READ } from './cost/prices.ts';
import { codeSpans, readText, tableHeaded } from './markdown.ts';

const page = await readText(PAGE);

describe('The page on cost', () => {
  it('has the tables as the templates, the functions and the prices make them', () => {
    expect(page).toBe(fillPage(page, makeTables()));
  });

  it('would be found out with another number', () => {
    const altered = page.replace(/\*\*(\d)/, '**9$1');
    expect(altered).not.toBe(page);
    expect(fillPage(altered, makeTables())).toBe(page);
  });

  it('says of which regions the prices are, and when they were read', () => {
    expect(page).toContain(`Of ${AWS_REGION}, as known in ${READ}`);
    expect(page).toContain(`Of ${AZURE_REGION}, as known in ${READ}`);
  });

  it('says of every alarm whether it is essential', () => {
    const rows = tableHeaded(page, 'alarm').filter(([cell = '']) => !cell.includes('not even delivered'));
    const told = rows.map(([cell = '', isEssential]) => [codeSpans(cell)[0], isEssential]);
    const expected = ALARM_SLUGS.map((slug) => [slug, ALARMS[slug].isEssential ? 'yes' : 'no']);
    expect(told.toSorted()).toEqual(expected.toSorted());
  });
});

describe('What is essential', () => {
  const small = NODES.flatMap((nodes) => [1, 3].map((tables) => [nodes, tables] as const));

  it.each(small)('costs less than 3 dollars a month on AWS with %i nodes and %i tables', (nodes, tables) => {
    expect(sumOf(awsBill({ nodes, tables, monitoring: 'essential' }))).toBeLessThan(3);
  });

  it.each([awsBill, azureBill])('costs less than everything, and more than nothing (%#)', (bill) => {
    for (const tables of TABLES) {
      const [full = 0, essential = 0, off = 0] = LEVELS.map((monitoring) =>
        sumOf(bill({ nodes: 100, tables, monitoring })),
      );
      expect(essential).toBeLessThan(full);
      expect(off).toBeLessThan(essential);
    }
  });
});

describe('What the page on deploying to AWS says of the cost', () => {
  const cases = NODES.flatMap((nodes) => TABLES.map((tables) => [nodes, tables] as const));

  it.each(cases)('holds with %i nodes and %i tables', (nodes, tables) => {
    const full = awsBill({ nodes, tables, monitoring: 'full' });
    const watching = full.filter(({ what }) => ['Metrics', 'Alarms', 'Key'].includes(what));
    expect(sumOf(watching) / sumOf(full)).toBeGreaterThan(0.9);
    const essential = awsBill({ nodes, tables, monitoring: 'essential' });
    expect(sumOf(essential) / sumOf(full)).toBeLessThan(1 / 3);
  });
});

describe('What the bill counts', () => {
  it.each([
    ['full', 1],
    ['full', 3],
    ['essential', 3],
    ['off', 1],
  ] as const)('has the metrics that the functions write: %s, with %i tables', async (monitoring, tables) => {
    const { metrics, quietRunBytes } = await playLife(monitoring, tables);
    expect(metrics).toBe(countMetrics(monitoring, tables));
    expect(quietRunBytes / 1000).toBeLessThan(AWS_ASSUMPTIONS.logKbPerInvocation(tables));
  });

  it('has a log group for each function, and a dashboard where everything is watched', () => {
    expect(LEVELS.map((level) => DEPLOYED[level].logGroups)).toEqual([2, 2, 2]);
    expect(LEVELS.map((level) => DEPLOYED[level].dashboards)).toEqual([1, 0, 0]);
  });

  it('is told of Azure as the template has it', () => {
    const { subscriptions } = countRules('full');
    expect(subscriptions).toBe(4);
    expect(page).toContain('compared by four subscriptions');
    expect(page).toContain(`at ${Number(PARAMETERS['instanceMemoryMB']?.defaultValue) / 1024} GB.`);
    expect(countRules('off')).toEqual({ logRules: 0, metricRules: 0, subscriptions });
    const seconds = AZURE_ASSUMPTIONS.secondsPerReconcile.map(([, each]) => each);
    expect(page).toContain(`scheduled runs of ${seconds.join(', ').replace(/, (\d+)$/, ' and $1')} seconds`);
  });
});
