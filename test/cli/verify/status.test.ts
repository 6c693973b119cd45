import { expect, it } from '@jest/globals';
import { describeChanging, judgeStack } from '../../../functions/cli/clouds/aws/verify/status.ts';
import { stackOf } from './made-stack.ts';

const inStatus = (status: string) => ({ ...stackOf('{"Resources":{}}'), status });
const options = ['--region', 'us-east-1'];

it.each([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
])('A stack in %s is what its template says', (status) => {
  expect(describeChanging(inStatus(status))).toBeNull();
  expect(judgeStack({ stack: inStatus(status), options }).state).toBe('whole');
});

it.each(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS'])(
  'A stack in %s is not looked at, since what differs may just be on its way',
  (status) => {
    expect(describeChanging(inStatus(status))).toContain(`(${status}); verify again`);
  },
);

const LOOK = 'aws cloudformation describe-stack-events --stack-name podroutes --region us-east-1';

it.each([
  ['UPDATE_FAILED', [LOOK]],
  ['ROLLBACK_COMPLETE', [LOOK]],
  ['DELETE_FAILED', [LOOK]],
  [
    'UPDATE_ROLLBACK_FAILED',
    [LOOK, 'aws cloudformation continue-update-rollback --stack-name podroutes --region us-east-1'],
  ],
])('A stack in %s is broken, and no change set would mend it', (status, commands) => {
  expect(judgeStack({ stack: inStatus(status), options })).toMatchObject({
    state: 'broken',
    defects: [{ problem: `Its status is ${status}.`, commands }],
  });
});
