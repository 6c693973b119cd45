import { describe, expect, it } from '@jest/globals';
import { CLOUDS } from '../../functions/cli/clouds.ts';
import { SETTING_OPTIONS } from '../../functions/cli/options.ts';
import { SETTINGS } from '../../shared/core/config/settings.ts';

const VARIABLES: readonly string[] = Object.values(SETTINGS).map(({ name }) => name);

describe('The table of clouds', () => {
  it('has one row for a cloud', () => {
    const names = CLOUDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('names only variables that are settings', () => {
    const named = CLOUDS.flatMap(({ variables, needed }) => [
      ...variables,
      ...needed.map(({ variable }) => variable),
    ]);
    expect(VARIABLES).toEqual(expect.arrayContaining(named));
  });

  it('has options of which no other cloud has one of the same name', () => {
    const names = CLOUDS.flatMap(({ settingOptions, clientOptions }) => [
      ...settingOptions,
      ...clientOptions,
    ]).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

it.each(SETTING_OPTIONS)('--$name stands for a setting: $variable', ({ variable }) => {
  expect(VARIABLES).toContain(variable);
});
