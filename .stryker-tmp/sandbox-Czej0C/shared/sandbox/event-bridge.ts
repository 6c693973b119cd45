// @ts-nocheck
import type { Ids } from './ids.ts';
import { ApiError } from './query.ts';

/** One entry of a PutEvents call, as sent. */
interface PutEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  readonly Time?: number;
}

/** The part of EventBridge that takes domain events. */
export interface EventBridge {
  /** Entries accepted so far. */
  readonly entries: readonly PutEntry[];
  /** Lets the next `count` entries fail inside calls that succeed. */
  readonly failEntries: (count: number) => void;
  readonly run: (action: string, body: unknown) => unknown;
}

const MOST_ENTRIES = 10;

/** Creates an EventBridge on which every bus exists. */
export function createEventBridge(ids: Ids): EventBridge {
  const entries: PutEntry[] = [];
  let failing = 0;
  const put = (entry: PutEntry) => {
    const problem = failing > 0 ? { ErrorCode: 'InternalFailure', ErrorMessage: 'Injected' } : check(entry);
    failing = Math.max(0, failing - 1);
    if (problem !== null) return problem;
    entries.push(entry);
    return { EventId: ids.uuid() };
  };
  return {
    entries,
    failEntries: (count) => {
      failing = count;
    },
    run: (action, body) => {
      if (action !== 'PutEvents') throw new ApiError('UnknownOperationException', `No operation ${action}`);
      const sent = readEntries(body);
      const results = sent.map(put);
      return {
        FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
        Entries: results,
      };
    },
  };
}

function readEntries(body: unknown): readonly PutEntry[] {
  const sent = isRecord(body) ? body['Entries'] : undefined;
  const isList =
    Array.isArray(sent) && sent.length > 0 && sent.length <= MOST_ENTRIES && sent.every(isRecord);
  if (isList) return sent;
  throw new ApiError('ValidationException', `Entries must hold from 1 to ${MOST_ENTRIES} entries`);
}

function check(entry: PutEntry): { readonly ErrorCode: string; readonly ErrorMessage: string } | null {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name])
      return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${name} is not valid.` };
  }
  return isJsonObject(entry.Detail ?? '')
    ? null
    : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

function isJsonObject(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
