// @ts-nocheck
import * as z from 'zod/mini';
import { ApiError } from './query.ts';

interface Dashboard {
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface DashboardOwner {
  readonly account: string;
  readonly now: () => number;
}

const PutDashboard = z.strictObject({
  DashboardName: z.string().check(z.regex(/^[\w-]{1,255}$/)),
  DashboardBody: z.string(),
});
const GetDashboard = z.strictObject({ DashboardName: z.string() });
const ListDashboards = z.strictObject({
  DashboardNamePrefix: z.optional(z.string()),
  NextToken: z.optional(z.string()),
});

/** The actions on dashboards, which are kept as they were put: of a body, only that it is JSON is looked at. */
export function createDashboards({
  account,
  now,
}: DashboardOwner): Readonly<Record<string, (body: unknown) => unknown>> {
  const dashboards = new Map<string, Dashboard>();
  const arnOf = (name: string) => `arn:aws:cloudwatch::${account}:dashboard/${name}`;
  return {
    PutDashboard: (body) => {
      const { DashboardName: name, DashboardBody: text } = read(PutDashboard, body);
      checkBody(text);
      dashboards.set(name, { body: text, modifiedAt: now() });
      return { DashboardValidationMessages: [] };
    },
    GetDashboard: (body) => {
      const { DashboardName: name } = read(GetDashboard, body);
      const found = dashboards.get(name);
      if (found === undefined)
        throw new ApiError('ResourceNotFound', `Dashboard ${name} does not exist`, 404);
      return { DashboardArn: arnOf(name), DashboardBody: found.body, DashboardName: name };
    },
    ListDashboards: (body) => {
      const { DashboardNamePrefix: prefix = '' } = read(ListDashboards, body);
      const found = [...dashboards].filter(([name]) => name.startsWith(prefix));
      return {
        DashboardEntries: found.map(([name, { body: text, modifiedAt }]) => ({
          DashboardName: name,
          DashboardArn: arnOf(name),
          LastModified: modifiedAt / 1000,
          Size: Buffer.byteLength(text),
        })),
      };
    },
  };
}

function checkBody(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    const message = 'The field DashboardBody must be a valid JSON object';
    throw new ApiError('InvalidParameterInput', message);
  }
}

function read<T>(schema: z.ZodMiniType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ApiError('InvalidParameterValue', `The sandbox does not model this: ${result.error.message}`);
}
