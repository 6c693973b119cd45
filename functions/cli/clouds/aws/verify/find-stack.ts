import {
  type CloudFormationClient,
  type Stack as Described,
  GetTemplateCommand,
  paginateDescribeStacks,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import type { Config } from '../../../../../shared/core/config/config.ts';
import { SETTINGS } from '../../../../../shared/core/config/settings.ts';
import { isObject } from './kind.ts';
import { readTemplate, type Stack, type Wanted, wantedOf } from './template.ts';

/** The rights that the search takes. */
export const NEEDS = [
  'cloudformation:DescribeStacks',
  'cloudformation:GetTemplate',
  'cloudformation:ListStackResources',
];

export type FoundStack =
  | { readonly ok: true; readonly stack: Stack }
  | { readonly ok: false; readonly problem: string };

/** An output that every template of podroutes has: it tells its stacks from others, which need not be read. */
const OUTPUT = /ReconcileFunction/;

/**
 * The stack that was named, or the one whose functions have the cluster in their settings: whoever deploys may call a
 * stack as they like.
 */
export async function findStack(
  client: CloudFormationClient,
  name: string | null,
  config: Pick<Config, 'cluster' | 'routeTables'>,
): Promise<FoundStack> {
  const described = await describe(client, name);
  const ours = described.filter(({ Outputs = [] }) =>
    Outputs.some(({ OutputKey = '' }) => OUTPUT.test(OutputKey)),
  );
  const stacks = await Promise.all(ours.map((each) => readStack(client, each)));
  const readable = stacks.filter((stack) => stack !== null);
  const matching = name === null ? readable.filter((stack) => isOfCluster(stack, config)) : readable;
  const [stack, ...others] = matching;
  const cluster = config.cluster ?? config.routeTables.join(',');
  if (stack === undefined) return { ok: false, problem: describeNone(name, cluster) };
  if (others.length === 0) return { ok: true, stack };
  const names = matching.map((each) => each.name).join(', ');
  return {
    ok: false,
    problem: `several stacks are of ${cluster}: ${names}; name one with --deployment`,
  };
}

function describeNone(name: string | null, cluster: string): string {
  return name === null
    ? `there is no stack whose functions have the cluster ${cluster}; if it is deployed, check region and account, or name it with --deployment`
    : `there is no stack of podroutes called ${name}; check region and account`;
}

async function describe(client: CloudFormationClient, name: string | null): Promise<Described[]> {
  const stacks: Described[] = [];
  try {
    for await (const { Stacks = [] } of paginateDescribeStacks(
      { client },
      name === null ? {} : { StackName: name },
    )) {
      stacks.push(...Stacks);
    }
  } catch (thrown) {
    // CloudFormation has no error of its own for a stack that is not there.
    if (thrown instanceof Error && /does not exist/.test(thrown.message)) return [];
    throw thrown;
  }
  return stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
}

async function readStack(client: CloudFormationClient, described: Described): Promise<Stack | null> {
  const { StackName: name = '', StackId: id = '', StackStatus: status = '', Parameters = [] } = described;
  const { TemplateBody = '' } = await client.send(
    new GetTemplateCommand({ StackName: name, TemplateStage: 'Processed' }),
  );
  const template = readTemplate(TemplateBody);
  if (template === null) return null;
  const resources = new Map<string, string>();
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: name },
  )) {
    for (const { LogicalResourceId = '', PhysicalResourceId, ResourceStatus } of StackResourceSummaries) {
      if (PhysicalResourceId && ResourceStatus !== 'DELETE_COMPLETE') {
        resources.set(LogicalResourceId, PhysicalResourceId);
      }
    }
  }
  const parameters = new Map(
    Parameters.map(({ ParameterKey = '', ParameterValue = '', ResolvedValue }) => [
      ParameterKey,
      ResolvedValue ?? ParameterValue,
    ]),
  );
  const capabilities = described.Capabilities ?? [];
  return { name, id, status, parameters, template, resources, capabilities };
}

/** Those of functions that podroutes reads its settings from. */
export function settingsOf({ properties }: Wanted): Readonly<Record<string, unknown>> {
  const environment = properties['Environment'];
  const variables = isObject(environment) ? environment['Variables'] : null;
  return isObject(variables) ? variables : {};
}

function isOfCluster(
  stack: Stack,
  { cluster, routeTables }: Pick<Config, 'cluster' | 'routeTables'>,
): boolean {
  const functions = wantedOf(stack).filter(({ type }) => type === 'AWS::Lambda::Function');
  return functions.map(settingsOf).some((settings) => {
    const named = settings[SETTINGS.cluster.name];
    if (cluster !== null) return named === cluster;
    return settings[SETTINGS.routeTables.name] === routeTables.join(',');
  });
}
