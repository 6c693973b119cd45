import type { Config } from '../config/config.ts';
import { once } from '../late.ts';
import type { OpenLedger } from './ledger.ts';

/** Opens the configured ledger when a run first needs it, and once unless that fails; null where none is configured. */
export function openLate({ ledger }: Pick<Config, 'ledger'>, open: OpenLedger): OpenLedger | null {
  return ledger === null ? null : once(open);
}
