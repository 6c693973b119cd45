// @ts-nocheck
import * as z from 'zod/mini';
import type { Ids } from './ids.ts';
import { ApiError } from './query.ts';

interface SavedQuery {
  readonly name: string;
  readonly queryString: string;
  readonly logGroupNames: readonly string[];
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
}

const PutQueryDefinition = z.strictObject({
  name: z.string(),
  queryString: z.string(),
  queryDefinitionId: z.optional(z.string()),
  logGroupNames: z.optional(z.array(z.string())),
  clientToken: z.optional(z.string()),
  queryLanguage: z.optional(z.literal('CWLI')),
});
const DescribeQueryDefinitions = z.strictObject({
  queryDefinitionNamePrefix: z.optional(z.string()),
  maxResults: z.optional(z.number()),
  nextToken: z.optional(z.string()),
  queryLanguage: z.optional(z.literal('CWLI')),
});

/** The actions on queries that people save for Logs Insights; nothing here runs them. */
export function createSavedQueries(
  ids: Ids,
  now: () => number,
): Readonly<Record<string, (body: unknown) => unknown>> {
  const queries = new Map<string, SavedQuery>();
  return {
    PutQueryDefinition: (body) => {
      const { name, queryString, queryDefinitionId, logGroupNames = [] } = read(PutQueryDefinition, body);
      if (queryDefinitionId !== undefined && !queries.has(queryDefinitionId)) {
        throw new ApiError('ResourceNotFoundException', 'The specified query definition does not exist.');
      }
      const id = queryDefinitionId ?? ids.uuid();
      queries.set(id, { name, queryString, logGroupNames, lastModified: now() });
      return { queryDefinitionId: id };
    },
    DescribeQueryDefinitions: (body) => {
      const {
        queryDefinitionNamePrefix: prefix = '',
        maxResults = MOST_RESULTS,
        nextToken,
      } = read(DescribeQueryDefinitions, body);
      const found = [...queries].filter(([, { name }]) => name.startsWith(prefix));
      const from = Number(nextToken ?? 0);
      const next = from + maxResults;
      const page = found.slice(from, next);
      return {
        queryDefinitions: page.map(([queryDefinitionId, query]) => ({
          queryDefinitionId,
          queryLanguage: 'CWLI',
          ...query,
        })),
        ...(next < found.length && { nextToken: String(next) }),
      };
    },
  };
}

const MOST_RESULTS = 1000;

function read<T>(schema: z.ZodMiniType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ApiError('InvalidParameterException', `The sandbox does not model this: ${result.error.message}`);
}
