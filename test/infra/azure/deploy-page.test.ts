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
const NUMBERS: Readonly<Record<number, string>> = { 4: 'four', 7: 'seven', 10: 'ten' };

/** Durations, as pages write them. */
const SPANS: Readonly<Record<string, string>> = { P1D: 'one day', P14D: 'two weeks' };

/** To whole thousands. */
function roundDown(count: number): string {
  return (Math.floor(count / 1000) * 1000).toLocaleString('en');
}

/** Defaults that are expressions, in words. */
const COMPUTED: Readonly<Record<string, string>> = {
  location: 'that of the resource group',
  appName: '`podroutes-` and 13 letters and digits',
  nodeResourceGroups: "the app's own",
  packageUrl: '`released-package.zip` beside the template',
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

  it('take away the custom roles and no others, before they are assigned anew', () => {
    const [, start = '-'] = /starts_with\(roleDefinitionName, '([^']+)'\)/.exec(PAGE) ?? [];
    const custom = rolesOf('Microsoft.Authorization/roleDefinitions').map(({ body }) =>
      String(Object(body['properties']).roleName),
    );
    const builtIn = rolesOf('Microsoft.Authorization/roleAssignments').flatMap(
      ({ body }) => Object(body['properties']).description ?? [],
    );
    expect(custom.filter((name) => !name.startsWith(start))).toEqual([]);
    expect(builtIn.filter((name: string) => name.startsWith(start))).toEqual([]);
  });

  it('find the alert rules of topics', () => {
    const [, part = '-'] = /contains\(name, '([^']+)'\)/.exec(PAGE) ?? [];
    const found = rolesOf('Microsoft.Insights/metricAlerts').filter(({ name }) => name.includes(part));
    const topics = rolesOf('Microsoft.EventGrid/systemTopics').map(({ id }) => id);
    expect(found.map(({ body }) => Object(body['properties']).scopes[0]).sort()).toEqual(topics.sort());
  });
});

describe('The figures in docs/deploy-azure.md', () => {
  const { resources } = deployCase('the least');
  const queueNamed = (queue: string) =>
    Object(resources.find(({ name }) => name.endsWith(`-bus/${queue}`))?.body)['properties'];
  const events = queueNamed('node-events');
  const subscriptions = resources.filter(({ type }) => type.endsWith('/eventSubscriptions'));
  it.each([
    `the queues \`node-events\` (sessions, ${events.maxDeliveryCount} deliveries, ${SPANS[events.defaultMessageTimeToLive]})`,
    `\`node-events-unreadable\` (${SPANS[queueNamed('node-events-unreadable').defaultMessageTimeToLive]})`,
    `events of nodes, scale sets, tags and routes, ${NUMBERS[subscriptions.length]} subscriptions`,
  ])('are those of the template: %s', (text) => {
    expect(PAGE).toContain(text);
  });

  it('are those of the roles', () => {
    const count = NUMBERS[Object.keys(ROLES).length];
    expect(PAGE.toLowerCase()).toContain(`\n${count} custom roles hold`);
    expect(AZURE_PAGE.toLowerCase()).toContain(`\n${count} roles, from`);
    expect(AZURE_PAGE).toContain(`that the ${count} roles suffice`);
  });

  it('are repeated rightly in docs/azure.md', () => {
    expect(AZURE_PAGE).toContain(`the ${events.maxDeliveryCount} of [the template](deploy-azure.md)`);
  });
});
