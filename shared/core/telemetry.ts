/** Every metric that podroutes writes, in the namespace `PodRoutes`, and its CloudWatch unit. */
export const METRIC_UNITS = {
  RoutesCreated: 'Count',
  RoutesReplaced: 'Count',
  RoutesDeleted: 'Count',
  ApplyFailures: 'Count',
  /** By code. */
  Findings: 'Count',
  /** Findings of severity `error`, whatever their code: what an alarm watches. */
  ErrorFindings: 'Count',
  /** From the event's own time to the moment its routes were in place. */
  EventToRouteSeconds: 'Seconds',
  /** Of the fullest quota of a table. */
  RouteTableUtilization: 'Percent',
  /** Changes that a scheduled run had to make: what events missed, or somebody changed. */
  DriftRepaired: 'Count',
  EventsIgnored: 'Count',
  EventsUnreadable: 'Count',
  ReconcileSeconds: 'Seconds',
} as const;

export type Metric = keyof typeof METRIC_UNITS;

/** How much is watched, where watching is billed. */
export type Monitoring = 'full' | 'essential' | 'off';

/** What is written where metrics are billed one by one; `essential` has those that its alarms watch. */
export const WRITTEN_METRICS: Readonly<Record<Monitoring, readonly Metric[]>> = {
  full: Object.keys(METRIC_UNITS) as Metric[],
  essential: ['ApplyFailures', 'ErrorFindings'],
  off: [],
};

/** Beside the cluster, which every metric has. Never a node: a metric for each node would be one too many. */
interface Dimensions {
  readonly routeTable?: string;
  readonly code?: string;
}

/** The stable keys of log lines; others may be added. */
export interface LogFields {
  readonly node?: string | null;
  readonly routeTable?: string | null;
  readonly cidr?: string | null;
  readonly action?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly eventId?: string | null;
  readonly eventAgeMs?: number | null;
  readonly [key: string]: unknown;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where log lines and metrics go. */
export interface Telemetry {
  log(level: LogLevel, message: string, fields: LogFields): void;
  measure(metric: Metric, value: number, dimensions?: Dimensions): void;
  /** Writes out what was measured, where that is not done at once. */
  flush?(): void;
}
