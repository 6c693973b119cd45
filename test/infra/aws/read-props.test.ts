import { describe, expect, it } from '@jest/globals';
import { PodRoutes } from '../../../infra/aws/pod-routes.ts';
import { RULES } from '../../../infra/aws/prop-rules.ts';
import { readProps } from '../../../infra/aws/read-props.ts';
import { createStack, EVERYTHING, MINIMAL, synthesize } from './synthesis.ts';

/** What the construct says of these properties. */
function mistakesOf(properties: object): string[] {
  try {
    synthesize({ ...MINIMAL, ...properties });
    return [];
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message.split('\n').slice(1) : [];
  }
}

describe('A property that is wrong is refused when the template is made', () => {
  it.each<[string, object, string]>([
    ['a CIDR with host bits', { clusterCidrs: ['10.200.0.1/16'] }, '- clusterCidrs: expected networks'],
    ['a CIDR that is none', { clusterCidrs: ['10.200.0.0'] }, '- clusterCidrs: expected networks'],
    [
      'ranges that overlap',
      { clusterCidrs: ['10.0.0.0/8', '10.1.0.0/16'] },
      '- clusterCidrs: expected networks apart',
    ],
    ['text for a list', { clusterCidrs: '10.200.0.0/16' }, '- clusterCidrs: expected networks'],
    ['no table in the list', { routeTables: [] }, '- routeTables: expected a list, not empty, of ids'],
    [
      'a table of Azure',
      { routeTables: ['group/table'] },
      '- routeTables: expected a list, not empty, of ids',
    ],
    [
      'a percentage above all',
      { maxDeletes: '130%' },
      '- maxDeletes: expected a whole number, or a percentage',
    ],
    ['a percentage that is a number', { maxDeletes: 30 }, '- maxDeletes: expected text: a count'],
    ['a cluster name with a slash', { cluster: 'a/b' }, '- cluster: expected letters'],
    ['neither cluster nor tables', { cluster: undefined }, '- cluster or routeTables: expected one of them'],
    ['a source that there is not', { podCidrSources: ['annotation'] }, '- podCidrSources: expected tag'],
    ['no source', { podCidrSources: [] }, '- podCidrSources: expected tag'],
    ['a flag that is text', { dryRun: 'yes' }, '- dryRun: expected true or false; found "yes"'],
    [
      'a schedule of nothing',
      { scheduleMinutes: 0 },
      '- scheduleMinutes: expected a whole number from 1 to 180',
    ],
    [
      'every group there is',
      { autoScalingGroups: ['*'] },
      '- autoScalingGroups: expected a list, not empty, of names of Auto Scaling groups',
    ],
    [
      'an address twice',
      { alarmEmails: ['a@example.com', 'a@example.com'] },
      '- alarmEmails: expected every value once; found "a@example.com" twice',
    ],
    [
      'an address in two spellings',
      { alarmEmails: ['Ops@example.com', 'ops@example.com'] },
      '- alarmEmails: expected every value once; found "ops@example.com" twice',
    ],
    ['a name with blanks', { cluster: ' kthw ' }, '- cluster: expected letters'],
    ['an empty name', { cluster: '', routeTables: ['rtb-0'] }, '- cluster: expected letters'],
    ['a bus with blanks', { eventBus: ' routes ' }, '- eventBus: expected'],
    ['a number that is none', { memoryMb: Number.NaN }, '- memoryMb: expected a whole number'],
    ['a limit that is none', { routeLimit: Number.NaN }, '- routeLimit: expected a whole number'],
    ['a source twice', { podCidrSources: ['tag', 'tag'] }, '- podCidrSources: expected every value once'],
    [
      'a reconcile that outlasts the interval',
      { scheduleMinutes: 1, reconcileTimeoutSeconds: 61 },
      '- reconcileTimeoutSeconds: expected at most 60, the seconds of scheduleMinutes; found 61',
    ],
    ['a schedule in between', { scheduleMinutes: 2.5 }, '- scheduleMinutes: expected a whole number'],
    [
      'days that CloudWatch has not',
      { logRetentionDays: 8 },
      '- logRetentionDays: expected one of 1, 3, 5, 7,',
    ],
    ['too little memory', { memoryMb: 64 }, '- memoryMb: expected a whole number from 128 to 10240'],
    [
      'an address that is none',
      { alarmEmails: ['ops'] },
      '- alarmEmails: expected a list, not empty, of addresses',
    ],
    ['a topic by name', { alarmTopicArn: 'alarms' }, '- alarmTopicArn: expected the ARN of an SNS topic'],
    ['a VPC that is none', { vpcIds: ['subnet-1'] }, '- vpcIds: expected a list, not empty, of ids'],
    [
      'a result that there is not',
      { hookDefaultResult: 'RETRY' },
      '- hookDefaultResult: expected CONTINUE or ABANDON',
    ],
    ['a block that is no part of the range', { allocate: '/16' }, '- allocate: expected blocks smaller than'],
    ['no size of a block', { allocate: '24' }, '- allocate: expected off, a block size such as /24'],
    [
      'blocks of podroutes and of Kubernetes',
      {
        allocate: '/24',
        podCidrSources: ['tag', 'kubernetes'],
        kubernetes: 'https://10.0.0.10:6443',
        kubernetesToken: 'identity:podroutes.example',
      },
      '- podCidrSources: expected no kubernetes beside allocate',
    ],
    [
      'blocks whose tag nobody reads',
      { allocate: '/24', podCidrSources: ['user-data'] },
      '- podCidrSources: expected tag beside allocate',
    ],
    [
      'blocks that nothing remembers',
      { allocate: '/24', ledger: false },
      '- allocate: expected ledger beside it; found nothing',
    ],
    [
      'a name misspelt',
      { clusterCIDRs: ['10.0.0.0/8'] },
      '- clusterCIDRs: expected a known property; known: ',
    ],
  ])('%s', (_, properties, beginning) => {
    const mistakes = mistakesOf(properties);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.slice(0, beginning.length)).toBe(beginning);
  });

  it('with blocks for a cluster that has no name, and so no ledger', () => {
    const nameless = { cluster: undefined, routeTables: ['rtb-0'], allocate: '/24' };
    expect(mistakesOf(nameless)).toEqual([
      '- ledger: expected cluster beside it; found nothing',
      '- allocate: expected cluster beside it; found nothing',
    ]);
  });

  it('with every value that comes twice, and beside it what two properties together show', () => {
    const mistakes = mistakesOf({
      autoScalingGroups: ['a', 'b', 'a', 'b'],
      scheduleMinutes: 1,
      reconcileTimeoutSeconds: 90,
    });
    expect(mistakes).toEqual([
      '- autoScalingGroups: expected every value once; found "a" twice',
      '- autoScalingGroups: expected every value once; found "b" twice',
      '- reconcileTimeoutSeconds: expected at most 60, the seconds of scheduleMinutes; found 90',
    ]);
  });

  it('with all mistakes at once, none of them twice, and by the name of the property', () => {
    const mistakes = mistakesOf({
      clusterCidrs: ['10.200.0.1/16'],
      routeTables: [],
      maxDeletes: '130%',
      scheduleMinutes: 0,
      eventBus: 'not a bus',
    });
    const named = mistakes.map((mistake) => /^- (\w+):/.exec(mistake)?.[1]);
    expect(named.sort()).toEqual([
      'clusterCidrs',
      'eventBus',
      'maxDeletes',
      'routeTables',
      'scheduleMinutes',
    ]);
    expect(mistakes.join()).not.toContain('PODROUTES_');
  });
});

