import type { PodRoutesProps } from '../props.ts';

/** Stand for the values of parameters: each occurs nowhere else in a template. */
export const MARKS = {
  StackName: 'mark-stack-name',
  Cluster: 'mark-cluster',
  NodeTagKey: 'mark-node-tag-key',
  NodeTagValue: 'mark-node-tag-value',
  PodCidrTag: 'mark-pod-cidr-tag',
  Kubernetes: 'https://mark-kubernetes',
  KubernetesTokenSecret: 'mark-token-secret',
  KubernetesTokenSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:mark-arn-AbCdEf',
  KubernetesTokenAudience: 'mark-token-audience',
  EventBus: 'mark-event-bus',
  EventBusArn: 'arn:aws:events:us-east-1:123456789012:event-bus/mark-arn',
  LifecycleHook: 'mark-lifecycle-hook',
  AlarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:mark-arn',
  DocsUrl: 'https://mark-docs',
} as const;

/** Numbers that stand for those of parameters. */
export const NUMBERS = {
  ScheduleMinutes: 7,
  MemoryMb: 1_234,
  EventsTimeoutSeconds: 123,
  ReconcileTimeoutSeconds: 321,
  EventToRouteSeconds: 54_321,
  LogRetentionDays: 3_653,
} as const;

/** How many elements a list may have, and what stands for each. */
export const LISTS = {
  RouteTables: { most: 10, mark: (i: number) => `rtb-0000000a${i}` },
  VpcIds: { most: 5, mark: (i: number) => `vpc-0000000a${i}` },
  FunctionSubnetIds: { most: 6, mark: (i: number) => `subnet-0000000a${i}` },
  FunctionSecurityGroupIds: { most: 5, mark: (i: number) => `sg-0000000a${i}` },
  AutoScalingGroups: { most: 10, mark: (i: number) => `mark-group-${i}` },
  AlarmEmails: { most: 5, mark: (i: number) => `alarm-email-${i}@mark.example` },
} as const;

export type ListName = keyof typeof LISTS;

export function slotMarks(name: ListName): string[] {
  const { most, mark } = LISTS[name];
  return Array.from({ length: most }, (_, i) => mark(i));
}

/** The properties that every sample has. */
export const SLOTS: PodRoutesProps = {
  cluster: MARKS.Cluster,
  clusterCidrs: ['10.200.0.0/16'],
  podCidrTag: MARKS.PodCidrTag,
  lifecycleHook: MARKS.LifecycleHook,
  scheduleMinutes: NUMBERS.ScheduleMinutes,
  memoryMb: NUMBERS.MemoryMb,
  eventsTimeoutSeconds: NUMBERS.EventsTimeoutSeconds,
  reconcileTimeoutSeconds: NUMBERS.ReconcileTimeoutSeconds,
  eventToRouteSeconds: NUMBERS.EventToRouteSeconds,
  logRetentionDays: NUMBERS.LogRetentionDays,
};
