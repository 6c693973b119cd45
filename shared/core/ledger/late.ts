import type { Config } from '../config/config.ts';
import type { OpenLedger } from '../run/recall.ts';

/** Opens the configured ledger when a run first needs it, and once; null where none is configured. */
export function openLate({ ledger }: Pick<Config, 'ledger'>, open: OpenLedger): OpenLedger | null {
  let opened: ReturnType<OpenLedger> | undefined;
  return ledger && (() => (opened ??= open()));
}
