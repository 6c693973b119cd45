import { DescribeLifecycleHooksCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeAlarmsCommand, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { GetTopicAttributesCommand, paginateListSubscriptionsByTopic } from '@aws-sdk/client-sns';
import { isObject, json, type Kind, likeWanted, type Properties, parseJson } from '../kind.ts';

/** Says that routes are not corrected. */
export const alarm: Kind = {
  area: 'alarms',
  noun: 'alarm',
  needs: ['cloudwatch:DescribeAlarms'],
  defaults: { ActionsEnabled: true },
  unread: { AlarmDescription: 'it is for people' },
  read: async ({ cloudWatch }, id, wanted) => {
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [id] }));
    const found = MetricAlarms[0];
    if (found === undefined) return null;
    const { AlarmDescription: _, ...compared } = wanted;
    const { asWanted, others } = splitActions({ ...found }, wanted);
    return {
      ...Object(likeWanted({ ...found, ...asWanted }, compared)),
      ...{ ActionsEnabled: found.ActionsEnabled, others },
    };
  },
  // The call replaces the alarm as a whole.
  mend: (id, wanted, { found }) => [
    [
      ...['cloudwatch', 'put-metric-alarm', '--cli-input-json'],
      json({ ...wanted, ...joinActions(wanted, found?.['others']), AlarmName: id }),
    ],
  ],
};

const ACTIONS = ['AlarmActions', 'OKActions', 'InsufficientDataActions'] as const;

/** Whom an alarm tells: those whom the template names, and others, who may have been added since. */
function splitActions(found: Properties, wanted: Properties): Record<'asWanted' | 'others', Properties> {
  const split = (isWanted: boolean): Properties =>
    Object.fromEntries(
      ACTIONS.map((name) => {
        const named = actionsIn(wanted, name);
        return [name, actionsIn(found, name).filter((each) => named.includes(each) === isWanted)];
      }),
    );
  return { asWanted: split(true), others: split(false) };
}

function joinActions(wanted: Properties, others: unknown): Properties {
  if (!isObject(others)) return {};
  const all = ACTIONS.map(
    (name) => [name, [...actionsIn(wanted, name), ...actionsIn(others, name)]] as const,
  );
  return Object.fromEntries(all.filter(([, actions]) => actions.length > 0));
}

function actionsIn(from: Properties, name: string): readonly unknown[] {
  return [from[name] ?? []].flat();
}

export const dashboard: Kind = {
  area: 'alarms',
  noun: 'dashboard',
  needs: ['cloudwatch:GetDashboard'],
  defaults: {},
  unread: { DashboardBody: 'people arrange it as they like', DashboardName: 'it is found by it' },
  read: async ({ cloudWatch }, DashboardName) => {
    await cloudWatch.send(new GetDashboardCommand({ DashboardName }));
    return {};
  },
};

async function readTopic(sns: Parameters<Kind['read']>[0]['sns'], TopicArn: string) {
  const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  return Attributes;
}

/** Where alarms go. */
export const topic: Kind = {
  area: 'alarms',
  noun: 'topic',
  needs: ['sns:GetTopicAttributes'],
  defaults: {},
  unread: { DisplayName: 'it is for people', TopicName: 'it is found by it' },
  read: async ({ sns }, id) => {
    const { KmsMasterKeyId } = await readTopic(sns, id);
    return { KmsMasterKeyId };
  },
  mend: (id, { KmsMasterKeyId }, { found }) =>
    found === null ? [] : [setTopic(id, 'KmsMasterKeyId', String(KmsMasterKeyId))],
};

/** Who may publish to the topic. */
export const topicPolicy: Kind = {
  area: 'alarms',
  noun: 'policy of the topic',
  needs: ['sns:GetTopicAttributes'],
  defaults: {},
  unread: { Topics: 'it says whose policy it is' },
  read: async ({ sns }, _, wanted) => {
    const [arn = ''] = topicsOf(wanted);
    return { PolicyDocument: parseJson((await readTopic(sns, arn))['Policy']) };
  },
  mend: (_, wanted) => topicsOf(wanted).map((arn) => setTopic(arn, 'Policy', json(wanted['PolicyDocument']))),
};

function topicsOf({ Topics }: Properties): string[] {
  return [Topics].flat().map(String);
}

function setTopic(arn: string, name: string, value: string): string[] {
  return [
    ...['sns', 'set-topic-attributes', '--topic-arn', arn],
    ...['--attribute-name', name, '--attribute-value', value],
  ];
}

/** An address that alarms are mailed to; SNS forgets one that was not confirmed within days. */
export const subscription: Kind = {
  area: 'alarms',
  noun: 'subscription',
  needs: ['sns:ListSubscriptionsByTopic'],
  defaults: { Confirmed: true },
  unread: {},
  read: async ({ sns: client }, _, wanted) => {
    const { TopicArn, Protocol, Endpoint } = wanted;
    for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
      { client },
      { TopicArn: String(TopicArn) },
    )) {
      const found = Subscriptions.find((each) => each.Protocol === Protocol && each.Endpoint === Endpoint);
      if (found === undefined) continue;
      return { TopicArn, Protocol, Endpoint, Confirmed: /^arn:/.test(found.SubscriptionArn ?? '') };
    }
    return null;
  },
  mend: (_, { TopicArn, Protocol, Endpoint }) => [
    [
      ...['sns', 'subscribe', '--topic-arn', String(TopicArn)],
      ...['--protocol', String(Protocol), '--notification-endpoint', String(Endpoint)],
    ],
  ],
};

/** Holds an instance back until its routes are there. */
export const lifecycleHook: Kind = {
  area: 'hooks',
  noun: 'lifecycle hook',
  needs: ['autoscaling:DescribeLifecycleHooks'],
  defaults: {},
  unread: {},
  read: async ({ autoScaling }, _, wanted) => {
    const { AutoScalingGroupName, LifecycleHookName } = wanted;
    const { LifecycleHooks = [] } = await autoScaling.send(
      new DescribeLifecycleHooksCommand({
        AutoScalingGroupName: String(AutoScalingGroupName),
        LifecycleHookNames: [String(LifecycleHookName)],
      }),
    );
    const found = LifecycleHooks[0];
    return found === undefined ? null : { ...Object(likeWanted(found, wanted)) };
  },
  mend: (
    _,
    { AutoScalingGroupName, LifecycleHookName, LifecycleTransition, HeartbeatTimeout, DefaultResult },
  ) => [
    [
      ...['autoscaling', 'put-lifecycle-hook', '--auto-scaling-group-name', String(AutoScalingGroupName)],
      ...['--lifecycle-hook-name', String(LifecycleHookName)],
      ...['--lifecycle-transition', String(LifecycleTransition)],
      ...['--heartbeat-timeout', String(HeartbeatTimeout), '--default-result', String(DefaultResult)],
    ],
  ],
};
