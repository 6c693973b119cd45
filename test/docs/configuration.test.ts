import { expect, it } from '@jest/globals';
import { settingsTable } from '../../shared/core/config/config.ts';
import { readText, tableBelow } from './markdown.ts';

it('The page on configuration has the settings as the code has them', async () => {
  expect(tableBelow(await readText('docs/configuration.md'), 'Configuration')).toEqual(
    settingsTable().map(({ name, meaning, default: text }) => [`\`${name}\``, meaning, text]),
  );
});
