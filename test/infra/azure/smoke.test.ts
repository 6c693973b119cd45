import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readText } from '../../docs/markdown.ts';
import { deployCase } from './template-cases.ts';

const IDENTITIES = '/providers/Microsoft.ManagedIdentity/userAssignedIdentities';

/** What the programs that the script calls say where all is well, by words of the call. */
const ANSWERS: Readonly<Record<string, string>> = {
  'functionapp function list': 'app/node-events\napp/reconcile\napp/reconcile-schedule',
  'query requiresSession': 'true',
  activeMessageCount: '0',
  'functionapp config appsettings list': '0',
  'eventgrid system-topic list': `foreign\tNone\ntopic\t${IDENTITIES}/app-events\nother\t${IDENTITIES}/my-app-events`,
  'eventgrid system-topic event-subscription list': 'Succeeded\nSucceeded',
  'functionapp show': 'app.example.com',
  'functionapp keys list': 'a-key',
  curl: '200',
  report: '{"findings":[]}',
};

/** Answers from the table; what stands after ` then ` once something has waited. Nothing really waits. */
function standIns(answers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const lookUp = Object.entries(answers).map(([words, text]) => `  *'${words}'*) text='${text}' ;;`);
  const say = [
    'here=$(dirname "$0")',
    'say() { case "$1" in',
    ...lookUp,
    '  *) echo "no answer to $1" >&2; exit 9 ;;',
    'esac',
    `if [ -e "$here/slept" ]; then text=\${text##* then }; else text=\${text%% then *}; fi`,
    `printf '%s\\n' "$text"; }`,
  ].join('\n');
  return {
    az: `${say}\nsay "$*"`,
    curl: `${say}\nwhile [ "$1" != --output ]; do shift; done\nsay report >"$2"\nsay curl`,
    sleep: 'echo "$1" >>"$(dirname "$0")/slept"',
  };
}

async function smoke(changed: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-smoke-'));
  for (const [name, body] of Object.entries(standIns({ ...ANSWERS, ...changed }))) {
    await writeFile(join(folder, name), `#!/usr/bin/env bash\n${body}\n`, { mode: 0o755 });
  }
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  const run = spawnSync('bash', ['infra/azure/smoke.sh', 'group', 'app'], { encoding: 'utf8', env });
  const pauses = await readFile(join(folder, 'slept'), 'utf8').catch(() => '');
  await rm(folder, { recursive: true });
  return {
    status: run.status,
    lines: `${run.stdout}${run.stderr}`.trim().split('\n'),
    sleptSeconds: pauses.split('\n').reduce((sum, seconds) => sum + Number(seconds), 0),
  };
}

const RIGHT = [
  'right  functions',
  'right  sessions of the queue',
  'right  settings with a key of the storage',
  'right  event topics',
  'right  event subscriptions of topic',
  'right  messages that wait',
  'right  dry run over HTTP',
  'right  reads of the dry run',
  '{"findings":[]}',
];

describe('The smoke script', () => {
  it('is a script, and says how it is used', () => {
    expect(spawnSync('bash', ['-n', 'infra/azure/smoke.sh']).status).toBe(0);
    const { status, stderr } = spawnSync('bash', ['infra/azure/smoke.sh'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'usage: infra/azure/smoke.sh GROUP APP\n' });
  });

  it('is content with an app that works, whatever topics of others are in the group', async () => {
    expect(await smoke({})).toEqual({ status: 0, lines: RIGHT, sleptSeconds: 0 });
  });

  it('gives messages time to be read', async () => {
    const { status, lines } = await smoke({ activeMessageCount: '3 then 0' });
    expect({ status, lines }).toEqual({ status: 0, lines: RIGHT });
  });

  it('gives up on them after two minutes', async () => {
    const { status, lines, sleptSeconds } = await smoke({ activeMessageCount: '3' });
    expect(lines.at(-1)).toBe('WRONG  messages that wait: expected 0, found 3');
    expect({ status, sleptSeconds }).toEqual({ status: 1, sleptSeconds: 120 });
  });

  it.each([
    ['functionapp function list', 'app/node-events', 'functions'],
    ['query requiresSession', 'false', 'sessions of the queue'],
    ['functionapp config appsettings list', '1', 'settings with a key of the storage'],
    ['eventgrid system-topic list', '', 'event topics'],
    ['eventgrid system-topic list', 'foreign\tNone', 'event topics'],
    ['eventgrid system-topic list', `other\t${IDENTITIES}/my-app-events`, 'event topics'],
    ['eventgrid system-topic event-subscription list', 'Failed', 'event subscriptions of topic'],
    ['eventgrid system-topic event-subscription list', '', 'event subscriptions of topic'],
    ['curl', '401', 'dry run over HTTP'],
    ['report', '{"findings":[{"code":"read-incomplete"}]}', 'reads of the dry run'],
  ])('ends with what is wrong: %s says %j', async (command, answer, what) => {
    const { status, lines } = await smoke({ [command]: answer });
    expect(lines.at(-1)).toMatch(new RegExp(`^WRONG  ${what}: expected .*, found `));
    expect(status).toBe(1);
  });

  it('asks for what the template makes', async () => {
    const script = await readText('infra/azure/smoke.sh');
    const { resources } = deployCase('named tables and everything on');
    const names = resources.map(({ name }) => name);
    expect(script).toContain('--namespace-name "$app-bus"');
    expect(names).toContain('a-name-of-my-own-bus/node-events');
    expect(script).toContain('"node-events,reconcile,reconcile-schedule"');
    expect(script).toContain('identity="$app-events"');
    const topics = resources.filter(({ type }) => type === 'Microsoft.EventGrid/systemTopics');
    for (const { body } of topics) {
      const [identity = ''] = Object.keys(Object(body['identity']).userAssignedIdentities);
      expect(identity.split('/').at(-1)).toBe('a-name-of-my-own-events');
    }
  });
});
