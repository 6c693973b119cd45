import * as z from 'zod/mini';
import type { Ids } from './ids.ts';
import { ApiError } from './query.ts';
import { createSavedQueries } from './saved-queries.ts';

interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly message: string;
}

/** The part of CloudWatch Logs that keeps lines and finds them again. */
export interface CloudWatchLogs {
  readonly createGroup: (name: string) => void;
  readonly append: (group: string, event: LogEvent) => void;
  readonly run: (action: string, body: unknown) => unknown;
}

/**
 * Creates logs without groups and saved queries. Of a query, the span, the order and the limit are honoured: every line of the span is
 * found, whatever the filter.
 */
export function createCloudWatchLogs(ids: Ids, now: () => number): CloudWatchLogs {
  const groups = new Map<string, LogEvent[]>();
  /** Results by the id of their query, and how often they were asked for. */
  const queries = new Map<string, { readonly results: unknown; isFinished: boolean }>();
  const actions: Readonly<Record<string, (body: unknown) => unknown>> = {
    DescribeLogGroups: (body) => describeGroups([...groups.keys()], read(DescribeLogGroups, body)),
    StartQuery: (body) => {
      const queryId = ids.uuid();
      queries.set(queryId, { results: find(groups, read(StartQuery, body)), isFinished: false });
      return { queryId };
    },
    GetQueryResults: (body) => {
      const query = queries.get(read(GetQueryResults, body).queryId);
      if (query === undefined) throw new ApiError('ResourceNotFoundException', 'There is no such query.');
      if (query.isFinished) return { status: 'Complete', results: query.results };
      query.isFinished = true;
      return { status: 'Running', results: [] };
    },
    ...createSavedQueries(ids, now),
  };
  return {
    createGroup: (name) => void groups.set(name, []),
    append: (group, event) => void groups.get(group)?.push(event),
    run: (action, body) => {
      const perform = actions[action];
      if (perform === undefined) {
        throw new ApiError('UnknownOperationException', `The sandbox does not model ${action}`);
      }
      return perform(body);
    },
  };
}

const DescribeLogGroups = z.strictObject({
  logGroupNamePrefix: z.optional(z.string()),
  nextToken: z.optional(z.string()),
});

/** One group on a page, so that whoever does not ask for the next one misses something. */
function describeGroups(
  names: readonly string[],
  { logGroupNamePrefix: prefix = '', nextToken: token = '0' }: z.infer<typeof DescribeLogGroups>,
): unknown {
  const found = names.filter((name) => name.startsWith(prefix));
  const next = Number(token) + 1;
  return {
    logGroups: found.slice(next - 1, next).map((logGroupName) => ({ logGroupName })),
    ...(next < found.length && { nextToken: String(next) }),
  };
}

const StartQuery = z.strictObject({
  logGroupNames: z.array(z.string()),
  startTime: z.number(),
  endTime: z.number(),
  queryString: z.string(),
});
const GetQueryResults = z.strictObject({ queryId: z.string() });

function find(groups: ReadonlyMap<string, readonly LogEvent[]>, query: z.infer<typeof StartQuery>): unknown {
  const [, limit = '1000'] = /\blimit (\d+)/.exec(query.queryString) ?? [];
  const events = query.logGroupNames.flatMap((name) => {
    const group = groups.get(name);
    if (group !== undefined) return group;
    const message = `Log group '${name}' does not exist for account ID '123456789012'`;
    throw new ApiError('ResourceNotFoundException', message);
  });
  return events
    .filter(({ at }) => at >= query.startTime * 1000 && at <= query.endTime * 1000)
    .toSorted((a, b) => b.at - a.at)
    .slice(0, Number(limit))
    .map(({ at, message }) => [
      { field: '@timestamp', value: new Date(at).toISOString().replace('T', ' ').replace('Z', '') },
      { field: '@message', value: message },
      { field: '@ptr', value: '-' },
    ]);
}

function read<T>(schema: z.ZodMiniType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ApiError('InvalidParameterException', `The sandbox does not model this: ${result.error.message}`);
}
