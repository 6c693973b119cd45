import type { EventPattern } from '../../shared/aws/events/family.ts';
import { acceptedPatterns } from '../../shared/aws/events.ts';
import { selectionTagKeys } from '../../shared/aws/selection.ts';
import { ownAgent } from '../../shared/aws/user-agent.ts';
import type { CheckedProps } from './read-props.ts';

/** An EventBridge pattern with conditions on `detail` beyond those of the functions' own list. */
export type RulePattern = Omit<EventPattern, 'detail'> & {
  readonly detail?: Readonly<Record<string, unknown>>;
};

/** Further conditions on the detail of a kind of event, or null where no rule is to let it through. */
type Narrow = (checked: CheckedProps) => Readonly<Record<string, unknown>> | null;

/** Only hooks that the function may complete; those of others wait for somebody else. */
const ownHooks: Narrow = ({ props, config }) =>
  props.autoScalingGroups.length === 0
    ? null
    : {
        AutoScalingGroupName: props.autoScalingGroups,
        LifecycleHookName: [config.lifecycleHook],
      };

/**
 * The deployment's own calls come back as CloudTrail events, too. The function ignores them, but need not even be woken.
 * A condition on a field that is not there is never met, so that case is a second one.
 */
const callsOfOthers: Narrow = ({ props, config }) =>
  props.driftEvents
    ? {
        $or: [
          { userAgent: [{ 'anything-but': { wildcard: `*${ownAgent(config)}*` } }] },
          { userAgent: [{ exists: false }] },
        ],
      }
    : null;

const NARROWED: ReadonlyMap<string, Narrow> = new Map([
  ['EC2 Instance-launch Lifecycle Action', ownHooks],
  ['EC2 Instance-terminate Lifecycle Action', ownHooks],
  ['AWS API Call via CloudTrail', callsOfOthers],
  // The schedule invokes the reconcile function itself.
  ['Scheduled Event', () => null],
]);

/** The patterns of the rules, made from the list that the function reads events by. */
export function rulePatterns(checked: CheckedProps): readonly RulePattern[] {
  const { podCidrTag } = checked.config;
  const accepted = acceptedPatterns({ podCidrTag, selectionTagKeys: selectionTagKeys(checked.config) });
  return accepted.flatMap((pattern): RulePattern[] => {
    const narrow = NARROWED.get(pattern['detail-type'].join());
    if (narrow === undefined) return [pattern];
    const detail = narrow(checked);
    return detail === null ? [] : [{ ...pattern, detail: { ...pattern.detail, ...detail } }];
  });
}
