import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nameAlarm } from '../../infra/deployed-names.ts';
import { jsonBlocks, readText } from '../docs/markdown.ts';
import { MINIMAL } from '../infra/aws/synthesis.ts';
import { deployToMoto, type MotoStack } from './moto-stack.ts';

const PAGE = await readText('docs/notify.md');
const ENDPOINT = process.env['PODROUTES_TEST_MOTO'] ?? '';
const run = promisify(execFile);

/** As the deployed template names it. */
const ALARM = nameAlarm({ cluster: 'kthw', stack: 'podroutes-kthw' }, 'queue-age');

/** The commands of the page for AWS, in their order. */
const COMMANDS = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)]
  .map(([, block = '']) => block)
  .filter((block) => block.includes('aws '));

describe('The page on Slack, Teams and PagerDuty', () => {
  let folder: string;
  let stack: MotoStack;

  beforeAll(async () => {
    const program = process.env['PODROUTES_TEST_AWS'];
    if (program === undefined) throw new Error('No aws program: start this suite by test/peers/run');
    folder = await mkdtemp(join(tmpdir(), 'podroutes-notify-'));
    await symlink(program, join(folder, 'aws'));
    stack = await deployToMoto(ENDPOINT, 'podroutes-kthw', MINIMAL);
  });

  afterAll(async () => {
    stack?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  async function bash(script: string): Promise<string> {
    const env = {
      ...{ AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret', AWS_DEFAULT_REGION: 'us-east-1' },
      ...{ AWS_ENDPOINT_URL: ENDPOINT, AWS_CONFIG_FILE: '/dev/null' },
      PATH: `${folder}:${process.env['PATH']}`,
    };
    return (await run('bash', ['-euc', script], { env })).stdout;
  }

  it('subscribes PagerDuty at the topic of the stack, and raises an alarm for a trial', async () => {
    expect(COMMANDS).toHaveLength(3);
    // moto's CloudFormation makes no alarms.
    const alarm = `aws cloudwatch put-metric-alarm --alarm-name ${ALARM} --namespace AWS/SQS \
      --metric-name ApproximateAgeOfOldestMessage --statistic Maximum --period 300 --evaluation-periods 1 \
      --threshold 600 --comparison-operator GreaterThanThreshold`;
    const look = `aws sns list-subscriptions-by-topic --topic-arn "$topic" --output text \
      --query 'Subscriptions[].[Protocol,Endpoint]'
      aws cloudwatch describe-alarms --output text --query 'MetricAlarms[].[AlarmName,StateValue]'`;
    const shown = await bash([alarm, ...COMMANDS, look].join('\n'));
    expect(shown).toContain('https\thttps://events.pagerduty.com/integration/YOUR-INTEGRATION-KEY/enqueue');
    expect(shown).toContain(`${ALARM}\tALARM`);
  });

  it('has a template for Slack and Teams that cfn-lint accepts', async () => {
    const program = process.env['PODROUTES_TEST_CFN_LINT'];
    if (program === undefined) throw new Error('No cfn-lint: start this suite by test/peers/run');
    const [template, ...others] = jsonBlocks(PAGE);
    expect(others).toEqual([]);
    const path = join(folder, 'template.json');
    await writeFile(path, JSON.stringify(template));
    const { stdout } = await run(program, ['--regions', 'us-east-1', '--template', path]);
    expect(stdout).toBe('');
  });
});
