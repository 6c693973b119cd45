import { describe, expect, it } from '@jest/globals';
import { createRuntime } from '../../functions/azure/runtime.ts';

const SETTINGS = { PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' };
const DEDICATED = { WEBSITE_OWNER_NAME: 'sub-1+rg-westeuropewebspace', WEBSITE_RESOURCE_GROUP: 'rg' };
/** Flex Consumption does not tell the group: https://github.com/Azure/azure-functions-host/issues/10441 */
const FLEX = { WEBSITE_OWNER_NAME: 'sub-1+flex-1234-webspace' };

describe('Where the app looks', () => {
  it('is its own subscription and group where the plan tells them', () => {
    expect(createRuntime({ ...SETTINGS, ...DEDICATED })).toMatchObject({
      ok: true,
      runtime: { subscription: 'sub-1', config: { azure: { resourceGroups: ['rg'] } } },
    });
  });

  it('is what the settings say, wherever the app is', () => {
    const env = {
      ...SETTINGS,
      ...DEDICATED,
      PODROUTES_AZURE_SUBSCRIPTION: '00000000-0000-0000-0000-000000000002',
      PODROUTES_AZURE_RESOURCE_GROUPS: 'a,b',
    };
    expect(createRuntime(env)).toMatchObject({
      ok: true,
      runtime: {
        subscription: '00000000-0000-0000-0000-000000000002',
        config: { azure: { resourceGroups: ['a', 'b'] } },
      },
    });
  });

  it('has to be told on a plan that does not tell', () => {
    const result = createRuntime({ ...SETTINGS, ...FLEX });
    expect(result).toEqual({
      ok: false,
      problem: expect.stringContaining(
        'PODROUTES_AZURE_RESOURCE_GROUPS: expected resource groups; found nothing',
      ),
    });
  });
});

describe('A setting without effect on Azure', () => {
  it.each([['PODROUTES_EVENT_BUS', 'bus']])('is refused: %s', (name, value) => {
    const result = createRuntime({ ...SETTINGS, ...DEDICATED, [name]: value });
    expect(result).toEqual({ ok: false, problem: expect.stringContaining(name) });
  });
});
