import * as z from 'zod/mini';
import { CLOUD_TRAITS } from '../../../shared/core/clouds.ts';
import type { CloudName } from '../../../shared/core/model.ts';

const text = z.string();
const whole = z.int();
const nullable = z.nullable(text);
const CLOUD = z.custom<CloudName>((value) => typeof value === 'string' && Object.hasOwn(CLOUD_TRAITS, value));
const OUTCOME = z.enum(['applied', 'planned', 'waiting', 'skipped', 'failed']);
const list = <T extends z.core.SomeType>(element: T) => z.readonly(z.array(element));
const ERROR = z.optional(z.object({ code: text, message: text, retryable: z.boolean() }));
const TIME = z.optional(z.nullable(z.iso.datetime()));

/** Fields may be added and codes too, so neither is refused. Fields of later versions have a default. */
const REPORT = z.object({
  version: z._default(text, 'before 0.1.0'),
  cluster: nullable,
  cloud: CLOUD,
  clusterCidrs: z._default(list(text), []),
  scope: z.enum(['all', 'nodes']),
  dryRun: z.boolean(),
  force: z.boolean(),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  nodes: list(
    z.object({
      id: text,
      name: text,
      state: z.enum(['pending', 'running', 'stopped', 'gone']),
      addresses: list(text),
      claims: list(z.object({ cidr: text, source: text })),
    }),
  ),
  tables: list(
    z.object({
      id: text,
      name: text,
      routes: whole,
      managed: whole,
      limit: whole,
      quotas: z._default(
        list(z.object({ families: list(z.literal([4, 6])), used: whole, limit: whole })),
        [],
      ),
      entries: z._default(
        list(
          z.object({
            destination: text,
            nextHop: nullable,
            state: z.enum(['active', 'blackhole']),
            managed: z.boolean(),
            node: nullable,
            nodeId: nullable,
            propagated: z.optional(z.boolean()),
          }),
        ),
        [],
      ),
    }),
  ),
  changes: list(
    z.object({
      table: text,
      action: z.enum(['create', 'replace', 'delete']),
      destination: text,
      nextHop: nullable,
      previousNextHop: nullable,
      node: nullable,
      nodeId: z._default(nullable, null),
      reason: text,
      outcome: OUTCOME,
      error: ERROR,
      since: TIME,
      notBefore: TIME,
      waitsFor: z.optional(text),
    }),
  ),
  blocks: z.optional(
    z.object({
      sizes: list(whole),
      reserved: list(text),
      adopted: z.boolean(),
      kept: list(
        z.object({
          cidr: text,
          kind: z.enum(['allocated', 'claimed']),
          node: nullable,
          nodeId: nullable,
          since: z.iso.datetime(),
          leaving: z.nullable(z.iso.datetime()),
        }),
      ),
    }),
  ),
  forwarding: z._default(list(z.object({ node: text, nodeId: text, outcome: OUTCOME, error: ERROR })), []),
  findings: list(
    z.object({
      code: text,
      severity: z.enum(['info', 'warning', 'error']),
      node: nullable,
      nodeId: z._default(nullable, null),
      table: nullable,
      cidr: nullable,
      message: text,
      remedy: text,
    }),
  ),
  summary: z.object({
    created: whole,
    replaced: whole,
    deleted: whole,
    unchanged: whole,
    waiting: z._default(whole, 0),
    failed: whole,
    skipped: whole,
  }),
});

/** A report of this version, or one that was saved by another. */
export type ReadableReport = z.infer<typeof REPORT>;

export type ReportReading =
  | { readonly ok: true; readonly report: ReadableReport }
  | { readonly ok: false; readonly problem: string };

/** Reads what `-o json` or a reconcile function wrote. The problem is one line, without the text itself. */
export function readReport(json: string): ReportReading {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { ok: false, problem: 'expected the JSON of a report; found text that is no JSON' };
  }
  const result = REPORT.safeParse(value);
  if (result.success) return { ok: true, report: result.data };
  const [issue] = result.error.issues;
  const where =
    issue === undefined || issue.path.length === 0 ? 'the file' : `its field ${showPath(issue.path)}`;
  const expected = issue?.code === 'invalid_type' ? issue.expected : 'another value';
  return {
    ok: false,
    problem: `expected the JSON of a report; ${where} is not as in docs/report.md (expected ${expected})`,
  };
}

/** @example showPath(['nodes', 0, 'id']) //=> 'nodes[0].id' */
function showPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
