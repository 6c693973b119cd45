import pLimit from 'p-limit';
import type { Cloud } from '../../shared/core/cloud.ts';
import type { CloudFailure } from '../../shared/core/errors.ts';
import type { Change, ChangeResult } from '../../shared/core/model.ts';
import { UNFINISHED } from '../../shared/core/run/progress.ts';
import type { Report } from '../../shared/core/run/report.ts';

/** Calls under way at once, which is how many an interrupt lets finish. */
const CONCURRENT_CALLS = 20;

/** Why something was not started, once somebody has asked to stop. */
export const INTERRUPTED: CloudFailure = {
  kind: 'unfinished',
  code: 'interrupted',
  message: 'It had not started when the run was interrupted.',
};
const NOT_AGREED: CloudFailure = {
  kind: 'transient',
  code: 'not-agreed',
  message: 'The plan that you saw did not have this change. Run the command again to see the new plan.',
};

function whyNotStarted({ reason }: AbortSignal): CloudFailure {
  return reason instanceof DOMException && reason.name === 'TimeoutError' ? UNFINISHED : INTERRUPTED;
}

/** Whether a change deletes a route, or leads that of a live node elsewhere. */
export function takesAway({ action, evidence }: Change): boolean {
  return action === 'delete' || evidence !== null;
}

/**
 * A cloud in the hands of a person. After `signal` is aborted nothing further is started, and what is under way is
 * brought to its end, so that its outcome is known. Of what takes routes away, only that is made that was agreed to.
 *
 * @param mayTake whether a change that takes a route away was agreed to
 */
export function createConfirmingCloud(cloud: Cloud, mayTake: (change: Change) => boolean): Cloud {
  const never = new AbortController().signal;
  const limit = pLimit(CONCURRENT_CALLS);
  return {
    name: cloud.name,
    isAtomic: cloud.isAtomic,
    observe: (scope) => cloud.observe(scope, never),
    apply: async (table, changes, signal) => {
      const agreed = changes.filter((change) => !takesAway(change) || mayTake(change));
      const others = changes.filter((change) => !agreed.includes(change));
      // What is written at once is one call; the rest is cut up so that an interrupt comes in between.
      const parts = cloud.isAtomic ? [agreed] : agreed.map((change) => [change]);
      const results = await Promise.all(
        parts.map((part) =>
          limit(() =>
            signal.aborted ? part.map(skip(whyNotStarted(signal))) : cloud.apply(table, part, never),
          ),
        ),
      );
      return [...results.flat(), ...others.map(skip(NOT_AGREED))];
    },
    enableForwarding: async (nodes, signal) => {
      const results = nodes.map((node) =>
        limit(() =>
          signal.aborted ? [{ node, failure: whyNotStarted(signal) }] : cloud.enableForwarding([node], never),
        ),
      );
      return (await Promise.all(results)).flat();
    },
    tagNodes: async (tags, signal) => {
      const results = tags.map((tag) =>
        limit(() =>
          signal.aborted ? [{ ...tag, failure: whyNotStarted(signal) }] : cloud.tagNodes([tag], never),
        ),
      );
      return (await Promise.all(results)).flat();
    },
  };
}

function skip(failure: CloudFailure): (change: Change) => ChangeResult {
  return (change) => ({ change, outcome: 'skipped', failure });
}

/** The report of a run that was interrupted: what it did not come to is undone for that reason and no other. */
export function nameInterrupted(report: Report): Report {
  const { code, message } = INTERRUPTED;
  const changes = report.changes.map((change) =>
    change.error?.code === UNFINISHED.code
      ? { ...change, error: { ...change.error, code, message } }
      : change,
  );
  return { ...report, changes };
}
