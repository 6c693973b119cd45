// @ts-nocheck
import type { Config } from '../config/config.ts';
import type { OpenLedger } from './ledger.ts';

/** Opens the configured ledger when a run first needs it, and once unless that fails; null where none is configured. */
export function openLate({ ledger }: Pick<Config, 'ledger'>, open: OpenLedger): OpenLedger | null {
  let opened: ReturnType<OpenLedger> | null = null;
  if (ledger === null) return null;
  return () => {
    opened ??= open().catch((thrown: unknown) => {
      opened = null;
      throw thrown;
    });
    return opened;
  };
}
