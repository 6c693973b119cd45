import { type CloudFailure, isRetryable } from '../errors.ts';
import { readIncomplete } from '../findings/failures.ts';
import type { Finding, Observation, ReadFailure } from '../model.ts';

/** Many nodes that failed for one reason are one thing to look at. */
function groupFailures({ failures }: Pick<Observation, 'failures'>): ReadFailure[] {
  const groups = Map.groupBy(failures, ({ what, id, failure }) =>
    what === 'claims' ? failure.code : `${what} ${id} ${failure.code}`,
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? [];
    return first.id === null ? first : { ...first, id: `${first.id} and ${others.length} more` };
  });
}

/** What could not be read, as findings. */
export function reportUnread(observation: Observation): Finding[] {
  const nodes = new Map(observation.nodes.map((node) => [node.id, node]));
  return groupFailures(observation).map((failure) => readIncomplete(failure, nodes.get(failure.id ?? '')));
}

/** R3: that nobody claims a destination can be said only when every claim was read. */
export function knowsEveryClaim({ scope, failures, nodes }: Observation): boolean {
  if (scope.kind !== 'all') return false;
  // A table that could not be read gets no changes, and says nothing about claims.
  if (!failures.every(({ what, id }) => what === 'table' && id !== null)) return false;
  return nodes.every(({ claimsKnown, state }) => claimsKnown || state === 'gone');
}

/** It is worth another try unless everything that failed will fail again. */
export function explainIgnorance({ failures }: Observation): CloudFailure {
  const temporary = failures.length === 0 || failures.some(({ failure }) => isRetryable(failure));
  const unread = groupFailures({ failures })
    .map(({ id, what, failure }) => `${id ?? what} (${failure.code})`)
    .join(', ');
  const message = `Until every claim is read, only proven deletions are made; not read: ${unread || 'nodes outside the scope'}.`;
  return { kind: temporary ? 'transient' : 'permanent', code: 'read-incomplete', message };
}
