import * as z from 'zod/mini';

const FIELDS = {
  dryRun: z._default(z.boolean(), false),
  force: z._default(z.boolean(), false),
  nodes: z._default(
    z.array(z.string().check(z.minLength(1), z.maxLength(2048))).check(z.maxLength(1000)),
    [],
  ),
};
const Request = z.strictObject(FIELDS);

/** What a person may ask of a reconcile. No nodes means all of them. */
export type ReconcileInput = z.infer<typeof Request>;

/**
 * Reads a manual request strictly: a mistyped `dryrun` must not become a real run.
 *
 * @example readRequest({ dryrun: true }) //=> { ok: false, problem: '… unknown field "dryrun"; known: dryRun, force, nodes' }
 */
export function readRequest(
  input: unknown,
): { readonly ok: true; readonly value: ReconcileInput } | { readonly ok: false; readonly problem: string } {
  const result = Request.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `unknown field ${JSON.stringify(key.slice(0, 40))}`).join(', ')
      : `${issue.path.join('.') || 'the request'}: expected ${describe(issue)}`,
  );
  const known = Object.keys(FIELDS).join(', ');
  return { ok: false, problem: `The request is refused: ${problems.join('; ')}. Known fields: ${known}.` };
}

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'too_small':
      return `at least ${issue.minimum} characters`;
    default:
      return issue.message;
  }
}
