/**
 * Stands in for the az program: the commands of the guide as the one call that each of them is for, to the endpoint of
 * the sandbox. See https://learn.microsoft.com/cli/azure/reference-index
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

interface Call {
  readonly method: string;
  /** Below the endpoint, with the query. */
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

type Options = Readonly<Record<string, string | undefined>>;

const { PODROUTES_ARM_ENDPOINT: ENDPOINT = '', PODROUTES_AZURE_SUBSCRIPTION: SUBSCRIPTION } = process.env;

/** The sandbox takes any token. */
const AUTHORIZATION = { authorization: 'Bearer sandbox' };

const COMMANDS: Readonly<Record<string, (options: Options, rest: readonly string[]) => Call>> = {
  rest: ({ method = '', url = '', headers, body }) => ({
    method: method.toUpperCase(),
    url,
    headers: headers === undefined ? {} : readPairs([headers]),
    ...(body !== undefined && { body: readBody(body) }),
  }),
  'tag update': ({ 'resource-id': id, operation = '', tags = '' }, more) => ({
    method: 'PATCH',
    url: `${id}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`,
    body: JSON.stringify({
      operation: `${operation[0]?.toUpperCase()}${operation.slice(1)}`,
      properties: { tags: readPairs([tags, ...more]) },
    }),
  }),
  'network route-table route create': (options) => ({
    method: 'PUT',
    url: routeUrl(options),
    body: JSON.stringify({
      properties: {
        addressPrefix: options['address-prefix'],
        nextHopType: options['next-hop-type'],
        nextHopIpAddress: options['next-hop-ip-address'],
      },
    }),
  }),
  'network route-table route delete': (options) => ({ method: 'DELETE', url: routeUrl(options) }),
};

function routeUrl(options: Options): string {
  const table = idOf('Microsoft.Network/routeTables', options['resource-group'], options['route-table-name']);
  return `${options['ids'] ?? `${table}/routes/${options['name']}`}?api-version=2024-05-01`;
}

function idOf(type: string, group = '', name = ''): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}/providers/${type}/${name}`;
}

function readPairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

/** `@file` stands for what is in the file. */
function readBody(text: string): string {
  return text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text;
}

/** Waits for the end of what Azure has accepted, as all commands but `az rest` do. */
async function follow(answer: Response): Promise<void> {
  const operation = answer.headers.get('azure-asyncoperation') ?? answer.headers.get('location');
  if (operation === null) return;
  for (;;) {
    const polled = await fetch(operation, { headers: AUTHORIZATION });
    const text = await polled.text();
    if (polled.status !== 202 && !text.includes('"InProgress"')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const words = process.argv.slice(2);
const name = Object.keys(COMMANDS).find((command) => `${words.join(' ')} `.startsWith(`${command} `));
const toCall = COMMANDS[name ?? ''];
if (name === undefined || toCall === undefined) throw new Error(`az ${words.join(' ')}: no stand-in`);
const options = ['method', 'url', 'headers', 'body', 'resource-id', 'operation', 'tags', 'output'];
const routeOptions = ['ids', 'resource-group', 'route-table-name', 'name', 'address-prefix', 'next-hop-type'];
const { values, positionals } = parseArgs({
  args: words.slice(name.split(' ').length),
  options: Object.fromEntries(
    [...options, ...routeOptions, 'next-hop-ip-address'].map((each) => [each, { type: 'string' }]),
  ),
  allowPositionals: true,
});
const { method, url, headers, body } = toCall(values, positionals);
const answer = await fetch(`${ENDPOINT}${url}`, {
  method,
  headers: { ...AUTHORIZATION, 'content-type': 'application/json', ...headers },
  ...(body !== undefined && { body }),
});
const text = await answer.text();
if (answer.ok) {
  if (name !== 'rest') await follow(answer);
  if (values['output'] !== 'none' && text !== '') console.log(text);
} else {
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
