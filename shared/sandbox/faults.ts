import { ApiError, type Params } from './query.ts';

/** How a call shall fail. */
export interface Fault {
  /** Error code that the client sees; `InternalError` by default. */
  readonly code?: string;
  readonly message?: string;
  /** HTTP status; the code's own by default, for unknown codes 400. */
  readonly status?: number;
  /** How many calls fail; 1 by default. */
  readonly times?: number;
  /** `after`: the call has its effect and only the answer is lost. */
  readonly when?: 'before' | 'after';
  /** `reset`: the connection breaks and there is no answer at all. */
  readonly answer?: 'error' | 'reset';
  /** Only calls whose parameters satisfy this fail. */
  readonly where?: (params: Params) => boolean;
}

/** Faults waiting for their calls. */
export interface Faults {
  /** Lets the next calls of `action` (`*` for any) fail. */
  readonly add: (action: string, fault: Fault) => void;
  /** Takes the fault that this call shall suffer. */
  readonly take: (action: string, params: Params) => Fault | null;
  readonly clear: () => void;
}

/** Creates an empty list of faults. */
export function createFaults(): Faults {
  let waiting: { readonly action: string; readonly fault: Fault; left: number }[] = [];
  return {
    add: (action, fault) => {
      waiting.push({ action, fault, left: fault.times ?? 1 });
    },
    take: (action, params) => {
      const found = waiting.find(
        (entry) => (entry.action === '*' || entry.action === action) && (entry.fault.where?.(params) ?? true),
      );
      if (found === undefined) return null;
      found.left -= 1;
      waiting = waiting.filter(({ left }) => left > 0);
      return found.fault;
    },
    clear: () => {
      waiting = [];
    },
  };
}

/** The error that a fault shows. */
export function faultError({ code = 'InternalError', message, status }: Fault): ApiError {
  return new ApiError(code, message ?? `Injected ${code}`, status);
}
