import * as z from 'zod/mini';

const FIELDS = {
  dryRun: z._default(z.boolean(), false),
  force: z._default(z.boolean(), false),
  nodes: z._default(
    z
      .array(z.string().check(z.minLength(1), z.maxLength(2048)))
      // A list that came out empty must not mean all of them.
      .check(z.minLength(1), z.maxLength(1000)),
    [],
  ),
};
const Request = z.strictObject(FIELDS);

/** What a person may ask of a reconcile. No list of nodes means all of them. */
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

/**
 * The key that an object of JSON has twice; null where it has none. Of two values, JSON's own reader drops the first
 * without a word.
 *
 * @param json text that JSON's reader takes
 */
export function findRepeatedKey(json: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g)) {
    if (text === undefined) depth += token === '{' || token === '[' ? 1 : -1;
    if (text === undefined || colon === undefined || depth !== 1) continue;
    const key = String(JSON.parse(text));
    if (seen.has(key)) return key;
    seen.add(key);
  }
  return null;
}

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'too_small':
      return `at least ${issue.minimum} ${issue.origin === 'array' ? 'entry, or no list for all' : 'character'}`;
    default:
      return issue.message;
  }
}
