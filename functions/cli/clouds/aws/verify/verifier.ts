import pLimit from 'p-limit';
import { VERIFICATION } from '../../../../../shared/aws/events/verification.ts';
import { classifyAwsFailure } from '../../../../../shared/aws/failures.ts';
import type { Config } from '../../../../../shared/core/config/config.ts';
import {
  type Area,
  type Condition,
  judged,
  type Part,
  type Verification,
  type Verify,
  type VerifyRequest,
} from '../../../verify/model.ts';
import { type ClientSettings, createClients } from './clients.ts';
import { isSame } from './compare.ts';
import { verifyDryRun } from './dry-run.ts';
import { verifyEvent } from './event.ts';
import { type FoundStack, findStack, NEEDS, settingsOf } from './find-stack.ts';
import { isObject, lastPart } from './kind.ts';
import { KINDS } from './kinds.ts';
import { lookAt, revertDrift, type Surroundings } from './look.ts';
import { type Wanted, wantedOf } from './template.ts';

/** So many resources are looked at at once: IAM and Lambda let no more calls through in a second or two. */
const AT_ONCE = 8;

/** Verifies what a stack of CloudFormation has made, whichever way it was deployed. */
export function createAwsVerifier(
  settings: ClientSettings,
  config: Config,
  options: readonly string[],
): Verify {
  return async (request) => {
    const clients = createClients(settings);
    let found: FoundStack;
    try {
      found = await findStack(clients.cloudFormation, request.deployment, config);
    } catch (thrown) {
      const { code, message } = classifyAwsFailure(thrown, NEEDS.join(' or '));
      return { ok: false, problem: `the stack could not be looked for (${code}): ${message}` };
    }
    if (!found.ok) return found;
    return verifyStack({ clients, stack: found.stack, options }, config, request);
  };
}

async function verifyStack(
  around: Surroundings,
  config: Config,
  request: VerifyRequest,
): Promise<Verification> {
  const { stack } = around;
  const wanted = wantedOf(stack);
  const limit = pLimit(AT_ONCE);
  request.onStep(`Looking at the resources of the stack ${stack.name} …`);
  const looks = wanted.flatMap((each) => {
    const kind = KINDS[each.type];
    return kind === undefined ? [] : [limit(async () => ({ each, part: await lookAt(kind, each, around) }))];
  });
  const looked = await Promise.all(looks);
  const parts: Part[] = [stackPart(around), ...looked.map(({ part }) => part)];
  const scheduled = findScheduled(wanted);
  const isBroken = looked.some(({ each, part }) => each.id === scheduled && part.state === 'broken');
  if (scheduled !== undefined && !isBroken) {
    request.onStep(`Asking ${scheduled} for a dry run …`);
    parts.push(await verifyDryRun(scheduled, config, around));
  }
  request.onStep('Following an event from the bus to the log and the metric …');
  parts.push(...(await followEvent(looked, wanted, around, request)));
  return { ok: true, examination: { deployment: `stack ${stack.name}`, parts } };
}

/** A stack that could not be made or changed is not what its template says. */
function stackPart(around: Surroundings): Part {
  const { name, status } = around.stack;
  const what = { area: 'stack', name: `stack ${name}` } as const;
  if (/IN_PROGRESS$/.test(status)) {
    const message = `CloudFormation is at work on it (${status}). Verify again when it is done.`;
    return { ...what, state: 'unseen', why: { code: status, message, needs: [] } };
  }
  const isWell = /_COMPLETE$/.test(status) && status !== 'ROLLBACK_COMPLETE';
  const problem = `Its status is ${status}.`;
  const remedy = 'Deploy it again; the events of the stack say what failed.';
  return { ...what, ...judged(isWell ? [] : [{ problem, remedy, commands: revertDrift(around) }]) };
}

function findScheduled(wanted: readonly Wanted[]): string | undefined {
  const target = wanted.find(({ type }) => type === 'AWS::Scheduler::Schedule')?.properties['Target'];
  return isObject(target) ? lastPart(String(target['Arn'])) : undefined;
}

interface Looked {
  readonly each: Wanted;
  readonly part: Part;
}

const ON_THE_WAY: readonly Area[] = ['queue', 'mapping', 'functions', 'rights', 'logs'];

/** Nothing is sent where it is known already that it cannot arrive. */
async function followEvent(
  looked: readonly Looked[],
  wanted: readonly Wanted[],
  around: Surroundings,
  { patienceMs }: VerifyRequest,
): Promise<Part[]> {
  const what = { area: 'event', name: 'event from the bus to the log' } as const;
  const way = findWay(wanted);
  if (way === null) return [{ ...what, ...notSent(NO_RULE) }];
  const isOnTheWay = ({ each, part }: Looked): boolean => each === way.rule || ON_THE_WAY.includes(part.area);
  const broken = looked.filter((each) => each.part.state === 'broken' && isOnTheWay(each));
  if (broken.length > 0) return [{ ...what, ...notSent('What it would go through is broken.') }];
  return verifyEvent({ ...way.traces, patienceMs }, around);
}

const NO_RULE =
  'The template has no rule for events of podroutes verify: an older release of podroutes made it. Deploy this one.';

function notSent(message: string): Condition {
  return { state: 'unseen', why: { code: 'not-sent', message, needs: [] } };
}

/** Which resources of a template an event goes through. */
function findWay(wanted: readonly Wanted[]) {
  const pattern = { source: VERIFICATION.source, 'detail-type': VERIFICATION.detailType };
  const rule = wanted.find(
    ({ type, properties }) => type === 'AWS::Events::Rule' && isSame(properties['EventPattern'], pattern),
  );
  const mapping = wanted.find(({ type }) => type === 'AWS::Lambda::EventSourceMapping')?.properties;
  const nodeEvents = wanted.find(
    ({ id, type }) => type === 'AWS::Lambda::Function' && id === mapping?.['FunctionName'],
  );
  const queue = lastPart(String(mapping?.['EventSourceArn']));
  const queueUrl = wanted.find(
    ({ id, type }) => type === 'AWS::SQS::Queue' && lastPart(id ?? '') === queue,
  )?.id;
  if (rule === undefined || nodeEvents === undefined || !queueUrl) return null;
  const settings = settingsOf(nodeEvents);
  const logging = nodeEvents.properties['LoggingConfig'];
  const logGroup = isObject(logging) ? String(logging['LogGroup']) : `/aws/lambda/${nodeEvents.id}`;
  const cluster = String(settings['PODROUTES_CLUSTER'] ?? settings['PODROUTES_ROUTE_TABLES']);
  const writesInfo = !/^(WARN|ERROR)$/.test(String(settings['POWERTOOLS_LOG_LEVEL']));
  return { rule, traces: { logGroup, cluster, writesInfo, queueUrl } };
}