describe('What expects to be watched', () => {
  it.each([
    ['alarmEmails', ['ops@example.com'], 'off', 'full or essential'],
    ['alarmTopicArn', 'arn:aws:sns:us-east-1:123456789012:alarms', 'off', 'full or essential'],
    ['dashboard', true, 'essential', 'full'],
  ])('is refused where less is watched: %s', (name, value, monitoring, expected) => {
    const problem = `- ${name}: expected monitoring at ${expected} beside it; found ${monitoring}`;
    expect(mistakesOf({ [name]: value, monitoring })).toEqual([problem]);
    expect(mistakesOf({ [name]: value, monitoring: 'full' })).toEqual([]);
  });

  it('is not judged by a level that is none', () => {
    const [problem, ...others] = mistakesOf({ dashboard: true, monitoring: 'some' });
    expect(problem).toContain('monitoring: expected full, essential or off; found "some"');
    expect(others).toEqual([]);
  });
});

describe('What is in another region than the stack', () => {
  const elsewhere = {
    alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
    eventBus: 'arn:aws:events:us-east-1:123456789012:event-bus/routes',
  };

  it('is refused where the region of the stack is known', () => {
    expect(() => readProps({ ...MINIMAL, ...elsewhere }, 'eu-west-1')).toThrow(
      [
        'The configuration has 2 mistakes:',
        `- alarmTopicArn: expected an ARN of eu-west-1, where the stack is; found "${elsewhere.alarmTopicArn}"`,
        `- eventBus: expected an ARN of eu-west-1, where the stack is; found "${elsewhere.eventBus}"`,
      ].join('\n'),
    );
    const stack = createStack({ region: 'eu-west-1' });
    expect(() => new PodRoutes(stack, 'PodRoutes', { ...MINIMAL, ...elsewhere })).toThrow('eu-west-1');
  });

  it('is told beside other mistakes, and once where it is wrong in itself', () => {
    const wrong = { ...elsewhere, memoryMb: 64, alarmTopicArn: `${elsewhere.alarmTopicArn}!` };
    const pattern =
      /^The configuration has 3 mistakes:\n- alarmTopicArn: .+\n- memoryMb: .+\n- eventBus: .+$/;
    expect(() => readProps({ ...MINIMAL, ...wrong }, 'eu-west-1')).toThrow(pattern);
  });

  it('cannot be told where that is not known, and a bus may be given by its name', () => {
    expect(() => readProps({ ...MINIMAL, ...elsewhere }, null)).not.toThrow();
    expect(() => readProps({ ...MINIMAL, eventBus: 'routes' }, 'eu-west-1')).not.toThrow();
  });
});

describe('Properties that are right', () => {
  it('are every one there is', () => {
    expect(Object.keys(EVERYTHING).sort()).toEqual(Object.keys(RULES).sort());
    expect(readProps(EVERYTHING, null).props).toEqual(EVERYTHING);
  });

  it('become what the functions read', () => {
    expect(readProps(EVERYTHING, 'us-east-1').config).toMatchObject({
      cluster: 'kthw',
      nodeTag: { key: 'role', value: 'node' },
      maxDeletes: { count: 5 },
      routeLimit: 1000,
      eventBus: 'routes',
    });
  });

  it('may be names that differ in case alone, where that tells them apart', () => {
    expect(mistakesOf({ autoScalingGroups: ['Workers', 'workers'] })).toEqual([]);
  });

  it('may be left undefined', () => {
    expect(mistakesOf({ vpcIds: undefined, scheduleMinutes: undefined })).toEqual([]);
  });

  it('may let a reconcile take all of the interval', () => {
    expect(mistakesOf({ scheduleMinutes: 1, reconcileTimeoutSeconds: 60 })).toEqual([]);
  });
});
