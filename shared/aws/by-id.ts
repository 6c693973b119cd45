import {
  type EC2Client,
  type Instance,
  type NetworkInterface,
  paginateDescribeInstances,
  paginateDescribeNetworkInterfaces,
} from '@aws-sdk/client-ec2';
import type { CloudFailure } from '../core/errors.ts';
import { untilAborted } from './deadline.ts';
import { classifyAwsFailure } from './failures.ts';
import { idOf, instancesOf } from './instances.ts';
import { partsOf, readPages } from './pages.ts';

/** One kind of thing that EC2 is asked about by id. */
export interface Kind<T> {
  readonly iam: string;
  /** The code by which EC2 refuses a call that names an id that it does not know. */
  readonly refusal: string;
  readonly idOf: (thing: T) => string;
  readonly read: (client: EC2Client, ids: string[], abortSignal: AbortSignal) => Promise<T[]>;
}

export const INSTANCES: Kind<Instance> = {
  iam: 'ec2:DescribeInstances',
  refusal: 'InvalidInstanceID.NotFound',
  idOf,
  read: (client, InstanceIds, abortSignal) =>
    instancesOf(
      paginateDescribeInstances({ client, stopOnSameToken: true }, { InstanceIds }, { abortSignal }),
    ),
};

export const INTERFACES: Kind<NetworkInterface> = {
  iam: 'ec2:DescribeNetworkInterfaces',
  refusal: 'InvalidNetworkInterfaceID.NotFound',
  idOf: ({ NetworkInterfaceId = '' }) => NetworkInterfaceId,
  read: (client, NetworkInterfaceIds, abortSignal) =>
    readPages(
      paginateDescribeNetworkInterfaces(
        { client, stopOnSameToken: true },
        { NetworkInterfaceIds },
        { abortSignal },
      ),
      (page) => page.NetworkInterfaces,
    ),
};

/** What came of asking by id. Of an id that is in neither, nothing is known: a failure says why. */
export interface Answers<T> {
  readonly found: readonly T[];
  /** Ids that a call was refused for as unknown, which alone proves that they are gone (R4). */
  readonly unknown: readonly string[];
  readonly failures: readonly CloudFailure[];
}

/** One unknown id fails a whole call, and EC2 need not name them all; so many calls are made for 200 ids. */
const MOST_CALLS = 50;

/** Asks about things by id, without a filter: what a filter leaves out may still exist. */
export async function askByIds<T>(
  kind: Kind<T>,
  client: EC2Client,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Answers<T>> {
  const answers = await Promise.all(partsOf(ids).map((part) => askAbout(kind, client, part, signal)));
  return {
    found: answers.flatMap(({ found }) => found),
    unknown: answers.flatMap(({ unknown }) => unknown),
    failures: answers.flatMap(({ failures }) => failures),
  };
}

async function askAbout<T>(
  kind: Kind<T>,
  client: EC2Client,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Answers<T>> {
  const found: T[] = [];
  const unknown: string[] = [];
  const questions: string[][] = [[...ids]];
  for (let calls = 0; calls < MOST_CALLS; calls += 1) {
    const question = questions.shift();
    if (question === undefined) return { found, unknown, failures: lackOf(kind, ids, found, unknown) };
    try {
      found.push(...(await untilAborted(kind.read(client, question, signal), signal)));
    } catch (thrown) {
      if (!(thrown instanceof Error) || thrown.name !== kind.refusal) {
        return { found, unknown, failures: [classifyAwsFailure(thrown, kind.iam)] };
      }
      const refused = refusedOf(question, thrown.message);
      unknown.push(...refused);
      // The halves of one question come before the others: what was answered stays answered, however soon this ends.
      questions.unshift(...nextQuestions(question, refused));
    }
  }
  return { found, unknown, failures: lackOf(kind, ids, found, unknown) };
}

/** The ids that the refusal names; where only one was asked about, it is the one. */
function refusedOf(question: readonly string[], message: string): readonly string[] {
  if (question.length === 1) return question;
  const named = new Set(message.match(/[a-z]+-[0-9a-f]+/g));
  return question.filter((id) => named.has(id));
}

/** Those that were not refused; in halves where the refusal does not say whom it means. */
function nextQuestions(question: readonly string[], refused: readonly string[]): string[][] {
  const left = question.filter((id) => !refused.includes(id));
  const middle = refused.length > 0 ? left.length : Math.ceil(left.length / 2);
  return [left.slice(0, middle), left.slice(middle)].filter(({ length }) => length > 0);
}

function lackOf<T>(
  { iam, idOf: idIn }: Kind<T>,
  ids: readonly string[],
  found: readonly T[],
  unknown: readonly string[],
): CloudFailure[] {
  const answered = new Set([...found.map(idIn), ...unknown]);
  const open = ids.filter((id) => !answered.has(id));
  if (open.length === 0) return [];
  const others = open.length === 1 ? '' : ` and ${open.length - 1} more`;
  const message = `${iam}: for ${open[0]}${others}, EC2 neither returned it nor reported that it does not exist.`;
  return [{ kind: 'transient', code: 'incomplete-answer', message }];
}
