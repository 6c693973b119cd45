import pLimit from 'p-limit';
import { classifyAwsFailure } from '../../../../../shared/aws/failures.ts';
import type { Config } from '../../../../../shared/core/config/config.ts';
import type { Area, Condition, Part, Verification, Verify, VerifyRequest } from '../../../verify/model.ts';
import { type ClientSettings, createClients } from './clients.ts';
import { verifyDryRun } from './dry-run.ts';
import { verifyEvent } from './event.ts';
import { type FoundStack, findStack, NEEDS } from './find-stack.ts';
import { isObject, lastPart } from './kind.ts';
import { KINDS } from './kinds.ts';
import { lookAt, type Surroundings } from './look.ts';
import { describeChanging, judgeStack } from './status.ts';
import { type Wanted, wantedOf } from './template.ts';
import { findWay } from './way.ts';

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
    const changing = describeChanging(found.stack);
    if (changing !== null) return { ok: false, problem: changing };
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
  const parts: Part[] = [judgeStack(around), ...looked.map(({ part }) => part)];
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
  const { writesInfo, writesMetric } = way.traces;
  if (!writesInfo && !writesMetric) return [{ ...what, ...notSent(NO_TRACE) }];
  return verifyEvent({ ...way.traces, patienceMs }, around);
}

const NO_RULE =
  'The template has no rule for events of podroutes verify: an older release of podroutes made it. Deploy this one.';

const NO_TRACE =
  'It would leave no trace: the functions write neither lines of level INFO nor the metric EventsIgnored. Deploy with the log level INFO, or with full monitoring.';

function notSent(message: string): Condition {
  return { state: 'unseen', why: { code: 'not-sent', message, needs: [] } };
}
