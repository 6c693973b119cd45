import type { Area } from '../../../verify/model.ts';
import type { Clients } from './clients.ts';

/** Properties of a resource, by their names in a template. */
export type Properties = Readonly<Record<string, unknown>>;

/** How one type of resource is looked at. */
export interface Kind {
  readonly area: Area;
  /** What people call one. */
  readonly noun: string;
  /** The rights that the look takes. */
  readonly needs: readonly string[];
  /** What holds where a template says nothing; what is not named here is compared only where a template names it. */
  readonly defaults: Properties;
  /** Properties that `read` does not give, with the reason. */
  readonly unread: Readonly<Record<string, string>>;
  /** The resource as it is now, in the form of a template; null where there is none. */
  readonly read: (clients: Clients, id: string, wanted: Properties) => Promise<Properties | null>;
  /**
   * Commands that bring back what differs, of the aws program and without its region. Where there are none,
   * CloudFormation does it.
   */
  readonly mend?: (id: string, wanted: Properties, gone: Gone) => readonly (readonly string[])[];
}

/** How a resource was found that is not as it should be. */
interface Gone {
  /** Null where there is none. */
  readonly found: Properties | null;
  readonly differs: (property: string) => boolean;
}

export function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON of a policy or a pattern; IAM sends it with the characters of an address. */
export function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text);
  } catch {
    return text;
  }
}

/** What takes a number or a flag, which a template may write as text. */
const TYPED =
  /^(Timeout|MemorySize|BatchSize|Maximum\w+|Threshold|Period|EvaluationPeriods|DatapointsToAlarm|HeartbeatTimeout|Enabled|ActionsEnabled|ReturnData)$/;

/** JSON as an option of the aws program takes it. */
export function json(value: unknown): string {
  return JSON.stringify(value, (key, each: unknown) => {
    if (typeof each !== 'string' || !TYPED.test(key) || !/^(\d+(\.\d+)?|true|false)$/.test(each)) return each;
    return JSON.parse(each);
  });
}

/** Of what a service answers, what the template names: services add what nobody asked for. */
export function likeWanted(found: unknown, wanted: unknown): unknown {
  if (Array.isArray(found) && Array.isArray(wanted) && found.length === wanted.length) {
    const others = found.toSorted(byId);
    return wanted.toSorted(byId).map((each, i) => likeWanted(others[i], each));
  }
  if (!isObject(found) || !isObject(wanted)) return found;
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, likeWanted(found[key], wanted[key])]));
}

function byId(a: unknown, b: unknown): number {
  const [first, second] = [a, b].map((each) => (isObject(each) ? String(each['Id'] ?? each['Name']) : ''));
  return (first ?? '') < (second ?? '') ? -1 : 1;
}

/** The last part of an ARN, behind its last `:` or `/`. */
export function lastPart(arn: string | undefined): string | undefined {
  return arn?.slice(Math.max(arn.lastIndexOf(':'), arn.lastIndexOf('/')) + 1);
}
