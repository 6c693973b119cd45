import { classifyAwsFailure } from '../../../../../shared/aws/failures.ts';
import { commandLine } from '../../../../../shared/doctor/shell.ts';
import { type Condition, type Defect, judged, type Part } from '../../../verify/model.ts';
import type { Clients } from './clients.ts';
import { describeDifference, findDifferences, isSame } from './compare.ts';
import { type Kind, lastPart, type Properties } from './kind.ts';
import type { Stack, Wanted } from './template.ts';

/** What is known of the deployment beside the resource that is looked at. */
export interface Surroundings {
  readonly clients: Clients;
  readonly stack: Stack;
  /** Options of the aws program that say where and as whom. */
  readonly options: readonly string[];
}

/** Compares one resource with what the template wants. */
export async function lookAt(kind: Kind, wanted: Wanted, around: Surroundings): Promise<Part> {
  const { id, logicalId, properties, unknown } = wanted;
  const what = { area: kind.area, name: `${kind.noun} ${nameOf(wanted)}` };
  if (id === null) {
    const problem = `CloudFormation has not made ${logicalId}.`;
    return { ...what, ...judged([{ problem, remedy: BY_STACK, commands: revertDrift(around) }]) };
  }
  if (unknown.size > 0) {
    const message = [...unknown].map(([property, problem]) => `${property}: ${problem}.`).join(' ');
    return { ...what, state: 'unseen', why: { code: 'not-known', message, needs: [] } };
  }
  const expected = expectedOf(kind, properties);
  let found: Properties | null;
  try {
    found = await kind.read(around.clients, id, expected);
  } catch (thrown) {
    if (!isMissing(thrown)) return { ...what, ...unseen(thrown, kind.needs) };
    found = null;
  }
  return { ...what, ...judge(kind, id, { expected, found }, around) };
}

/** What is to be compared: what the template says, and what holds where it says nothing. */
function expectedOf({ defaults }: Kind, { Tags: _, ...properties }: Properties): Properties {
  return { ...defaults, ...properties };
}

function judge(
  kind: Kind,
  id: string,
  { expected, found }: { readonly expected: Properties; readonly found: Properties | null },
  around: Surroundings,
): Condition {
  const compared = Object.keys(expected).filter((key) => !Object.hasOwn(kind.unread, key));
  const wrong = compared.filter((key) => !isSame(expected[key], found?.[key]));
  if (found !== null && wrong.length === 0) return { state: 'whole' };
  const problem =
    found === null
      ? 'It is not there.'
      : wrong
          .flatMap((key) => findDifferences(expected[key], found[key], key))
          .map((difference) => `${describeDifference(difference)}.`)
          .join(' ');
  const differs = (key: string): boolean => found === null || wrong.includes(key);
  const own = kind.mend?.(id, expected, { found, differs }) ?? [];
  const commands = own.map((words) => commandLine('aws', ...words, ...around.options));
  const isOwn = commands.length > 0;
  const defect: Defect = {
    problem,
    remedy: isOwn ? 'Bring it back as it was deployed.' : BY_STACK,
    commands: isOwn ? commands : revertDrift(around),
  };
  return judged([defect]);
}

const BY_STACK = 'Let CloudFormation bring back what the template says.';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html */
function revertDrift({ stack, options }: Surroundings): string[] {
  const name = ['--stack-name', stack.name, '--change-set-name', 'podroutes-verify'];
  const parameters = [...stack.parameters.keys()].map((key) => `ParameterKey=${key},UsePreviousValue=true`);
  const run = (...words: readonly string[]): string =>
    commandLine('aws', 'cloudformation', ...words, ...options);
  return [
    run(
      ...['create-change-set', ...name, '--use-previous-template', '--deployment-mode', 'REVERT_DRIFT'],
      ...(parameters.length === 0 ? [] : ['--parameters', ...parameters]),
      ...(stack.capabilities.length === 0 ? [] : ['--capabilities', ...stack.capabilities]),
    ),
    run('wait', 'change-set-create-complete', ...name),
    run('execute-change-set', ...name),
  ];
}

/** What the services answer about something that is not there. */
const MISSING = /NotFound|NoSuchEntity|NonExistentQueue|QueueDoesNotExist|DoesNotExist/;

function isMissing(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  // Auto Scaling has no error of its own for a group that is not there.
  return (
    MISSING.test(thrown.name) || (thrown.name === 'ValidationError' && /not found/i.test(thrown.message))
  );
}

/** That something could not be looked at says nothing of how it is. */
export function unseen(thrown: unknown, needs: readonly string[]): Condition {
  const { code, message } = classifyAwsFailure(thrown, needs.join(' or '));
  return { state: 'unseen', why: { code, message, needs } };
}

function nameOf({ id, logicalId, type, properties }: Wanted): string {
  const label = LABELS[type]?.(properties) ?? id;
  return lastPart(label ?? undefined) ?? logicalId;
}

/** Of resources that are known by something else than their id. */
const LABELS: Readonly<Record<string, (properties: Properties) => string>> = {
  'AWS::AutoScaling::LifecycleHook': (each) =>
    `${each['LifecycleHookName']} of ${each['AutoScalingGroupName']}`,
  'AWS::Lambda::EventInvokeConfig': ({ FunctionName: name }) => String(name),
  'AWS::Logs::QueryDefinition': ({ Name: name }) => String(name).replaceAll('/', ' '),
  'AWS::SNS::Subscription': ({ Endpoint: endpoint }) => String(endpoint),
  'AWS::SNS::TopicPolicy': ({ Topics: topics }) => String([topics].flat()[0]),
  'AWS::SQS::QueuePolicy': ({ Queues: queues }) => String([queues].flat()[0]),
};
