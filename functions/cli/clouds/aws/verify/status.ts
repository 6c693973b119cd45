import { commandLine } from '../../../../../shared/doctor/shell.ts';
import { type Defect, judged, type Part } from '../../../verify/model.ts';
import type { Surroundings } from './look.ts';
import type { Stack } from './template.ts';

/** Why a stack cannot be looked at now: its resources are on the way from one template to the next. */
export function describeChanging({ name, status }: Pick<Stack, 'name' | 'status'>): string | null {
  // What is cleaned up afterwards is no longer in the template.
  if (!/(?<!_CLEANUP)_IN_PROGRESS$/.test(status)) return null;
  return `CloudFormation is at work on the stack ${name} (${status}); verify again when it is done`;
}

/**
 * Whether CloudFormation has done the last change, or taken it back as a whole.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
export function judgeStack({ stack, options }: Pick<Surroundings, 'stack' | 'options'>): Part {
  const { name, status } = stack;
  const what = { area: 'stack', name: `stack ${name}` } as const;
  if (/_COMPLETE(_CLEANUP_IN_PROGRESS)?$/.test(status) && status !== 'ROLLBACK_COMPLETE') {
    return { ...what, state: 'whole' };
  }
  const run = (call: string): string =>
    commandLine('aws', 'cloudformation', call, '--stack-name', name, ...options);
  const isStuck = status === 'UPDATE_ROLLBACK_FAILED';
  const defect: Defect = {
    problem: `Its status is ${status}.`,
    remedy: isStuck
      ? 'See what failed, mend it, and let CloudFormation go on.'
      : 'See what failed, mend it, and deploy again.',
    commands: [run('describe-stack-events'), ...(isStuck ? [run('continue-update-rollback')] : [])],
  };
  return { ...what, ...judged([defect]) };
}
