export type RuleType = 'Microsoft.Insights/scheduledQueryRules' | 'Microsoft.Insights/metricAlerts';

/** An alert rule, with as much as its reader needs. */
export interface AlertRule {
  readonly type: RuleType;
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly description: string;
  readonly scopes: readonly string[];
}

/** One time that a rule was raised, in milliseconds since the epoch. */
export interface Alert {
  readonly rule: AlertRule;
  readonly from: number;
  /** Null where it lasts. */
  readonly to: number | null;
}

/** A trace or an exception of Application Insights. */
interface LogRow {
  readonly at: number;
  /** From 0, verbose, to 4, critical. */
  readonly severityLevel: number;
  readonly text: string;
}

/** What Azure Monitor has: rules, what they raised, and one log. */
export interface Monitor {
  readonly rules: AlertRule[];
  readonly alerts: Alert[];
  readonly log: LogRow[];
}
