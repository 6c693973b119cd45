import { ALARMS, type AlarmSlug } from '../../../infra/alarms.ts';
import type { Report } from '../../../shared/core/run/report.ts';
import { hasChanges, listCounts } from '../plan-text.ts';
import type { Cause } from './causes.ts';

/**
 * Whether the condition of an alarm holds now, by a fresh plan. `unseen`: a plan does not show it, or not everything
 * could be read.
 */
export interface Standing {
  readonly holds: 'yes' | 'no' | 'unseen';
  readonly evidence: string;
}

/** What is looked at of a report. */
type Plan = Pick<Report, 'changes' | 'summary' | 'forwarding' | 'findings' | 'tables'>;

type Judge = (plan: Plan, causes: readonly Pick<Cause, 'code'>[]) => Standing;

/** What the clouds answer to whoever may not do something. */
const NOT_ALLOWED =
  /^(UnauthorizedOperation|AccessDenied(Exception)?|(Linked)?AuthorizationFailed|Forbidden)$/;

/** The functions, their queue and their schedule: a plan shows only what they have left undone. */
const judgeByEffect: Judge = (plan) => {
  const effect = hasChanges(plan) ? `it has ${listPending(plan)}` : 'the routes are in step';
  return { holds: 'unseen', evidence: `A plan does not show this; ${effect}.` };
};

const MADE_BY_SOMEBODY =
  'Every change has been made since, but a plan cannot tell whether the functions may write again.';

const JUDGES: Readonly<Record<AlarmSlug, Judge>> = {
  'dead-letters': judgeByEffect,
  'queue-age': judgeByEffect,
  'function-errors': judgeByEffect,
  'function-throttles': judgeByEffect,
  'reconcile-missing': judgeByEffect,
  'event-to-route-slow': judgeByEffect,
  'apply-failures': (plan, causes) => {
    if (hasChanges(plan)) return { holds: 'yes', evidence: `A plan has ${listPending(plan)}.` };
    // A person may have made them: with nothing left to write, nobody learns what the functions may.
    return causes.some(({ code }) => NOT_ALLOWED.test(code))
      ? { holds: 'unseen', evidence: MADE_BY_SOMEBODY }
      : { holds: 'no', evidence: 'Every change has been made since.' };
  },
  'error-findings': ({ findings }) => {
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (errors.length === 0) return { holds: 'no', evidence: 'A plan has no finding of severity error.' };
    const listed = errors.slice(0, 5).map(({ code, node }) => (node === null ? code : `${code} of ${node}`));
    const more = errors.length > listed.length ? `, and ${errors.length - listed.length} more` : '';
    return { holds: 'yes', evidence: `A plan finds ${listed.join(', ')}${more}.` };
  },
  'route-table-filling': ({ tables }) => {
    const { threshold } = ALARMS['route-table-filling'];
    const fullest = tables
      .flatMap(({ name, quotas }) =>
        quotas.map(({ used, limit }) => ({ name, percent: (100 * used) / limit, used, limit })),
      )
      .toSorted((a, b) => b.percent - a.percent)[0];
    if (fullest === undefined) return { holds: 'unseen', evidence: 'There is no table.' };
    const { name, used, limit, percent } = fullest;
    return {
      holds: percent > threshold ? 'yes' : 'no',
      evidence: `The fullest table, ${name}, has ${used} of ${limit} routes.`,
    };
  },
};

/**
 * Judges an alarm by what is so now.
 *
 * @param plan the report of a fresh dry run; null where none could be made
 * @param causes what was logged about the alarm
 */
export function judgeStanding(
  slug: AlarmSlug,
  plan: Plan | null,
  causes: readonly Pick<Cause, 'code'>[] = [],
): Standing {
  if (plan === null) return { holds: 'unseen', evidence: 'No plan could be made.' };
  const standing = JUDGES[slug](plan, causes);
  const isPartial = plan.findings.some(({ code }) => code === 'read-incomplete');
  return isPartial && standing.holds === 'no'
    ? { holds: 'unseen', evidence: `${standing.evidence} Not everything could be read.` }
    : standing;
}

/** In the words of the plan, without what there is none of. */
function listPending(plan: Plan): string {
  return listCounts(plan, true)
    .filter(({ count }) => count > 0)
    .map(({ text }) => text)
    .join(', ');
}
