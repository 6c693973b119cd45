import type { AlarmName } from '../../../infra/deployed-names.ts';

/** What is deployed beside the functions, in a loopback cloud: alarms and logs. Times are milliseconds since the epoch. */
export interface Monitoring {
  /** Makes every alarm, all of them quiet. */
  readonly deploy: (at: number) => void;
  /** @param to null where it lasts */
  readonly raise: (alarm: AlarmName, from: number, to: number | null) => void;
  /** Writes a line as the functions do. */
  readonly log: (at: number, level: 'warn' | 'error', line: Readonly<Record<string, unknown>>) => void;
}
