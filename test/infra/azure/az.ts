/**
 * Stands in for the az program where a page deploys the template: evaluates it as Azure would, and takes the code from
 * where the template says. Addresses lead to a folder; nothing is asked for, and what would be asked for is an error.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { unzipSync } from 'fflate';
import { deployTemplate } from './arm-deployment.ts';
import type { Value } from './arm-functions.ts';

const PLACE = { subscription: '00000000-0000-0000-0000-00000000000a', location: 'westeurope' };

/** Folders with what is at `https://files.example.com`, and for what is deployed. */
const { AZ_FILES: FILES = '', AZ_DEPLOYED: DEPLOYED = '' } = process.env;

function download(address: string): Buffer {
  const { origin, pathname } = new URL(address);
  if (origin !== 'https://files.example.com') throw new Error(`nothing is at ${address}`);
  return readFileSync(join(FILES, pathname));
}

/** `name=value` as az reads them: JSON, or else text. */
function readParameter(text: string): [string, Value] {
  const [name = '', ...rest] = text.split('=');
  const value = rest.join('=');
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}

function createDeployment(group: string, templateUri: string, given: readonly string[]): void {
  const template = JSON.parse(download(templateUri).toString());
  const parameters = Object.fromEntries(given.map(readParameter));
  const { resources, outputs } = deployTemplate(template, parameters, { ...PLACE, group, templateUri });
  const code = resources.filter(({ type }) => type === 'Microsoft.Web/sites/extensions');
  for (const { body } of code) {
    const files = unzipSync(download(Object(body['properties']).packageUri));
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(DEPLOYED, name)), { recursive: true });
      writeFileSync(join(DEPLOYED, name), bytes);
    }
  }
  console.log(JSON.stringify({ properties: { outputs } }));
}

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ name: text, location: text, 'resource-group': text, 'template-uri': text },
    parameters: { type: 'string', multiple: true },
  },
});
// `--parameters` takes all values up to the next option.
const isValue = (each: string): boolean => each.includes('=');
const command = positionals.filter((each) => !isValue(each)).join(' ');
const groups = join(DEPLOYED, '../groups');
if (command === 'group create' && values.name !== undefined && values.location !== undefined) {
  writeFileSync(groups, values.name);
} else if (command === 'deployment group create') {
  const group = values['resource-group'] ?? '';
  if (readFileSync(groups, 'utf8') !== group) throw new Error(`there is no group ${group}`);
  createDeployment(group, values['template-uri'] ?? '', [
    ...(values.parameters ?? []),
    ...positionals.filter(isValue),
  ]);
} else throw new Error(`expected a command of the page; found ${command}`);
