import type { HttpRequest, HttpResponseInit, InvocationContext, Timer } from '@azure/functions';
import { readResourceId } from '../../shared/azure/events/resource-ids.ts';
import { isWithin } from '../../shared/azure/selection.ts';
import { findRepeatedKey, readRequest } from '../../shared/core/run/request.ts';
import { runInTime } from './run.ts';
import { createTelemetry, type Runtime, type RuntimeResult, requireRuntime } from './runtime.ts';

/** The function of the schedule: repairs whatever events missed. */
export function createScheduleHandler(started: RuntimeResult) {
  return async (_timer: Timer, context: InvocationContext): Promise<void> => {
    const runtime = requireRuntime(started);
    const telemetry = createTelemetry(context, runtime.config);
    await runInTime(runtime, telemetry, { scope: { kind: 'all', ids: [] }, trigger: 'schedule' });
  };
}

/** The function of a person or a script: answers with the report. Nothing but POST changes anything. */
export function createRequestHandler(started: RuntimeResult) {
  return async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    if (!started.ok) return { status: 500, jsonBody: { error: started.problem } };
    const { runtime } = started;
    const input = await readInput(request);
    if (!input.ok) return { status: 400, jsonBody: { error: input.problem } };
    const asked = readRequest(input.value);
    if (!asked.ok) return { status: 400, jsonBody: { error: asked.problem } };
    const { dryRun, force, nodes } = asked.value;
    const ids = nodes.map((text) => readNodeId(text, runtime));
    const invalid = nodes.find((_, i) => ids[i] === null);
    if (invalid !== undefined) {
      const { resourceGroups } = runtime.config.azure;
      const expected = `ids of virtual machines or scale-set instances in ${resourceGroups.join(', ')}`;
      const problem = `The request is refused: nodes: expected ${expected}; found ${JSON.stringify(invalid.slice(0, 200))}.`;
      return { status: 400, jsonBody: { error: problem } };
    }
    const { report } = await runInTime(runtime, createTelemetry(context, runtime.config), {
      scope: { kind: nodes.length === 0 ? 'all' : 'nodes', ids: ids.filter((id) => id !== null) },
      trigger: 'manual',
      dryRun: dryRun || request.method !== 'POST',
      force,
    });
    return { status: 200, jsonBody: report };
  };
}

type Input =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** The JSON body or, where there is none, the query parameters. Of both, one would be lost unseen. */
async function readInput(request: HttpRequest): Promise<Input> {
  const text = request.method === 'POST' ? await request.text() : '';
  const query = readQuery(request.query);
  if (text.trim() === '') return { ok: true, value: query };
  if (Object.keys(query).length > 0) return { ok: false, problem: BOTH };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'The request is refused: its body is not JSON.' };
  }
  const repeated = findRepeatedKey(text);
  if (repeated === null) return { ok: true, value };
  const key = JSON.stringify(repeated.slice(0, 40));
  return { ok: false, problem: `The request is refused: its body has ${key} twice.` };
}

const BOTH =
  'The request is refused: it has parameters in its body and in its query. Put all of them into one.';

/** Parameters are text: words for true and false become what they say, and nodes a list. */
function readQuery(query: URLSearchParams): Record<string, unknown> {
  // The host takes the function key from the query too, and leaves it there.
  const parameters = [...query].filter(([name]) => name !== 'code');
  return Object.fromEntries(
    parameters.map(([name, text]) => [name, name === 'nodes' ? text.split(',') : (WORDS.get(text) ?? text)]),
  );
}

const WORDS = new Map<string, boolean>([
  ['true', true],
  ['false', false],
]);

/** The id as runs know it, whatever the case that it was copied in; null where it is no machine's that we look at. */
function readNodeId(text: string, { subscription, config }: Runtime): string | null {
  const resource = readResourceId(text);
  const isMachine = resource?.kind === 'virtual-machine' || resource?.kind === 'scale-set-instance';
  return isMachine && isWithin(resource, subscription, config.azure.resourceGroups) ? resource.id : null;
}
