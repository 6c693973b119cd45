import { InvokeCommand, type InvokeCommandOutput } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { clusterTag } from '../../../../../shared/aws/selection.ts';
import type { Config } from '../../../../../shared/core/config/config.ts';
import type { FindingCode } from '../../../../../shared/core/model.ts';
import { commandLine } from '../../../../../shared/doctor/shell.ts';
import { type Condition, type Defect, judged, type Part } from '../../../verify/model.ts';
import { type Surroundings, unseen } from './look.ts';

const NEEDS = ['lambda:InvokeFunction'];

/** Findings of which a deployment is the cause; all others are about nodes and routes. */
const OF_DEPLOYMENT: readonly FindingCode[] = [
  'read-incomplete',
  'ledger-unavailable',
  'kubernetes-unavailable',
];

const Report = z.object({
  tables: z.array(z.unknown()),
  findings: z.array(z.object({ code: z.string(), message: z.string(), remedy: z.string() })),
});
const Thrown = z.object({ errorMessage: z.string() });

/** Asks the function that the schedule invokes for a dry run: its code, settings, and rights to read. */
export async function verifyDryRun(
  functionName: string,
  config: Pick<Config, 'cluster'>,
  around: Surroundings,
): Promise<Part> {
  const what = { area: 'dry run', name: `dry run of ${functionName}` } as const;
  const ask = (): Promise<Condition> => askOnce(functionName, config, around);
  const first = await ask();
  // A read that failed once may be a moment's trouble of the cloud.
  return { ...what, ...(first.state === 'broken' ? await ask() : first) };
}

async function askOnce(
  FunctionName: string,
  config: Pick<Config, 'cluster'>,
  around: Surroundings,
): Promise<Condition> {
  let answer: InvokeCommandOutput;
  try {
    const Payload = JSON.stringify({ dryRun: true });
    answer = await around.clients.invoker.send(new InvokeCommand({ FunctionName, Payload }));
  } catch (thrown) {
    return unseen(thrown, NEEDS);
  }
  const body = readJson(answer.Payload?.transformToString() ?? '');
  if (answer.FunctionError !== undefined) return judged([describeError(body)]);
  const report = Report.safeParse(body);
  if (!report.success) return judged([describeError({ errorMessage: 'It answered with no report.' })]);
  const failed = report.data.findings.filter(({ code }) => OF_DEPLOYMENT.some((each) => each === code));
  const defects = failed.map(({ message, remedy }): Defect => ({ problem: message, remedy, commands: [] }));
  const isTableless = report.data.tables.length === 0;
  return judged(isTableless ? [describeTableless(config, around), ...defects] : defects);
}

function describeError(body: unknown): Defect {
  const thrown = Thrown.safeParse(body);
  return {
    problem: `The function failed: ${thrown.success ? thrown.data.errorMessage : 'without a message'}`,
    remedy: 'Mend what the message names; its log has more.',
    commands: [commandLine('podroutes', 'alerts', '--since', '1h')],
  };
}

function describeTableless({ cluster }: Pick<Config, 'cluster'>, { options }: Surroundings): Defect {
  const problem = 'The function finds no route table, so there is none that it could write to.';
  if (cluster === null) return { problem, remedy: 'Check PODROUTES_ROUTE_TABLES.', commands: [] };
  const tag = JSON.stringify([{ Key: clusterTag(cluster), Value: 'shared' }]);
  return {
    problem,
    remedy: "Give the cluster's tag to the tables that the subnets of its nodes use, in place of rtb-….",
    commands: [commandLine('aws', 'ec2', 'create-tags', '--resources', 'rtb-…', '--tags', tag, ...options)],
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
