/** What is looked at, in the order in which it is shown. */
export const AREAS = [
  'stack',
  'rules',
  'queue',
  'mapping',
  'schedule',
  'functions',
  'rights',
  'ledger',
  'logs',
  'alarms',
  'hooks',
  'dry run',
  'event',
] as const;

export type Area = (typeof AREAS)[number];

/** One thing that is not as it should be, and what mends it. */
export interface Defect {
  /** What was expected and what was found, as a sentence. */
  readonly problem: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
  /** What does it; empty where no command can. */
  readonly commands: readonly string[];
}

/** Why something could not be looked at; that says nothing of how it is. */
interface Unseen {
  readonly code: string;
  readonly message: string;
  /** The rights that the look takes. */
  readonly needs: readonly string[];
}

/** One part of a deployment, and how it was found. */
export type Part = {
  readonly area: Area;
  /** What it is and what the cloud calls it. */
  readonly name: string;
} & Condition;

export type Condition =
  | { readonly state: 'whole' }
  | { readonly state: 'broken'; readonly defects: readonly Defect[] }
  | { readonly state: 'unseen'; readonly why: Unseen };

/** A deployment that was found and looked at. */
export interface Examination {
  /** What it is deployed as, such as `the stack podroutes-kthw`. */
  readonly deployment: string;
  readonly parts: readonly Part[];
}

/** What a person asks for. */
export interface VerifyRequest {
  /** The name of the deployment; null where the cluster finds it. */
  readonly deployment: string | null;
  /** How long the event may take to the log, and from there to the metric, in milliseconds. */
  readonly patienceMs: number;
  /** Told of what is waited for. */
  readonly onStep: (text: string) => void;
}

export type Verification =
  | { readonly ok: true; readonly examination: Examination }
  /** There is nothing to look at, or it may not be looked for. */
  | { readonly ok: false; readonly problem: string };

/** Looks at a deployment, sends it one event that leads to nothing, and asks for a dry run. */
export type Verify = (request: VerifyRequest) => Promise<Verification>;

/** A part without defects is whole. */
export function judged(defects: readonly Defect[]): Condition {
  return defects.length === 0 ? { state: 'whole' } : { state: 'broken', defects };
}
