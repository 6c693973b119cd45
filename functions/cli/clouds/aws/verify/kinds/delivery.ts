import { DescribeRuleCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Clients } from '../clients.ts';
import { isObject, json, type Kind, likeWanted, type Properties, parseJson } from '../kind.ts';

/** Lets an event in, and says where it goes. */
export const rule: Kind = {
  area: 'rules',
  noun: 'rule',
  needs: ['events:DescribeRule', 'events:ListTargetsByRule'],
  defaults: { State: 'ENABLED' },
  unread: { Description: 'it is for people' },
  read: async ({ events }, Name, wanted) => {
    const { EventPattern, State } = await events.send(new DescribeRuleCommand({ Name }));
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    // Others may have added their own.
    const ids = [wanted['Targets']].flat().map((target) => (isObject(target) ? target['Id'] : undefined));
    return {
      EventPattern: parseJson(EventPattern),
      State,
      Targets: Targets.filter(({ Id }) => ids.includes(Id)),
    };
  },
  mend: (id, { EventPattern, State, Targets, Description }, { found, differs }) => [
    ...(found === null || differs('EventPattern') || differs('State')
      ? [
          [
            ...['events', 'put-rule', '--name', id, '--event-pattern', json(EventPattern)],
            ...['--state', String(State)],
            ...(Description === undefined ? [] : ['--description', String(Description)]),
          ],
        ]
      : []),
    ...(found === null || differs('Targets')
      ? [['events', 'put-targets', '--rule', id, '--targets', json(Targets)]]
      : []),
  ],
};

/** Attributes of a queue, by the names that templates have for them. */
const ATTRIBUTES = {
  DelaySeconds: 'DelaySeconds',
  KmsMasterKeyId: 'KmsMasterKeyId',
  MessageRetentionPeriod: 'MessageRetentionPeriod',
  RedrivePolicy: 'RedrivePolicy',
  SqsManagedSseEnabled: 'SqsManagedSseEnabled',
  VisibilityTimeout: 'VisibilityTimeout',
} as const;

async function readQueue({ sqs }: Clients, QueueUrl: string): Promise<Properties> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return Attributes;
}

export const queue: Kind = {
  area: 'queue',
  noun: 'queue',
  needs: ['sqs:GetQueueAttributes'],
  defaults: {
    DelaySeconds: 0,
    MessageRetentionPeriod: 345_600,
    VisibilityTimeout: 30,
    RedrivePolicy: undefined,
  },
  unread: {},
  read: async (clients, id) => {
    const attributes = await readQueue(clients, id);
    const read = Object.entries(ATTRIBUTES).map(([property, name]) => [property, attributes[name]]);
    return {
      ...Object.fromEntries(read),
      RedrivePolicy: parseJson(attributes['RedrivePolicy'] as string | undefined),
      // A queue that is encrypted with a key may say nothing of the other way.
      ...(attributes['KmsMasterKeyId'] !== undefined && { SqsManagedSseEnabled: undefined }),
    };
  },
  mend: (id, wanted, { found, differs }) => {
    const wrong = Object.keys(ATTRIBUTES).filter(differs);
    const values = wrong.map((name) => {
      const value = wanted[name];
      return [name, typeof value === 'object' ? json(value) : String(value ?? '')];
    });
    return found === null ? [] : [setAttributes(id, Object.fromEntries(values))];
  },
};

function setAttributes(url: string, attributes: Properties): string[] {
  return ['sqs', 'set-queue-attributes', '--queue-url', url, '--attributes', json(attributes)];
}

/** Who may put messages into the queue. */
export const queuePolicy: Kind = {
  area: 'queue',
  noun: 'policy of the queue',
  needs: ['sqs:GetQueueAttributes'],
  defaults: {},
  unread: { Queues: 'it says whose policy it is' },
  read: async (clients, _, wanted) => {
    const policies = await Promise.all(
      queuesOf(wanted).map(async (url) => (await readQueue(clients, url))['Policy']),
    );
    const other = policies.find((each) => each === undefined);
    return { PolicyDocument: parseJson((other ?? policies[0]) as string | undefined) };
  },
  mend: (_, wanted) =>
    queuesOf(wanted).map((url) => setAttributes(url, { Policy: json(wanted['PolicyDocument']) })),
};

function queuesOf({ Queues }: Properties): string[] {
  return [Queues].flat().map(String);
}

/** Invokes the full reconcile. */
export const schedule: Kind = {
  area: 'schedule',
  noun: 'schedule',
  needs: ['scheduler:GetSchedule'],
  defaults: { State: 'ENABLED', StartDate: undefined, EndDate: undefined },
  unread: { Description: 'it is for people', Name: 'it is found by it', GroupName: 'it is found in it' },
  read: async ({ scheduler }, Name, wanted) => {
    const { ScheduleExpression, FlexibleTimeWindow, Target, State, StartDate, EndDate } =
      await scheduler.send(new GetScheduleCommand({ Name }));
    return {
      ...{ ScheduleExpression, State, StartDate, EndDate },
      FlexibleTimeWindow: likeWanted(FlexibleTimeWindow, wanted['FlexibleTimeWindow']),
      Target: likeWanted(Target, wanted['Target']),
    };
  },
  mend: (id, { ScheduleExpression, FlexibleTimeWindow, Target, State, Description }, { found }) => {
    const input = { Name: id, ScheduleExpression, FlexibleTimeWindow, Target, State };
    return [
      [
        ...['scheduler', found === null ? 'create-schedule' : 'update-schedule'],
        ...['--cli-input-json', json({ ...input, ...(Description !== undefined && { Description }) })],
      ],
    ];
  },
};
