/**
 * Stands in for the az program: the commands of the guides as what each of them is for.
 * See https://learn.microsoft.com/cli/azure/reference-index
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readValues } from '../../../infra/azure/parameter-values.ts';
import { template } from '../../../infra/azure/template.ts';
import { createMachine } from '../../../shared/sandbox/arm/machines.ts';
import { listResources } from '../../../shared/sandbox/arm/resources.ts';
import { tagResource } from '../../../shared/sandbox/arm/tags.ts';
import type { ArmSandbox } from '../../../shared/sandbox/arm-server.ts';
import { type Deployed, deployTemplate } from '../../infra/azure/arm-deployment.ts';
import type { Value } from '../../infra/azure/arm-functions.ts';
import type { Files, Place } from './place.ts';

/** A subscription in the sandbox, and what else a person has in Azure. */
export interface Subscription extends Pick<ArmSandbox, 'arm'>, Pick<Place, 'deploy'> {
  /** What machines were made with for cloud-init alone, as text, by their ids; the API never tells it. */
  readonly customData: Map<string, string>;
  /** By their addresses. */
  readonly secrets: Map<string, string>;
}

/** What stands behind each option, by its name. */
type Options = ReadonlyMap<string, readonly string[]>;

const COMMANDS: Readonly<
  Record<string, (subscription: Subscription, options: Options, files: Files) => Promise<string | null>>
> = {
  'deployment group create': async ({ arm, deploy, secrets }, options, { folder }) => {
    const path = one(options, 'parameters').replace(/^@/, '');
    const values = readValues(JSON.parse(await readFile(join(folder, path), 'utf8')));
    const place = {
      subscription: arm.subscription,
      group: one(options, 'resource-group'),
      location: arm.location,
    };
    const { resources } = deployTemplate(template, values as Readonly<Record<string, Value>>, place);
    await deploy(readSettings(resources, secrets));
    return null;
  },
  'group delete': async ({ deploy }) => {
    await deploy(null);
    return null;
  },
  'keyvault secret set': async ({ secrets }, options) => {
    const address = `https://${one(options, 'vault-name')}.vault.azure.net/secrets/${one(options, 'name')}`;
    secrets.set(address, one(options, 'value'));
    return null;
  },
  'network nic list': async ({ arm }, options) => {
    const [, address] =
      /privateIPAddress=='([\d.]+)'\]\.virtualMachine\.id$/.exec(one(options, 'query')) ?? [];
    const scope = `/subscriptions/${arm.subscription}`;
    const nics = listResources(arm, 'Microsoft.Network/networkInterfaces', scope);
    const found = nics.filter(({ ipConfigurations }) => ipConfigurations[0]?.address === address);
    return found.map(({ machine }) => machine).join('\n');
  },
  'tag update': async ({ arm }, options) => {
    const pairs = options.get('tags') ?? [];
    tagResource(arm, one(options, 'resource-id'), Object.fromEntries(pairs.map((pair) => pair.split('='))));
    return null;
  },
  'vm create': async (subscription, options, { folder }) => {
    const count = options.has('count') ? Number(one(options, 'count')) : null;
    const name = one(options, 'name');
    const names = count === null ? [name] : Array.from({ length: count }, (_, i) => `${name}${i}`);
    const read = (option: string) => readFile(join(folder, one(options, option)), 'utf8');
    const userData = options.has('user-data') ? await read('user-data') : null;
    const customData = options.has('custom-data') ? await read('custom-data') : null;
    for (const each of names) {
      const { id } = createMachine(subscription.arm, {
        group: one(options, 'resource-group'),
        name: each,
        subnet: one(options, 'subnet'),
        tags: Object.fromEntries((options.get('tags') ?? []).map((pair) => pair.split('='))),
        ...(options.has('private-ip-address') && { addresses: [one(options, 'private-ip-address')] }),
        ...(userData !== null && { userData: Buffer.from(userData).toString('base64') }),
      });
      if (customData !== null) subscription.customData.set(id.toLowerCase(), customData);
    }
    return null;
  },
};

/** The settings of the function app that are podroutes' own, with secrets in the place of their addresses. */
function readSettings(
  resources: readonly Deployed[],
  secrets: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const site = resources.find(({ type }) => type === 'Microsoft.Web/sites');
  const settings: readonly { name: string; value: string }[] = Object(site?.body['properties']).siteConfig
    .appSettings;
  const own = settings.filter(({ name, value }) => name.startsWith('PODROUTES_') && value !== '');
  return Object.fromEntries(
    own.map(({ name, value }) => {
      const [, address] = /^@Microsoft\.KeyVault\(SecretUri=(.*)\)$/.exec(value) ?? [];
      return [name, address === undefined ? value : (secrets.get(address) ?? value)];
    }),
  );
}

function one(options: Options, name: string): string {
  const [word] = options.get(name) ?? [];
  if (word === undefined) throw new Error(`expected --${name}`);
  return word;
}

/** Runs a command. */
export async function runAz(
  subscription: Subscription,
  args: readonly string[],
  files: Files,
): Promise<string> {
  const name = args
    .slice(
      0,
      args.findIndex((word) => word.startsWith('--')),
    )
    .join(' ');
  const command = COMMANDS[name];
  if (command === undefined) throw new Error(`az ${args.join(' ')}: no stand-in`);
  const options = new Map<string, string[]>();
  for (const word of args.slice(name.split(' ').length)) {
    if (word.startsWith('--')) options.set(word.slice(2), []);
    else [...options.values()].at(-1)?.push(word);
  }
  return (await command(subscription, options, files)) ?? '';
}
