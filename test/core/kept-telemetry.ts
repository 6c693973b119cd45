import type { LogFields, Telemetry } from '../../shared/core/telemetry.ts';

interface Line extends LogFields {
  readonly level: string;
  readonly message: string;
}

interface Kept extends Telemetry {
  readonly lines: Line[];
  readonly measures: string[];
  /** How much there was of either when the metrics were written out. */
  flushedAfter: { readonly lines: number; readonly measures: number } | null;
}

/** Telemetry that keeps what it is given; measures as `metric value dimension`. */
export function keepingTelemetry(): Kept {
  const lines: Line[] = [];
  const measures: string[] = [];
  const kept: Kept = {
    lines,
    measures,
    flushedAfter: null,
    log: (level, message, fields) => {
      lines.push({ ...fields, level, message });
    },
    measure: (metric, value, { routeTable, code } = {}) => {
      measures.push([metric, value, routeTable ?? code].filter((part) => part !== undefined).join(' '));
    },
    flush: () => {
      kept.flushedAfter = { lines: lines.length, measures: measures.length };
    },
  };
  return kept;
}
